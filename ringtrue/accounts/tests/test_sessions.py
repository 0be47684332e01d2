from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from ringtrue.accounts import signing_in
from ringtrue.accounts.limiting import client as redis_client
from ringtrue.accounts.models import SignIn
from ringtrue.accounts.session_store import SessionStore, session_hash
from ringtrue.accounts.tests.people import PASSWORD, link_in, person, sign_in
from ringtrue.core.models import AuditEntry

pytestmark = pytest.mark.usefixtures("db", "fast_passwords")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def ada():
    return person("ada@example.org")


def signed_in(email="ada@example.org", **extra):
    client = Client(**extra)
    answer = sign_in(client, email)
    assert answer.status_code == 302, answer.content
    return client


def is_in(client):
    return client.get("/accounts/").status_code == 200


def token_of(client):
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.mark.promise("P-CLX-7-4")
def test_redis_holds_a_hash_of_the_session_token_and_never_the_token(ada):
    client = signed_in()
    token = token_of(client)
    assert is_in(client)
    everything = []
    raw = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"])
    for key in redis_client().scan_iter("*"):
        everything.append(key)
        kind = redis_client().type(key)
        if kind == "string":
            everything.append(repr(raw.get(key)))
    dump = "\n".join(everything)
    assert session_hash(token) in dump  # the dump is of the right store
    assert token not in dump
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = session_hash(token)
    assert not is_in(thief)


@pytest.mark.promise("P-CLX-7-4")
def test_signing_out_kills_the_token_at_once(ada):
    client = signed_in()
    copy = Client()
    copy.cookies[settings.SESSION_COOKIE_NAME] = token_of(client)
    assert is_in(copy)
    client.post("/accounts/logout/")
    assert not is_in(copy)
    assert not SessionStore().exists(token_of(copy))
    assert not SignIn.objects.exists()


@pytest.mark.promise("P-CLX-7-4")
async def test_the_asynchronous_half_of_the_session_store_hashes_too():
    store = SessionStore()
    store["x"] = "y"
    await store.asave()
    key = store.session_key
    assert not await cache.ahas_key(store.cache_key_prefix + key)
    assert await store.aexists(key)
    assert SessionStore().exists(key)
    await store.adelete(key)
    assert not SessionStore().exists(key)


@pytest.mark.promise("P-CLX-7-4")
def test_signing_in_changes_the_token(ada):
    client = Client()
    client.get("/accounts/login/")
    session = client.session
    session["x"] = "y"
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    sign_in(client, "ada@example.org")
    assert token_of(client) != session.session_key
    assert not SessionStore().exists(session.session_key)


@pytest.mark.promise("P-ALX-5-7", "P-ALX-14-5")
def test_open_sessions_are_listed_and_one_can_be_ended(ada):
    here, there = signed_in(), signed_in(HTTP_USER_AGENT=FIREFOX, REMOTE_ADDR="203.0.113.9")
    page = here.get("/accounts/sessions/").content.decode()
    assert "Firefox on Linux" in page
    assert "203.0.113.9" in page
    row = SignIn.objects.get(browser="Firefox on Linux")
    assert is_in(there)
    here.post(f"/accounts/sessions/{row.id}/end/")
    assert not is_in(there)
    assert is_in(here)
    assert "Firefox on Linux" not in here.get("/accounts/sessions/").content.decode()
    assert AuditEntry.objects.filter(action="session.revoked", actor=f"user:{ada.id}").count() == 1


@pytest.mark.promise("P-ALX-5-7", "P-ALX-14-5")
def test_all_other_sessions_can_be_ended_at_once(ada):
    here, others = signed_in(), [signed_in() for _ in range(3)]
    here.post("/accounts/sessions/end-others/")
    assert [is_in(client) for client in (here, *others)] == [True, False, False, False]
    assert SignIn.objects.count() == 1


def test_a_request_under_way_cannot_bring_an_ended_session_back(ada):
    client = signed_in()
    under_way = SessionStore(token_of(client))
    under_way["x"] = "y"  # loaded before the end
    signing_in.revoke(SignIn.objects.get(), by=ada)
    with pytest.raises(UpdateError):  # which the middleware turns into 400
        under_way.save()
    assert not is_in(client)


def at(monkeypatch, moment):
    monkeypatch.setattr(signing_in, "now", lambda: moment)


@pytest.mark.promise("P-LDX-2.2-2")
def test_a_session_nobody_uses_ends_and_one_in_use_lives_on(ada, monkeypatch):
    start = timezone.now()
    used, left = signed_in(), signed_in()
    for hours in (20, 40):
        at(monkeypatch, start + timedelta(hours=hours))
        assert is_in(used)
    lasted = SignIn.objects.get(session_hash=session_hash(token_of(used)))
    assert (lasted.seen_at, lasted.created_at < lasted.seen_at) == (start + timedelta(hours=40), True)
    assert not is_in(left)
    ages = [redis_client().ttl(key) for key in redis_client().scan_iter("*sessions*")]
    assert ages
    assert all(0 < age <= 24 * 3600 for age in ages)  # Redis itself forgets it as well


def test_any_session_ends_after_two_weeks_of_use(ada, monkeypatch):
    start = timezone.now()
    client = signed_in()
    for hours in range(20, 14 * 24, 20):
        at(monkeypatch, start + timedelta(hours=hours))
        assert is_in(client), hours
    at(monkeypatch, start + timedelta(days=14, minutes=1))
    assert not is_in(client)


def test_a_changed_password_ends_all_other_sessions_and_keeps_this_one(ada):
    here, there = signed_in(), signed_in()
    new = "nine kettles on the roof"
    answer = here.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 302, answer.content
    assert is_in(here)
    assert not is_in(there)
    assert SignIn.objects.count() == 1


def test_a_reset_password_ends_every_session(ada, mailoutbox):
    there = signed_in()
    client = Client()
    client.post("/accounts/password/reset/", {"email": "ADA@example.org"})
    key_page = client.get(link_in(mailoutbox[-1]), follow=True)
    new = "nine kettles on the roof"
    path = key_page.redirect_chain[-1][0]
    assert client.post(path, {"password1": new, "password2": new}).status_code == 302
    assert not is_in(there)
    assert sign_in(Client(), "ada@example.org", new).status_code == 302


@pytest.mark.promise("P-CLX-9-1")
def test_the_session_cookie_cannot_be_read_by_scripts(ada):
    client = Client()
    cookie = sign_in(client, "ada@example.org").cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")


@pytest.mark.promise("P-CLX-9-1")
def test_over_https_the_cookie_is_secure_and_bound_to_the_host():
    """Settings are read once from the environment, so another process reads them as a public installation would."""
    import json
    import os
    import subprocess
    import sys

    code = (
        "import json; from ringtrue.core import settings as s; "
        "print(json.dumps([s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_USE_SESSIONS, "
        "s.SESSION_COOKIE_HTTPONLY, s.SECURE_HSTS_SECONDS]))"
    )
    env = {**os.environ, "RINGTRUE_PUBLIC_URL": "https://phone.example.org"}
    told = subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True).stdout
    assert json.loads(told) == ["__Host-session", True, True, True, 31536000]


@pytest.mark.promise("P-LEX-1.4-2", "P-LEX-1.4-3", "P-LDX-2.2-1")
def test_what_is_kept_of_a_browser_is_its_family_only():
    assert signing_in.browser_family(FIREFOX) == "Firefox on Linux"
    chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
    assert signing_in.browser_family(chrome) == "Chrome on Windows"
    assert signing_in.browser_family(chrome + " Edg/141.0") == "Edge on Windows"
    assert signing_in.browser_family("curl/8") == "A program"
