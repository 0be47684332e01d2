import time

import pytest
from django.db import connection

from ringtrue.accounts import keys
from ringtrue.accounts.models import ApiKey
from ringtrue.accounts.roles import CAPABILITIES, SCOPES
from ringtrue.accounts.tests.people import browser
from ringtrue.core.models import AuditEntry

pytestmark = pytest.mark.usefixtures("db")


def test_a_key_is_shown_once_and_kept_as_a_hash(dental):
    client = browser(dental.owner)
    made = client.post(f"/w/{dental.workspace.slug}/keys/make/", {"name": "CRM", "scopes": ["calls:read"]})
    page = made.content.decode()
    token = page.split('value="rt_')[1].split('"')[0]
    assert "no-store" in made["Cache-Control"]
    assert keys.find("rt_" + token) is not None
    assert token not in client.get(f"/w/{dental.workspace.slug}/keys/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT k::text FROM accounts_apikey k UNION ALL SELECT a::text FROM core_auditentry a")
        held = " ".join(row for (row,) in cursor.fetchall())
    assert token not in held
    assert keys.key_hash("rt_" + token) in held


@pytest.mark.promise("P-ALX-5-7", "P-ALX-14-5")
def test_a_revoked_key_fails_within_a_second(dental):
    key, token = keys.make(dental.workspace, "CRM", ["calls:read"], dental.owner)
    assert keys.find(token).id == key.id
    started = time.monotonic()
    browser(dental.owner).post(f"/w/{dental.workspace.slug}/keys/{key.id}/end/")
    assert keys.find(token) is None
    assert time.monotonic() - started < 1
    assert list(AuditEntry.objects.filter(target=f"key:{key.id}").values_list("action", flat=True)) == ["key.made", "key.revoked"]


def test_its_last_use_is_noted(dental):
    key, token = keys.make(dental.workspace, "CRM", ["calls:read"], dental.owner)
    assert ApiKey.objects.get(id=key.id).last_used_at is None
    keys.find(token)
    assert ApiKey.objects.get(id=key.id).last_used_at is not None


@pytest.mark.promise("P-ALX-5-3")
def test_a_key_has_the_capabilities_of_its_scopes_and_no_other(dental):
    key, _ = keys.make(dental.workspace, "CRM", ["agents:read", "webhooks:write"], dental.owner)
    assert keys.capabilities(key) == {"agents.read", "webhooks.read", "webhooks.change"}
    with pytest.raises(KeyError):
        keys.make(dental.workspace, "CRM", ["everything"], dental.owner)
    key.scopes = ["gone:away"]
    assert keys.capabilities(key) == frozenset()


def test_scopes_name_capabilities_of_the_matrix_and_none_that_govern_people_or_money():
    given = frozenset().union(*SCOPES.values())
    assert given <= set(CAPABILITIES)
    assert not {c for c in given if c.split(".")[0] in {"members", "keys", "workspace", "billing", "privacy", "audit"}}


@pytest.mark.parametrize("token", ["", "rt_", "x", "rt_" + "A" * 43, "RT_x", "rt_" + "A" * 500, "rt_\x00"])
def test_what_is_no_key_finds_nothing(token, dental):
    assert keys.find(token) is None
