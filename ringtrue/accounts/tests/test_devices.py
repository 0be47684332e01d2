"""Of a device nothing is kept but the family of its browser and system, whatever it tells about itself."""

import os
import re
import subprocess
import sys

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test import Client

from ringtrue.accounts.models import SignIn
from ringtrue.core.configuring import ROOT

pytestmark = pytest.mark.usefixtures("fast_passwords")

TOLD = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 15; Zephyr Q9 Build/QZ77) AppleWebKit/537.36 Chrome/141.0.7390.55 Mobile Safari/537.36",
    "Sec-CH-UA-Model": "Zephyr Q9",
    "Sec-CH-UA-Platform-Version": "15.7.31",
    "ECT": "slow-4g-quell",
    "Downlink": "0.4471",
    "RTT": "18437",
    "Device-Memory": "7.7731",
}
MARKS = ("Zephyr", "QZ77", "141.0.7390", "15.7.31", "slow-4g-quell", "0.4471", "18437", "7.7731")


@pytest.mark.promise("P-LEX-1.4-2", "P-LEX-1.4-3", "P-ALX-2.3-1", "P-ALX-2.3-3", "P-LDX-2.2-1")
def test_model_network_and_versions_that_a_browser_tells_are_stored_nowhere(dental):
    client = Client(headers=TOLD)
    client.force_login(dental.owner)
    assert client.get(f"/w/{dental.workspace.slug}/").status_code == 200
    assert SignIn.objects.get(user=dental.owner).browser == "Chrome on Android"
    held = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.system', 'on', true)")
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608
            held += [row for (row,) in cursor.fetchall()]
    raw = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"])
    held += [(raw.get(key) or b"").decode(errors="replace") for key in raw.scan_iter("*") if raw.type(key) == b"string"]
    text = "\n".join(held)
    assert "Chrome on Android" in text, "the search looks where things are"
    assert [mark for mark in MARKS if mark in text] == []


@pytest.mark.promise("P-LEX-3-1", "P-CLX-7-1")
def test_over_https_plain_http_is_turned_away_and_browsers_are_told_to_stay_on_https():
    code = (
        "import asyncio, httpx; from ringtrue.core.serving_web import server\n"
        "served = server(); served.load()\n"
        "async def ask(client, proto):\n"
        "    through = httpx.ASGITransport(app=served.loaded_app, client=(client, 1))\n"
        "    async with httpx.AsyncClient(transport=through, base_url='http://phone.example.org') as browser:\n"
        "        a = await browser.get('/static/none', headers={'X-Forwarded-Proto': proto})\n"
        "    print(a.status_code, a.headers.get('Location'), a.headers.get('Strict-Transport-Security'))\n"
        "for asked in (('127.0.0.1', 'http'), ('127.0.0.1', 'https'), ('203.0.113.9', 'https')):\n"
        "    asyncio.run(ask(*asked))\n"
    )
    env = {
        **os.environ, "RINGTRUE_PUBLIC_URL": "https://phone.example.org", "RINGTRUE_BEHIND_PROXY": "1",
        "DJANGO_SETTINGS_MODULE": "ringtrue.core.settings",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], env=env, check=True, capture_output=True, text=True, cwd=ROOT)
    plain, secure, forged = done.stdout.splitlines()
    assert plain == "301 https://phone.example.org/static/none None"
    assert secure.startswith("404 None max-age=31536000")
    assert forged == plain, "what somebody says who is no proxy of ours does not count"


CLAIMS = re.compile(
    r"(100 ?%|completely|perfectly|absolutely|totally|fully) (secure|safe|protected)|guarantee[sd]? (the )?(security|safety)"
    r"|unhackable|unbreakable|never be (hacked|breached)|military[- ]grade",
    re.IGNORECASE,
)


@pytest.mark.promise("P-LEX-3-5", "P-NEJ-5-4")
def test_no_page_mail_or_document_claims_to_be_perfectly_safe():
    assert CLAIMS.search("Your data is completely secure.")
    places = [*ROOT.glob("ringtrue/**/templates/**/*"), *ROOT.glob("docs/*.md"), ROOT / "README.md"]
    places += ROOT.glob("ringtrue/privacy/profiles/*.yaml")
    places = [path for path in places if path.suffix in (".html", ".txt", ".md", ".yaml") and path.name != "promises.md"]
    texts = {path: path.read_text() for path in places}
    assert len(texts) > 60
    found = [(path.name, hit.group()) for path, text in texts.items() for hit in [CLAIMS.search(text)] if hit]
    assert found == []
