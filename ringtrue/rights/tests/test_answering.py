"""Each right does what it says."""

import io
import json
import zipfile

import pytest
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.calls.messages import read as read_message
from ringtrue.calls.models import Call, Message
from ringtrue.calls.reading import summary
from ringtrue.calls.searching import search
from ringtrue.contacts import gathering
from ringtrue.contacts.models import Contact
from ringtrue.core.models import AuditEntry
from ringtrue.core.signing import is_signed
from ringtrue.privacy import erasing, ledger, legal_holds, restricting
from ringtrue.privacy.data_map import stores
from ringtrue.privacy.models import Erasure
from ringtrue.rights import answering, correcting, receiving
from ringtrue.rights.models import RequestStep, RightsRequest


@pytest.fixture
def opened(ada, asked):
    """The archive of Ada's data, as files."""

    def of(kind="access"):
        request = answering.answer(asked(kind), "user:x")
        packed = zipfile.ZipFile(io.BytesIO(answering.download(request, "Riverside Dental", "user:x")))
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}

    return of


@pytest.mark.promise("P-LEX-6-1", "P-CLX-8-1", "P-ALX-7-1", "P-LDX-9-1", "P-NEJ-7-1")
def test_the_archive_holds_all_that_is_kept_of_the_person(ada, opened):
    files = opened()
    page = files["index.html"].decode()
    for word in ("Ada Lovelase", "my crown fell out", "609", "ada@example.org", "This call is recorded."):
        assert word in page, word
        assert any(word in data.decode() for name, data in files.items() if name.endswith(".json")), word
    call = Call.objects.get()
    assert files[f"recordings/{call.id}.wav"][:4] == b"RIFF"
    assert f'src="recordings/{call.id}.wav"' in page
    with_data = {s.store for s in stores() if s.export is not None and next(iter(s.export(ada)), None) is not None}
    assert len(with_data) >= 4
    assert with_data <= {json.dumps(name).strip('"') for name in stores_in(files)}


def stores_in(files):
    return {name.removeprefix("data/").removesuffix(".json") for name in files}


@pytest.mark.promise("P-LEX-6-5", "P-CLX-8-5", "P-ALX-7-5", "P-LDX-9-6", "P-NEJ-7-4")
def test_the_archive_can_be_read_by_programs_and_shows_when_it_was_changed(ada, opened):
    import hashlib

    files = opened("portability")
    manifest = json.loads(files["manifest.json"])
    signature = manifest.pop("signature")
    assert manifest["format"] == "ringtrue.person/1"
    assert is_signed(manifest, signature)
    assert set(manifest["files"]) == set(files) - {"manifest.json"}
    for name, held in manifest["files"].items():
        assert (held["bytes"], held["sha256"]) == (len(files[name]), hashlib.sha256(files[name]).hexdigest())
    assert not is_signed({**manifest, "files": {}}, signature)
    for name, data in files.items():
        if name.endswith(".json"):
            json.loads(data)
    (contact,) = json.loads(files["data/contacts_contact.json"])
    assert (contact["name"], contact["number"]) == ("Ada Lovelase", "+16095550173")


@pytest.mark.promise("P-ALX-7.2-1", "P-NEJ-8-1")
def test_what_is_collected_is_told_by_category_source_purpose_and_recipient(ada, opened, dental):
    from ringtrue.core.encrypting import lock_credentials
    from ringtrue.notifications.models import WebhookDelivery, WebhookEndpoint

    for url, subject in (("https://crm.example/in", ada), ("https://elsewhere.example/in", None)):
        endpoint = WebhookEndpoint.objects.create(
            workspace=dental.workspace, url=url, secret=lock_credentials("whsec_" + "A" * 32)
        )
        WebhookDelivery.objects.create(workspace=dental.workspace, endpoint=endpoint, subject=subject, event="call.ended")
    about = json.loads(opened("know")["about.json"])
    assert {"contact", "content", "call_metadata"} <= set(about["categories"])
    assert len(about["stores"]) == sum(s.subject == "caller" for s in stores())
    assert all(row["purpose"] and row["kept_for"] for row in about["stores"])
    assert about["sources"]
    assert about["sold"] == "never"
    assert "crm.example" in about["recipients"]
    assert "elsewhere.example" not in about["recipients"], "what was sent there was not about this person"
    assert "simulated (telephone line)" in about["recipients"]


