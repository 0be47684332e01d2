"""The page on which a business connects language models, and what a call page says of their cost."""

from __future__ import annotations

import pytest

from ringtrue.agents import language_models
from ringtrue.agents.models import Agent, LanguageModel
from ringtrue.calls import recording
from ringtrue.calls.models import Call
from ringtrue.console.tests.showing import HELLO, play_call, said

KEY = "sk-zq-4f8e1c-never-shown"
FORM = {"provider": "anthropic", "model": "claude-haiku-5-5", "key": KEY, "base_url": ""}


def test_a_model_is_connected_checked_and_removed(signed_in, at, monkeypatch):
    page = signed_in.post(at("settings/models/connect/"), FORM, follow=True).content.decode()
    assert "claude-haiku-5-5" in page
    assert "key stored encrypted" in page
    assert KEY not in page
    row = LanguageModel.objects.get()
    monkeypatch.setattr(language_models, "check", lambda row: (False, "Anthropic does not accept the key."))
    assert (
        "Anthropic does not accept the key."
        in signed_in.post(at(f"settings/models/{row.id}/check/"), follow=True).content.decode()
    )
    signed_in.post(at(f"settings/models/{row.id}/remove/"))
    assert not LanguageModel.objects.exists()


def test_what_is_wrong_is_said_and_the_key_is_not_sent_back(signed_in, at):
    answer = signed_in.post(at("settings/models/connect/"), FORM | {"model": ""})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "as the provider writes it, such as" in page
    assert KEY not in page


def test_the_page_says_what_leaves_the_installation_and_what_is_missing(signed_in, at, monkeypatch):
    assert "what the caller says in words" in signed_in.get(at("settings/models/")).content.decode()
    monkeypatch.setattr(language_models, "installed", lambda: False)
    assert "pip install -r requirements/llm.txt" in signed_in.get(at("settings/models/")).content.decode()


@pytest.mark.parametrize(("brain", "status"), [("model", 302), ("oracle", 422)])
def test_an_agent_says_who_answers(signed_in, at, dental, brain, status):
    form = {"take_messages": "on", "max_call_s": "900", "brain": brain, "model_spend_usd": "0.25"}
    assert signed_in.post(at(f"agents/{dental.agent.slug}/edit/handling/"), form).status_code == status
    draft = Agent.objects.get(id=dental.agent.id).draft
    if status == 302:
        assert draft["brain"] == "model"
        assert draft["limits"]["model_spend_usd"] == 0.25
    else:
        assert draft.get("brain", "receptionist") == "receptionist"


def test_a_call_page_shows_tokens_and_cost(signed_in, at, dental):
    call = play_call(dental, said(*HELLO), number="+18565550142")
    assert "What the language model used" not in signed_in.get(at(f"calls/{call.id}/")).content.decode()
    fields = {"at_ms": 4000, "turn": 1, "provider": "anthropic", "model": "claude-haiku-5-5", "outcome": "done", "input_tokens": 912,
              "cached_tokens": 870, "output_tokens": 31, "cost_usd": 0.0042, "first_ms": 310, "took_ms": 600}  # fmt: skip
    recording.store_event(call, 900, "model_used", fields)
    page = signed_in.get(at(f"calls/{call.id}/")).content.decode()
    assert "What the language model used" in page
    assert "$0.0042" in page
    assert "912 tokens read, 31 written" in page


def test_a_call_page_shows_what_hearing_and_speaking_cost(signed_in, at, dental):
    call = play_call(dental, said(*HELLO), number="+18565550143")
    assert "What hearing and speaking used" not in signed_in.get(at(f"calls/{call.id}/")).content.decode()
    heard = {"at_ms": 4000, "part": "hearing", "name": "deepgram-nova-3", "requests": 4, "characters": 0, "sound_ms": 61_000,
             "cost_usd": 0.0049}  # fmt: skip
    recording.store_event(call, 901, "speech_used", heard)
    page = signed_in.get(at(f"calls/{call.id}/")).content.decode()
    assert "What hearing and speaking used" in page
    assert page.count("$0.0049") == 2, "of this company, and the sum"
    assert "61 s" in page
    assert "What this call cost" not in page, "one price needs no sum"
    Call.objects.filter(id=call.id).update(cost_micros=10_000)
    assert "$0.0149" in signed_in.get(at(f"calls/{call.id}/")).content.decode()
    spoken = heard | {"part": "speaking", "name": "cartesia-voice", "characters": 812, "cost_usd": None}
    recording.store_event(call, 902, "speech_used", spoken)
    page = signed_in.get(at(f"calls/{call.id}/")).content.decode()
    assert "for one of them no price is known" in page, "a sum that is not known is not guessed"
