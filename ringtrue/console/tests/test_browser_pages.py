"""The pages in Chromium: they load nothing of others, complain of nothing, fit a phone, and the player plays."""

from __future__ import annotations

import pytest
from django.conf import settings

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.console.tests.browsing import Watched
from ringtrue.console.tests.planting_parts import plant_campaign
from ringtrue.privacy.cookies import INVENTORY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (1280, 360)


@pytest.fixture
def called(served):
    """The target of one that called somebody; made before the browser starts."""
    started, call = served[1], served[2].booking
    with workspace_scope(started.workspace.id):
        made = plant_campaign(started.workspace, call.subject, started.agent, call.id, "Check-ups in autumn")
        return made.targets.select_related("lead").get()


def test_a_person_signs_in_and_lands_at_home(served, browser):
    address = served[0]
    watched = Watched(browser.new_page(), address)
    page = watched.page
    page.goto(address + "/")
    page.fill("input[type=email]", "owner@dental.example")
    page.fill("input[type=password]", "a long enough password")
    page.click("button[type=submit]:has-text('Sign in')")
    page.wait_for_url("**/w/dental-seen/")
    assert page.locator("h1").inner_text().startswith("Good ")
    assert not watched.strangers


def test_a_double_click_sends_a_form_once(opened):
    page = opened("leads/new/").page
    page.route("**/leads/new/", lambda route: None)  # never answered: a slow server, and the page stays
    held = page.evaluate("""() => {
        const held = [], button = document.querySelector("main form button");
        addEventListener("submit", (event) => held.push(event.defaultPrevented));
        button.click();
        button.click();
        return held;
    }""")
    assert held == [False, True]


@pytest.mark.promise("P-CLX-9-2", "P-CLX-9-3", "P-LEX-1.4-4", "P-LEX-4-4", "P-ALX-1-2", "P-LDX-2.2-4")
def test_pages_ask_no_one_else_complain_of_nothing_and_fit_a_phone(served, called, opened):
    _, started, shown = served
    agent, lead, campaign = started.agent.slug, called.lead, called.campaign_id
    paths = [
        "", "calls/", f"calls/{shown.message.id}/", f"calls/{shown.metadata.id}/", "live/", "contacts/", "calendar/", "agents/",
        f"agents/{agent}/", f"agents/{agent}/edit/hours/", f"agents/{agent}/edit/services/", f"agents/{agent}/edit/people/",
        f"agents/{agent}/try/", f"agents/{agent}/versions/", "settings/", "settings/privacy/", "settings/lines/", "settings/webhooks/",
        "settings/calling/", "settings/audit/", "members/", "keys/", "campaigns/", "campaigns/new/", f"campaigns/{campaign}/",
        f"campaigns/{campaign}/edit/", f"campaigns/{campaign}/leads/", "leads/", "leads/new/", "leads/all/", f"leads/{lead.id}/",
        f"leads/lists/{lead.lead_list_id}/", f"leads/lists/{lead.lead_list_id}/edit/",
    ]  # fmt: skip
    troubles = {}
    for width in WIDTHS:
        watched = opened(paths[0], width)
        for path in paths:
            answer = watched.page.goto(f"{watched.address}/w/dental-seen/{path}")
            watched.page.wait_for_load_state("load")
            policy = answer.headers["content-security-policy"]
            assert "default-src 'self'; script-src 'self' 'nonce-" in policy, path
            assert "http" not in policy, path
            wider = watched.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            found = [*watched.complaints, *watched.strangers, *(["wider than the screen"] if wider > 0 else [])]
            if found:
                troubles[width, path] = found
            watched.complaints.clear()
            watched.strangers.clear()
        kept = {cookie["name"] for cookie in watched.page.context.cookies()}
        assert kept == {settings.SESSION_COOKIE_NAME}
        stored = watched.page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]")
        assert set(stored) <= {item.name for item in INVENTORY if item.kind != "cookie"}
    assert not troubles
    chromium = watched.page.context.new_cdp_session(watched.page)
    problems = {problem["errorId"] for problem in chromium.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert problems <= {"in-incognito"}, "it can be installed like an application"


def test_player_and_transcript_follow_each_other(served, opened):
    from playwright.sync_api import expect

    watched = opened(f"calls/{served[2].message.id}/")
    page = watched.page
    page.wait_for_selector("#player[data-ready=true]")
    lines = page.locator("#lines .line")
    target = lines.nth(5)
    start = int(target.get_attribute("data-start"))
    target.click()  # a line -> its sound
    expect(target).to_have_attribute("aria-current", "true")
    minutes, seconds = page.get_by_test_id("position").inner_text().split(":")
    assert abs(int(minutes) * 60 + int(seconds) - start / 1000) <= 2
    expect(lines.nth(6)).to_have_attribute("aria-current", "true", timeout=30000)  # the sound plays on -> the next line
    page.get_by_test_id("play").click()
    expect(page.get_by_test_id("play")).to_have_attribute("aria-label", "Play")
    assert not watched.complaints


def test_search_narrows_the_list_while_one_types(opened):
    from playwright.sync_api import expect

    page = opened("calls/").page
    assert page.get_by_test_id("call-row").count() == 6
    page.fill("#q", "crown")
    expect(page.get_by_test_id("call-row")).to_have_count(1, timeout=20000)
    assert "q=" not in page.url


def test_rows_are_added_and_removed_and_saved(served, opened):
    watched = opened(f"agents/{served[1].agent.slug}/edit/questions/")
    page = watched.page
    before = page.locator("[data-row]").count()
    page.click("[data-add]")
    page.locator("[data-row]").last.locator("input[type=text]").fill("Do you have a waiting list?")
    page.locator("[data-row]").last.locator("textarea").fill("Yes, tell us and we call you.")
    page.locator("[data-row]").first.locator("[data-remove]").click()
    page.get_by_test_id("save").click()
    page.wait_for_selector("text=Saved.")
    assert page.locator("[data-row]").count() == before
    assert "Do you have a waiting list?" in page.locator("[data-row]").last.locator("input[type=text]").input_value()
    assert not watched.complaints


def test_deleting_asks_first(served, opened):
    page = opened(f"calls/{served[2].booking.id}/", 375).page
    page.get_by_role("button", name="Delete this call").click()
    page.get_by_test_id("delete-for-good").click()
    page.wait_for_selector("text=are gone for good")
    assert page.get_by_test_id("call-row").count() == 5


def test_without_a_microphone_the_page_says_so_and_no_call_is_made(served, opened):
    page = opened(f"agents/{served[1].agent.slug}/try/").page
    page.get_by_test_id("call-button").click()
    page.wait_for_selector("#try:is([data-state=no_microphone])")
    assert "microphone" in page.locator("[data-why]").inner_text().lower()
    page.goto(f"{served[0]}/w/dental-seen/calls/")
    assert page.get_by_test_id("call-row").count() == 6


def test_dark_when_the_person_prefers_dark(opened):
    page = opened("", color_scheme="dark").page
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(19, 26, 25)"
