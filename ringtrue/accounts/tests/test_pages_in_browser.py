"""The account's pages in Chromium, on a desk and on a phone: nothing overflows, nothing is blocked, a passkey signs in."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from ringtrue.accounts import invitations, signing_in_links, staff_access, tickets
from ringtrue.accounts.models import User
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.accounts.tests.people import PASSWORD, link_in, member, person
from ringtrue.accounts.workspaces import create_workspace
from ringtrue.core.testing import missing
from ringtrue.rights import incidents

CHROMIUM = next((path for path in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if path), None)
PICTURES = os.environ.get("RINGTRUE_PICTURES")  # a folder: every page is drawn into it, for people to look at
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fast_passwords")]
SIZES = {"desk": (1280, 800), "phone": (375, 740)}


@pytest.fixture
def chromium(monkeypatch):
    if CHROMIUM is None:
        missing("Chromium is missing: apt-get install chromium")
    # Playwright's own loop runs in this thread; the database is used by this thread alone all the same.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def site(live_server, settings):
    settings.ALLOWED_HOSTS = ["localhost"]
    url = live_server.url.replace("127.0.0.1", "localhost")  # passkeys need a name
    settings.PUBLIC_URL = url
    return url


def watch(page):
    """Collects what the page complains about: errors of scripts, things that the content policy blocked."""
    complaints = []
    page.on("console", lambda told: complaints.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def fits(page, name, size):
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}-{size}.png", full_page=True)
    return [] if wide <= 0 else [f"{name} on a {size}: {wide} px too wide"]


def sign_in(page, site, email):
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"{site}/w/**")


def test_every_page_fits_desk_and_phone_and_nothing_is_blocked(chromium, site, mailoutbox):
    owner = person("owner-with-a-long-address@mill-street.example", "Olga Owner")
    workspace = create_workspace(owner, "Mill Street Dental", "dental")
    member(workspace, "bo@mill-street.example", "viewer")
    invitations.invite(workspace, "someone.with.a.very.long.address@far-away-practice.example", "qa", owner, "owner")
    invitation = link_in(mailoutbox[0])
    link = signing_in_links.make(owner)
    with workspace_scope(workspace.id):
        ticket = tickets.open_ticket(
            workspace.id, owner, "help", "The agent says the name of our street wrong in every second call."
        )
        helper = person("helper@operator.example")
        User.objects.filter(id=helper.id).update(is_staff=True)
        staff_access.give(ticket, helper.email, "hear how it says Schuylkill", 4, owner)
        incidents.report(workspace.id, "A laptop with an open session was left on a train", ["calls_call"], owner)
    outside = {
        "login": "/accounts/login/", "signup": "/accounts/signup/", "reset": "/accounts/password/reset/",
        "reset-done": "/accounts/password/reset/done/", "reset-bad": "/accounts/password/reset/key/x-y/",
        "sent": "/accounts/confirm-email/", "confirm-bad": "/accounts/confirm-email/x/", "invitation": invitation,
        "invitation-bad": "/accounts/invitation/x/", "link": link.removeprefix(site), "link-bad": "/accounts/link/x/",
        "terms": "/accounts/terms/", "policy": "/accounts/policy/", "inactive": "/accounts/inactive/",
    }  # fmt: skip
    inside = {
        "profile": "/accounts/", "email": "/accounts/email/", "password": "/accounts/password/change/", "mfa": "/accounts/2fa/",
        "totp": "/accounts/2fa/totp/activate/", "keys-of-mine": "/accounts/2fa/webauthn/", "add-key": "/accounts/2fa/webauthn/add/",
        "sessions": "/accounts/sessions/", "new-workspace": "/accounts/workspaces/new/", "logout": "/accounts/logout/",
        "reauthenticate": "/accounts/reauthenticate/", "members": f"/w/{workspace.slug}/members/", "keys": f"/w/{workspace.slug}/keys/",
        "details": "/accounts/details/", "support": f"/w/{workspace.slug}/support/", "registers": f"/w/{workspace.slug}/settings/registers/",
    }  # fmt: skip
    trouble = []
    for size, (width, height) in SIZES.items():
        context = chromium.new_context(viewport={"width": width, "height": height})
        page = context.new_page()
        complaints = watch(page)
        for name, path in outside.items():
            page.goto(site + path)
            trouble += fits(page, name, size)
            assert page.locator("h1").count() == 1, name
        sign_in(page, site, owner.email)
        page.goto(f"{site}/accounts/reauthenticate/?next=/accounts/sessions/")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(f"{site}/accounts/sessions/")
        for name, path in inside.items():
            page.goto(site + path)
            trouble += fits(page, name, size)
            assert page.locator("h1").count() == 1, name
        # A page that answers 410 is a complaint of Chromium's about the network, not of the page.
        trouble += [f"{size}: {told}" for told in complaints if "410" not in told]
        context.close()
    assert not trouble, "\n".join(trouble)


def test_a_passkey_made_on_the_page_signs_in_without_a_password(chromium, site):
    owner = person("owner@example.org", "Olga Owner")
    workspace = create_workspace(owner, "Mill Street")
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    complaints = watch(page)
    devices = context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page, site, owner.email)
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.wait_for_url("**/webauthn/add/")
    page.get_by_label("without a password").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: "/add/" not in url)
    fits(page, "after-passkey", "desk")
    page.goto(f"{site}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{site}/w/{workspace.slug}/")
    assert complaints == []
    from ringtrue.core.models import AuditEntry

    with system_scope("a test"):
        assert AuditEntry.objects.filter(action="sign_in").order_by("-seq").first().detail == {"ways": ["webauthn"]}
