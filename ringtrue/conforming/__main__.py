"""`python -m ringtrue.conforming [line ...]`: runs the suite, for these lines or all providers; without names, and when everything passes,
writes `docs/providers.md`."""

from __future__ import annotations

import subprocess
import sys
import traceback

from ringtrue.conforming import other_kinds, table
from ringtrue.conforming.statement_checks import HERE
from ringtrue.conforming.suite import of_lines
from ringtrue.conforming.under_test import NoStandIn
from ringtrue.voice.lines import finding


def main(names: list[str]) -> int:
    unknown = set(names) - finding.lines().keys()
    if unknown:
        print(f"There is no line {', '.join(sorted(unknown))}. There are: {', '.join(finding.lines())}.")
        return 2
    failed = 0
    for line, check in of_lines(*names):
        try:
            check.run(line)
        except NoStandIn as missing:
            failed += 1
            print(f"{line.name}: {check.name.replace('_', ' ')}: FAILED\n  {missing}")
        except Exception as problem:
            failed += 1
            print(f"{line.name}: {check.name.replace('_', ' ')}: FAILED")
            print("  " + "  ".join(traceback.format_exception(problem, limit=-2)))
        else:
            print(f"{line.name}: {check.name.replace('_', ' ')}: passed")
    if not names:
        failed += _others()
    if failed:
        print(f"\n{failed} failed; nothing was written.")
        return 1
    if not names:
        table.PAGE.write_text(table.page())
        print(f"\nWritten: {table.PAGE.relative_to(table.PAGE.parents[1])}")
    return 0


def _others() -> int:
    """The suites of the other kinds, which are tests. Returns how many of them failed."""
    tests = [str(HERE / test) for test in (other_kinds.SPEECH, *other_kinds.MODELS)]
    print("recognizers, voices and models:", flush=True)
    without_database = ["-q", "-o", "addopts=", "-p", "no:django", "-o", "asyncio_mode=auto"]
    spoken = subprocess.run([sys.executable, "-m", "pytest", *without_database, *tests], check=False)
    print("hosted engines:", flush=True)
    hosted = subprocess.run([sys.executable, "-m", "pytest", "-q", "-n0", str(HERE / other_kinds.ENGINES)], check=False)
    return int(spoken.returncode != 0) + int(hosted.returncode != 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
