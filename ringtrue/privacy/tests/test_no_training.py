"""What a business sets up and what its callers say trains nothing: there is no way to do it, whatever a profile allows, and providers
are told not to wherever they document how."""

from __future__ import annotations

import re
from typing import get_args, get_type_hints

import pytest
from django.core.management import get_commands
from procrastinate.contrib.django import app

from ringtrue.console.tests.surface import pages
from ringtrue.core.command_line import COMMANDS, NEEDS_DATABASE
from ringtrue.core.configuring import ROOT
from ringtrue.voice.agent import ModelChoice
from ringtrue.voice.lines.finding import lines
from ringtrue.voice.speech import providers

SOURCE = ROOT / "ringtrue"
FOR_TRAINING = re.compile(r"train|fine.?tun|data.?set|corpus|corpora|label|annotat|learn", re.IGNORECASE)
OPENS = re.compile(
    r"^\s*(?:import|from) (?:aiohttp|anthropic|http\.client|httpx2?|openai|requests|smtplib|socket|twilio\.rest|urllib\.request|websockets)\b"
    r"|^\s*from ringtrue\.voice\.lines\.requesting import (?:\w+, )*request\b"
    r"|\bws_connect\(",
    re.MULTILINE,
)
"""How bytes leave a process."""
LEARNS = re.compile(r"\.(?:train|fit|partial_fit)\(")
LEAVES = {
    "agents/language_models.py": "one word of ours, to see whether a key is good",
    "agents/reading_pages.py": "asks for a web page that a person of the business named; sends nothing but its address",
    "core/running.py": "to this installation itself: whether it answers",
    "core/starting.py": "to this installation itself: whether a port is taken",
    "media/gathering.py": "nothing: when a caller's socket is read",
    "notifications/delivering.py": "webhooks, to addresses that the business entered",
    "notifications/mailing.py": "mail to members, and to people who asked",
    "notifications/reaching.py": "resolves the host of a webhook",
    "reception/line_checks/address.py": "asks this installation itself, from outside, whether it is reached",
    "voice/lines/reaching.py": "asks a carrier about the account that the business connected",
    "voice/lines/requesting.py": "orders and questions to a carrier, for whichever line asks it to",
    "reception/line_checks/sip.py": "asks a carrier whether it answers",
    "voice/brains/model/connecting.py": "what is said in a call, to be answered at once; NO_TRAINING_TOLD",
    "voice/speech/models.py": "nothing: fetches weights",
    "voice/speech/pcm_over_http.py": "a sentence to be spoken, to whichever provider asks it to; NO_TRAINING_TOLD",
    "voice/trusting.py": "nothing: who may vouch for a company",
    "voice/speech/socket_stream.py": "an utterance to be heard, to whichever provider asks it to; NO_TRAINING_TOLD",
}
"""Every file of the product that may open a connection, and what goes through it. Lines state theirs themselves; companies of speech
hear and speak, and state how they are told not to train (`ABOUT.training`)."""
OF_PROVIDERS = {
    f"voice/speech/providers/{name}.py": "an utterance to be heard, a sentence to be spoken" for name in providers.names()
}
LEAVES |= OF_PROVIDERS
LEAVES["hosted/asking.py"] = "to this installation itself: what a caller said, to the media process that holds the call"
LEAVES["hosted/requesting.py"] = "a definition of an agent and orders to a hosted engine, and the record of a call from it"
LEAVES |= {f"voice/lines/{line}/{file}": what for line, about in lines().items() for file, what in about.connections.items()}
ONLY_SHOWN_IN = {
    "console/views/settings_privacy.py", "console/views/settings_promises.py", "console/views/trust_public.py",
    "privacy/policies.py", "privacy/policy.py", "privacy/policy_keys.py", "privacy/policy_words.py", "rights/archive.py",
}  # fmt: skip
NO_TRAINING_TOLD = {name: providers.about(name).training for name in providers.names()} | {
    "openai": "store=false with every request to a model: voice/brains/model/tests/test_answering.py; for speech it documents no such "
    "word, and does not train on what comes by its API (developers.openai.com/api/docs/guides/your-data)",
    "anthropic": "documents no such word; its API is not trained on, and keeping nothing is by agreement (privacy.claude.com, 8956058)",
    "compatible": "a server of the business's own choice",
}


def files_with(what: re.Pattern[str]) -> set[str]:
    """Of the product but its tests and its measuring, which no process of an installation loads."""
    paths = [path for path in SOURCE.rglob("*.py") if not {"tests", "evaluating", "conforming"}.intersection(path.parts)]
    return {str(path.relative_to(SOURCE)) for path in paths if what.search(path.read_text())}


@pytest.mark.promise("P-NEJ-2-7")
def test_no_address_no_command_and_no_job_is_for_training() -> None:
    addresses = [f"{page.route} {page.name}" for page in pages()]
    commands = [*COMMANDS, *get_commands()]
    jobs = [*app.tasks]
    assert len(addresses) > 150
    assert len(jobs) > 10
    assert [name for name in (*addresses, *commands, *jobs) if FOR_TRAINING.search(name)] == []


@pytest.mark.promise("P-NEJ-2-7")
def test_everything_that_leaves_is_known_and_none_of_it_is_for_training() -> None:
    assert files_with(OPENS) | OF_PROVIDERS.keys() == LEAVES.keys()


@pytest.mark.promise("P-NEJ-2-7")
def test_that_training_is_allowed_opens_no_way_to_it() -> None:
    asking = files_with(re.compile(r"\btraining\.on_calls\b"))
    assert asking == ONLY_SHOWN_IN, "what a profile says about training is shown and decides nothing"
    assert "eval" not in NEEDS_DATABASE, "what is measured is measured on a folder of data, never on calls"
    assert files_with(LEARNS) == set(), "no model of an installation changes by what it hears"


@pytest.mark.promise("P-NEJ-2-7")
def test_of_every_provider_it_is_known_what_it_is_told_about_training() -> None:
    models = set(get_args(get_type_hints(ModelChoice)["provider"]))
    assert {*providers.names(), *models} == NO_TRAINING_TOLD.keys()
    assert all(NO_TRAINING_TOLD.values())
