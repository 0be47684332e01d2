"""`ringtrue`: one command with small parts. Each part is imported only when it is asked for."""

from __future__ import annotations

import argparse
import importlib
import os
import sys

COMMANDS = {
    "run": ("ringtrue.core.running", "start everything, and the console (what `make run` does)"),
    "demo": ("ringtrue.core.demonstrating", "play one call from nothing, print its page and outcome, stop everything"),
    "call": ("ringtrue.media.calling", "call an agent with recorded audio, or with sentences"),
    "eval": ("ringtrue.evaluating.run_suite", "score recognition, voice activity, understanding ... on a folder of data"),
    "doctor": (
        "ringtrue.core.doctoring",
        "what is missing or wrong in this installation; `doctor line`: in its lines, as a carrier meets them; `doctor speech`: in hearing and speaking",
    ),
    "promises": ("ringtrue.privacy.promising", "the promise register with its proofs"),
    "security": (
        "ringtrue.rights.security_reports",
        "look whether every measure that keeps data safe is in force, with a dated report",
    ),
    "figures": ("ringtrue.calls.benchmarking", "how calls end and what is used, over all workspaces, for groups of ten and more"),
    "scan": ("ringtrue.privacy.scanning", "look for a text in everything that is stored, with every key at hand"),
    "backup": ("ringtrue.core.backing_up", "the database and the recordings as one encrypted file"),
    "restore": ("ringtrue.core.restoring", "put back a backup, and erase again whoever was erased since"),
    "take-mail": ("ringtrue.rights.by_mail", "put a mail to the privacy address of a workspace into its list of requests"),
    "import-list": ("ringtrue.dialing.importing_by_command", "put a do-not-call list in force for a workspace, however large"),
    "link": ("ringtrue.core.linking", "a new sign-in link for a person of this installation"),
    "manage": ("ringtrue.core.managing", "Django's own commands (migrate, shell, ...)"),
}
NEEDS_DATABASE = {
    "call", "promises", "security", "figures", "scan", "backup", "restore", "take-mail", "import-list", "link", "manage",
}  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    words = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(
        prog="ringtrue", description="AI phone agents that keep their promises about data.", add_help=False
    )
    if not words or words[0] in ("-h", "--help"):
        print(parser.description, "\n")
        for name, (_, what) in COMMANDS.items():
            print(f"  ringtrue {name:<11} {what}")
        print("\n`ringtrue COMMAND --help` tells more.")
        return 0 if words else 2
    name, rest = words[0], words[1:]
    if name not in COMMANDS:
        print(f"There is no `ringtrue {name}`. There are: {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    if name not in NEEDS_DATABASE and words[:2] != ["doctor", "line"]:
        return _run(name, rest)
    if {"-h", "--help"} & set(rest):
        from ringtrue.core.preparing import set_up_django

        set_up_django()  # its modules may hold tables; no database is asked
        return _run(name, rest)
    return _with_database(name, rest)


def _run(name: str, rest: list[str]) -> int:
    return int(importlib.import_module(COMMANDS[name][0]).main(rest) or 0)


def _with_database(name: str, rest: list[str]) -> int:
    """Start (or attach to) the embedded servers around a command, and leave them as they were."""
    from ringtrue.core.embedded import EmbeddedFailed
    from ringtrue.core.preparing import prepared
    from ringtrue.core.starting import CannotStart

    try:
        with prepared():
            if name == "call":  # the demo business answers on an installation that has not run yet, too
                from ringtrue.core.running import demo_workspace

                demo_workspace()
            return _run(name, rest)
    except (CannotStart, EmbeddedFailed) as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    os._exit(main())
