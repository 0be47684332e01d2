"""A business described in forms: what is typed is kept, what is wrong is said in words, callers hear only what is published."""

from __future__ import annotations

import pytest
from django.http import QueryDict

from ringtrue.agents.models import Agent
from ringtrue.agents.publishing import current, snapshot_of
from ringtrue.agents.starters import add_agent, read_starter, starter_names
from ringtrue.console.agent_forms import SECTIONS, hours, offered_services, people, questions
from ringtrue.console.tests.filling import fields_of
from ringtrue.console.views.agent_pages import whole


def posted(**fields: object) -> QueryDict:
    query = QueryDict(mutable=True)
    for name, value in fields.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    return query


@pytest.mark.parametrize("starter", starter_names())
def test_saving_every_form_as_it_stands_changes_nothing(signed_in, dental, at, starter):
    if starter == "dental":
        agent = dental.agent
    else:
        agent, _ = add_agent(dental.workspace, read_starter(starter), dental.owner)
    before = whole(agent.draft)
    for section in SECTIONS:
        address = at(f"agents/{agent.slug}/edit/{section.slug}/")
        answer = signed_in.post(address, fields_of(signed_in.get(address).content.decode()))
        assert answer.status_code == 302, (section.slug, answer.context and answer.context["errors"])
    agent.refresh_from_db()
    assert whole(agent.draft) == before


def test_wrong_hours_are_said_beside_their_day_and_nothing_typed_is_lost(signed_in, dental, at):
    address = at(f"agents/{dental.agent.slug}/edit/hours/")
    fields = fields_of(signed_in.get(address).content.decode())
    fields |= {"monday-0-opens": "17:00", "monday-0-closes": "09:00", "tuesday-0-opens": "07:15"}
    answer = signed_in.post(address, fields)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="monday-error">The closing time must be later than the opening time.' in page
    assert 'value="07:15"' in page
    dental.agent.refresh_from_db()
    assert dental.agent.draft["hours"]["weekly"]["monday"] == [["08:00", "17:00"]]


@pytest.mark.parametrize(
    ("typed", "spans", "problem"),
    [
        ([("09:00", "17:00")], [("09:00", "17:00")], ""),
        ([("13:00", "18:00"), ("08:00", "12:00")], [("08:00", "12:00"), ("13:00", "18:00")], ""),
        ([("00:00", "00:00")], [("00:00", "24:00")], ""),
        ([("18:00", "24:00")], [("18:00", "24:00")], ""),
        ([("09:00", "13:00"), ("12:00", "17:00")], [], "overlap"),
        ([("09:00", "09:00")], [], "later"),
        ([("09:00", "")], [], "both"),
        ([("9 am", "17:00")], [], "like 09:00"),
        ([("", "")], [], ""),
    ],
)
def test_spans(typed, spans, problem):
    found, said = hours.read_spans(typed)
    assert found == spans
    assert problem in said
    assert bool(said) == bool(problem)


def test_a_day_that_is_ticked_needs_times():
    taken = hours.take(posted(**{"sunday-open": "on"}))
    assert "untick" in taken.errors["sunday"]


def test_rows_without_anything_in_them_are_no_services():
    taken = offered_services.take(
        posted(**{"service-row": ["a1", "b2"], "service-a1-name": "Cleaning", "service-a1-minutes": "45"})
    )
    assert taken.errors == {}
    assert [row["name"] for row in taken.patch["services"]] == ["Cleaning"]


def test_a_service_needs_a_name_a_length_and_to_be_the_only_one():
    taken = offered_services.take(
        posted(
            **{
                "service-row": ["a", "b", "c"],
                "service-a-name": "Cleaning", "service-a-minutes": "45",
                "service-b-name": "cleaning", "service-b-minutes": "2",
                "service-c-price": "$40", "service-c-minutes": "30",
            }
        )
    )  # fmt: skip
    assert set(taken.errors) == {"service-b-name", "service-b-minutes", "service-c-name"}
    assert [row["price"] for row in taken.state["rows"]] == ["", "", "$40"]