@pytest.mark.promise("P-LEX-6-2", "P-CLX-8-2", "P-ALX-7-2", "P-LDX-9-2", "P-NEJ-7-2", "P-NEJ-8-3")
def test_a_correction_goes_everywhere_and_leaves_a_hash_of_the_old_value(ada, asked):
    request = answering.answer(asked("correction"), "user:x", corrections={"name": "Ada Lovelace"})
    assert request.state == "answered"
    assert gathering.read(Contact.objects.get())["name"] == "Ada Lovelace"
    assert read_message(Message.objects.get())["name"] == "Ada Lovelace"
    held = summary(Call.objects.get())
    assert held.name == "Ada Lovelace"
    assert "Lovelase" not in f"{held}"
    assert search(ada.workspace_id, "lovelace").contacts
    assert not search(ada.workspace_id, "lovelase").contacts
    step = RequestStep.objects.get(request=request, what="corrected")
    assert step.detail["fields"] == ["name"]
    assert step.detail["places"] >= 3
    assert step.detail["old"]["name"] == correcting.provenance(ada.workspace_id, "Ada Lovelase")
    entry = AuditEntry.objects.get(action="rights.corrected")
    assert "Lovel" not in json.dumps(entry.detail)


def test_a_correction_without_words_or_of_another_field_is_refused(ada, asked):
    request = asked("correction")
    with pytest.raises(ValueError, match="what is right"):
        answering.answer(request, "user:x")
    with pytest.raises(KeyError):
        answering.answer(request, "user:x", corrections={"typed": "x"})
    request.refresh_from_db()
    assert request.state == "open"


@pytest.mark.promise("P-LDX-9-3", "P-NEJ-7-3")
def test_a_deletion_ends_in_a_certificate_and_names_what_is_kept(ada, asked):
    request = answering.answer(asked("deletion"), "user:x")
    assert not Call.objects.exists()
    assert not Contact.objects.exists()
    erasure = Erasure.objects.get(id=request.erasure_id)
    assert erasing.verify(erasure.certificate)
    assert {e["store"] for e in request.exceptions} >= {"privacy_optout", "privacy_consentevent"}
    assert "do-not-call" in request.answer
    request.refresh_from_db()
    assert receiving.read(request) == {}, "what the request itself said is gone, too"
    assert request.state == "answered"


@pytest.mark.promise("P-LDX-9-3")
def test_a_deletion_that_a_law_forbids_is_refused_with_that_law(ada, asked, dental):
    from datetime import timedelta

    legal_holds.place(dental.workspace.id, "legal", "26 CFR 1.6001-1", dental.owner, timezone.now() + timedelta(days=9), ada)
    request = answering.answer(asked("deletion", place="DE"), "user:x")
    assert request.state == "refused"
    assert request.exceptions == [{"store": "everything of this person", "why": "26 CFR 1.6001-1"}]
    assert "26 CFR 1.6001-1" in request.answer
    assert "bfdi.bund.de" in request.answer
    assert Call.objects.exists()


def test_restricted_data_is_kept_and_not_summarised_or_sent_on(ada, asked, dental):
    from ringtrue.calls import recording
    from ringtrue.core.encrypting import lock_credentials
    from ringtrue.notifications.models import WebhookDelivery, WebhookEndpoint

    WebhookEndpoint.objects.create(
        workspace=dental.workspace, url="https://crm.example/in", secret=lock_credentials("whsec_" + "A" * 32)
    )

    def one_more_call():
        call = recording.begin_call(dental.version, line="simulated", from_number="+16095550173")
        heard = {"at_ms": 2, "turn": 1, "start_ms": 1, "end_ms": 2, "text": "do you take new patients"}
        recording.store_event(call, 1, "heard", heard)
        return recording.end_call(call)

    before = one_more_call()
    assert summary(before).kept
    sent = WebhookDelivery.objects.count()
    assert sent
    answering.answer(asked("restriction"), "user:x")
    after = one_more_call()
    assert not summary(after).kept
    assert WebhookDelivery.objects.count() == sent
    assert not restricting.allowed(ada, "calls")
    assert AuditEntry.objects.latest("seq").action == "processing.refused"
    assert Call.objects.filter(id=before.id).exists(), "it is kept"
    restricting.lift(ada, "all", "user:x")
    assert restricting.allowed(ada, "calls")


