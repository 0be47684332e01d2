import pytest

from ringtrue.calls import reading
from ringtrue.calls.folding import Told
from ringtrue.calls.models import Call
from ringtrue.calls.summarising import MADE_BY, summarise
from ringtrue.calls.tests.making import NAME, NUMBER, SENTENCE, a_call


def told(*events):
    return [Told(seq=n, at_ms=n, kind=kind, fields=fields) for n, (kind, fields) in enumerate(events, 1)]


@pytest.mark.promise("P-LEX-1.2-3", "P-CLX-2-6")
def test_the_summary_says_who_why_and_what_comes_next_and_what_made_it(dental):
    summary = reading.summary(a_call(dental))
    assert (summary.name, summary.number, summary.reason, summary.next_step) == (NAME, NUMBER, SENTENCE, "call back")
    assert summary.text.startswith(f"{NAME} called from {NUMBER}.")
    assert "A message was taken" in summary.text
    assert (summary.automatic, summary.made_by) == (True, MADE_BY)


@pytest.mark.promise("P-LEX-1.2-3")
def test_in_metadata_only_there_is_no_summary_of_what_was_said(dental):
    call = a_call(dental, mode="metadata_only")
    summary = reading.summary(call)
    assert not summary.kept
    assert summary.text == "A call of 14 s. Outcome: message."
    assert SENTENCE not in str(reading.as_json(call))
    assert NAME not in str(reading.as_json(call))


def test_a_booking_is_told_with_its_time():
    events = told(
        ("heard", {"turn": 1, "text": "I would like a cleaning"}),
        ("tool", {"name": "book", "ok": True, "arguments": {"service": "Cleaning", "name": "Ann Lee", "start": "2026-11-23T09:00"},
                  "result": {"booked": "true", "start": "2026-11-23T09:00"}}),
    )  # fmt: skip
    text = summarise(events, "booking").text
    assert (
        text
        == "Ann Lee called. In their words: “I would like a cleaning” Cleaning was booked for Monday, November 23, 2026 at 9:00 AM. Next step: be ready for the appointment."
    )


def test_a_tool_that_failed_promises_nothing():
    events = told(("tool", {"name": "book", "ok": False, "arguments": {"service": "Crown", "name": "Ann"}, "result": {}}))
    summary = summarise(events, "abandoned")
    assert summary.promised == []
    assert "Crown" not in summary.text
    assert summary.name == ""


def test_what_was_asked_is_named_from_the_facts_that_answered():
    events = told(
        ("understood", {"turn": 1, "intent": "hours", "source": "hours", "score": 1}),
        ("understood", {"turn": 2, "intent": "faq", "source": "faq:parking", "score": 1}),
        ("understood", {"turn": 3, "intent": "price", "source": "service:Crown", "score": 1}),
    )
    text = summarise(events, "answered", faqs={"parking": "Is there parking?"}).text
    assert "They asked about the opening hours, “Is there parking?” and Crown." in text


def test_a_workspace_that_wants_no_summaries_gets_none(dental):
    from ringtrue.privacy.models import PolicySetting

    PolicySetting.objects.create(workspace=dental.workspace, key="storage.summary", value=False)
    assert not reading.summary(a_call(dental)).kept


def test_ending_a_call_twice_changes_nothing(dental):
    from ringtrue.calls.recording import end_call
    from ringtrue.notifications.models import Mail

    call = a_call(dental)
    before, mails = Call.objects.get(id=call.id).ended_at, Mail.objects.count()
    end_call(call)
    assert Call.objects.get(id=call.id).ended_at == before
    assert Mail.objects.count() == mails == 1


def test_what_the_brain_gathered_fills_in_but_does_not_overrule_a_tool():
    gathered = {"name": "Wrong Name", "number": "+18565550101", "reason": "a toothache"}
    events = told(
        ("tool", {"name": "book", "ok": True, "arguments": {"service": "Cleaning", "name": "Ann Lee"}, "result": {}}),
        ("tool", {"name": "facts", "ok": True, "arguments": gathered, "result": {}}),
    )
    summary = summarise(events, "booking")
    assert (summary.name, summary.number, summary.reason) == ("Ann Lee", "+18565550101", "a toothache")


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("no_common_codec", "No call came about: the other side takes none of our sound formats."),
        ("login_refused", "No call came about: the carrier refused our user name or password."),
        ("line_failed", "The call broke off: the line broke."),
        ("unheard_of", "The call broke off."),
    ],
)
def test_what_broke_is_named_in_plain_words(reason: str, words: str) -> None:
    assert summarise(told(("ended", {"reason": reason})), "failed").text.endswith(words)
