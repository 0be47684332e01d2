"""One cookie does all, preferences stand on the server, and an installation is known by its session's random id."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

import ringtrue
from ringtrue.accounts.models import SignIn, User
from ringtrue.accounts.tests.people import forget_all_limits, person, sign_in
from ringtrue.console.tests.planting import plant
from ringtrue.console.tests.surface import address, pages, variants
from ringtrue.rights import own_account

ONE_DEVICE = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/141.0 Mobile",
    "Sec-CH-UA-Model": "Pixel 9",
    "X-Device-Id": "canary",
}
OF_HARDWARE = re.compile(
    r"userAgent|hardwareConcurrency|deviceMemory|navigator\.(?:platform|oscpu|plugins|getBattery|connection)|getContext\(|WebGL"
    r"|OfflineAudioContext|screen\.|maxTouchPoints|RTCPeerConnection|indexedDB"
)


class OneCookie(Client):
    """A browser that takes the session cookie and no other, and sends forms only as the pages hold them."""

    def __init__(self):
        super().__init__(enforce_csrf_checks=True)
        self.refused = set()

    def request(self, **asked):
        answer = super().request(**asked)
        for name in set(self.cookies) - {settings.SESSION_COOKIE_NAME}:
            self.refused.add(name)
            del self.cookies[name]
        return answer

    def send(self, path, **fields):
        """Fills in the form on this page and sends it there."""
        form = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(path).content.decode())
        return self.post(path, {"csrfmiddlewaretoken": form.group(1), **fields}, follow=True)


@pytest.fixture
def ada(db, fast_passwords):
    forget_all_limits()
    return person("ada@example.org", "Ada")


@pytest.mark.promise("P-LEX-5-1")
def test_with_the_session_cookie_alone_one_signs_in_changes_things_and_signs_out(ada):
    browser = OneCookie()
    browser.send("/accounts/login/", login=ada.email, password="seven lanterns under the pier")
    assert browser.get("/accounts/").context["user"] == ada
    saved = browser.send("/accounts/", name="Ada L.", theme="evening", calls_per_page="50")
    assert "Saved." in saved.content.decode(), "also the sentence for the next page needs no other cookie"
    assert browser.post("/accounts/", {"name": "Eve"}).status_code == 403, "without the page's own token nothing is changed"
    browser.send("/accounts/logout/")
    assert browser.get("/accounts/").status_code == 302
    assert browser.refused == set()


@pytest.mark.promise("P-LEX-5-1")
def test_no_page_sets_another_cookie(db, fast_passwords):
    planted = plant("dental", "one-cookie", "ourzeph", "0111")
    outside, inside = Client(raise_request_exception=False), Client(raise_request_exception=False)
    inside.force_login(planted.people["owner"])
    opened = []
    for page in pages():
        if page.of_workspace:
            opened += [inside.get(address(page, {**planted.values, **more})) for more in variants(page)]
        elif not page.of_api and not page.keywords:
            opened.append(outside.get(address(page, {})))
    assert sum(answer.status_code == 200 for answer in opened) > 80
    assert set(outside.cookies) <= {settings.SESSION_COOKIE_NAME}
    assert set(inside.cookies) == {settings.SESSION_COOKIE_NAME}


@pytest.mark.promise("P-LEX-5-2")
def test_preferences_are_there_again_after_signing_in_elsewhere(ada, dental):
    first = Client()
    first.force_login(dental.owner)
    assert '<html lang="en">' in first.get("/w/dental-test/").content.decode()
    first.post("/accounts/", {"name": "Dr. D", "theme": "evening", "calls_per_page": "50"})
    first.post("/accounts/logout/")
    second = Client()
    second.force_login(User.objects.get(id=dental.owner.id))
    assert '<html lang="en" data-theme="evening">' in second.get("/w/dental-test/").content.decode()
    assert second.get("/w/dental-test/calls/").context["page"].paginator.per_page == 50
    assert own_account.export(User.objects.get(id=dental.owner.id))["preferences"]["theme"] == "evening"
    other = Client()
    other.force_login(ada)
    assert "data-theme" not in other.get("/accounts/").content.decode(), "they are one person's, not the installation's"


@pytest.mark.promise("P-ALX-2.3-2", "P-LDX-2.2-3")
def test_an_installation_is_known_by_a_random_id_that_signing_out_replaces(ada):
    seen = []
    for _ in range(2):
        client = Client(headers=ONE_DEVICE)
        sign_in(client, ada.email)
        client.get("/accounts/")
        row = SignIn.objects.get()
        seen.append((row.id, row.session_hash, client.session.session_key))
        assert row.id.version == 4
        assert {f.name for f in SignIn._meta.get_fields()} == {
            "id",
            "user",
            "session_hash",
            "ip",
            "browser",
            "created_at",
            "seen_at",
        }
        assert row.browser == "Chrome on Android", "the kind of browser and no more"
        client.post(f"/accounts/sessions/{row.id}/end/")
        assert not SignIn.objects.exists(), "nothing of the old id stays that the next could be tied to"
    first, second = seen
    assert not set(first) & set(second), "the same device is somebody new"


@pytest.mark.promise("P-ALX-2.3-2", "P-LDX-2.2-3")
def test_no_script_of_a_page_looks_at_the_hardware():
    sources = {p.name: p.read_text() for p in Path(ringtrue.__file__).parent.glob("*/static/**/*.js")}
    assert len(sources) > 8
    assert {name: OF_HARDWARE.findall(text) for name, text in sources.items() if OF_HARDWARE.search(text)} == {}
