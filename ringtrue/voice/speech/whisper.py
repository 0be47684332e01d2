"""Hearing by Whisper tiny.en (CTranslate2, int8), on windows as long as the utterance instead of 30 seconds.

Whisper was made for windows of 30 s and pays for all of them, so an answer of two seconds costs 0.8 s of CPU. CTranslate2 takes
shorter features: silence of a few seconds after the speech is enough for the decoder to find its end. Utterances over
`Method.longest_s` go through faster-whisper's own full windows.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.audio.resampling import resample_floats
from ringtrue.voice.events import Word
from ringtrue.voice.speech.kinds import Expecting, RecognizerFailed, Transcript
from ringtrue.voice.speech.models import ensure

RATE = 16000  # what Whisper hears


@dataclass(frozen=True)
class Method:
    """How the short window is cut and decoded; figures in `ringtrue eval asr`."""

    lead_s: float = 0.5
    second_lead_s: float = 0.0  # for the second hearing: another place in the window gives another, often better, reading
    doubt: float = 0.6  # below this confidence an utterance is heard a second time, and the surer reading is kept
    tail_s: float = 9.0
    repetition_penalty: float = 1.1
    beam: int = 1
    longest_s: float = 20.0


PRIMING: dict[Expecting, str] = {
    "digits": " 3 7 0 5. 9 2 8. 4 1 6.",
    "spelling": " K-O-W-A-L. F-E-J. P-U-X-I.",
}
"""What the decoder is told that was said before, so that it writes what is awaited in that form. Strange contents on purpose: no
word of it can be copied into an answer unnoticed. Spread forms ("3. 7. 0.") make it drop doubled digits."""


class Whisper:
    """One loaded model; `hear` is synchronous and for one thread at a time. 280 MB resident."""

    name = "whisper-tiny.en"

    def __init__(self, folder: Path | None = None, threads: int = 1, method: Method | None = None) -> None:
        """Raises ModelMissing, ModelRefused."""
        files = ensure(self.name, folder)
        homes = {path.parent for path in files.values()}
        if len(homes) != 1:
            raise RecognizerFailed("model_scattered")
        from faster_whisper import WhisperModel

        self.method = method or Method()
        self._full = WhisperModel(str(homes.pop()), device="cpu", compute_type="int8", cpu_threads=threads, num_workers=1)
        self._model = self._full.model
        self._features = self._full.feature_extractor
        tokens = self._full.hf_tokenizer
        self._tokens = tokens
        self._start = tokens.token_to_id("<|startoftranscript|>")
        self._before = tokens.token_to_id("<|startofprev|>")
        self._plain = tokens.token_to_id("<|notimestamps|>")
        self._end = tokens.token_to_id("<|endoftext|>")

    def hear(
        self, pcm: bytes, sample_rate: int, expecting: Expecting = "open", hints: tuple[str, ...] = (), words: bool = False
    ) -> Transcript:
        """Mono PCM16 to text. An utterance in which nothing was said gives text "".

        `expecting` "digits" and "spelling" prime the decoder (figures: `ringtrue eval asr --expecting`); other values change nothing.
        """
        began = time.process_time()
        sound = resample_floats(np.frombuffer(pcm, "<i2").astype(np.float32) / 32768.0, sample_rate, RATE)
        if len(sound) < RATE // 20 or float(np.abs(sound).max()) < 1e-4:
            return Transcript(text="", no_speech=1.0)
        if len(sound) > self.method.longest_s * RATE:
            heard = self._hear_long(sound, hints, words)
        else:
            heard = self._hear_short(sound, expecting, hints, words)
        spent = 1000 * (time.process_time() - began)
        if not believable(heard.text, len(sound) / RATE, heard.no_speech, heard.confidence):
            return Transcript(text="", no_speech=max(heard.no_speech, 0.5), confidence=heard.confidence, cpu_ms=spent)
        return Transcript(
            text=heard.text, words=heard.words, confidence=heard.confidence, no_speech=heard.no_speech, cpu_ms=spent
        )

    def hear_plainly(self, pcm: bytes, sample_rate: int) -> Transcript:
        """As faster-whisper does it: the whole 30 s window, greedy, nothing of ours. For comparison only."""
        sound = resample_floats(np.frombuffer(pcm, "<i2").astype(np.float32) / 32768.0, sample_rate, RATE)
        segments, _ = self._full.transcribe(
            sound, language="en", beam_size=1, temperature=0.0, without_timestamps=True, condition_on_previous_text=False
        )
        return Transcript(text=" ".join(part.text.strip() for part in segments))

    def _hear_short(self, sound: NDArray[np.float32], expecting: Expecting, hints: tuple[str, ...], words: bool) -> Transcript:
        """The surer of one or two readings. On AN4 by telephone the second brings CER from 7.3 to 6.3 % for a third more CPU."""
        how = self.method
        before = " " + ", ".join(hints) + "." if hints else ""
        before += PRIMING.get(expecting, "")
        best = self._read(sound, how.lead_s, before, words)
        if best.confidence < how.doubt:
            again = self._read(sound, how.second_lead_s, before, words)
            best = again if again.confidence > best.confidence else best
        return best

    def _read(self, sound: NDArray[np.float32], lead_s: float, before: str, words: bool) -> Transcript:
        import ctranslate2

        how = self.method
        seconds = len(sound) / RATE
        padded = np.concatenate([np.zeros(int(lead_s * RATE), np.float32), sound, np.zeros(int(how.tail_s * RATE), np.float32)])
        features = np.ascontiguousarray(self._features(padded, padding=0)[None], np.float32)
        coded = self._model.encode(ctranslate2.StorageView.from_array(features))
        prompt = [self._start, self._plain]
        if before:
            prompt = [self._before, *self._tokens.encode(before, add_special_tokens=False).ids[-100:], *prompt]
        best = self._model.generate(
            coded,
            [prompt],
            beam_size=how.beam,
            max_length=len(prompt) + 12 + int(10 * seconds),
            repetition_penalty=how.repetition_penalty,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        ids = [i for i in best.sequences_ids[0] if i < self._end]
        text = once(self._tokens.decode(ids).strip())
        times = self._word_times(coded, ids, features.shape[2], len(sound), lead_s) if words and text else []
        return Transcript(text=text, words=times, confidence=float(np.exp(best.scores[0])), no_speech=float(best.no_speech_prob))

    def _word_times(self, coded: Any, ids: list[int], frames: int, samples: int, lead_s: float) -> list[Word]:
        """Times of words by cross-attention, 20 ms steps, relative to the given audio."""
        found = self._model.align(coded, [self._start], [ids], [frames], median_filter_width=7)[0]
        first_frame: dict[int, int] = {}
        last_frame: dict[int, int] = {}
        for token, frame in found.alignments:
            first_frame.setdefault(token, frame)
            last_frame[token] = frame
        lead, whole = int(1000 * lead_s), 1000 * samples // RATE
        out: list[Word] = []
        for position, token in enumerate(ids):
            piece = self._tokens.decode([token])
            start = min(max(20 * first_frame.get(position, 0) - lead, 0), whole)
            end = min(max(20 * (last_frame.get(position, 0) + 1) - lead, start), whole)
            if out and not piece.startswith(" "):
                out[-1] = Word(out[-1].text + piece, out[-1].start_ms, end)
            else:
                out.append(Word(piece.strip(), start, end))
        return [word for word in out if word.text]

    def _hear_long(self, sound: NDArray[np.float32], hints: tuple[str, ...], words: bool) -> Transcript:
        segments, _ = self._full.transcribe(
            sound,
            language="en",
            beam_size=1,
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=words,
            initial_prompt=", ".join(hints) or None,
        )
        parts = list(segments)
        if not parts:
            return Transcript(text="", no_speech=1.0)
        return Transcript(
            text=once(" ".join(part.text.strip() for part in parts)),
            words=[Word(w.word.strip(), int(1000 * w.start), int(1000 * w.end)) for part in parts for w in part.words or []],
            confidence=float(np.exp(np.mean([part.avg_logprob for part in parts]))),
            no_speech=float(min(part.no_speech_prob for part in parts)),
        )


def once(text: str) -> str:
    """A text that is one sentence said twice or more in a row, said once: the decoder's way to fill a window."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    kept: list[str] = []
    for sentence in sentences:
        if not kept or _bare(sentence) != _bare(kept[-1]) or len(_bare(sentence).split()) < 3:
            kept.append(sentence)
    return " ".join(kept)


def _bare(text: str) -> str:
    return re.sub(r"[^a-z0-9 ]", "", text.lower()).strip()


HALLUCINATED = {
    "you", "thank you", "thank you very much", "thanks for watching", "thank you for watching", "bye", "the end",
    "please subscribe", "so", "i", "oh", "hmm", "uh", "um", "the", "a", "and", "subtitles by the amaraorg community",
}  # fmt: skip
"""What Whisper writes over noise and silence (it learned from subtitles)."""


def believable(text: str, seconds: float, no_speech: float, confidence: float) -> bool:
    """False for text that nobody said."""
    bare = _bare(text)
    if not bare:
        return False
    words = bare.split()
    if bare in HALLUCINATED and (no_speech > 0.3 or confidence < 0.35):
        return False
    if no_speech > 0.55 and confidence < 0.4:  # speech of AN4 never has both, noise of a kitchen nearly always
        return False
    if len(words) >= 8 and len(set(words)) <= len(words) // 4:
        return False
    return len(words) <= 8 * seconds + 8
