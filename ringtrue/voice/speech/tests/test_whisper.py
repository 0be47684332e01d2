import json
from pathlib import Path

import numpy as np
import pytest

from ringtrue.evaluating import spoken_forms
from ringtrue.evaluating.telephone_condition import by_telephone
from ringtrue.voice.audio.reading import read_audio
from ringtrue.voice.speech.hibari import HibariVoice
from ringtrue.voice.speech.whisper import Whisper, believable, once


@pytest.fixture(scope="module")
def whisper() -> Whisper:
    return Whisper()


@pytest.fixture(scope="module")
def voice() -> HibariVoice:
    return HibariVoice()


def _wrong(said: str, heard: str) -> float:
    truth = spoken_forms.words(said)
    return spoken_forms.edits(truth, spoken_forms.words(heard)) / len(truth)


def test_sentences_of_callers_are_heard_by_telephone(whisper: Whisper, voice: HibariVoice) -> None:
    said = [
        "Hi, I have a terrible toothache and I need to see somebody today.",
        "What time do you close on Saturday?",
        "Can you tell me how much a cleaning costs?",
        "No thanks, that was all. Goodbye.",
    ]
    heard = [whisper.hear(by_telephone(voice.speak(text, 16000), 16000), 8000).text for text in said]
    assert _wrong(" ".join(said), " ".join(heard)) <= 0.1


def test_a_short_answer_costs_a_part_of_whispers_own_window(whisper: Whisper, voice: HibariVoice) -> None:
    import time

    pcm = voice.speak("Yes, Tuesday at three works for me.", 8000)

    def cpu_s(hear: object) -> float:
        began = time.process_time()
        hear(pcm, 8000)  # type: ignore[operator]
        return time.process_time() - began

    assert min(cpu_s(whisper.hear) for _ in range(3)) < 0.6 * min(cpu_s(whisper.hear_plainly) for _ in range(3))


def test_single_digits_are_heard_when_digits_are_awaited(whisper: Whisper, eval_data: Path) -> None:
    """A lone "five" sounds like "bye" to a recognizer that awaits sentences."""
    rows = [json.loads(line) for line in (eval_data / "audio" / "manifest.jsonl").read_text().splitlines()]
    rows = [row for row in rows if "/fsdd8k/" in row["file"]][::12]
    right = {"open": 0, "digits": 0}
    for row in rows:
        pcm = by_telephone(*read_audio(eval_data / row["file"]))
        for expecting in right:
            heard = whisper.hear(pcm, 8000, expecting).text  # type: ignore[arg-type]
            right[expecting] += spoken_forms.code(heard) == spoken_forms.code(row["transcript"])
    assert right["digits"] / len(rows) >= 0.7
    assert right["digits"] > right["open"]


def test_an_answer_in_words_is_heard_though_digits_were_awaited(whisper: Whisper, voice: HibariVoice) -> None:
    for expecting in ("digits", "spelling"):
        heard = whisper.hear(voice.speak("I don't have it here, can you call me back?", 8000), 8000, expecting)  # type: ignore[arg-type]
        assert _wrong("I don't have it here, can you call me back?", heard.text) <= 0.2


def test_a_long_utterance_is_heard_to_its_end(whisper: Whisper, voice: HibariVoice) -> None:
    text = (
        "I called last week about my crown. The dentist said that it would be ready on Monday. I came by on Monday and it was not "
        "there. Then somebody told me to call again on Wednesday. Now it is Thursday and I still have heard nothing. I have eaten "
        "soup for ten days. My address is twelve Chestnut Street. Please ask the dentist to call me back this afternoon."
    )
    pcm = voice.speak(text, 8000)
    assert len(pcm) / 16000 > 20
    heard = whisper.hear(pcm, 8000)
    assert _wrong(text, heard.text) <= 0.1
    assert "afternoon" in heard.text


@pytest.mark.parametrize("level", [0, 2, 30, 300])
def test_nothing_is_heard_in_silence_and_noise(whisper: Whisper, level: int) -> None:
    noise = np.rint(level * np.random.default_rng(2).standard_normal(3 * 8000)).astype("<i2").tobytes()
    heard = whisper.hear(noise, 8000)
    assert heard.text == ""
    assert heard.no_speech >= 0.5


def test_hardly_anything_is_heard_in_recorded_noise(whisper: Whisper, eval_data: Path) -> None:
    pieces = []
    for row in map(json.loads, (eval_data / "audio" / "manifest.jsonl").read_text().splitlines()):
        if row.get("label") == "noise":
            pcm = by_telephone(*read_audio(eval_data / row["file"]))
            pieces += [pcm[at : at + 48000] for at in range(0, len(pcm) - 16000, 48000 * 3)]
    heard = [text for piece in pieces if (text := whisper.hear(piece, 8000).text)]
    assert len(pieces) > 8
    assert len(heard) <= 2, heard


@pytest.mark.parametrize("pcm", [b"", b"\x00\x00", bytes(100), b"\x00\x10" * 200])
def test_scraps_are_no_utterance(whisper: Whisper, pcm: bytes) -> None:
    assert whisper.hear(pcm, 8000).text == ""


def test_a_sentence_that_the_decoder_repeats_is_kept_once() -> None:
    assert once("I need a cleaning. I need a cleaning. I need a cleaning.") == "I need a cleaning."
    assert once("No. No. I said Tuesday.") == "No. No. I said Tuesday."
    assert once("Repeat. Repeat. Repeat. Repeat.") == "Repeat."
    assert once("Enter 738. Enter 738. Enter 738.") == "Enter 738."
    assert once("5. 5. 5. 1.") == "5. 5. 5. 1."
    assert once("") == ""


def test_silence_made_beforehand_spares_the_encoder_most_of_the_window(whisper: Whisper) -> None:
    hearing = whisper._hearing(np.zeros(3 * 16000, np.float32), 0.5)
    assert hearing.frames <= 560  # 0.5 s before, 3 s, 2 s behind: what is computed
    assert hearing.coded.shape[1] >= 600  # 12 s in frames of 20 ms: what the decoder sees


def test_what_nobody_said_is_not_believed() -> None:
    assert not believable("Thank you.", 2.0, no_speech=0.7, confidence=0.3)
    assert believable("Thank you.", 1.0, no_speech=0.05, confidence=0.8)
    assert not believable("...", 2.0, no_speech=0.1, confidence=0.5)
    assert not believable("the the the the the the the the the the", 3.0, no_speech=0.1, confidence=0.5)
    assert not believable(" ".join(f"word{i}" for i in range(60)), 3.0, no_speech=0.1, confidence=0.5)  # nobody speaks that fast
    assert believable("no no no no no", 3.0, no_speech=0.1, confidence=0.6)


def test_recorded_spellings_are_heard_as_well_as_by_whispers_own_window(whisper: Whisper, eval_data: Path) -> None:
    """A sample of AN4; `ringtrue eval asr` counts all of it."""
    rows = [json.loads(line) for line in (eval_data / "audio" / "manifest.jsonl").read_text().splitlines()]
    wrong = length = 0
    for row in [row for row in rows if "/an4/" in row["file"]][::6]:
        heard = whisper.hear(by_telephone(*read_audio(eval_data / row["file"])), 8000)
        said = spoken_forms.code(row["transcript"])
        wrong += spoken_forms.edits(said, spoken_forms.code(heard.text))
        length += len(said)
    assert wrong / length <= 0.11
