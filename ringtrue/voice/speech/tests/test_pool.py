"""The pool with its real processes and models. One pool for all tests: a start costs seconds."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import numpy as np
import pytest

from ringtrue.voice.speech import crew
from ringtrue.voice.speech.crew import Crew, PoolFailed
from ringtrue.voice.speech.jobs import Embed
from ringtrue.voice.speech.kinds import RecognizerFailed
from ringtrue.voice.speech.pool import InlineSpeech, SpeechPool

SENTENCE = "I would like to book a cleaning for Tuesday morning."


async def spoken(speech: SpeechPool | InlineSpeech, text: str = SENTENCE, rate: int = 8000) -> bytes:
    return b"".join([piece async for piece in speech.voice.say(text, rate)])


async def until(condition: object, limit_s: float = 60) -> None:
    async with asyncio.timeout(limit_s):
        while not condition():  # type: ignore[operator]  # noqa: ASYNC110
            await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture(scope="module")
def pool(loop: asyncio.AbstractEventLoop) -> Iterator[SpeechPool]:
    made = SpeechPool(hear=1, backlog=3)
    loop.run_until_complete(made.__aenter__())
    yield made
    loop.run_until_complete(made.__aexit__(None, None, None))


def test_what_the_voice_says_the_recognizer_hears(loop: asyncio.AbstractEventLoop, pool: SpeechPool) -> None:
    async def story() -> None:
        for rate in (8000, 16000):
            heard = await pool.recognizer.transcribe(await spoken(pool, rate=rate), rate)
            assert heard.text.lower().rstrip(".") == SENTENCE.lower().rstrip(".")
            assert heard.confidence > 0.6
            assert heard.no_speech < 0.5
            assert heard.words == []
            assert heard.cpu_ms > 0

    loop.run_until_complete(story())


def test_words_have_times_when_asked_for(loop: asyncio.AbstractEventLoop, pool: SpeechPool) -> None:
    async def story() -> None:
        pcm = await spoken(pool)
        heard = await pool.recognizer.transcribe(bytes(16000) + pcm, 8000, words=True)
        assert [word.text.strip(".").lower() for word in heard.words] == SENTENCE.strip(".").lower().split()
        times = [(word.start_ms, word.end_ms) for word in heard.words]
        assert all(start <= end for start, end in times)
        assert times == sorted(times)
        assert 700 <= times[1][0] <= 1600  # the second of silence before is counted
        assert times[-1][1] <= 1000 + len(pcm) / 16

    loop.run_until_complete(story())


def test_questions_that_mean_the_same_lie_near(loop: asyncio.AbstractEventLoop, pool: SpeechPool) -> None:
    async def story() -> None:
        rows = await pool.embedder.embed(["When are you open?", "What are your opening hours?", "My tooth hurts."])
        assert rows.shape == (3, 384)
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
        assert rows[0] @ rows[1] > 0.6 > 0.4 > rows[0] @ rows[2]
        assert (await pool.embedder.embed([])).shape == (0, 384)

    loop.run_until_complete(story())


def test_a_full_pool_refuses_instead_of_answering_late(loop: asyncio.AbstractEventLoop, pool: SpeechPool) -> None:
    async def story() -> None:
        pcm = await spoken(pool)
        answers = await asyncio.gather(*(pool.recognizer.transcribe(pcm, 8000) for _ in range(8)), return_exceptions=True)
        refused = [str(answer) for answer in answers if isinstance(answer, RecognizerFailed)]
        assert set(refused) == {"busy"}
        assert 3 <= 8 - len(refused) <= 5

    loop.run_until_complete(story())


def test_the_pool_tells_how_far_it_is_behind(loop: asyncio.AbstractEventLoop, pool: SpeechPool) -> None:
    async def story() -> None:
        pcm = await spoken(pool)
        assert pool.waiting_s == 0.0
        told = []
        tasks = []
        for _ in range(3):
            tasks.append(asyncio.create_task(pool.recognizer.transcribe(pcm, 8000)))
            await asyncio.sleep(0)
            told.append(pool.waiting_s)
        assert 0.0 < told[0] < told[1] < told[2] < 30
        tasks[2].cancel()
        await asyncio.wait(tasks[2:])
        assert pool.waiting_s < told[2]  # whoever hung up is not waited for
        await asyncio.gather(*tasks, return_exceptions=True)
        assert pool.waiting_s == 0.0

    loop.run_until_complete(story())


def test_a_job_cancelled_while_it_waits_is_not_done(loop: asyncio.AbstractEventLoop, pool: SpeechPool) -> None:
    async def story() -> None:
        pcm = await spoken(pool)
        tasks = [asyncio.create_task(pool.recognizer.transcribe(pcm, 8000)) for _ in range(3)]
        await asyncio.sleep(0)
        for task in tasks[1:]:
            task.cancel()
        assert (await tasks[0]).text
        assert all(isinstance(end, asyncio.CancelledError) for end in await asyncio.gather(*tasks[1:], return_exceptions=True))
        assert (await pool.recognizer.transcribe(pcm, 8000)).text  # and the worker is well

    loop.run_until_complete(story())


def test_a_worker_that_dies_is_replaced_and_its_job_reported_lost(loop: asyncio.AbstractEventLoop, pool: SpeechPool) -> None:
    async def story() -> None:
        pcm = await spoken(pool)
        before, (pid,) = pool.restarts, pool.workers["hear"]
        os.kill(pid, signal.SIGSTOP)  # so that it surely has the job when it dies
        lost = asyncio.create_task(pool.recognizer.transcribe(pcm, 8000))
        await asyncio.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(RecognizerFailed, match="restarted"):
            await lost
        assert (await pool.recognizer.transcribe(pcm, 8000)).text
        assert pool.restarts == before + 1
        assert pool.workers["hear"] != [pid]

    loop.run_until_complete(story())


def test_an_idle_worker_that_dies_is_replaced_before_anyone_asks(loop: asyncio.AbstractEventLoop, pool: SpeechPool) -> None:
    async def story() -> None:
        (pid,) = pool.workers["speak"]
        os.kill(pid, signal.SIGKILL)
        await until(lambda: pool.workers["speak"] not in ([], [pid]))
        assert await spoken(pool)

    loop.run_until_complete(story())


def test_a_worker_that_hangs_is_ended(loop: asyncio.AbstractEventLoop, pool: SpeechPool, monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        pcm = await spoken(pool)
        (pid,) = pool.workers["hear"]
        monkeypatch.setattr(crew, "_JOB_LIMIT_S", 0.2)
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(RecognizerFailed, match="timeout"):
            await pool.recognizer.transcribe(pcm, 8000)
        monkeypatch.setattr(crew, "_JOB_LIMIT_S", 30.0)
        assert (await pool.recognizer.transcribe(pcm, 8000)).text

    loop.run_until_complete(story())


def test_start_and_memory_are_told(pool: SpeechPool) -> None:
    assert pool.start_s > 0
    assert all(20 < mb < 1500 for sizes in pool.rss_mb.values() for mb in sizes)


async def test_nothing_is_left_running_when_the_pool_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    async with SpeechPool(hear=1) as speech:
        pids = [pid for group in speech.workers.values() for pid in group]
        waiting = asyncio.create_task(speech.recognizer.transcribe(b"\x10\x00" * 80000, 8000))
        await asyncio.sleep(0)
    with pytest.raises(RecognizerFailed, match="closed"):
        await waiting
    assert len(pids) == 2
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with pytest.raises(RecognizerFailed, match="closed"):
        await speech.recognizer.transcribe(b"", 8000)


async def test_a_worker_that_cannot_start_is_told_and_not_tried_for_ever(tmp_path: Path) -> None:
    (tmp_path / "minilm-int8").mkdir()
    (tmp_path / "minilm-int8" / "model.onnx").write_bytes(b"not the model")
    broken = Crew("speak", 1, 4, tmp_path, 0)
    with pytest.raises(PoolFailed, match="speak_worker_did_not_start"):
        await broken.start()
    await broken.stop()
    with pytest.raises(PoolFailed, match="closed"):
        await broken.do(Embed(["a"]))


class Counted:
    """A crew that speaks letters and counts what it is asked."""

    def __init__(self) -> None:
        self.spoken: list[str] = []

    async def do(self, job: object, urgency: int = 1) -> bytes:
        self.spoken.append(job.text)  # type: ignore[attr-defined]
        return job.text.encode()  # type: ignore[attr-defined]


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def _said(speech: AsyncIterator[bytes]) -> list[bytes]:
    return [piece async for piece in speech]


async def test_prepared_sentences_are_made_once_and_kept_for_the_next_start(tmp_path: Path) -> None:
    from ringtrue.voice.speech.fixed import FixedSentences
    from ringtrue.voice.speech.pool import PooledVoice

    first = Counted()
    voice = PooledVoice(first, FixedSentences(tmp_path))
    await voice.prepare(["Welcome. How can I help?"], 8000)
    assert await _said(voice.say("Welcome. How can I help?", 8000)) == [b"Welcome.", b"How can I help?"]
    assert first.spoken == ["Welcome.", "How can I help?"]
    await _said(voice.say("Thank you, Ms Doe.", 8000))
    written = {path.name: path.read_bytes() for path in _files(tmp_path)}
    assert sorted(written.values()) == [b"How can I help?", b"Welcome."]  # what was not prepared, is not written down

    second = Counted()
    voice = PooledVoice(second, FixedSentences(tmp_path))
    await voice.prepare(["Welcome. How can I help?"], 8000)
    assert await _said(voice.say("Welcome.", 8000)) == [b"Welcome."]
    assert second.spoken == []
    assert await _said(voice.say("Welcome.", 16000)) == [b"Welcome."]  # another rate is another sound
    assert second.spoken == ["Welcome."]


async def test_inline_speech_is_the_same_without_processes() -> None:
    speech = InlineSpeech()
    heard = await speech.recognizer.transcribe(await spoken(speech), 8000)
    assert heard.text.lower().rstrip(".") == SENTENCE.lower().rstrip(".")
