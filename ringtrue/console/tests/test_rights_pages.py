"""People ask about their data without an account; the workspace answers at its desk."""

from __future__ import annotations

import io
import json
import zipfile
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from ringtrue.accounts.models import Membership, User
from ringtrue.console.tests.showing import play_call, said
from ringtrue.console.views import rights_public
from ringtrue.contacts import gathering
from ringtrue.contacts.models import Contact
from ringtrue.privacy.models import Erasure, Restriction
from ringtrue.rights.models import KINDS, RightsRequest
from ringtrue.rights.receiving import hash_of


@pytest.fixture
def maria(dental, settings):
    from ringtrue.accounts.limiting import client
    from ringtrue.calls.searching import index_contact

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()
    for key in client().scan_iter("*limit:rights*"):
        client().delete(key)
    call = play_call(dental, said(("caller", "My crown came loose.")), recorded=False)
    contact = gathering.correct(Contact.objects.get(subject=call.subject), name="Maria Alvarez")
    index_contact(gathering.correct(contact, email="maria@example.org"))
    return contact


@pytest.fixture
def public(dental):
    return f"/privacy/{dental.workspace.slug}/"


def ask(client, public, kind="access", email="maria@example.org", **more):
    answer = client.post(public, {"kind": kind, "place": "US-CA", "email": email, "name": "Maria", "words": "please", **more})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def code():
    return mail.outbox[-1].body.split("asked: ")[1].split("\n")[0]


@pytest.mark.promise("P-LEX-6-5")
def test_a_person_without_an_account_asks_shows_who_they_are_and_fetches_their_data(maria, public, signed_in, at):
    person = Client()
    page = ask(person, public)
    request = RightsRequest.objects.get()
    assert (request.state, request.law, request.channel) == ("unverified", "ccpa", "web")
    assert request.due_at > request.received_at
    assert "sent a code" in person.get(page).content.decode()
    assert person.post(page, {"code": "0"}).status_code == 422
    assert person.post(page, {"code": code()}).status_code == 302
    assert "We know that it is you" in person.get(page).content.decode()
    assert person.post(page + "fetch/").status_code == 409, "nobody has answered yet"
    desk = at(f"rights/{request.id}/")
    assert "maria@example.org" in signed_in.get(desk).content.decode()
    signed_in.post(desk, {"do": "answer"})
    answer = person.post(page + "fetch/")
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    files = zipfile.ZipFile(io.BytesIO(answer.content))
    assert "Maria Alvarez" in files.read("index.html").decode()
    assert signed_in.get(at(f"rights/{request.id}/archive/?purpose=their_request")).status_code == 200


@pytest.mark.promise("P-ALX-4.2-2")
def test_a_callers_request_is_a_task_of_the_business_with_a_clock(maria, public, signed_in, at):
    page = ask(Client(), public, "deletion")
    listed = signed_in.get(at("rights/")).content.decode()
    request = RightsRequest.objects.get()
    assert f"rights/{request.id}/" in listed
    assert f"due {request.due_at.astimezone(ZoneInfo(request.workspace.time_zone)).day}" in listed, (
        "the day where the business is"
    )
    Client().post(page, {"code": code()})
    assert "Delete for good" in signed_in.get(at(f"rights/{request.id}/")).content.decode()
    signed_in.post(at(f"rights/{request.id}/"), {"do": "answer"})
    assert not Contact.objects.filter(id=maria.id).exists()
    assert str(Erasure.objects.get().id) in signed_in.get(at(f"rights/{request.id}/")).content.decode()
    assert "do-not-call" in Client().get(page).content.decode(), "and the person reads what is kept"


def test_the_page_answers_alike_for_the_known_and_the_unknown(maria, public):
    pages = [Client().get(ask(Client(), public, email=email)) for email in ("maria@example.org", "nobody@example.org")]
    bodies = [page.content.decode() for page in pages]
    tokens = [page.request["PATH_INFO"].split("/")[-2] for page in pages]
    nonce = [page.headers.get("Content-Security-Policy", "").split("nonce-")[-1].split("'")[0] for page in pages]
    clean = [b.replace(t, "T").replace(n, "N") if n else b.replace(t, "T") for b, t, n in zip(bodies, tokens, nonce, strict=True)]
    assert len(mail.outbox) == 2
    assert len(clean[0]) == len(clean[1])


def test_tries_are_counted_and_somebody_elses_page_does_not_open(maria, public):
    page = ask(Client(), public)
    assert Client().get(page[:-2] + "x/").status_code == 404
    answers = [Client().post(public, {"kind": "access", "email": f"{n}@example.org"}).status_code for n in range(5)]
    assert answers == [302, 302, 302, 302, 429]
    assert Client().post(public, {"kind": "access", "email": "x@example.org"}).headers["Retry-After"]


def test_without_an_address_or_a_right_the_form_comes_back_with_what_was_typed(maria, public, dental):
    from ringtrue.privacy import changing

    answer = Client().post(public, {"kind": "access", "words": "my own words"})
    assert answer.status_code == 422
    assert "my own words" in answer.content.decode()
    changing.change(dental.workspace.id, "rights.for_all", False, "user:x")
    answer = Client().post(public, {"kind": "access", "email": "x@example.org", "place": ""})
    assert answer.status_code == 302, "what the profile gives to all cannot be taken back by a setting"


