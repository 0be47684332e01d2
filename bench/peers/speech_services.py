"""What Pipecat's services cost beside our own files for the same companies, against the same stand-in, in one run and one interpreter:
the peer's own, with our packages behind its. Nothing is sent to anybody.

    .venv/bin/python -m bench.peers.speech_services [--rounds 5]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.peers.engines import BUILD, install

ROOT = Path(__file__).resolve().parents[2]
SENTENCE = "We are open on Monday from eight in the morning until five in the afternoon, and on Saturday by appointment. " * 2
TIMES = 10  # sentences or utterances of one measurement
RATE = 8000
HEARD_S = 4.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--stand-in", help=argparse.SUPPRESS)  # its address: then this is the interpreter that is measured
    options = parser.parse_args()
    if options.stand_in:
        sys.path.append(os.environ["RINGTRUE_PACKAGES"])
        asyncio.run(measure(options.stand_in, options.rounds))
        return 0
    install("pipecat")
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder) / "ready"
        stand_in = "ringtrue.voice.speech.tests.stand_ins.speech_server"
        server = subprocess.Popen([sys.executable, "-m", stand_in, "--ready", str(ready), "--pace", "0"], cwd=ROOT)
        try:
            while not ready.exists():
                time.sleep(0.05)
            command = [str(BUILD / "pipecat" / "bin" / "python"), "-m", __spec__.name, "--rounds", str(options.rounds)]
            environment = {**os.environ, "RINGTRUE_PACKAGES": sysconfig.get_path("purelib")}
            address = f"http://127.0.0.1:{ready.read_text()}"
            return subprocess.run([*command, "--stand-in", address], cwd=ROOT, env=environment, check=False).returncode
        finally:
            server.kill()
            server.wait()


async def measure(address: str, rounds: int) -> None:
    from ringtrue.voice.speech import providers
    from ringtrue.voice.speech.tests.stand_ins.speech_server import SERVERS, settings_for

    socket = address.replace("http", "ws") + "/tts/websocket"
    cartesia = {"api_key": SERVERS["cartesia"].KEY, "url": socket, "settings": {"voice": "voice", "model": "sonic-3"}}
    openai = {"api_key": SERVERS["openai"].KEY, "base_url": f"{address}/v1"}
    [of_pipecat] = providers.connect(
        ["pipecat"],
        {
            "RINGTRUE_PIPECAT_HEARING": "pipecat.services.openai.stt:OpenAISTTService",
            "RINGTRUE_PIPECAT_HEARING_WITH": json.dumps(openai),
            "RINGTRUE_PIPECAT_SPEAKING": "pipecat.services.cartesia.tts:CartesiaTTSService",
            "RINGTRUE_PIPECAT_SPEAKING_WITH": json.dumps(cartesia),
        },
    )
    [ours_speaking] = providers.connect(["cartesia"], settings_for("cartesia", address))
    [ours_hearing] = providers.connect(["openai"], settings_for("openai", address))
    told: dict[str, list[float]] = {}
    for _ in range(rounds + 1):
        for name, voice in (
            ("speaking, Cartesia: ours", ours_speaking.voices[0]),
            ("speaking, Cartesia: Pipecat", of_pipecat.voices[0]),
        ):
            told.setdefault(name, []).append(await _speaking(voice))
        hearing = (
            ("hearing, OpenAI: ours", ours_hearing.recognizers[0]),
            ("hearing, OpenAI: Pipecat", of_pipecat.recognizers[0]),
        )
        for name, recognizer in hearing:
            told.setdefault(name, []).append(await _hearing(recognizer))
    for name, values in told.items():
        kept = values[1:]  # the first loads what it needs
        print(f"{name:<30}{median(kept):>8.2f} ms CPU per second of speech ({min(kept):.2f} to {max(kept):.2f}, {rounds} rounds)")
    for made in (of_pipecat, ours_speaking, ours_hearing):
        await made.close()


async def _speaking(voice: object) -> float:
    size, began = 0, time.process_time()
    for _ in range(TIMES):
        async for piece in voice.say(SENTENCE, RATE):  # type: ignore[attr-defined]
            size += len(piece)
    return (time.process_time() - began) * 1000 / (size / 2 / RATE)


async def _hearing(recognizer: object) -> float:
    pcm = bytes(int(2 * RATE * HEARD_S))
    began = time.process_time()
    for _ in range(TIMES):
        await recognizer.transcribe(pcm, RATE)  # type: ignore[attr-defined]
    return (time.process_time() - began) * 1000 / (TIMES * HEARD_S)


if __name__ == "__main__":
    sys.exit(main())
