"""Which companies hear and speak in the calls of a workspace, with keys of its own: connecting them, and what goes with the order of a call.

Keys are locked with Fernet in the database and opened only here, as those of language models (`language_models.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import structlog
from asgiref.sync import async_to_sync
from cryptography.fernet import InvalidToken

from ringtrue.agents import asking_order
from ringtrue.agents.language_models import CannotConnect
from ringtrue.agents.models import SpeechCompany
from ringtrue.core import audit
from ringtrue.core.encrypting import lock_credentials, unlock_credentials
from ringtrue.notifications import reaching
from ringtrue.privacy import subprocessors
from ringtrue.voice.agent import SpeechChoice
from ringtrue.voice.lines.about import About as Form
from ringtrue.voice.lines.about import Field, NotEntered, read
from ringtrue.voice.speech import checking, providers
from ringtrue.voice.speech.kinds import About
from ringtrue.voice.speech.own_companies import variables

log = structlog.get_logger(__name__)

ADDRESSES = ("HOST", "URL")
SWITCHED = {"hears": "HEARING", "speaks": "SPEAKING"}
"""Ability -> the setting whose empty value switches it off, of a company that has both."""
LABELS = {
    "KEY": "Key", "HOST": "Address", "URL": "Address", "REGION": "Region", "STREAMING": "Model that hears while somebody speaks",
    "HEARING": "Model that hears", "SPEAKING": "Model that speaks", "VOICE": "Voices", "LANGUAGE": "Language",
    "ZERO_RETENTION": "Keep nothing there",
}  # fmt: skip
OPTIONS = {
    "REGION": (("", "Wherever is nearest"), ("eu", "European Union"), ("us", "United States")),
    "ZERO_RETENTION": (("", "As the account says"), ("1", "Nothing is kept (enterprise accounts only)")),
}


def offered() -> dict[str, About]:
    """Companies that a key connects, by name. One that is code to be chosen by whoever runs the installation (Pipecat) is not among
    them."""
    known = {name: providers.about(name) for name in providers.names()}
    return {name: about for name, about in known.items() if any(setting.name == "KEY" for setting in about.settings)}


def fields_of(about: About) -> tuple[Field, ...]:
    """Of the form by which it is connected. What is left empty has the company's usual value."""
    hints = {
        "KEY": "It is stored encrypted and never shown again.",
        "REGION": "Sound stays in the region that you choose.",
        "LANGUAGE": "Our agents speak English only.",
        "VOICE": "Several with commas. A name, and the company’s number for it: Anna=number, Ben=number.",
        **dict.fromkeys(ADDRESSES, "Only for a region that has an address of its own, or for a server of your own."),
    }
    return tuple(
        Field(
            name=setting.name, label=LABELS[setting.name], hint=hints.get(setting.name, ""), placeholder=setting.default,
            secret=setting.name == "KEY", required=setting.needed and not setting.unless, options=OPTIONS.get(setting.name, ()),
            pattern=r"[!-~]{1,500}" if setting.name == "KEY" else r"[ -~]{1,300}",
            wrong=f"Enter the key of your account at {about.title}." if setting.name == "KEY" else "This has signs in it that cannot be.",
        )
        for setting in about.settings
    )  # fmt: skip


def connected(workspace_id: UUID) -> list[SpeechCompany]:
    """In the order in which they are asked. Needs the workspace's scope."""
    return asking_order.in_order(SpeechCompany, workspace_id)


def chosen(workspace_id: UUID) -> tuple[SpeechChoice, ...]:
    """For a call. Needs the workspace's scope."""
    rows = connected(workspace_id)
    withheld = subprocessors.withheld(workspace_id, [row.company for row in rows]) if rows else ()
    found = []
    for row in rows:
        if row.company in withheld:
            continue
        try:
            found.append(SpeechChoice(company=row.company, settings=unlock_credentials(row.settings_locked)))
        except InvalidToken:  # the keys of this installation were lost: a call is answered all the same
            log.error("key of a speech company cannot be opened", speech_company=str(row.id))
    return tuple(found)


def connect(
    workspace_id: UUID, company: str, given: Mapping[str, str], *, hears: bool, speaks: bool, actor: str
) -> tuple[SpeechCompany, list[str]]:
    """A new company, asked after those that are there, or new settings of one that is. It is asked to hear and to speak a sentence of ours
    at once. Returns the row and what was seen, in sentences. Needs the workspace's scope. Raises CannotConnect."""
    about = offered()[company]
    can = {ability: ability in about.can for ability in SWITCHED}
    wanted = {"hears": can["hears"] and hears, "speaks": can["speaks"] and speaks} if all(can.values()) else can
    if not any(wanted.values()):
        raise CannotConnect("KEY", f"Choose whether {about.title} hears, speaks, or both.")
    try:
        settings = read(Form(title=about.title, fields=fields_of(about)), given).credentials
        subprocessors.require(workspace_id, company)
    except NotEntered as problem:
        raise CannotConnect(problem.field, str(problem)) from None
    except subprocessors.NotRegistered as refused:
        raise CannotConnect("KEY", str(refused)) from None
    for setting in about.settings:
        if setting.needed and not settings.get(setting.name) and not settings.get(setting.unless):
            raise CannotConnect(setting.name, f"Enter the key of your account at {about.title}.")
    for name in ADDRESSES:
        if settings.get(name):
            _check_address(name, settings[name])
    settings |= {SWITCHED[ability]: "" for ability, on in wanted.items() if can[ability] and not on}
    choice = SpeechChoice(company=company, settings=settings)
    seen, voices = _try(choice)
    before = connected(workspace_id)
    row, made = SpeechCompany.objects.update_or_create(
        workspace_id=workspace_id, company=company,
        defaults={"settings_locked": lock_credentials(settings), "voices": voices, **wanted},
        create_defaults={
            "settings_locked": lock_credentials(settings), "voices": voices, "place": asking_order.next_place(before), **wanted,
        },
    )  # fmt: skip
    audit.record(
        "speech.connected" if made else "speech.changed",
        actor=actor, workspace_id=workspace_id, target=asking_order.target(row), company=company,
    )  # fmt: skip
    return row, seen


def disconnect(row: SpeechCompany, *, actor: str) -> None:
    asking_order.take_away(row, "speech.disconnected", actor=actor, company=row.company)


def ask_first(row: SpeechCompany, *, actor: str) -> None:
    asking_order.put_first(row, "speech.asked_first", actor=actor)


def _check_address(name: str, address: str) -> None:
    try:
        reaching.resolve(address)
    except reaching.Refused as problem:
        raise CannotConnect(name, str(problem)) from None
    except OSError:
        raise CannotConnect(name, "No server of this name is known. Is the address right?") from None


@async_to_sync
async def _try(choice: SpeechChoice) -> tuple[list[str], list[str]]:
    """(what was seen, names of voices). Raises CannotConnect where anything is wrong."""
    seen, about = [], providers.about(choice.company)
    try:
        [made] = providers.connect([choice.company], variables(choice))
        await made.close()
    except providers.PackageMissing:
        raise CannotConnect(
            "KEY",
            f"This installation cannot talk to {about.title} yet. Whoever runs it has to install the package {about.package}.",
        ) from None
    except providers.ProviderNotSet:
        raise CannotConnect(
            "KEY", f"{about.title} cannot be used with these entries. Look at the models and voices again."
        ) from None
    async for state, sentence in checking.ask_all([choice.company], variables(choice), words=checking.AT_A_FORM):
        if state == "wrong":
            raise CannotConnect("KEY", sentence)
        seen.append(f"{sentence}.")
    return seen, [voice.name for voice in made.voices]
