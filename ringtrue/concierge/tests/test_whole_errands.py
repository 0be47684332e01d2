"""Whole errands, from the words of a task to the report, against businesses that are run by another agent of ours.

Both ends speak and hear through the conversation loop, in virtual time, with stand-ins for mouths and ears; the plan, the permit, the
scribe, the rows and the person's answer are the real ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import time_machine

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls import reading
from ringtrue.calls.models import Call
from ringtrue.concierge import carrying_out, keeping
from ringtrue.concierge.models import Errand, Question
from ringtrue.concierge.planning import plan_from
from ringtrue.concierge.reporting import Report, report_on
from ringtrue.concierge.tests.businesses import Business
from ringtrue.concierge.tests.telephone import Telephone
from ringtrue.core.encrypting import lock_credentials
from ringtrue.dialing.models import Attempt
from ringtrue.dialing.tests.grounds import NOON, make_ground
from ringtrue.notifications.models import Mail
from ringtrue.numbers.models import LineAccount
from ringtrue.voice.brains.tests.driving import SharedEmbedder
from ringtrue.voice.lines import finding

FULL, DEAR, QUEUED, DENTIST = "+12125550141", "+12125550142", "+12125550143", "+12125550144"
EMILY = "+12125550177"


def businesses() -> dict[str, Business]:
    return {
        FULL: Business("Full Flow Plumbing", "$120", []),
        DEAR: Business("Gold Drains", "$190", ["2026-11-26T09:00"]),
        QUEUED: Business("Harbor Plumbing", "$140", ["2026-11-26T10:00", "2026-11-27T14:00"], behind_a_menu=True),
        DENTIST: Business("Amari Dental", "$95", ["2026-12-01T15:00"], service="Cleaning"),
    }


@pytest.fixture(scope="module")
def embedder() -> SharedEmbedder:
    return SharedEmbedder()


class Desk:
    """A person with a console and a telephone network."""

    def __init__(self, ground: Any, telephone: Telephone) -> None:
        self.agent, self.workspace_id = ground.agent, ground.workspace.id
        self.user = ground.owner
        self.telephone = telephone
        self.now = NOON
        self.errand: Errand

    def write(self, task: str, **changes: Any) -> None:
        plan = plan_from(task, self.now.date(), on_behalf_of="Emily Carter", number=EMILY)
        with workspace_scope(self.workspace_id):
            self.errand = keeping.write_down(self.agent, msgspec.structs.replace(plan, **changes), self.user)
            carrying_out.begin(self.errand)

    def answer(self, yes: bool) -> None:
        with workspace_scope(self.workspace_id):
            question = Question.objects.filter(errand=self.errand).last()
            assert question is not None
            assert carrying_out.answer(question, yes)

    def go_on(self) -> Errand:
        """Until nothing more happens by itself."""
        for _ in range(8):
            carrying_out.advance(self.workspace_id, self.errand.id)
            if not self.telephone.ringing:
                break
            self.telephone.hold_all()
        with workspace_scope(self.workspace_id):
            return Errand.objects.get(id=self.errand.id)

    def report(self) -> Report:
        with workspace_scope(self.workspace_id):
            errand = Errand.objects.get(id=self.errand.id)
            plan = keeping.plan_of(errand)
            assert plan is not None
            return report_on(errand, plan)


@pytest.fixture
def desk(transactional_db: Any, embedder: SharedEmbedder, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    ground = make_ground("errands")
    with workspace_scope(ground.workspace.id):
        LineAccount.objects.update(credentials=lock_credentials({"auth_token": "x"}))
    telephone = Telephone(businesses(), embedder)
    monkeypatch.setattr(finding, "part", lambda line, name: telephone)
    with time_machine.travel(NOON, tick=False):
        yield Desk(ground, telephone)


TASK = """Book a drain cleaning before Friday, up to $160.
Full Flow Plumbing (212) 555-0141
Gold Drains (212) 555-0142
Harbor Plumbing (212) 555-0143"""


@pytest.mark.promise("P-LEX-0-1")
def test_several_are_asked_and_compared_and_the_best_is_booked(desk: Desk) -> None:
    desk.write(TASK)
    done = desk.go_on()
    assert (done.state, done.result) == ("done", "booked")
    assert desk.telephone.dialed == [FULL, DEAR, QUEUED, QUEUED], "each is asked, and the best is called again"
    assert desk.telephone.at_once == 1
    harbor = desk.telephone.businesses[QUEUED]
    assert harbor.booked == [("2026-11-26T10:00", "Emily Carter")]
    assert not desk.telephone.businesses[DEAR].booked
    assert harbor.keys == "1"

    report = desk.report()
    assert report.outcome == "Booked: a drain cleaning at Harbor Plumbing, Thursday, November 26 at 10:00 AM for $140."
    full, dear, queued = report.businesses
    assert (full.state, dear.state, queued.state) == ("none", "offered", "booked")
    assert (dear.price, queued.price) == ("$190", "$140")
    assert any("nothing free" in quote.text for quote in full.quotes)
    priced = next(quote for quote in dear.quotes if "$190" in quote.text)
    with workspace_scope(desk.workspace_id):
        call = Call.objects.get(id=priced.call_id)
        [line] = [line for line in reading.transcript(call) if line.start_ms == priced.start_ms and line.speaker == "caller"]
        assert "$190" in line.text
        assert call.outcome == "answered"
        assert call.recorded
        assert {attempt.purpose for attempt in Attempt.objects.all()} == {"errand"}
        assert set(Attempt.objects.values_list("decision__verdict", flat=True)) == {"allow"}
    for business in (desk.telephone.businesses[number] for number in (FULL, DEAR, QUEUED)):
        assert "Hi, this is the AI assistant of Emily Carter. This call is recorded." in " ".join(business.heard)
    assert " ".join(harbor.heard).count("this is the AI assistant of Emily Carter") == 4, "again to whoever is behind the queue"
    _write_transcript(desk, "Three plumbers: one has no time, one is dear, one has a menu and a queue", TASK)


def test_beyond_the_limit_the_person_is_asked_while_the_business_waits(desk: Desk) -> None:
    desk.telephone.asked = lambda: desk.answer(True)
    desk.write("Book a drain cleaning by Friday, no more than $150. Gold Drains (212) 555-0142")
    done = desk.go_on()
    assert (done.state, done.result) == ("done", "booked")
    assert desk.telephone.dialed == [DEAR]
    assert desk.telephone.businesses[DEAR].booked == [("2026-11-26T09:00", "Emily Carter")]
    with workspace_scope(desk.workspace_id):
        [question] = Question.objects.select_related("errand").all()
        assert keeping.asked_of(question).why == ["It costs $190, and your limit is $150."]
        assert Mail.objects.filter(template="errand_question", to=desk.user.email).count() == 1
        [call] = Call.objects.all()
        ours = " ".join(line.text for line in reading.transcript(call) if line.speaker == "agent")
    assert "It will take a moment" in ours
    assert ours.index("I'll ask Emily now") < ours.index("Emily agrees")
    _write_transcript(desk, "A dear one: the person is asked in mid-call", "Book a drain cleaning by Friday, no more than $150.")


def test_a_cancelled_errand_ends_its_call_politely_and_books_nothing(desk: Desk) -> None:
    def cancel() -> None:
        with workspace_scope(desk.workspace_id):
            carrying_out.cancel(desk.errand)

    desk.telephone.asked = cancel
    desk.write("Book a drain cleaning by Friday, no more than $150. Gold Drains (212) 555-0142")
    assert desk.go_on().state == "cancelled"
    gold = desk.telephone.businesses[DEAR]
    assert not gold.booked
    assert "Please don't book anything. Thank you, goodbye." in gold.heard[-1]
    assert desk.telephone.dialed == [DEAR]


def test_who_does_not_answer_in_time_is_called_back_for_and_a_late_yes_books(desk: Desk) -> None:
    desk.write("Book a cleaning next week, mornings. Amari Dental (212) 555-0144", patience_s=30.0)
    waits = desk.go_on()
    assert waits.state == "waiting"
    dentist = desk.telephone.businesses[DENTIST]
    assert not dentist.booked
    assert [one.state for one in desk.report().businesses] == ["promised"]
    with workspace_scope(desk.workspace_id):
        ours = " ".join(line.text for line in reading.transcript(Call.objects.get()) if line.speaker == "agent")
    assert "We will call you back." in ours

    with time_machine.travel(NOON + timedelta(hours=2), tick=False):
        desk.answer(True)
        done = desk.go_on()
    assert (done.state, done.result) == ("done", "booked")
    assert dentist.booked == [("2026-12-01T15:00", "Emily Carter")]
    assert desk.telephone.dialed == [DENTIST, DENTIST]
    _write_transcript(desk, "Only an afternoon: nobody answers in time, a late yes books", "Book a cleaning next week, mornings.")


def _write_transcript(desk: Desk, title: str, task: str) -> None:
    """For the reader of a change: `ERRANDS_TRANSCRIPT=file` keeps what was said."""
    path = os.environ.get("ERRANDS_TRANSCRIPT")
    if not path:
        return
    report = desk.report()
    lines = [f"## {title}", "", "```", task, "```", ""]
    with workspace_scope(desk.workspace_id):
        for call in Call.objects.order_by("created_at"):
            lines += [f"### Call of {call.duration_ms / 1000:.0f} s, outcome {call.outcome}", ""]
            for line in reading.transcript(call):
                who = "Assistant" if line.speaker == "agent" else "Business"
                lines.append(f"- {line.start_ms / 1000:.1f} s **{who}**: {line.text}")
            lines.append("")
    lines += ["### Report", "", report.outcome, ""]
    for one in report.businesses:
        lines.append(f"- {one.name}: {one.words}. {one.price}")
        lines += [f'  - at {quote.clock}: "{quote.text}"' for quote in one.quotes]
    lines += ["", *(f"- To do: {what}" for what in report.left), ""]
    with Path(path).open("a") as file:
        file.write("\n".join(lines) + "\n")
