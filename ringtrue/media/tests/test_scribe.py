"""The scribe without a socket: what the loop tells becomes the record, through the gate."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings

from ringtrue.billing import ledger as books
from ringtrue.billing.models import Line
from ringtrue.calls import reading
from ringtrue.calls.models import Call, CallEventRow, Message, RecordingPiece
from ringtrue.media.scribe import OUR_SEQ, Scribe
from ringtrue.privacy import ledger
from ringtrue.privacy.models import ConsentEvent, OptOut, PolicySetting
from ringtrue.reception.answering import open_call
from ringtrue.reception.tickets import TicketRefused
from ringtrue.voice.agent import CallOrder
from ringtrue.voice.events import Answered, AudioPiece, CallEvent, Consent, Ended, Heard, ModelUsed, OptedOut, Said, SpeechUsed
from ringtrue.voice.port import ToolFailed

CALLER = "+12025550123"
CANARY = "my cat is called Zebulon"


class Told:
    """A call that is told to a scribe as a loop would."""

    def __init__(self, scribe: Scribe, order: CallOrder) -> None:
        self.scribe, self.order, self.seq, self.piece = scribe, order, 0, 0

    def tell(self, *events: CallEvent) -> None:
        for event in events:
            self.seq += 1
            self.scribe.event(self.order.call_id, self.seq, event)

    def sound(self, start_ms: int, ms: int = 1000) -> None:
        pcm = b"\x10\x00\x20\x00" * (8 * ms)
        self.scribe.audio(self.order.call_id, AudioPiece(seq=self.piece, start_ms=start_ms, sample_rate=8000, pcm=pcm))
        self.piece += 1

    @property
    def call(self) -> Call:
        return Call.objects.get(id=self.order.call_id)


@pytest.fixture
def begin(dental: Any) -> Any:
    def make(scribe: Scribe | None = None, **settings_: Any) -> Told:
        for key, value in settings_.items():
            PolicySetting.objects.create(workspace_id=dental.workspace.id, key=key.replace("__", "."), value=value)
        scribe = scribe or Scribe()
        _, token = open_call(dental.agent, line="twilio", from_number=CALLER, to_number="+18565550100")
        return Told(scribe, scribe.redeem(token, "twilio"))

    return make


def answered() -> Answered:
    return Answered(at_ms=0, started_at=1_780_000_000.0, line="twilio", sample_rate=8000)


def consent(granted: bool = True, at_ms: int = 3000, method: Any = "announced") -> Consent:
    return Consent(at_ms=at_ms, granted=granted, method=method, wording="This call is recorded.")


def heard(text: str = CANARY, at_ms: int = 6000) -> Heard:
    return Heard(at_ms=at_ms, turn=1, start_ms=at_ms - 1500, end_ms=at_ms - 500, text=text)


def ended(at_ms: int = 9000) -> Ended:
    return Ended(at_ms=at_ms, reason="caller_hung_up", duration_ms=at_ms, goal="answered")


def test_the_order_tells_the_loop_what_it_needs_and_no_secret(begin: Any, dental: Any) -> None:
    order = begin().order
    assert order.agent.version_id == str(dental.version.id)
    assert (order.from_number, order.line, order.storage_mode, order.recording.flow) == (
        CALLER,
        "twilio",
        "everything",
        "announce",
    )


@pytest.mark.promise("P-ALX-1-1", "P-CLX-1-1")
def test_a_whole_call_becomes_its_record(begin: Any) -> None:
    told = begin()
    told.tell(answered(), Said(at_ms=2900, turn=0, start_ms=0, end_ms=2900, text="Hello, this is an AI assistant."), consent())
    told.sound(3000)
    told.tell(heard())
    told.sound(4000)
    told.tell(ended())
    call = told.call
    assert (call.state, call.end_reason, call.outcome, call.recorded) == ("ended", "caller_hung_up", "answered", True)
    assert [row.kind for row in call.events.all()] == ["answered", "said", "consent", "heard", "ended"]
    assert [line.text for line in reading.transcript(call)] == ["Hello, this is an AI assistant.", CANARY]
    assert RecordingPiece.objects.filter(call=call).count() == 2
    assert ledger.granted(call.subject, "recording")
    assert told.scribe.live() == []


@pytest.mark.promise("P-CLX-5-3", "P-ALX-14-3")
def test_audio_from_before_consent_is_never_written(begin: Any) -> None:
    told = begin()
    told.tell(answered())
    told.sound(0)
    folder = settings.DATA_DIR / "recordings" / told.order.call_id
    assert not folder.exists()
    told.tell(consent(granted=False, method="asked"))
    told.sound(4000)
    told.tell(ended())
    assert not folder.exists()
    assert not RecordingPiece.objects.exists()
    assert not ledger.granted(told.call.subject, "recording")


def test_telling_again_after_a_break_stores_nothing_twice(begin: Any) -> None:
    told = begin()
    told.tell(answered(), consent())
    again = Scribe()  # the scribe was started again
    assert again.resume(told.order.call_id)
    again.event(told.order.call_id, 1, answered())
    again.event(told.order.call_id, 2, consent())
    again.event(told.order.call_id, 3, heard())
    assert [row.seq for row in CallEventRow.objects.all()] == [1, 2, 3]
    assert ConsentEvent.objects.filter(purpose="recording").count() == 1


def test_consent_outlives_a_scribe(begin: Any) -> None:
    told = begin()
    told.tell(answered(), consent())
    told.scribe = Scribe()
    assert told.scribe.resume(told.order.call_id)
    told.sound(5000)
    assert RecordingPiece.objects.count() == 1
    refused = begin(told.scribe)
    refused.tell(answered(), consent(granted=False, method="asked"))
    refused.scribe = Scribe()
    assert refused.scribe.resume(refused.order.call_id)
    refused.sound(5000)
    assert RecordingPiece.objects.count() == 1


@pytest.mark.parametrize("logs", [True, False])
def test_what_companies_asked_for_is_in_the_books_when_the_call_is_over(begin: Any, logs: bool) -> None:
    told = begin(storage__logs=logs)
    model = ModelUsed(at_ms=5000, turn=1, provider="anthropic", model="m", outcome="done", cost_usd=0.25)
    told.tell(answered(), model, model)
    if logs:
        told.scribe = Scribe()
        assert told.scribe.resume(told.order.call_id)
    heard_by = SpeechUsed(at_ms=9000, part="hearing", name="deepgram-nova-3", requests=1, cost_usd=0.125)
    unknown = SpeechUsed(at_ms=9000, part="speaking", name="pipecat-Rime", requests=1)
    told.tell(heard_by, unknown)
    assert books.standing(told.call.workspace_id).spent_micros == 0
    told.tell(ended())
    told.scribe.end(told.order.call_id)
    lines = Line.objects.filter(step="use", account="spent", call=told.call.id)
    assert {line.provider: line.amount_micros for line in lines} == {"anthropic": 500_000, "deepgram": 125_000}
    assert books.faults(told.call.workspace_id) == []


def test_a_call_that_was_never_redeemed_or_is_over_is_not_taken_up(begin: Any, dental: Any) -> None:
    call, _ = open_call(dental.agent, line="twilio")
    told = begin()
    told.tell(answered(), ended())
    assert not Scribe().resume(str(call.id))
    assert not Scribe().resume(told.order.call_id)


def test_a_lost_loop_ends_its_call_with_what_was_told(begin: Any) -> None:
    told = begin()
    told.tell(answered(), consent(), heard(at_ms=6000))
    told.scribe.lost(told.order.call_id)
    call = told.call
    assert (call.state, call.end_reason, call.duration_ms) == ("ended", "lost", 6000)


def test_a_full_disk_is_told_as_a_gap(begin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told = begin()
    told.tell(answered(), consent())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ringtrue.calls.recording._write_durably", full)
    told.sound(4000)
    gap = CallEventRow.objects.get(kind="gap")
    assert (gap.seq, gap.fields) == (OUR_SEQ, {"start_ms": 4000, "end_ms": 5000})
    told.tell(heard(), ended())
    assert told.call.state == "ended"


def test_opting_out_is_kept_in_every_mode(begin: Any, dental: Any) -> None:
    for mode in ("everything", "excluding_pii", "metadata_only"):
        OptOut.objects.all().delete()
        PolicySetting.objects.filter(key="storage.mode").delete()
        told = begin(storage__mode=mode)
        told.tell(answered(), OptedOut(at_ms=4000))
        assert told.scribe.use(told.order.call_id, "opt_out", {}) == {"done": "true"}  # twice is once
        assert OptOut.objects.get().number_hash == told.call.subject.handle_hash
        told.tell(ended())


def test_metadata_only_keeps_nothing_that_was_said(begin: Any) -> None:
    told = begin(storage__mode="metadata_only")
    told.tell(answered(), consent(), heard())
    told.sound(4000)
    with pytest.raises(ToolFailed, match="not_kept"):
        told.scribe.use(told.order.call_id, "take_message", {"name": "Zebulon", "number": CALLER, "reason": CANARY})
    with pytest.raises(ToolFailed, match="not_kept"):
        told.scribe.use(told.order.call_id, "book", {"service": "Cleaning", "start": "2099-01-05T09:00", "name": "Zebulon"})
    told.tell(ended())
    assert not RecordingPiece.objects.exists()
    assert not Message.objects.exists()
    assert all(not row.sealed for row in CallEventRow.objects.all())
    assert not any(CANARY in str(row.fields) for row in CallEventRow.objects.all())


def test_a_person_erased_in_mid_call_stays_erased(begin: Any) -> None:
    from ringtrue.privacy.keystore import store

    told = begin()
    told.tell(answered(), consent())
    store().destroy(told.call.subject_id)
    told.tell(heard())
    told.sound(4000)
    told.tell(ended())
    assert not CallEventRow.objects.filter(kind="heard").exists()
    assert not RecordingPiece.objects.exists()


def test_who_once_said_no_is_asked_the_next_time(begin: Any) -> None:
    first = begin()
    first.tell(answered(), consent(granted=False, method="withdrawn"), ended())
    assert begin().order.recording.flow == "ask"


def test_a_refused_ticket_opens_no_session(begin: Any) -> None:
    scribe = Scribe()
    with pytest.raises(TicketRefused):
        scribe.redeem("made-up", "twilio")
    assert scribe.live() == []
