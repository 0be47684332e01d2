"""A call full of personal data, played whole in each storage mode, and looked for in every way by which something leaves a call:
database, write-ahead log, files, logs, cache and mails (by the scan, which opens what is sealed), webhooks as they arrive, exports
and downloads. What a provider keeps is a matter of what it is told: voice/speech/tests and voice/brains/model/tests.
"""

from __future__ import annotations

import io
import random
import zipfile
from typing import Any, NamedTuple

import pytest

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls import reading
from ringtrue.contacts import gathering
from ringtrue.contacts.models import Contact
from ringtrue.core.encrypting import lock_credentials
from ringtrue.leads.models import Lead, LeadList
from ringtrue.leads.reading import LeadDetails, seal
from ringtrue.media import gating
from ringtrue.notifications import delivering
from ringtrue.notifications.models import WebhookDelivery, WebhookEndpoint
from ringtrue.notifications.tests.receiving import receiver
from ringtrue.privacy.canaries import Canary, Finder, sound_canary, text_canary
from ringtrue.privacy.models import Subject
from ringtrue.privacy.scanning import scan
from ringtrue.privacy.tests import saying
from ringtrue.privacy.tests.playing import RATE, Play
from ringtrue.rights import archive

NAME, EMAIL = "Zebulon Quarnstrom", "zeb.quarn@gramopost.org"
KNOWN = {"PERSON": NAME, "EMAIL": EMAIL}
HARMLESS = "the violet heron nested behind my gramophone"
FIRST_SECOND = 5


class Planted(NamedTuple):
    kind: str
    line: str
    secret: str  # the part of the line that tells who somebody is


def planted() -> list[Planted]:
    """One line for each kind that proves itself and each way to say it, and for each form of what the business knew before."""
    pick, lines = random.Random(20261122), []
    frames = {"card": "my card is {}", "ssn": "my social security number is {}", "phone": "call me back at {}"}
    for kind, frame in frames.items():
        for say in saying.WAYS.values():
            secret = say(getattr(saying, kind)(pick))
            lines.append(Planted(kind, frame.format(secret), secret))
    for number in (saying.iban(pick) for _ in range(3)):
        for secret in (number, " ".join(number[at : at + 4] for at in range(0, len(number), 4))):
            lines.append(Planted("iban", f"the account is {secret}", secret))
    for mail in ("maria_keller@my-mail.co.uk", "j.smith42@firm.io", "ana99@gmail.com"):
        for secret in (mail, mail.upper(), saying.spoken_mail(mail)):
            lines.append(Planted("email", f"write to {secret} please", secret))
    for number in (saying.address(pick), saying.address(pick)):
        for secret in (number, " dot ".join(saying.spoken_digits(part) for part in number.split("."))):
            lines.append(Planted("ip", f"it comes from {secret}", secret))
    for secret in (
        "Quarnstrom",
        "QUARNSTROM'S",
        "zebulon",
        "q u a r n s t r o m",
        "Q-U-A-R-N-S-T-R-O-M",
        EMAIL,
        saying.spoken_mail(EMAIL),
    ):
        lines.append(Planted("dictionary", f"you have it under {secret} I think", secret))
    return lines


LINES = planted()


