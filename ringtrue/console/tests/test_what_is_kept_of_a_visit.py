"""Of a visit nothing is kept that was not declared: no device, no network, no place, no referrer; and a page sends nothing out."""

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection

import ringtrue
from ringtrue.accounts.models import SignIn
from ringtrue.accounts.scoping import system_scope
from ringtrue.rights import own_account

HINTS = {
    "Sec-CH-UA-Model": "canarymodel", "Sec-CH-UA-Platform-Version": "canaryplatform", "Device-Memory": "canarymemory",
    "ECT": "canarynetwork", "Downlink": "canarydownlink", "X-Device-Id": "canarydevice", "Referer": "https://canaryreferrer.example/?q=canaryquery",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 canaryagent",
    "X-Wap-Network-Client-Ip": "canarycarrier",
}  # fmt: skip


def everything_stored():
    """Every row of every table as text."""
    with system_scope("a test reads all"), connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f'SELECT t::text FROM "{model._meta.db_table}" t')  # noqa: S608
            yield from (row[0] for row in cursor.fetchall())


@pytest.mark.promise("P-ALX-2.3-1", "P-ALX-2.3-3", "P-NEJ-1-11", "P-LEX-1.4-2", "P-LEX-1.4-3", "P-LDX-2.2-2", "P-LDX-2.2-1")
def test_a_sign_in_full_of_hints_leaves_the_browsers_family_only(client, dental, capfd):
    client.force_login(dental.owner)
    for page in ("", "calls/", "settings/", "contacts/?q=nobody", "nothing-here/"):
        client.get(f"/w/dental-test/{page}", headers=HINTS)
    row = SignIn.objects.get()
    assert row.browser == "Firefox on Linux"
    found = [text for text in everything_stored() if "canary" in text.lower()]
    assert found == []
    assert "canary" not in "".join(capfd.readouterr())
    kept = own_account.export(dental.owner)["sessions"]
    assert [set(session) for session in kept] == [{"browser", "ip", "created_at", "seen_at"}]  # how long it lasted, nothing finer
    assert kept[0]["seen_at"] >= kept[0]["created_at"]


@pytest.mark.promise("P-LDX-2.2-5", "P-ALX-10-1", "P-NEJ-10-1")
def test_no_page_may_ask_for_a_place_or_tell_another_site_where_one_came_from(client, dental):
    client.force_login(dental.owner)
    for page in ("/accounts/login/", "/cookies/", "/w/dental-test/", "/w/dental-test/settings/webhooks/"):
        answer = client.get(page)
        assert "geolocation=()" in answer["Permissions-Policy"], page
        assert answer["Referrer-Policy"] == "same-origin", page
    sources = [path.read_text() for path in Path(ringtrue.__file__).parent.rglob("*.js") if "tests" not in path.parts]
    assert sources
    assert not any("navigator.geolocation" in source for source in sources)


@pytest.mark.promise("P-ALX-10-1", "P-NEJ-10-1")
def test_every_link_to_another_site_is_marked(client, dental):
    links = [
        (path.name, link)
        for path in Path(ringtrue.__file__).parent.rglob("templates/**/*.html")
        for link in re.findall(r"<a [^>]*href=\"https?://[^>]*>", path.read_text())
    ]
    assert links
    unmarked = [(name, link) for name, link in links if not re.search(r'rel="[^"]*noreferrer', link)]
    assert unmarked == []


@pytest.mark.promise("P-LDX-7-1")
def test_mails_hold_no_picture_and_no_beacon(client, dental, settings):
    from ringtrue.privacy import announcing, changing

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    changing.change(dental.workspace.id, "storage.mode", "excluding_pii", "user:x")
    announcing.ask(dental.workspace.id, "storage.mode", "everything", dental.owner, "owner")
    announcing.send_notices()
    client.post("/accounts/password/reset/", {"email": dental.owner.email})
    assert len(mail.outbox) == 2
    for letter in mail.outbox:
        assert letter.content_subtype == "plain"
        assert not getattr(letter, "alternatives", [])
        assert not letter.attachments
        assert "<img" not in letter.body.lower()
