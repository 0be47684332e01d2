"""The page on which a business connects companies that hear and speak, against their stand-ins."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest
from aiohttp import web

from ringtrue.agents import speech_companies
from ringtrue.agents.models import SpeechCompany
from ringtrue.agents.publishing import snapshot_of
from ringtrue.console.agent_forms import greeting
from ringtrue.core.models import AuditEntry
from ringtrue.media.gating import order_for
from ringtrue.privacy.models import PolicySetting
from ringtrue.reception.answering import open_call
from ringtrue.voice.speech import checking, providers
from ringtrue.voice.speech.tests.stand_ins import cartesia_server, deepgram_server
from ringtrue.voice.speech.tests.stand_ins.speech_server import HEARD, application


@pytest.fixture(scope="module")
def stand_in() -> Iterator[str]:
    """The companies, in a thread of their own: the page asks them while it is made."""
    loop, address = asyncio.new_event_loop(), []

    async def begin() -> None:
        runner = web.AppRunner(application(), shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        address.append(f"http://127.0.0.1:{runner.addresses[0][1]}")

    loop.run_until_complete(begin())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield address[0]
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


@pytest.fixture(autouse=True)
def reached(settings, monkeypatch):
    settings.WEBHOOKS_ALLOW_LOCAL = True
    monkeypatch.setattr(checking, "SENTENCE", HEARD)  # all that a stand-in ever hears
    monkeypatch.setattr(checking, "STEP_MS", 500)


def test_companies_are_connected_tried_ordered_and_removed(signed_in, at, dental, stand_in):
    form = {"KEY": deepgram_server.KEY, "HOST": stand_in, "hears": "on"}
    page = signed_in.post(at("settings/speech/deepgram/connect/"), form, follow=True).content.decode()
    assert "It is connected. Deepgram hears (deepgram-nova-3)" in page
    assert deepgram_server.KEY not in page
    form = {"KEY": cartesia_server.KEY, "HOST": stand_in}
    page = signed_in.post(at("settings/speech/cartesia/connect/"), form, follow=True).content.decode()
    assert "Cartesia speaks (cartesia-Katie)" in page
    rows = speech_companies.connected(dental.workspace.id)
    assert [(row.company, row.hears, row.speaks, row.voices) for row in rows] == [
        ("deepgram", True, False, []), ("cartesia", False, True, ["cartesia-Katie"]),
    ]  # fmt: skip
    assert all(key not in row.settings_locked for row in rows for key in (deepgram_server.KEY, cartesia_server.KEY))
    signed_in.post(at(f"settings/speech/{rows[1].id}/first/"))
    call, _ = open_call(dental.agent, line="twilio")
    order = order_for(call, snapshot_of(call.agent_version))
    assert [choice.company for choice in order.speech] == ["cartesia", "deepgram"]
    assert order.speech[1].settings == {"KEY": deepgram_server.KEY, "HOST": stand_in, "SPEAKING": ""}
    assert deepgram_server.KEY not in repr(order), "an order may stand in a log"
    assert "cartesia-Katie" in {name for name, _, _ in greeting.voices()}
    signed_in.post(at(f"settings/speech/{rows[0].id}/remove/"))
    assert [row.company for row in speech_companies.connected(dental.workspace.id)] == ["cartesia"]
    written = AuditEntry.objects.filter(action__startswith="speech.").order_by("seq")
    assert [entry.action for entry in written] == [
        "speech.connected",
        "speech.connected",
        "speech.asked_first",
        "speech.disconnected",
    ]
    assert cartesia_server.KEY not in str([entry.detail for entry in written])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"KEY": "wrong-key"}, "Deepgram does not accept the key. Is the key right"),
        ({"KEY": ""}, "Enter the key of your account at Deepgram"),
        ({"hears": ""}, "Choose whether Deepgram hears, speaks, or both"),
        ({"HOST": "ftp://inside"}, "The address must begin with https://"),
    ],
)
def test_what_is_wrong_is_said_at_once_and_nothing_is_kept(signed_in, at, stand_in, changed, words):
    form = {"KEY": deepgram_server.KEY, "HOST": stand_in, "hears": "on"} | changed
    answer = signed_in.post(at("settings/speech/deepgram/connect/"), form)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert form["KEY"] not in page or not form["KEY"]
    assert not SpeechCompany.objects.exists()


def test_a_company_outside_a_closed_register_gets_nothing(signed_in, at, dental, stand_in):
    form = {"KEY": cartesia_server.KEY, "HOST": stand_in}
    signed_in.post(at("settings/speech/cartesia/connect/"), form)
    PolicySetting.objects.create(workspace=dental.workspace, key="sharing.register", value="agreed")
    assert speech_companies.chosen(dental.workspace.id) == ()
    assert "It gets nothing" in signed_in.get(at("settings/speech/")).content.decode()
    page = signed_in.post(at("settings/speech/deepgram/connect/"), {"KEY": deepgram_server.KEY, "hears": "on"}).content.decode()
    assert "Nothing leaves for Deepgram" in page


def test_the_page_says_what_leaves_for_whom_and_what_it_costs(signed_in, at):
    page = signed_in.get(at("settings/speech/")).content.decode()
    assert "gets the sound of what callers say" in page
    assert "$0.288 for an hour of sound" in page
    assert "$0.30 for an hour of sound" in page
    assert "keeps nothing and trains on nothing" in page
    assert "Pipecat" not in page, "what is chosen there is code"
    operators = {f"{setting.name}=" for about in speech_companies.offered().values() for setting in about.settings}
    assert [word for word in operators if word in page] == [], "whoever reads this sets no variables"


def test_what_the_installation_lacks_is_not_said_as_if_the_key_were_wrong(signed_in, at, monkeypatch):
    def connect(*_):
        raise providers.PackageMissing("OpenAI (openai) needs a package that is not installed: RINGTRUE_SOMETHING")

    form = {"KEY": "", "hears": "on"}
    page = signed_in.post(at("settings/speech/openai/connect/"), form).content.decode()
    assert "Enter the key of your account at OpenAI." in page
    monkeypatch.setattr(providers, "connect", connect)
    page = signed_in.post(at("settings/speech/openai/connect/"), form | {"KEY": "a-key"}).content.decode()
    assert "This installation cannot talk to OpenAI yet." in page
    assert "RINGTRUE_" not in page
