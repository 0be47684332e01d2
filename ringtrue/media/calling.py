"""`ringtrue call`: call an agent with recorded audio or with sentences, and see the conversation as it happens.

Exit status: 0 the call was held, understood and kept as its policy says; 1 it was not; 2 the question was wrong.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ringtrue.voice.agent import Agent as Snapshot

CALLER = "+12025550123"  # from the range that is kept for fiction
SCRIPT_HELP = "a text file, one turn of the caller per line; `wait: 2`, `press: 123` and `hang up` are acts, # begins a remark"


class CannotCall(Exception):
    """`str(self)` is a sentence for the person at the terminal."""


def main(argv: list[str]) -> int:
    options = _parse(argv)
    try:
        report = call(options, None if options.json else lambda line: print(line, flush=True))
    except CannotCall as problem:
        print(problem, file=sys.stderr)
        return 2
    if options.json:
        print(json.dumps(report, indent=2))
    else:
        _conclude(report)
    return int(report["exit"])


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="ringtrue call", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--agent", required=True, metavar="SLUG", help="who is called, such as demo-dental")
    parser.add_argument("--workspace", metavar="SLUG", help="needed only where two workspaces have an agent of this name")
    parser.add_argument("--audio", type=Path, metavar="FILE", help="the caller: WAV, FLAC or the like")
    parser.add_argument("--channel", type=int, default=0, metavar="N", help="of a file with several channels; the first is 0")
    parser.add_argument("--script", type=Path, metavar="FILE", help=SCRIPT_HELP)
    parser.add_argument("--say", nargs="+", metavar="TEXT", help="the caller's turns, each spoken when the agent has finished")
    parser.add_argument("--line", default="simulated", help="how the call comes in; from a terminal only: simulated")
    parser.add_argument("--from", dest="caller", default=CALLER, metavar="NUMBER", help='the caller\'s number; "" for withheld')
    parser.add_argument("--virtual", action="store_true", help="as fast as it can be computed instead of in real time")
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end and nothing else")
    return parser.parse_args(argv)


def call(options: argparse.Namespace, say: Callable[[str], None] | None) -> dict[str, Any]:
    """Raises CannotCall."""
    from ringtrue.accounts.scoping import workspace_scope
    from ringtrue.media.showing import Shown
    from ringtrue.media.simulating import simulate
    from ringtrue.reception.answering import CallRefused, open_call
    from ringtrue.voice.speech.crew import PoolFailed
    from ringtrue.voice.speech.models import ModelMissing, ModelRefused

    _quiet_logs()
    if options.line != "simulated":
        raise CannotCall(f"From a terminal a call comes in on the line `simulated`, not `{options.line}`.")
    if sum(bool(given) for given in (options.audio, options.script, options.say)) != 1:
        raise CannotCall("Say what the caller does: --audio FILE, --script FILE or --say TEXT (one of them).")
    sound = _read_sound(options)
    make_caller = _caller(options, sound)
    agent = find_agent(options.agent, options.workspace)
    with workspace_scope(agent.workspace_id):
        try:
            made, token = open_call(agent, line="simulated", from_number=options.caller, is_test=True)
        except CallRefused as refusal:
            raise CannotCall(f"{agent.slug} takes no calls ({str(refusal).replace('_', ' ')}).") from None
        snapshot = msgspec.convert(made.agent_version.document, Snapshot)
    shown = Shown(snapshot, say)
    try:
        held = simulate(token, make_caller, shown, virtual=options.virtual)
    except (PoolFailed, ModelMissing, ModelRefused) as problem:
        raise CannotCall(f"Speech could not be started ({problem}). `ringtrue doctor` looks for the cause.") from None
    return _report(agent, made, shown, held, sound)


def _quiet_logs() -> None:
    """Only warnings, on stderr: the terminal belongs to the conversation, and stdout to --json."""
    from ringtrue.core.logging_out import configure

    configure()
    logging.getLogger("ringtrue").setLevel(logging.WARNING)


def find_agent(slug: str, workspace: str | None = None) -> Any:
    """Raises CannotCall."""
    from ringtrue.accounts.scoping import system_scope
    from ringtrue.agents.models import Agent

    with system_scope("the person at the terminal runs this installation"):
        found = Agent.objects.select_related("workspace").filter(slug=slug)
        agents = list(found.filter(workspace__slug=workspace) if workspace else found)
        known = sorted(set(Agent.objects.values_list("slug", flat=True)))
    if not agents:
        there = f" There are: {', '.join(known[:12])}." if known else " There is none yet: `ringtrue run` makes a demo business."
        raise CannotCall(f"There is no agent `{slug}`{f' in {workspace}' if workspace else ''}.{there}")
    if len(agents) > 1:
        demo = [agent for agent in agents if agent.workspace.is_demo]
        if len(demo) != 1:
            names = ", ".join(sorted(agent.workspace.slug for agent in agents))
            raise CannotCall(f"Several workspaces have an agent `{slug}`: say which with --workspace ({names}).")
        return demo[0]
    return agents[0]


def _read_sound(options: argparse.Namespace) -> tuple[bytes, int] | None:
    from ringtrue.voice.audio.reading import UnreadableAudio, read_audio

    if not options.audio:
        return None
    try:
        return read_audio(options.audio, options.channel)
    except UnreadableAudio as problem:
        raise CannotCall(str(problem)) from None


def _caller(options: argparse.Namespace, sound: tuple[bytes, int] | None) -> Any:
    from ringtrue.voice.lines.simulated_callers import RecordedCaller, ScriptedCaller

    if sound is not None:
        return lambda voice: RecordedCaller(*sound)
    acts = read_script(options.script) if options.script else list(options.say)
    return lambda voice: ScriptedCaller(acts, voice, patience_s=12)


def read_script(path: Path) -> list[Any]:
    """Raises CannotCall."""
    from ringtrue.voice.lines.simulated_callers import Leave, Press, Wait

    try:
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        raise CannotCall(f"{path} cannot be read as a script.") from None
    acts: list[Any] = []
    for number, line in enumerate(lines, 1):
        text = line.strip()
        word, _, rest = text.partition(":")
        if not text or text.startswith("#"):
            continue
        if word == "wait":
            try:
                acts.append(Wait(round(float(rest) * 1000)))
            except ValueError:
                raise CannotCall(f"{path}, line {number}: `wait:` needs seconds, such as `wait: 2`.") from None
        elif word == "press":
            acts.append(Press(rest.strip()))
        elif text.lower() == "hang up":
            acts.append(Leave())
        else:
            acts.append(text)
    if not acts:
        raise CannotCall(f"{path} has no turn of a caller in it.")
    return acts


def _report(agent: Any, made: Any, shown: Any, held: Any, sound: tuple[bytes, int] | None) -> dict[str, Any]:
    from django.conf import settings

    from ringtrue.accounts.scoping import workspace_scope
    from ringtrue.calls import reading
    from ringtrue.calls.models import Call
    from ringtrue.privacy.modes import keeps

    with workspace_scope(agent.workspace_id):
        kept = Call.objects.get(id=made.id)
        summary = reading.summary(kept).text
    heard = [turn for turn in shown.turns if turn["who"] == "caller" and turn["text"]]
    spoken = [turn for turn in shown.turns if turn["who"] == "agent"]
    # Consent decides whether there is a recording at all; where it was given and the mode keeps sound, it must be there.
    recorded_as_promised = kept.recorded == (shown.recorded_from_ms is not None and keeps(kept.storage_mode).audio)
    report: dict[str, Any] = {
        "call_id": str(kept.id),
        "page": f"{settings.PUBLIC_URL}/w/{agent.workspace.slug}/calls/{kept.id}/",
        "agent": agent.slug,
        "outcome": kept.outcome,
        "end_reason": kept.end_reason,
        "summary": summary,
        "answered": bool(spoken),
        "understood": bool(heard),
        "recorded": kept.recorded,
        "recorded_from_ms": shown.recorded_from_ms,
        "duration_ms": kept.duration_ms,
        "greeting_ms": held.greeting_ms,
        "latency": shown.latency(),
        "caller_turns_heard": len({turn["turn"] for turn in heard}),
        "sources": shown.sources,
        "turns": shown.turns,
    }
    if sound is not None:
        report |= _coverage(sound, heard)
    good = (
        kept.state == "ended" and spoken and heard and recorded_as_promised and not held.not_stored and kept.end_reason != "lost"
    )
    return {**report, "exit": 0 if good else 1}


def _coverage(sound: tuple[bytes, int], heard: list[dict[str, Any]]) -> dict[str, Any]:
    from ringtrue.core.configuring import CONFIG
    from ringtrue.media.measuring_turns import heard_turns, turns_in
    from ringtrue.voice.speech.models import voice_activity

    turns = turns_in(*sound, voice_activity(CONFIG.data / "models", slots=1))
    met = heard_turns(turns, [(turn["start_ms"], turn["end_ms"]) for turn in heard])
    return {
        "caller_turns_in_audio": len(turns),
        "caller_turns_transcribed": met,
        "caller_turns_share": round(met / len(turns), 3) if turns else None,
    }


def _conclude(report: dict[str, Any]) -> None:
    wait = report["latency"]["reply_ms_p50"]
    print(f"\n{report['summary']}")
    if "caller_turns_in_audio" in report:
        print(f"Turns of the caller: {report['caller_turns_in_audio']}, transcribed: {report['caller_turns_transcribed']}")
    print(
        f"Outcome: {report['outcome'].replace('_', ' ')} · first greeting after {report['greeting_ms']} ms · "
        f"median reply after {'–' if wait is None else f'{wait} ms'} · {'recorded' if report['recorded'] else 'not recorded'}"
    )
    print(f"Call page: {report['page']}")