def test_an_objection_refuses_that_purpose_and_no_other_and_is_logged(ada, asked):
    answering.answer(asked("objection", purposes=["marketing"]), "user:x")
    assert not restricting.allowed(ada, "marketing")
    assert AuditEntry.objects.latest("seq").detail == {"purpose": "marketing"}
    assert restricting.allowed(ada, "analytics")


def test_the_use_of_sensitive_data_can_be_limited(ada, asked):
    answering.answer(asked("limit_sensitive", place="US-CA"), "user:x")
    assert not restricting.allowed(ada, "sensitive")
    assert restricting.allowed(ada, "calls"), "necessary purposes go on"


def test_consents_are_taken_back_by_purpose(ada, asked):
    ledger.record(ada, "marketing.email", True, "web")
    ledger.record(ada, "training", True, "web")
    answering.answer(asked("withdrawal", purposes=["training"]), "user:x")
    assert not ledger.granted(ada, "training")
    assert ledger.granted(ada, "marketing.email")
    answering.answer(asked("withdrawal"), "user:x")
    assert not ledger.granted(ada, "marketing.email")
    assert ledger.refused_before(ada, "recording"), "the next call asks before it records"


@pytest.mark.promise("P-ALX-8-2", "P-NEJ-9-3")
def test_a_guardian_opens_a_request_that_is_due_in_three_days_and_deletes(ada, asked):
    request = asked("child")
    assert (request.due_at - request.received_at).days == 3
    answering.answer(request, "user:x")
    ada.refresh_from_db()
    assert ada.erased_at is not None


def test_a_refusal_needs_a_reason_and_can_be_appealed(ada, asked):
    request = asked("access", place="FR")
    with pytest.raises(ValueError, match="say why"):
        answering.refuse(request, "user:x", " ")
    answering.refuse(request, "user:x", "The request is excessive.")
    assert "cnil.fr" in request.answer
    with pytest.raises(answering.NotYet):
        answering.answer(request, "user:x")
    appeal = asked("appeal", appeal_of=request)
    assert answering.answer(appeal, "user:y", words="We looked again: here it is.").state == "answered"
    assert list(request.appeals.all()) == [appeal]


def test_the_clock_is_made_longer_once_with_a_reason_and_only_as_the_law_knows(ada, asked):
    request, other = asked("access", place="DE"), asked("access", place="")
    due = request.due_at
    with pytest.raises(ValueError, match="say why"):
        answering.extend(request, "user:x", "")
    answering.extend(request, "user:x", "Many recordings.")
    assert 55 < (request.due_at - due).days < 63
    for again in (request, other):
        with pytest.raises(ValueError, match="cannot be made longer"):
            answering.extend(again, "user:x", "Still many.")


def test_an_archive_can_be_fetched_for_thirty_days(ada, asked, monkeypatch):
    from datetime import timedelta

    request = answering.answer(asked("access"), "user:x")
    assert answering.download(request, "x", "user:x")
    later = timezone.now() + timedelta(days=31)
    monkeypatch.setattr(answering.timezone, "now", lambda: later)
    with pytest.raises(answering.NotYet):
        answering.download(request, "x", "user:x")


def test_requests_are_kept_for_24_months_and_then_go_with_their_key(ada, asked):
    from datetime import timedelta

    from ringtrue.privacy import changing, retention
    from ringtrue.privacy.keystore import KeyDestroyed, store

    changing.change(ada.workspace_id, "retention.requests", "P30D", "user:x")
    request = answering.answer(asked("opt_out_sale"), "user:x")
    retention.expire(timezone.now() + timedelta(days=700))
    assert RightsRequest.objects.filter(id=request.id).exists()
    retention.expire(timezone.now() + timedelta(days=740))
    assert not RightsRequest.objects.filter(id=request.id).exists()
    with pytest.raises(KeyDestroyed):
        store().get(ada.workspace_id, request.requester_id)


def test_isolation_a_request_finds_nobody_of_another_workspace(ada, other_workspace, mails):
    from ringtrue.rights import verifying
    from ringtrue.rights.tests.conftest import EMAIL, code_of

    with workspace_scope(other_workspace.workspace.id):
        request, token = receiving.receive(other_workspace.workspace.id, "access", channel="web", email=EMAIL)
        verifying.begin(request, business="x")
        assert verifying.check(request, code_of(mails[-1]))
        assert request.subject is None
    with workspace_scope(ada.workspace_id):
        assert receiving.of_token(ada.workspace_id, token) is None
