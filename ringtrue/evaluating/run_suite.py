"""`ringtrue eval SUITE --data DIR [--json OUT]`, also `python -m ringtrue.evaluating`."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from pathlib import Path
from types import ModuleType

from ringtrue.evaluating.reporting import NoData, Report, as_table, write_json

NOT_SUITES = {"__main__", "run_suite", "reporting", "telephone_condition", "spoken_forms", "tests"}


def names() -> list[str]:
    """Suites there are: every file of this folder that defines `evaluate`, found without importing it."""
    folder = Path(__file__).parent
    found = [module.name for module in pkgutil.iter_modules([str(folder)]) if module.name not in NOT_SUITES and not module.ispkg]
    return sorted(name for name in found if "def evaluate(" in (folder / f"{name}.py").read_text(encoding="utf-8"))


def load(name: str) -> ModuleType:
    return importlib.import_module(f"ringtrue.evaluating.{name}")


def main(argv: list[str] | None = None) -> int:
    """0 done, 2 asked wrongly or the data is not there. Figures to stdout, everything else to stderr."""
    parser = argparse.ArgumentParser(prog="ringtrue eval", description="Score Ringtrue on a folder of evaluation data.")
    suites = parser.add_subparsers(dest="suite", required=True, metavar="SUITE")
    given = sys.argv[1:] if argv is None else argv
    for name in names():
        first_line = ""
        module = load(name) if name in given else None
        if module is not None:
            first_line = (module.__doc__ or "").strip().splitlines()[0]
        one = suites.add_parser(name, help=first_line, description=first_line)
        one.add_argument("--data", type=Path, required=True, help="folder laid out like the evaluation data")
        one.add_argument("--json", type=Path, help="write the report here")
        if module is not None and hasattr(module, "add_options"):
            module.add_options(one)
    options = parser.parse_args(given)
    if not options.data.is_dir():
        print(f"There is no folder {options.data}.", file=sys.stderr)
        return 2
    try:
        report: Report = load(options.suite).evaluate(options.data, options)
    except NoData as problem:
        print(problem, file=sys.stderr)
        return 2
    if options.json:
        try:
            write_json(report, options.json)
        except OSError as problem:
            print(f"{options.json} cannot be written ({problem.strerror}).", file=sys.stderr)
            return 2
    print(as_table(report))
    return 0
