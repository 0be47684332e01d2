"""Connecting models: keys are stored encrypted, go with the order of a call, and nowhere else; a check says in words what is wrong."""

from __future__ import annotations

import logging
from typing import Any

import httpx
import msgspec
import pytest

from ringtrue.agents import language_models
from ringtrue.agents.language_models import CannotConnect, check, chosen, connect
from ringtrue.agents.models import LanguageModel
from ringtrue.agents.publishing import publish
from ringtrue.calls.models import CallEventRow
from ringtrue.core.models import AuditEntry
from ringtrue.media.scribe import Scribe
from ringtrue.reception.answering import open_call
from ringtrue.voice.agent import CallOrder, ModelChoice

KEY = "sk-ant-zq-4f8e1c-never-shown"


@pytest.fixture
def model(dental: Any) -> LanguageModel:
    return connect(dental.workspace.id, provider="anthropic", model="claude-haiku-5-5", key=KEY, actor="user:1")


@pytest.mark.promise("P-CLX-7-2")
def test_keys_are_stored_encrypted_and_only_so(model: LanguageModel) -> None:
    stored = LanguageModel.objects.get(id=model.id)
    assert KEY not in stored.key_locked
    assert stored.key_locked.startswith("gAAAA")  # a Fernet token
    assert language_models.choice_of(stored).key == KEY
    assert not any(KEY in str(entry.detail) for entry in AuditEntry.objects.all())


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"provider": "nobody"}, "provider"),
        ({"model": ""}, "model"),
        ({"model": "two words"}, "model"),
        ({"key": ""}, "key"),
        ({"key": "with space"}, "key"),
        ({"provider": "compatible"}, "base_url"),
        ({"provider": "compatible", "base_url": "http://127.0.0.1:11434/v1"}, "base_url"),
        ({"provider": "compatible", "base_url": "https://metadata.internal/v1"}, "base_url"),
    ],
)
def test_what_cannot_be_a_connection_is_told_at_its_field(dental: Any, given: dict[str, str], field: str) -> None:
    whole = {"provider": "openai", "model": "gpt-4o-mini", "key": KEY} | given
    with pytest.raises(CannotConnect) as told:
        connect(dental.workspace.id, **whole, actor="user:1")
    assert told.value.field == field
    assert KEY not in str(told.value)
    assert not LanguageModel.objects.exists()


def test_a_server_inside_is_for_whoever_runs_the_installation(dental: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGTRUE_MODELS_INSIDE", "1")
    row = connect(
        dental.workspace.id, provider="compatible", model="llama", key="", base_url="http://10.0.0.5:8000/v1/", actor="user:1"
    )
    assert row.base_url == "http://10.0.0.5:8000/v1"


def test_a_key_that_cannot_be_opened_costs_no_call(dental: Any, model: LanguageModel) -> None:
    LanguageModel.objects.filter(id=model.id).update(key_locked="gAAAAnonsense")
    assert chosen(dental.workspace.id, "everything") == ()
    model.refresh_from_db()
    assert "connect it again" in check(model)[1]


def test_the_chain_has_an_order(dental: Any, model: LanguageModel) -> None:
    second = connect(dental.workspace.id, provider="openai", model="gpt-4o-mini", key=KEY, actor="user:1")
    assert [choice.model for choice in chosen(dental.workspace.id, "everything")] == ["claude-haiku-5-5", "gpt-4o-mini"]
    language_models.ask_first(second, actor="user:1")
    assert [choice.model for choice in chosen(dental.workspace.id, "everything")] == ["gpt-4o-mini", "claude-haiku-5-5"]


def test_where_nothing_is_kept_nothing_is_given_away_either(dental: Any, model: LanguageModel) -> None:
    assert chosen(dental.workspace.id, "excluding_pii")
    assert chosen(dental.workspace.id, "metadata_only") == ()
    LanguageModel.objects.filter(id=model.id).update(in_metadata_only=True)
    assert [choice.model for choice in chosen(dental.workspace.id, "metadata_only")] == ["claude-haiku-5-5"]


def test_the_installation_may_give_a_model_to_all(dental: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(dental.workspace.id, "everything") == ()
    monkeypatch.setenv("RINGTRUE_MODEL_PROVIDER", "compatible")
    monkeypatch.setenv("RINGTRUE_MODEL", "house")
    monkeypatch.setenv("RINGTRUE_MODEL_URL", "http://models:8000/v1")
    assert chosen(dental.workspace.id, "everything") == (
        ModelChoice(provider="compatible", model="house", base_url="http://models:8000/v1"),
    )
    assert chosen(dental.workspace.id, "metadata_only") == ()
    connect(dental.workspace.id, provider="openai", model="gpt-4o-mini", key=KEY, actor="user:1")
    assert [choice.provider for choice in chosen(dental.workspace.id, "everything")] == ["openai"], "its own comes instead"


def order_of(dental: Any) -> CallOrder:
    scribe = Scribe()
    _, token = open_call(dental.agent, line="browser", from_number="+12025550123")
    return scribe.redeem(token, "browser")


def test_the_key_goes_with_the_order_of_an_agent_that_wants_a_model(
    dental: Any, model: LanguageModel, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert order_of(dental).models == (), "the receptionist needs no key"
        dental.agent.draft = {**dental.agent.draft, "brain": "model"}
        dental.agent.save()
        version = publish(dental.agent, dental.owner)
        order = order_of(dental)
    assert [choice.key for choice in order.models] == [KEY]
    sent = msgspec.msgpack.decode(msgspec.msgpack.encode(order), type=CallOrder)
    assert sent == order
    assert KEY not in repr(order)
    assert KEY not in str(version.document)
    assert KEY not in caplog.text + "".join(capsys.readouterr())
    assert not any(KEY in str(row.fields) for row in CallEventRow.objects.all())


@pytest.mark.parametrize(
    ("answer", "good", "words"),
    [
        (httpx.Response(200, json={"content": [{"type": "text", "text": "Yes"}]}), True, "It works"),
        (httpx.Response(200, text="<html>"), False, "not as a language model does"),
        (httpx.Response(401, text=KEY), False, "does not accept the key"),
        (httpx.Response(404), False, "does not know a model of this name"),
        (httpx.Response(429), False, "too many requests"),
        (httpx.Response(529), False, "overloaded"),
        (httpx.Response(302, headers={"location": "http://10.0.0.1/"}), False, "leads on"),
        (httpx.Response(500), False, "status 500"),
    ],
)
def test_a_check_says_in_words_what_is_wrong(model: LanguageModel, answer: httpx.Response, good: bool, words: str) -> None:
    asked: list[httpx.Request] = []

    def reply(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answer

    with httpx.Client(transport=httpx.MockTransport(reply)) as client:
        works, sentence = check(model, client)
    assert works is good
    assert words in sentence
    assert KEY not in sentence
    assert str(asked[0].url) == "https://api.anthropic.com/v1/messages"
    assert asked[0].headers["x-api-key"] == KEY


def test_a_server_that_is_not_there_and_a_package_that_is_missing(model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with httpx.Client(transport=httpx.MockTransport(broken)) as client:
        assert "could not be reached" in check(model, client)[1]
    monkeypatch.setattr(language_models, "installed", lambda: False)
    assert "pip install -r requirements/llm.txt" in check(model)[1]
