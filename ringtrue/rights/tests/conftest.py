from datetime import timedelta

import pytest
from django.utils import timezone

from ringtrue.calls import messages, recording
from ringtrue.calls.searching import index_contact
from ringtrue.contacts import gathering
from ringtrue.rights import receiving, verifying

NUMBER = "+16095550173"
EMAIL = "ada@example.org"


@pytest.fixture
def mails(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    from django.core import mail

    return mail.outbox


@pytest.fixture
def ada(dental):
    """A caller with a recorded call, a message and a contact; the subject."""
    call = recording.begin_call(dental.version, line="simulated", from_number=NUMBER, to_number="+16095550100")
    events = [
        ("answered", {"at_ms": 0, "started_at": timezone.now().timestamp(), "line": "simulated", "sample_rate": 8000}),
        ("consent", {"at_ms": 900, "granted": True, "method": "announced", "wording": "This call is recorded."}),
        ("heard", {"at_ms": 4000, "turn": 1, "start_ms": 2000, "end_ms": 4000, "text": "my crown fell out"}),
        ("tool", {"at_ms": 5000, "turn": 1, "name": "take_message", "ok": True, "arguments": {"name": "Ada Lovelase", "number": NUMBER, "reason": "crown"}}),
        ("ended", {"at_ms": 9000, "reason": "caller_hung_up", "duration_ms": 9000, "goal": "message"}),
    ]  # fmt: skip
    for seq, (kind, fields) in enumerate(events):
        recording.store_event(call, seq, kind, fields)
    recording.store_piece(call, 0, 0, 1000, 8000, b"\x01\x02\x03\x04" * 8000)
    messages.take(call, name="Ada Lovelase", number=NUMBER, reason="crown")
    recording.end_call(call)
    contact = gathering.remember(
        call.subject, name="Ada Lovelase", number=NUMBER, email=EMAIL, at=timezone.now() - timedelta(days=1)
    )
    index_contact(contact)
    return call.subject


@pytest.fixture
def asked(dental, mails):
    """Makes a request and shows identity by the code in the mail."""

    def make(kind, *, verified=True, email=EMAIL, number="", **more):
        request, _ = receiving.receive(dental.workspace.id, kind, channel="web", email=email, number=number, **more)
        verifying.begin(request, business="Riverside Dental")
        if verified and request.state == "unverified":
            assert verifying.check(request, code_of(mails[-1]))
        return request

    return make


def code_of(letter):
    return letter.body.split("asked: ")[1].split("\n")[0]