def canaries(play: Play) -> list[Canary]:
    """Each secret by its halves, so that one of which a part stays is found too; and the sound of each line."""
    found = []
    for at, (kind, _, secret) in enumerate(LINES):
        middle = secret.find(" ", len(secret) // 2 - 3) if " " in secret else len(secret) // 2
        halves = [half.strip(" ,.") for half in (secret[:middle], secret[middle:])] if len(secret) > 12 else [secret]
        found.append(text_canary(f"{at} {kind} {secret}", *halves))
        found.append(sound_canary(f"{at} sound of {kind}", sound_of(play, at)))
    return found


def sound_of(play: Play, at: int) -> bytes:
    """32 ms from the middle of the secret, where `Play.hear` puts its words."""
    _, line, secret = LINES[at]
    before, own, words = (len(part.split()) for part in (line[: line.find(secret)], secret, line))
    middle = int((before + own / 2) / words * RATE) * 2
    return play.sounds.of(FIRST_SECOND + at)[middle : middle + 512]


def played(started: Any, mode: str, url: str) -> Play:
    play = Play(started, storage_mode=mode)
    with workspace_scope(started.workspace.id):
        WebhookEndpoint.objects.update(url=url, secret=lock_credentials("whsec_" + "A" * 32))
    play.opening()
    play.consent()
    for at, (_, line, _) in enumerate([*LINES, Planted("", HARMLESS, "")]):
        play.second(FIRST_SECOND + at)
        play.hear(FIRST_SECOND + at, line)
        if at % 7 == 0:
            play.say(FIRST_SECOND + at, f"I have noted that: {line}")
    everything = " and ".join(line for _, line, _ in LINES[:6])
    try:
        play.scribe.use(play.id, "take_message", {"name": NAME, "number": LINES[0].secret, "reason": everything[:500]})
    except Exception as refused:  # metadata_only takes none
        assert str(refused) == "not_kept"  # noqa: PT017
    play.end(FIRST_SECOND + len(LINES) + 2)
    return play


def given_out(play: Play) -> dict[str, bytes]:
    """Way -> what leaves by it, opened."""
    with workspace_scope(play.call.workspace_id):
        play.call.refresh_from_db()
        files = zipfile.ZipFile(io.BytesIO(archive.archive_of(Subject.objects.get(id=play.call.subject_id), business="Dental")))
        return {
            "export": b"\n".join(files.read(name) for name in files.namelist()),
            "download": reading.as_text(play.call).encode() + repr(reading.as_json(play.call)).encode(),
        }


@pytest.fixture
def heard(started, settings, monkeypatch):
    """Plays a call in a mode. Returns the canaries, and what was found of them by each way out."""
    settings.WEBHOOKS_ALLOW_LOCAL = True
    monkeypatch.setattr(gating, "_known", lambda call: KNOWN)  # not in a contact, where the scan would rightly find it

    def play_in(mode: str) -> tuple[Play, list[Canary], dict[str, set[str]]]:
        with receiver() as there:
            play = played(started, mode, there.url)
            with workspace_scope(started.workspace.id):
                waiting = list(WebhookDelivery.objects.values_list("id", flat=True))
            for delivery in waiting:
                delivering.deliver(delivery)
            arrived = b"\n".join(body for _, body in there.got)
        looked_for = canaries(play)
        finder = Finder(looked_for)
        found = {way: finder.names_in(data) | finder.sounds_in(data) for way, data in given_out(play).items()}
        found["webhooks"] = finder.names_in(arrived)
        for hit in scan(looked_for).hits:
            found.setdefault(hit.place, set()).add(hit.canary)
        assert b"call.ended" in arrived
        return play, looked_for, found

    return play_in


@pytest.mark.promise("P-LDX-6-9")
def test_excluding_pii_lets_nothing_out_that_proves_itself_or_was_known_before(heard):
    play, looked_for, found = heard("excluding_pii")
    left = {name: way for way, names in found.items() for name in names}
    assert left == {}, f"{len(left)} of {len(looked_for)}"
    harmless = [text_canary("harmless", HARMLESS), play.sounds.canary("its sound", FIRST_SECOND + len(LINES))]
    assert scan(harmless).names() == {"harmless", "its sound"}, "the rest of the call is kept and can be heard"


@pytest.mark.promise("P-LDX-6-10")
def test_metadata_only_lets_nothing_out_that_the_caller_said(heard):
    play, _, found = heard("metadata_only")
    assert {way: names for way, names in found.items() if names} == {}
    harmless = [text_canary("harmless", HARMLESS), play.sounds.canary("its sound", FIRST_SECOND + len(LINES))]
    assert scan(harmless).hits == []


def test_in_everything_each_way_out_is_full_of_it_so_that_the_search_is_of_the_right_places(heard):
    _, looked_for, found = heard("everything")
    everything = {canary.name for canary in looked_for}
    assert found["export"] == everything
    texts = {name for name in everything if "sound of" not in name}
    assert found["download"] == texts
    assert found["webhooks"] & texts
    assert any("mail" in way for way in found)
    assert any("recordings" in way for way in found)
    assert any("postgres" in way for way in found)


def test_what_is_known_of_a_contact_and_of_a_lead_is_the_calls_dictionary(dental):
    from ringtrue.calls.recording import begin_call

    call = begin_call(dental.version, line="simulated", from_number="+16095550173")
    contact = Contact.objects.create(workspace=dental.workspace, subject=call.subject)
    gathering.correct(contact, name=NAME, email=EMAIL)
    lead = Lead(
        workspace=dental.workspace, subject=call.subject, lead_list=LeadList.objects.create(workspace=dental.workspace, name="L")
    )
    lead.sealed = seal(lead, LeadDetails(name="Zeb Q. Arnstrom", fields={"address": "12 Mill Lane", "plan": "gold"}))
    lead.save()
    assert gating._known(call) == {"PERSON": f"{NAME} Zeb Q. Arnstrom", "EMAIL": EMAIL, "ADDRESS": "12 Mill Lane"}
