"""`ringtrue import-list WORKSPACE NAME FILE --published DATE`: puts a do-not-call list in force, however large."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ringtrue import-list", description=__doc__)
    parser.add_argument("workspace", help="the name in its addresses, as in /w/NAME/")
    parser.add_argument("name", help="which list: us.national, us.tx, gb.tps or gb.ctps")
    parser.add_argument("file", type=Path, help="as the publisher gives it: one number a line, plain or zipped")
    parser.add_argument("--published", required=True, type=_day, metavar="DATE", help="when the publisher made it: 2026-11-30")
    options = parser.parse_args(argv)
    from ringtrue.accounts.models import Workspace
    from ringtrue.accounts.scoping import system_scope
    from ringtrue.dialing.list_importing import ListRefused, import_list

    with system_scope("a command names its workspace"):
        workspace = Workspace.objects.filter(slug=options.workspace).first()
    if workspace is None:
        print(f"There is no workspace {options.workspace}.", file=sys.stderr)
        return 2
    try:
        with options.file.open("rb") as file:
            made = import_list(workspace.id, options.name, file, options.published, by="command")
    except OSError as problem:
        print(f"{options.file} cannot be read: {problem.strerror}.", file=sys.stderr)
        return 2
    except ListRefused as refused:
        print(f"Nothing was imported. {refused}", file=sys.stderr)
        return 1
    print(f"{options.name} is in force for {workspace.slug}: {made.lines} line(s), published {made.published_at:%Y-%m-%d}.")
    return 0


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-11-30") from None
