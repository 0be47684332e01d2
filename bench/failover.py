"""Killing the providers of speech and language in mid-call: stand-ins in processes of their own, ended by SIGKILL one after another while
calls go on, in real time. See `bench/README.md`.

The calls are held by the loop's own office with the shipping settings; callers and carriers are the simulated line. What stands behind the
providers (the reserve) is a canned recognizer and voice, so that the machine's speed at local speech is not in the figures.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.stand_ins import CannedVoice, DelayedRecognizer
from ringtrue.voice.agent import Agent, CallOrder, ModelChoice, Recording
from ringtrue.voice.brains.choosing import brain_for
from ringtrue.voice.call.office import Office
from ringtrue.voice.call.settings import CallSettings
from ringtrue.voice.events import AudioPiece, CallEvent, Heard, Trouble
from ringtrue.voice.lines.simulated import AUDIBLE_DBFS, SimulatedLeg, loudness_dbfs
from ringtrue.voice.lines.simulated_callers import Leave, Play, ScriptedCaller, Wait
from ringtrue.voice.speech import providers as speech_providers

SPEECH = "ringtrue.voice.speech.tests.stand_ins.speech_server"
MODEL = "ringtrue.voice.brains.model.tests.model_stand_in"
PARTS = ("recognizer", "voice", "model")
TURNS = 5
AT_ONCE = 20
FRAME_MS = 20
AGENT = Agent(slug="bench", business="Riverside Dental", agent_name="Robin", greeting="How can I help you today?", brain="model")


class Loud:
    """Implements `Activity`: loud is speech."""

    def probabilities(self, chunks: NDArray[np.float32], slots: Any) -> NDArray[np.float32]:
        return (np.sqrt((chunks**2).mean(axis=1)) > 0.01).astype(np.float32)

    def reset(self, slot: int) -> None:
        return None


class OneDirection:
    """Implements `Embedder`: the receptionist behind the model finds nothing, and says so."""

    async def embed(self, texts: list[str]) -> NDArray[np.float32]:
        return np.eye(1, 384, dtype=np.float32).repeat(len(texts), axis=0)


class Kept:
    """Implements `Port`."""

    def __init__(self) -> None:
        self.events: list[CallEvent] = []

    def emit(self, event: CallEvent) -> None:
        self.events.append(event)

    def audio(self, piece: AudioPiece) -> None:
        return None

    async def use(self, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        return {}


class Providers:
    """The three stand-ins of a round."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.urls: dict[str, str] = {}
        self.processes: dict[str, asyncio.subprocess.Process] = {}

    async def start(self) -> None:
        for part in ("recognizer", "voice"):
            ready = self._folder / f"ready-{part}"
            ready.unlink(missing_ok=True)
            self.processes[part] = await asyncio.create_subprocess_exec(
                sys.executable, "-m", SPEECH, "--ready", str(ready), stderr=asyncio.subprocess.DEVNULL
            )
            while not ready.exists():  # noqa: ASYNC110 - another process
                await asyncio.sleep(0.05)
            self.urls[part] = f"http://127.0.0.1:{ready.read_text()}/v1"
        model = await asyncio.create_subprocess_exec(
            sys.executable, "-m", MODEL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        assert model.stdout is not None
        self.processes["model"], self.urls["model"] = model, (await model.stdout.readline()).decode().strip()

    async def kill(self, part: str) -> None:
        process = self.processes[part]
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
            await process.wait()

    async def stop(self) -> None:
        for part in PARTS:
            if part in self.processes:
                await self.kill(part)


def utterance(seed: int) -> bytes:
    """1 to 2 s of noise, as loud as speech."""
    rng = np.random.default_rng(seed)
    return (rng.normal(0, 3000, int(8000 * rng.uniform(1.0, 2.0)))).astype("<i2").tobytes()


def longest_silence_ms(leg: SimulatedLeg, spoke: Sequence[tuple[int, int]]) -> int:
    """While the agent owed a sound: from the answer, and from the end of each of the caller's lines, to the end of what was said to it."""
    pcm, size = bytes(leg.heard.pcm), 2 * leg.sample_rate * FRAME_MS // 1000
    loud = np.array([loudness_dbfs(pcm[at : at + size]) > AUDIBLE_DBFS for at in range(0, len(pcm), size)])
    worst = 0
    for begin, end in zip([0] + [end for _, end in spoke], [begin for begin, _ in spoke] + [len(loud) * FRAME_MS], strict=True):
        sounding = np.flatnonzero(loud[begin // FRAME_MS : end // FRAME_MS])
        if not len(sounding):
            return (end - begin) if end - begin > 1000 else worst
        worst = max(worst, int(np.diff(np.concatenate([[0], sounding])).max()) * FRAME_MS)
    return worst


async def one_call(office: Office, order: CallOrder, number: int) -> tuple[str, int, int, list[str]]:
    """(reason of its end, longest silence in ms, lines that were heard, troubles)"""
    await asyncio.sleep(number * 0.15)
    acts = [Wait(number % 5 * 100), *(Play(utterance(100 * number + turn), 8000) for turn in range(TURNS)), Leave(1500)]
    caller = ScriptedCaller(acts, patience_s=20)
    leg = SimulatedLeg(caller)
    await leg.prepare()
    port = Kept()
    ended = await office.serve(msgspec.structs.replace(order, call_id=f"{order.call_id}-{number}"), leg, port)
    troubles = [f"{event.part} {event.code}" for event in port.events if isinstance(event, Trouble)]
    return ended.reason, longest_silence_ms(leg, caller.spoke), sum(isinstance(event, Heard) for event in port.events), troubles


async def one_round(folder: Path, order_of_death: Sequence[str], calls: int, seed: int) -> list[tuple[str, int, int, list[str]]]:
    providers = Providers(folder)
    try:
        await providers.start()
        async with connected(providers) as (office, order):
            await office.prepare(AGENT, 8000)
            tasks = [asyncio.create_task(one_call(office, order, number)) for number in range(calls)]
            chance = random.Random(seed)  # noqa: S311
            await asyncio.sleep(2)
            for part in order_of_death:
                await asyncio.sleep(chance.uniform(2.0, 8.0))
                await providers.kill(part)
            return await asyncio.gather(*tasks)
    finally:
        await providers.stop()


@contextlib.asynccontextmanager
async def connected(providers: Providers) -> AsyncIterator[tuple[Office, CallOrder]]:
    from ringtrue.voice.brains.model import connecting

    await asyncio.to_thread(connecting.load)
    heard_at = {"RINGTRUE_OPENAI_URL": providers.urls["recognizer"], "RINGTRUE_OPENAI_SPEAKING": ""}
    spoken_at = {"RINGTRUE_OPENAI_URL": providers.urls["voice"], "RINGTRUE_OPENAI_HEARING": ""}
    [hearing], [speaking] = (speech_providers.connect(["openai"], given) for given in (heard_at, spoken_at))
    office = Office(
        recognizers=[*hearing.recognizers, DelayedRecognizer()],
        voices=[*speaking.voices, CannedVoice()],
        new_brain=lambda order: brain_for(order, OneDirection()),
        activity=Loud(),
        settings=CallSettings(same_announcement=1_000_000, late_share=1.0),  # the stand-in hears one sentence again and again
    )
    model = ModelChoice(provider="compatible", model="stand-in", base_url=providers.urls["model"], key="stand-in")
    try:
        async with office:
            yield office, CallOrder(call_id="c", agent=AGENT, line="simulated", recording=Recording(flow="off"), models=(model,))
    finally:
        await hearing.close()
        await speaking.close()


def measure(calls: int = 100) -> list[dict[str, Any]]:
    orders = [PARTS[n:] + PARTS[:n] for n in range(3)] + [PARTS[::-1]]
    found: list[tuple[str, int, int, list[str]]] = []
    with tempfile.TemporaryDirectory(prefix="ringtrue-failover-") as folder:
        for number in range(-(-calls // AT_ONCE)):
            order = orders[number % len(orders)]
            made = asyncio.run(one_round(Path(folder), order, min(AT_ONCE, calls - len(found)), number))
            found += made
            print(
                f"  {' then '.join(order)}: {len(made)} calls, longest silence {max(row[1] for row in made)} ms", file=sys.stderr
            )
    silence = [row[1] for row in found]
    lost = sum(reason not in ("caller_hung_up", "agent_hung_up") for reason, *_ in found)
    unheard = sum(TURNS - heard for _, _, heard, _ in found if heard < TURNS)
    noticed = {
        part: sum(any(code.startswith(part) for code in row[3]) for row in found) for part in ("recognizer", "voice", "brain")
    }
    rows = [
        ("failover.calls", len(found), ""),
        ("failover.lost", lost, ""),
        ("failover.lines_not_heard", unheard, ""),
        ("failover.longest_silence_ms.p50", float(np.median(silence)), "ms"),
        ("failover.longest_silence_ms.max", max(silence), "ms"),
        ("failover.calls_over_2_s", sum(ms > 2000 for ms in silence), ""),
        *((f"failover.calls_that_noticed.{part}", count, "") for part, count in noticed.items()),
    ]
    how = f"make bench; SIGKILL of {', '.join(PARTS)} in mid-call, {AT_ONCE} calls at once, real time"
    return [{"name": name, "value": value, "unit": unit, "n": len(found), "how": how} for name, value, unit in rows]


if __name__ == "__main__":
    for row in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100):
        print(f"{row['name']:<52}{row['value']:>10}  {row['unit']}")
