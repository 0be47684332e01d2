"""What is kept "as long as needed" is asked about, once a year, until somebody looked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from ringtrue.privacy import changing, installation, reviewing
from ringtrue.privacy.models import PolicySetting
from ringtrue.privacy.policy import effective


@pytest.mark.promise("P-LDX-8-1")
def test_the_owner_is_asked_each_year_whether_it_is_still_needed(dental, monkeypatch, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(installation, "declared_region", lambda: "us-east-1")
    changing.change(dental.workspace.id, "profile", "leadiumx", "user:x")
    assert effective(dental.workspace.id, "retention.recordings").value != "perpetual", "nothing is kept silently for ever"
    now = timezone.now()
    PolicySetting.objects.create(
        workspace=dental.workspace, key="retention.reason", value="Proof of orders.", set_at=now - timedelta(days=366)
    )
    assert effective(dental.workspace.id, "retention.recordings").value == "perpetual"
    from django.core import mail

    assert reviewing.ask_owners(now - timedelta(days=30)) == 0
    assert reviewing.ask_owners(now) == 1
    assert [letter.to for letter in mail.outbox] == [[dental.owner.email]]
    assert "Proof of orders." in mail.outbox[0].body
    assert reviewing.ask_owners(now + timedelta(days=1)) == 0, "once"
    reviewing.confirm(dental.workspace.id, "user:x", timezone.now())
    assert reviewing.due(dental.workspace.id, now + timedelta(days=300)) is None
    assert reviewing.ask_owners(now + timedelta(days=366)) == 1, "and again a year later"
