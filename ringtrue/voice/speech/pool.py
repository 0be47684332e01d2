"""Hearing, speaking and embedding for all calls of a process, in a few processes of their own.

A model run takes 50-500 ms of one core: on the loop it would stall every call. The pool is bounded: when more jobs wait than
`backlog`, the newest is refused ("busy") so that a full machine answers late to no one. A worker that dies is started again and
the job it had is reported lost ("restarted"). Jobs of cancelled tasks are not begun; one that runs is finished and thrown away.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType

import msgspec
import numpy as np
from numpy.typing import NDArray

from ringtrue.voice.speech.crew import Crew, Hands, PoolFailed
from ringtrue.voice.speech.engines import Engines
from ringtrue.voice.speech.fixed import FixedSentences
from ringtrue.voice.speech.jobs import Embed, Failed, Hear, Job, Speak
from ringtrue.voice.speech.kinds import Expecting, RecognizerFailed, Transcript, VoiceFailed
from ringtrue.voice.speech.speaking_text import sentences

_WIDTH = 384


class SpeechPool:
    """`async with SpeechPool(...) as speech:` then `speech.recognizer`, `.voice`, `.embedder`.

    hear: recognizer processes (about 280 MB each); None: one less than the machine has cores, at most 4, at least 1.
    backlog: jobs that may wait, for each kind. models: folder of fetched model files (packages are used otherwise).
    kept: folder of ready-made sentences (`<data>/voice`). niceness: workers yield to the loop.
    Raises PoolFailed when a worker cannot start.
    """

    def __init__(
        self,
        *,
        hear: int | None = None,
        backlog: int = 8,
        models: Path | None = None,
        kept: Path | None = None,
        niceness: int = 5,
        language: str = "en-US",
    ) -> None:
        hear = hear if hear is not None else max(1, min(4, (os.cpu_count() or 1) - 1))
        self._hearing = Crew("hear", hear, backlog * max(hear, 1), models, niceness)
        self._speaking = Crew("speak", 1, 4 * backlog, models, niceness)
        self.start_s = 0.0
        self.recognizer = PooledRecognizer(self._hearing)
        self.voice = PooledVoice(self._speaking, FixedSentences(kept), language)
        self.embedder = PooledEmbedder(self._speaking)

    async def __aenter__(self) -> SpeechPool:
        began = time.perf_counter()
        try:
            await asyncio.gather(self._hearing.start(), self._speaking.start())
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        self.start_s = time.perf_counter() - began
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.gather(self._hearing.stop(), self._speaking.stop())

    @property
    def waiting_s(self) -> float:
        """Estimated seconds that an utterance handed in now would wait before a recognizer takes it up; 0.0 while one is idle, `inf`
        once closed. Moves with every job: whoever refuses calls by it should ask more than once."""
        return self._hearing.waiting_s

    @property
    def speaking_waiting_s(self) -> float:
        """The same for a sentence to be spoken."""
        return self._speaking.waiting_s

    @property
    def workers(self) -> dict[str, list[int]]:
        """Process ids by kind."""
        return {crew.kind: list(crew.pids) for crew in (self._hearing, self._speaking)}

    @property
    def restarts(self) -> int:
        return self._hearing.restarts + self._speaking.restarts

    @property
    def rss_mb(self) -> dict[str, list[float]]:
        """Resident memory of each worker now; 0.0 where the system does not tell (only Linux does)."""
        return {kind: [_rss_mb(pid) for pid in pids] for kind, pids in self.workers.items()}


def _rss_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError, ValueError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class PooledRecognizer:
    name = "whisper-tiny.en"

    def __init__(self, crew: Hands) -> None:
        self._crew = crew

    async def transcribe(
        self,
        pcm: bytes,
        sample_rate: int,
        *,
        expecting: Expecting = "open",
        hints: tuple[str, ...] = (),
        words: bool = False,
    ) -> Transcript:
        try:
            data = await self._crew.do(Hear(pcm, sample_rate, expecting, hints, words))
        except PoolFailed as problem:
            raise RecognizerFailed(str(problem)) from None
        return msgspec.msgpack.decode(data, type=Transcript)


class PooledEmbedder:
    def __init__(self, crew: Hands) -> None:
        self._crew = crew

    async def embed(self, texts: list[str]) -> NDArray[np.float32]:
        """Raises PoolFailed."""
        if not texts:
            return np.zeros((0, _WIDTH), np.float32)
        data = await self._crew.do(Embed(texts), urgency=0)
        return np.frombuffer(data, np.float32).reshape(len(texts), _WIDTH)


class PooledVoice:
    name = "hibari-heart"

    def __init__(self, crew: Hands, fixed: FixedSentences, language: str = "en-US") -> None:
        self._crew, self._fixed, self._language = crew, fixed, language

    async def prepare(self, texts: list[str], sample_rate: int) -> None:
        """Make these sentences ready to play at once, now and after a restart. For the business's own words only, never for
        anything made with a caller's data: they are written to disk. Raises VoiceFailed."""
        for text in texts:
            for sentence in sentences(text):
                if await asyncio.to_thread(self._fixed.load, self.name, sentence, sample_rate) is None:
                    pcm = await self._speak(sentence, sample_rate, urgency=2)
                    await asyncio.to_thread(self._fixed.keep, self.name, sentence, sample_rate, pcm)

    async def say(self, text: str, sample_rate: int) -> AsyncIterator[bytes]:
        """One piece for each sentence; the next is being made while one is used."""
        rest = sentences(text)
        coming = self._begin(rest.pop(0), sample_rate) if rest else None
        try:
            while coming is not None:
                pcm = await coming
                coming = self._begin(rest.pop(0), sample_rate) if rest else None
                if pcm:
                    yield pcm
        finally:
            if coming is not None:
                coming.cancel()

    def _begin(self, sentence: str, sample_rate: int) -> asyncio.Future[bytes]:
        ready = self._fixed.get(self.name, sentence, sample_rate)
        if ready is not None:
            done: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
            done.set_result(ready)
            return done
        return asyncio.ensure_future(self._speak(sentence, sample_rate, urgency=1))

    async def _speak(self, sentence: str, sample_rate: int, urgency: int) -> bytes:
        try:
            return await self._crew.do(Speak(sentence, sample_rate, self._language), urgency)
        except PoolFailed as problem:
            raise VoiceFailed(str(problem)) from None


class _Inline:
    """A crew of nobody: does the job here and now."""

    def __init__(self, engines: Engines, in_thread: bool) -> None:
        self._engines, self._in_thread = engines, in_thread

    async def do(self, job: Job, urgency: int = 1) -> bytes:
        answer = await asyncio.to_thread(self._engines.do, job) if self._in_thread else self._engines.do(job)
        if isinstance(answer, Failed):
            raise PoolFailed(answer.code)
        return answer.data


class InlineSpeech:
    """The same three in this process: for evaluations, tests and runs in virtual time (where nothing may wait for real time).
    Blocks the loop while it works unless `in_thread`. Models load when first used."""

    waiting_s = 0.0
    speaking_waiting_s = 0.0

    def __init__(
        self,
        *,
        models: Path | None = None,
        kept: Path | None = None,
        in_thread: bool = False,
        language: str = "en-US",
    ) -> None:
        crew = _Inline(Engines(models), in_thread)
        self.recognizer = PooledRecognizer(crew)
        self.voice = PooledVoice(crew, FixedSentences(kept), language)
        self.embedder = PooledEmbedder(crew)

    async def __aenter__(self) -> InlineSpeech:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None
