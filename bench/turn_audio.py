"""The audio of the turn-taking figures, as files, so that other engines can be measured on the very same.

`python -m bench.turn_audio --data DIR --out DIR [--every N]` writes one WAV (8 kHz, mono, PCM16) per turn and `items.jsonl` with
`{"wav", "file", "part", "kind", "expecting", "said", "start_ms", "end_ms"}`; or call `turn_audio(data)`. The rules for what is taken
and for the true start and end stand in `ringtrue/evaluating/turn_audio.py`.
"""

from __future__ import annotations

import argparse
import json
import sys
import wave
from pathlib import Path

from ringtrue.evaluating.reporting import NoData
from ringtrue.evaluating.turn_audio import TurnAudio, turn_audio

__all__ = ["TurnAudio", "turn_audio"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    try:
        items = turn_audio(options.data, every=options.every)
    except NoData as problem:
        print(problem, file=sys.stderr)
        return 2
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "items.jsonl").open("w", encoding="utf-8") as index:
        for number, item in enumerate(items):
            name = f"{number:04d}.wav"
            with wave.open(str(options.out / name), "wb") as file:
                file.setparams((1, 2, 8000, 0, "NONE", ""))
                file.writeframes(item.pcm)
            row = {"wav": name, "file": item.file, "part": item.part, "kind": item.kind, "expecting": item.expecting}
            index.write(json.dumps({**row, "said": item.said, "start_ms": item.start_ms, "end_ms": item.end_ms}) + "\n")
    print(f"{len(items)} turns in {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
