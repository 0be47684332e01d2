"""Hearing by Whisper tiny.en (CTranslate2, int8), on windows as long as the utterance instead of 30 seconds.

Whisper was made for windows of 30 s and pays for all of them, so an answer of two seconds costs 0.8 s of CPU. CTranslate2 takes
shorter features, but the decoder needs to see seconds of silence after the speech or it says everything twice. What the encoder makes
of silence hardly depends on what was said before it, so those seconds are encoded once, when the model is loaded, and put behind
what was encoded of the utterance. Utterances over `Method.longest_s` go through faster-whisper's own full windows.
What was tried and what it brought: `docs/speech.md`.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from msgspec import structs
from numpy.typing import NDArray

from ringtrue.voice.audio.resampling import resample_floats
from ringtrue.voice.events import Word
from ringtrue.voice.speech.kinds import Expecting, RecognizerFailed, Transcript
from ringtrue.voice.speech.models import ensure
from ringtrue.voice.speech.spelled import best_reading, lettered, lexicon

RATE = 16000  # what Whisper hears
_WINDOW = 3000  # feature frames of 10 ms in 30 s; the encoder makes one of two
_SILENT = -1.5  # the feature value of digital silence


@dataclass(frozen=True)
class Method:
    """How the short window is cut and decoded; figures in `ringtrue eval asr`."""

    lead_s: float = 0.5
    second_lead_s: float = 0.0  # for the second hearing: another place in the window gives another, often better, reading
    doubt: float = 0.6  # below this confidence an utterance is heard a second time, and the surer reading is kept
    tail_s: float = 2.0  # silence encoded with the utterance
    silence_s: float = 7.0  # silence encoded beforehand and put behind it
    repetition_penalty: float = 1.1
    alternatives: int = 3  # readings by beam search when a spelling was asked for
    lost: float = 0.5  # greedy decoding that is so much less likely than the best of those went astray
    longest_s: float = 20.0


PRIMING: dict[Expecting, str] = {"digits": " 3 7 0 5. 9 2 8. 4 1 6."}
"""What the decoder is told that was said before, so that it writes what is awaited in that form. Strange contents on purpose: no
word of it can be copied into an answer unnoticed. Spread forms ("3. 7. 0.") make it drop doubled digits. For spellings every form
that was tried did harm."""


class _Reading(NamedTuple):
    text: str
    ids: list[int]
    score: float  # mean log probability of a token
    no_speech: float


@dataclass(frozen=True)
class _Hearing:
    coded: NDArray[np.float32]  # what the encoder made of the utterance, and silence behind it
    frames: int  # of 10 ms, without that silence
    samples: int
    lead_s: float

    @property
    def storage(self) -> Any:
        import ctranslate2

        return ctranslate2.StorageView.from_array(self.coded)


class Whisper:
    """One loaded model; `hear` is synchronous and for one thread at a time."""

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
        self._silence = self._encoded(np.full((1, self._features.mel_filters.shape[0], _WINDOW), _SILENT, np.float32))

    def hear(
        self, pcm: bytes, sample_rate: int, expecting: Expecting = "open", hints: tuple[str, ...] = (), words: bool = False
    ) -> Transcript:
        """Mono PCM16 to text. An utterance in which nothing was said gives text "".

        `expecting` "digits" primes the decoder; with "spelling" and "name" a spelled name is written as the name it is nearly
        (`spelled.py`; figures: `ringtrue eval asr`); other values change nothing.
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
        """Heard a second time from another place in the window when in doubt; of a spelling, several readings of the one hearing."""
        how = self.method
        before = " " + ", ".join(hints) + "." if hints else ""
        before += PRIMING.get(expecting, "")
        hearing = self._hearing(sound, how.lead_s)
        best = self._readings(hearing, before)[0]
        if expecting in ("spelling", "name"):
            readings = [best, *self._readings(hearing, before, how.alternatives)]
            if readings[1].score > best.score + how.lost:
                del readings[0]
            text, which = best_reading([(reading.text, reading.score) for reading in readings], lexicon(), hints)
            return self._transcript(hearing, readings[which], words, text)
        if np.exp(best.score) < how.doubt:
            again = self._hearing(sound, how.second_lead_s)
            other = self._readings(again, before)[0]
            if other.score > best.score:
                hearing, best = again, other
        return self._transcript(hearing, best, words, lettered(best.text) if expecting == "digits" else best.text)

    def _hearing(self, sound: NDArray[np.float32], lead_s: float) -> _Hearing:
        how = self.method
        padded = np.concatenate([np.zeros(int(lead_s * RATE), np.float32), sound, np.zeros(int(how.tail_s * RATE), np.float32)])
        features = np.asarray(self._features(padded, padding=0)[None], np.float32)
        coded = self._encoded(features)
        silence = self._silence[:, coded.shape[1] : coded.shape[1] + int(50 * how.silence_s)]  # by its place in the window
        return _Hearing(np.ascontiguousarray(np.concatenate([coded, silence], axis=1)), features.shape[2], len(sound), lead_s)

    def _encoded(self, features: NDArray[np.float32]) -> NDArray[np.float32]:
        import ctranslate2

        return np.array(self._model.encode(ctranslate2.StorageView.from_array(np.ascontiguousarray(features)), to_cpu=True))

    def _readings(self, hearing: _Hearing, before: str, alternatives: int = 1) -> list[_Reading]:
        """One by greedy decoding, or as many by beam search, the likeliest first."""
        how = self.method
        prompt = [self._start, self._plain]
        if before:
            prompt = [self._before, *self._tokens.encode(before, add_special_tokens=False).ids[-100:], *prompt]
        found = self._model.generate(
            hearing.storage,
            [prompt],
            beam_size=alternatives,
            num_hypotheses=alternatives,
            max_length=len(prompt) + 12 + 10 * hearing.samples // RATE,
            repetition_penalty=how.repetition_penalty,
            return_scores=True,
            return_no_speech_prob=True,
        )[0]
        out = []
        for sequence, score in zip(found.sequences_ids, found.scores, strict=True):
            ids = [i for i in sequence if i < self._end]
            out.append(_Reading(once(self._tokens.decode(ids).strip()), ids, float(score), float(found.no_speech_prob)))
        return out

    def _transcript(self, hearing: _Hearing, reading: _Reading, words: bool, text: str) -> Transcript:
        times = self._word_times(hearing, reading.ids) if words and reading.text else []
        heard = Transcript(text=reading.text, words=times, confidence=float(np.exp(reading.score)), no_speech=reading.no_speech)
        return _rewritten(heard, text)

    def _word_times(self, hearing: _Hearing, ids: list[int]) -> list[Word]:
        """Times of words by cross-attention, 20 ms steps, relative to the given audio."""
        found = self._model.align(hearing.storage, [self._start], [ids], [hearing.frames], median_filter_width=7)[0]
        first_frame: dict[int, int] = {}
        last_frame: dict[int, int] = {}
        for token, frame in found.alignments:
            first_frame.setdefault(token, frame)
            last_frame[token] = frame
        lead, whole = int(1000 * hearing.lead_s), 1000 * hearing.samples // RATE
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


def _rewritten(heard: Transcript, text: str) -> Transcript:
    """The same with another text; the times of its words stay where the words can be told apart."""
    if text == heard.text:
        return heard
    words, spoken = heard.words, text.split()
    if len(words) == len(spoken):
        words = [Word(new, old.start_ms, old.end_ms) for new, old in zip(spoken, words, strict=True)]
    elif words:
        words = [Word(text, words[0].start_ms, words[-1].end_ms)]
    return structs.replace(heard, text=text, words=words)


def once(text: str) -> str:
    """A text that is one sentence said twice or more in a row, said once: the decoder's way to fill a window. Short sentences may be
    said twice; a third time they are the decoder's too, unless they are numbers."""
    kept: list[str] = []
    run: list[str] = []
    for sentence in [*re.split(r"(?<=[.!?])\s+", text), ""]:
        if run and (not sentence or _bare(sentence) != _bare(run[0])):
            bare = _bare(run[0])
            loop = len(bare.split()) >= 3 or (len(run) >= 3 and re.search("[a-z]", bare))
            kept += run[:1] if loop else run
            run = []
        if sentence:
            run.append(sentence)
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
