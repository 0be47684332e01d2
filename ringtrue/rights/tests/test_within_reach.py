"""Whoever has an account reaches every right from their settings in three clicks."""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from ringtrue.rights.models import KINDS

pytestmark = pytest.mark.usefixtures("fast_passwords")
LEAVES = ("/logout", "/download", "/static/", "/accounts/signup", "/stream/", "/peaks/", "/audio/")


@pytest.mark.promise("P-ALX-7.1-1")
def test_every_right_is_at_most_three_clicks_away_from_the_settings(dental):
    client = Client()
    client.force_login(dental.owner)
    near, seen, offered = [f"/w/{dental.workspace.slug}/settings/"], set(), set()
    for _ in range(4):  # the settings themselves, and three clicks
        further = []
        for path in near:
            seen.add(path)
            page = client.get(path)
            if page.status_code != 200 or "html" not in page.headers["Content-Type"]:
                continue
            text = page.content.decode()
            offered |= {kind for kind in KINDS if f'value="{kind}"' in text}
            if 'action="/accounts/data/' in text or path == "/accounts/data/":
                offered.add("own data")
            links = {urlsplit(urljoin(path, href)).path for href in re.findall(r'href="([^"#]+)"', text) if "://" not in href}
            further += [link for link in links if link not in seen and not any(part in link for part in LEAVES)]
        near = sorted(set(further))
        if offered >= {*KINDS, "own data"}:
            break
    assert set(KINDS) - {"appeal"} <= offered
    assert "own data" in offered
