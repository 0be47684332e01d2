"""What the tests need beside Python: Chromium and SIP peers, taken with apt where that may be. Says what is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PARTS = {"chromium": ("chromium", "chromium-browser", "google-chrome"), "sip-tester": ("sipp",), "kamailio": ("kamailio",)}

PATH = os.environ.get("PATH", "") + ":/usr/sbin"


def missing() -> list[str]:
    return [package for package, names in PARTS.items() if not any(shutil.which(name, path=PATH) for name in names)]


def main() -> int:
    lacking = missing()
    if lacking and os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {', '.join(lacking)} for the tests (apt)")
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=environment, **quiet)  # type: ignore[call-overload]
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *lacking], check=False, env=environment, **quiet
        )  # type: ignore[call-overload]
    for package in missing():
        print(
            f"Missing: {package}. Tests that need it are {'FAILED' if os.environ.get('CI') == 'true' else 'skipped'}. On Debian: apt-get install {package}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
