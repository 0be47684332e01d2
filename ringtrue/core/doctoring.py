"""`ringtrue doctor`: looks at this installation and says what is missing or wrong, and what to do about it. `ringtrue doctor line` looks
at the public address and the connected lines, as a carrier would; `ringtrue doctor speech` asks the companies that hear and speak."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator

from ringtrue.core import starting
from ringtrue.core.configuring import CONFIG

Finding = tuple[str, str]  # ("ok" | "note" | "wrong", sentence)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ringtrue doctor", description=__doc__)
    parser.add_argument(
        "what", nargs="?", choices=("line", "speech"), help="look at the lines, or at hearing and speaking, instead"
    )
    what = parser.parse_args(argv).what
    if what == "line":
        from ringtrue.reception.line_checks import all_lines

        return all_lines.main()
    if what == "speech":
        return asyncio.run(_ask_speech())
    looks = (_python, _folders, _space, _packages, _models, _speech, _assets, _servers, _processes, _mail, _public)
    wrong = sum(show(_safely(look)) for look in looks)
    print("\nNothing is wrong." if not wrong else f"\n{wrong} thing(s) to put right.")
    return 1 if wrong else 0


def show(findings: Iterable[Finding]) -> int:
    """Each in a line, as it is found. Returns how many are wrong."""
    wrong = 0
    for state, sentence in findings:
        print({"ok": "  ok     ", "note": "  note   ", "wrong": "  WRONG  "}[state] + sentence)
        wrong += state == "wrong"
    return wrong


def _safely(look: Callable[[], Iterator[Finding]]) -> list[Finding]:
    try:
        return list(look())
    except Exception as problem:
        return [("wrong", f"{look.__name__.strip('_')} could not be looked at: {type(problem).__name__}: {problem}")]


def _python() -> Iterator[Finding]:
    yield "ok", f"Python {sys.version.split()[0]}, {os.cpu_count()} cores"
    if os.geteuid() == 0:
        yield "note", "You are root. It works, but for real use run Ringtrue as an ordinary user."


def _folders() -> Iterator[Finding]:
    for path in (CONFIG.data, CONFIG.keys):
        try:
            starting._folder(path)
            yield "ok", f"{path} can be written"
        except starting.CannotStart as problem:
            yield "wrong", str(problem)
    if CONFIG.keys.exists() and CONFIG.keys.stat().st_mode & 0o077:
        yield "wrong", f"Others can read {CONFIG.keys}, where the keys are: chmod 700 {CONFIG.keys}"
    if CONFIG.keys.is_relative_to(CONFIG.data):
        yield (
            "wrong",
            "The keys lie inside the data folder: a backup of the data would hold them. Set RINGTRUE_KEYS to a place of its own.",
        )


def _space() -> Iterator[Finding]:
    free = shutil.disk_usage(CONFIG.data if CONFIG.data.exists() else CONFIG.root).free
    state = "ok" if free > 5 * starting.NEEDED_BYTES else ("note" if free > starting.NEEDED_BYTES else "wrong")
    yield state, f"{free / 1e9:.1f} GB free (an hour of recorded calls takes about 115 MB)"


def _packages() -> Iterator[Finding]:
    for name in ("django", "picows", "uvloop", "ctranslate2", "onnxruntime", "hibari"):
        try:
            importlib.import_module(name)
        except ImportError as problem:
            yield "wrong", f"The package {name} is missing ({problem}). Run `make setup`."
            return
    yield "ok", "all packages are installed"


def _models() -> Iterator[Finding]:
    from ringtrue.voice.speech.models import report

    for name, package, state in report():
        yield (
            ("ok", f"model {name} ({package}): its SHA-256 is the published one")
            if state == "ok"
            else ("wrong", f"model {name}: {state}")
        )


def _speech() -> Iterator[Finding]:
    from ringtrue.voice.speech import checking

    yield from checking.settings_only(CONFIG.speech, os.environ)


async def _ask_speech() -> int:
    from ringtrue.voice.speech import checking

    wrong = 0
    async for finding in checking.ask_all(CONFIG.speech, os.environ):
        wrong += show([finding])
    return 1 if wrong else 0


def _assets() -> Iterator[Finding]:
    css = CONFIG.root / "build" / "assets" / "console" / "console.css"
    yield ("ok", "the page assets are built") if css.exists() else ("wrong", "The page assets are not built. Run `make setup`.")


def _servers() -> Iterator[Finding]:
    for name, value in (("DATABASE_URL", CONFIG.database_url), ("REDIS_URL", CONFIG.redis_url)):
        yield "ok", f"{name}: {'as set' if value else 'the embedded server'}"
    if CONFIG.database_url:
        import psycopg

        with psycopg.connect(CONFIG.database_url, connect_timeout=5) as connection:
            row = connection.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
            if row and row[0]:
                yield (
                    "wrong",
                    (
                        "The database role is a superuser or may pass by row-level security, which keeps workspaces apart. "
                        "Use an ordinary role that owns the database."
                    ),
                )


def _processes() -> Iterator[Finding]:
    from ringtrue.core.running import answers

    pid = starting.running(CONFIG.data)
    if pid is None:
        yield "note", "Ringtrue is not running from this data folder (`make run` starts it)"
        return
    yield "ok", f"Ringtrue runs (process {pid})"
    for name, port in (("the console", CONFIG.port), ("the media process", CONFIG.media_port)):
        yield (
            ("ok", f"{name} answers on port {port}")
            if answers(port, "/health")
            else (
                "wrong",
                f"{name} does not answer on port {port}; see {CONFIG.data / 'logs'}",
            )
        )


def _mail() -> Iterator[Finding]:
    if CONFIG.smtp_host:
        yield "ok", f"mail goes through {CONFIG.smtp_host}:{CONFIG.smtp_port}"
    else:
        yield "note", f"Mail is not sent but written to {CONFIG.data / 'mail'}; set RINGTRUE_SMTP_HOST to send it"


def _public() -> Iterator[Finding]:
    if not CONFIG.public_url.startswith("https://"):
        yield (
            "note",
            (
                f"The console is at {CONFIG.public_url}: browsers allow the microphone on localhost only, and carriers need HTTPS. "
                "Put a reverse proxy with a certificate in front and set RINGTRUE_PUBLIC_URL (docs/public-address.md); `ringtrue doctor line` "
                "then looks whether carriers get through."
            ),
        )