def test_a_question_keeps_its_id_and_a_new_one_gets_its_own():
    taken = questions.take(
        posted(
            **{
                "faq-row": ["a", "b"],
                "faq-a-id": "parking", "faq-a-question": "Where do I park?", "faq-a-answer": "Behind the house.",
                "faq-b-id": "", "faq-b-question": "Parking", "faq-b-answer": "Also free.",
            }
        )
    )  # fmt: skip
    assert [row["id"] for row in taken.patch["faqs"]] == ["parking", "parking-2"]


def test_only_real_numbers_can_be_put_through_to():
    taken = people.take(
        posted(**{"country": "US", "rule-row": ["a"], "rule-a-situation": "billing", "rule-a-person": "Ann", "rule-a-number": "call me", "rule-a-hours": "open"})
    )  # fmt: skip
    assert "rule-a-number" in taken.errors


def test_callers_hear_a_change_only_when_it_is_published(signed_in, dental, at):
    address = at(f"agents/{dental.agent.slug}/edit/greeting/")
    fields = fields_of(signed_in.get(address).content.decode()) | {"greeting": "What can I do for you?"}
    assert signed_in.post(address, fields).status_code == 302
    assert snapshot_of(current(dental.agent)).greeting == "How can I help you today?"
    assert "changes that callers do not hear yet" in signed_in.get(address).content.decode()
    signed_in.post(at(f"agents/{dental.agent.slug}/publish/"))
    assert snapshot_of(current(dental.agent)).greeting == "What can I do for you?"
    assert current(dental.agent).number == 2
    assert "changes that callers do not hear yet" not in signed_in.get(address).content.decode()


def test_going_back_to_a_version_fills_the_forms_with_it(signed_in, dental, at):
    dental.agent.draft |= {"greeting": "Changed"}
    dental.agent.save()
    signed_in.post(at(f"agents/{dental.agent.slug}/versions/1/restore/"))
    dental.agent.refresh_from_db()
    assert dental.agent.draft["greeting"] == "How can I help you today?"


def test_the_first_sentence_stands_in_the_preview_and_cannot_be_edited_away(signed_in, dental, at):
    address = at(f"agents/{dental.agent.slug}/edit/greeting/")
    fields = fields_of(signed_in.get(address).content.decode()) | {"greeting": ""}
    signed_in.post(address, fields)
    assert "Hi, this is Robin, the AI assistant of Riverside Dental." in signed_in.get(address).content.decode()


def test_an_agent_from_a_starter_answers_no_real_call_before_it_is_switched_on(signed_in, dental, at):
    answer = signed_in.post(at("agents/new/"), {"business": "Mill Street Salon", "starter": starter_names()[-1]})
    agent = Agent.objects.get(slug="mill-street-salon")
    assert answer.url == at("agents/mill-street-salon/")
    assert agent.draft["business"] == "Mill Street Salon"
    assert not agent.live
    assert current(agent) is not None
    signed_in.post(at("agents/mill-street-salon/switch/"), {"live": "on"})
    agent.refresh_from_db()
    assert agent.live


def test_an_empty_agent_cannot_be_switched_on_before_it_is_published(signed_in, dental, at):
    signed_in.post(at("agents/new/"), {"business": "New", "starter": "blank"})
    agent = Agent.objects.get(name="New")
    assert agent.slug == "new-2"  # agents/new/ is the page that makes one
    signed_in.post(at("agents/new-2/switch/"), {"live": "on"})
    agent.refresh_from_db()
    assert not agent.live


def test_a_business_chooses_among_the_voices_that_the_installation_has(signed_in, at, dental, monkeypatch):
    from ringtrue.console.agent_forms import greeting

    monkeypatch.setattr(greeting.providers, "voices", lambda *_: [("elevenlabs-Anna", "ElevenLabs")])
    greeting._of_installation.cache_clear()
    try:
        address = at(f"agents/{dental.agent.slug}/edit/greeting/")
        page = signed_in.get(address).content.decode()
        assert "By ElevenLabs: sentences of calls are sent there." in page
        assert signed_in.post(address, fields_of(page) | {"voice": "elevenlabs-Anna"}).status_code == 302
        dental.agent.refresh_from_db()
        assert dental.agent.draft["voice"] == "elevenlabs-Anna"
        assert signed_in.post(address, fields_of(page) | {"voice": "openai-alloy"}).status_code == 422
    finally:
        greeting._of_installation.cache_clear()
