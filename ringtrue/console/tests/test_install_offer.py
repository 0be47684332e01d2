"""In Chromium: the offer to be installed is made once, and the colours that a person chose hold."""

from __future__ import annotations

import pytest

from ringtrue.privacy.cookies import INVENTORY

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEY = "install-offer-dismissed"
CAN_INSTALL = """() => {
    const offer = new Event("beforeinstallprompt", {cancelable: true});
    offer.prompt = () => { window.asked = true; };
    dispatchEvent(offer);
    return offer.defaultPrevented;
}"""
"""What a browser tells a page that can be installed; Chromium without a window never does so by itself."""


@pytest.mark.promise("P-LEX-5-3")
def test_the_offer_is_made_and_once_dismissed_it_stays_away_until_signing_out(served, opened):
    watched = opened("")
    page = watched.page
    offer = page.get_by_test_id("install-offer")
    assert offer.is_hidden(), "nothing is offered where nothing can be installed"
    chromium = page.context.new_cdp_session(page)
    problems = {problem["errorId"] for problem in chromium.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert problems <= {"in-incognito"}, "Chromium finds that it can be installed"
    assert page.evaluate(CAN_INSTALL), "the page makes the offer itself"
    assert offer.is_visible()
    offer.get_by_role("button", name="Install").click()
    assert page.evaluate("window.asked") is True
    page.reload()
    page.evaluate(CAN_INSTALL)
    offer.get_by_role("button", name="Not now").click()
    page.reload()
    page.evaluate(CAN_INSTALL)
    assert offer.is_hidden(), "dismissed, and not shown after it was loaded again"
    assert page.evaluate("Object.keys(localStorage)") == [KEY]
    assert next(item for item in INVENTORY if item.name == KEY).category == "functional"
    assert not watched.complaints
    page.goto(f"{served[0]}/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/")
    assert page.evaluate("Object.keys(localStorage)") == []


@pytest.mark.promise("P-LEX-5-2")
def test_chosen_colours_hold_whatever_the_device_prefers(served, cookie, opened):
    def ground(device):
        return opened("", color_scheme=device).page.evaluate(
            """[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('.quiet')).color,
                getComputedStyle(document.documentElement).getPropertyValue('--caller')]"""
        )

    light, dark = ground("light"), ground("dark")
    assert all(one.startswith("rgb") and one != other for one, other in zip(light, dark, strict=True)), (
        "also what the player draws with"
    )
    page = opened("").page
    page.goto(f"{served[0]}/accounts/")
    page.get_by_label("Colours").select_option("evening")
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector("text=Saved.")
    assert ground("light") == ground("dark") == dark
    page.goto(f"{served[0]}/accounts/")
    page.get_by_label("Colours").select_option("paper")
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector("text=Saved.")
    assert ground("dark") == light