def test_by_number_the_desk_calls_back_and_types_the_code(maria, public, signed_in, at):
    person = Client()
    page = ask(person, public, email="", number="+18565550142")
    shown = person.get(page).content.decode()
    digits = shown.split('data-testid="code">')[1][:9].replace(" ", "")
    assert digits not in Client().get(page).content.decode(), "only the browser that asked sees it"
    desk = at(f"rights/{RightsRequest.objects.get().id}/")
    assert "+1 856-555-0142" in signed_in.get(desk).content.decode()
    assert digits not in signed_in.get(desk).content.decode(), "the desk has to hear it from the person"
    signed_in.post(desk, {"do": "code", "code": digits})
    assert RightsRequest.objects.get().verified_how == "call_back"


def test_every_kind_is_offered_taken_and_can_be_answered(maria, public, signed_in, at, monkeypatch):
    monkeypatch.setattr(rights_public.limiting, "take", lambda *a, **k: None)
    person = Client()
    kinds = sorted(KINDS, key=lambda kind: kind in ("deletion", "child"))  # those last: then nothing is left to ask about
    for kind in kinds:
        assert f'value="{kind}"' in person.get(public).content.decode()
        page = ask(person, public, kind)
        request = RightsRequest.objects.get(token_hash=hash_of(page.split("/")[-2]))
        if request.state == "unverified":
            person.post(page, {"code": code()})
        signed_in.post(at(f"rights/{request.id}/"), {"do": "answer", "words": "We looked again.", "name": "Marie Alvarez"})
        request.refresh_from_db()
        assert request.state == "answered", kind
        assert request.answer, kind
        assert person.get(page).status_code == 200, kind


def test_a_request_that_came_by_telephone_is_written_down(maria, signed_in, at):
    sent = {"kind": "correction", "channel": "phone", "number": "+1 856 555 0142", "place": "US-CA", "name": "Maria"}
    desk = signed_in.post(at("rights/"), sent)["Location"]
    signed_in.post(desk, {"do": "answer", "name": "Marie Alvarez"})
    assert RightsRequest.objects.get().state == "unverified", "nobody has shown who they are"
    signed_in.post(desk, {"do": "papers"})
    signed_in.post(desk, {"do": "answer", "name": "Marie Alvarez"})
    assert gathering.read(Contact.objects.get(id=maria.id))["name"] == "Marie Alvarez"
    assert signed_in.post(at("rights/"), {**sent, "number": ""}).status_code == 422


def test_a_refusal_and_more_time_need_a_reason_on_the_page_too(maria, public, signed_in, at):
    page = ask(Client(), public)
    desk = at(f"rights/{RightsRequest.objects.get().id}/")
    signed_in.post(desk, {"do": "refuse", "why": ""})
    signed_in.post(desk, {"do": "extend", "why": ""})
    assert RightsRequest.objects.get().state == "unverified"
    signed_in.post(desk, {"do": "refuse", "why": "The same was answered last week."})
    assert "answered last week" in Client().get(page).content.decode()
    assert "California Privacy Protection Agency" in Client().get(page).content.decode()


@pytest.mark.promise("P-LEX-1.1-1")
def test_ones_own_account_can_be_fetched_corrected_and_ended(dental, fast_passwords):
    person = User.objects.create_user("tom@example.org", "a long enough password", name="Tom Zephyrine")
    Membership.objects.create(workspace=dental.workspace, user=person, role="viewer")
    client = Client()
    client.force_login(person)
    held = json.loads(client.get("/accounts/data/export/").content)
    assert held["account"]["name"] == "Tom Zephyrine"
    assert held["workspaces"][0]["role"] == "viewer"
    assert "password" not in json.dumps(held)
    client.post("/accounts/", {"name": "Tom Zephyrin", "theme": person.theme, "calls_per_page": person.calls_per_page})
    assert json.loads(client.get("/accounts/data/export/").content)["account"]["name"] == "Tom Zephyrin"
    assert client.post("/accounts/data/", {"email": "tom@example.org", "password": "wrong"}).status_code == 422
    assert User.objects.filter(id=person.id).exists()
    client.post("/accounts/data/", {"email": "tom@example.org", "password": "a long enough password"})
    assert not User.objects.filter(id=person.id).exists()
    from django.db import connection

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', ["%Zephyrin%"])  # noqa: S608
            assert cursor.fetchone() == (0,), table
    assert client.get("/accounts/data/").status_code == 302


def test_the_only_owner_has_to_close_the_workspace_first(dental, signed_in):
    dental.owner.set_password("a long enough password")
    dental.owner.save()
    client = Client()
    client.force_login(dental.owner)
    answer = client.post("/accounts/data/", {"email": dental.owner.email, "password": "a long enough password"})
    assert answer.status_code == 422
    assert "only owner" in answer.content.decode()
    assert User.objects.filter(id=dental.owner.id).exists()


def test_an_objection_from_the_page_holds_at_once(maria, public, signed_in, at):
    ask(Client(), public, "opt_out_sale")
    signed_in.post(at(f"rights/{RightsRequest.objects.get().id}/"), {"do": "answer"})
    assert Restriction.objects.get(subject=maria.subject).purpose == "sale"
