"""`ringtrue run`: everything under one parent, a demo business, on the first start one simulated call, then the console."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

from ringtrue.core import starting
from ringtrue.core.embedded import Embedded, EmbeddedFailed
from ringtrue.core.hardening import clear_temporary_folder
from ringtrue.core.preparing import migrate, resume, set_up_django, use_servers
from ringtrue.core.supervising import Part, Supervisor

DEMO_SLUG = "riverside-dental"
DEMO_OWNER = "owner@riverside-dental.example"


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ringtrue run", description=__doc__)
    parser.add_argument("--no-demo-call", action="store_true", help="do not play the simulated call on the first start")
    options = parser.parse_args(argv)
    began = time.monotonic()
    # Until the supervisor listens itself: stopped during the start is stopped, also from a shell that made us ignore Ctrl-C.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    from ringtrue.core.configuring import CONFIG

    try:
        for remark in starting.check(CONFIG):
            print(remark)
        used = use_servers()
    except (starting.CannotStart, EmbeddedFailed) as problem:
        print(problem, file=sys.stderr)
        return 1
    assert isinstance(used, Embedded)
    try:
        return _serve(began, options.no_demo_call)
    except KeyboardInterrupt:
        return 0
    finally:
        _close(used)


def _serve(began: float, no_demo_call: bool) -> int:
    from ringtrue.core.configuring import CONFIG

    clear_temporary_folder(CONFIG.data)
    first = not (CONFIG.data / "ready").exists()
    plays = first and not no_demo_call
    all_parts = {part.name: part for part in parts()}
    supervisor = Supervisor([], CONFIG.data / "logs", lambda line: print(line, flush=True))
    try:
        if not plays:
            supervisor.add(all_parts["loop"])  # it needs no database, and loads its models while the rest starts
        set_up_django()
        migrate()
        resume()
        demo_workspace()
        (CONFIG.data / "run" / "ringtrue.pid").write_text(str(os.getpid()))
        let_go_of_database()
        preload()
        supervisor.add(all_parts["scribe"])
        supervisor.add(all_parts["web"])
        if plays:
            # The first call brings speech processes of its own; the loop, which makes the agents ready with its own, comes after it.
            _first_call()
            supervisor.add(all_parts["loop"], first=True)
        late = supervisor.wait_ready(60)
        if late:
            print(
                f"Not up after 60 s: {', '.join(late)}. Their logs are in {CONFIG.data / 'logs'}; `ringtrue doctor` looks for the cause."
            )
            return 1
        supervisor.add(all_parts["worker"])
        supervisor.on_demand.append((CONFIG.data / "run" / "sip.wanted", all_parts["sip"]))
        (CONFIG.data / "ready").touch()
        _welcome(time.monotonic() - began)
        let_go_of_database()
        supervisor.run()
        print("\nStopping: calls in progress are ended and kept.", flush=True)
    finally:
        supervisor.stop()
        (CONFIG.data / "run" / "ringtrue.pid").unlink(missing_ok=True)
    print("Stopped.", flush=True)
    return 0


def let_go_of_database() -> None:
    """No connection of the parent may be shared with what it forks, and no thread of its connection pool may run meanwhile."""
    from django.db import connections

    connections.close_all()
    for connection in connections.all(initialized_only=True):
        connection.close_pool()  # type: ignore[attr-defined]


def preload() -> None:
    """Import once, before forking, what several processes of ours need: views, API, jobs, the server."""
    import uvicorn  # noqa: F401
    from django.urls import get_resolver

    import ringtrue.media.serving_scribe
    import ringtrue.media.tools  # noqa: F401

    _ = get_resolver().url_patterns


def parts() -> list[Part]:
    from ringtrue.core.configuring import CONFIG

    def part(name: str, module: str, alive: Callable[[], bool], *, forked: bool = True) -> Part:
        return Part(name=name, command=[sys.executable, "-m", module], alive=alive, module=module if forked else "")

    return [
        # An interpreter of its own: it never imports Django, so that nothing of it shares the loop's lock and memory.
        part("loop", "ringtrue.media.loop", lambda: answers(CONFIG.media_port, "/health"), forked=False),
        part("scribe", "ringtrue.media.serving_scribe", lambda: (CONFIG.data / "run" / "scribe.sock").exists()),
        part("worker", "ringtrue.core.working", lambda: True),
        part("web", "ringtrue.core.serving_web", lambda: answers(CONFIG.port, "/health")),
        Part(
            name="sip",
            # An interpreter of its own with nothing of ours in its memory or environment: what it reads comes from strangers.
            command=[
                sys.executable, "-m", "ringtrue.voice.lines.sip.gateway",
                "--listen", CONFIG.sip_listen, "--desk", str(CONFIG.data / "run" / "sip.sock"),
                *(["--authorities", CONFIG.sip_authorities] if CONFIG.sip_authorities else []),
                *(["--certificate", CONFIG.sip_certificate] if CONFIG.sip_certificate else []),
            ],
            alive=lambda: True,
            environment={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        ),
    ]  # fmt: skip


def answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def demo_workspace() -> None:
    from ringtrue.accounts.models import Workspace
    from ringtrue.agents.starters import starter_workspace

    if not Workspace.objects.exists():
        starter_workspace("dental", owner_email=DEMO_OWNER, slug=DEMO_SLUG, is_demo=True)


def _first_call() -> None:
    from ringtrue.media.demonstrating import play_demo_call

    print("\nThe first call: a simulated caller rings the demo business. You see it as it happens.\n", flush=True)
    play_demo_call(say=lambda line: print(line, flush=True))
    let_go_of_database()


def _welcome(seconds: float) -> None:
    from ringtrue.accounts.models import User
    from ringtrue.accounts.signing_in_links import make
    from ringtrue.core.configuring import CONFIG

    owner = User.objects.filter(email=DEMO_OWNER).first()
    print(f"\nRingtrue is running ({seconds:.0f} s).  Console: {CONFIG.public_url}")
    if owner is not None:
        print(f"Sign in as the owner of the demo business (works once, for 30 minutes):\n\n    {make(owner)}\n")
        print("A new link: ringtrue link (in another terminal).  Mail goes to " + str(_short(CONFIG.data / "mail")))
    print("Ctrl-C stops everything.", flush=True)


def _short(path: Path) -> Path:
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def _close(used: Embedded) -> None:
    from django.db import connections

    connections.close_all()
    used.stop()
