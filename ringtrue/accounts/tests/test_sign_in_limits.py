import pytest
from django.test import Client

from ringtrue.accounts import keys, limiting
from ringtrue.accounts.limiting import TooMany, Window
from ringtrue.accounts.sign_in_limits import LIMITS, PER_ADDRESS
from ringtrue.accounts.tests.people import PASSWORD, browser, person, sign_in

pytestmark = [pytest.mark.usefixtures("db", "fast_passwords"), pytest.mark.promise("P-CLX-7-5")]


def address(number):
    return f"198.51.{number // 250}.{number % 250 + 1}"


def refused(answer):
    return answer.status_code == 429 and int(answer["Retry-After"]) > 0


def test_the_hundred_and_first_try_of_one_account_from_a_hundred_addresses_is_refused():
    person("ada@example.org")
    answers = [sign_in(Client(), "ada@example.org", "wrong", REMOTE_ADDR=address(n)) for n in range(101)]
    assert refused(answers[-1])
    assert answers[0].status_code == 200
    assert sum(not refused(answer) for answer in answers) == 10
    # The right password is not let through either, or guessing could go on.
    assert refused(sign_in(Client(), "ADA@example.org ", PASSWORD, REMOTE_ADDR="203.0.113.1"))


def test_the_hundred_and_first_try_from_one_address_on_a_hundred_accounts_is_refused():
    answers = [sign_in(Client(), f"nobody{n}@example.org", "wrong") for n in range(101)]
    assert refused(answers[-1])
    assert sum(not refused(answer) for answer in answers) == PER_ADDRESS[0].amount


def test_an_account_that_does_not_exist_is_limited_the_same():
    answers = [sign_in(Client(), "ghost@example.org", "wrong", REMOTE_ADDR=address(n)).status_code for n in range(12)]
    assert answers == [200] * 10 + [429] * 2


def test_a_sign_in_clears_the_accounts_own_tries():
    person("ada@example.org")
    for _ in range(2):
        for n in range(9):
            assert sign_in(Client(), "ada@example.org", "wrong", REMOTE_ADDR=address(n)).status_code == 200
        assert sign_in(Client(), "ada@example.org", REMOTE_ADDR="203.0.113.1").status_code == 302


def test_the_page_for_people_says_how_long():
    for _ in range(10):
        sign_in(Client(), "ada@example.org", "wrong")
    answer = sign_in(Client(), "ada@example.org", "wrong")
    assert refused(answer)
    assert "5 minutes" in answer.content.decode()
    assert 240 < int(answer["Retry-After"]) <= 300


TRIES = {
    "account_login": lambda c, n: sign_in(c, "ada@example.org", "wrong", REMOTE_ADDR=address(n)),
    "account_reset_password": lambda c, n: c.post(
        "/accounts/password/reset/", {"email": "ada@example.org"}, REMOTE_ADDR=address(n)
    ),
    "account_signup": lambda c, n: c.post("/accounts/signup/", {"email": "ada@example.org"}, REMOTE_ADDR=address(n)),
    "account_reset_password_from_key": lambda c, n: c.get(f"/accounts/password/reset/key/abc-x{n}/", REMOTE_ADDR=address(n)),
    "account_confirm_email": lambda c, n: c.get(f"/accounts/confirm-email/x{n}/"),
    "accounts_link": lambda c, n: c.post(f"/accounts/link/x{n}/"),
    "accounts_invitation": lambda c, n: c.get(f"/accounts/invitation/x{n}/"),
    "mfa_login_webauthn": lambda c, n: c.post("/accounts/2fa/webauthn/login/", {"credential": "x"}),
}
SIGNED_IN = {
    "account_reauthenticate": lambda c, n: c.post("/accounts/reauthenticate/", {"password": "wrong"}, REMOTE_ADDR=address(n)),
    "account_change_password": lambda c, n: c.post(
        "/accounts/password/change/", {"oldpassword": "wrong"}, REMOTE_ADDR=address(n)
    ),
    "account_email": lambda c, n: c.post("/accounts/email/", {"action_send": "", "email": "x"}, REMOTE_ADDR=address(n)),
    "accounts_data": lambda c, n: c.post(
        "/accounts/data/", {"email": "ada@example.org", "password": "wrong"}, REMOTE_ADDR=address(n)
    ),
    "mfa_reauthenticate": lambda c, n: c.post("/accounts/2fa/reauthenticate/", {"code": "1"}, REMOTE_ADDR=address(n)),
}


@pytest.mark.parametrize("name", [*TRIES, *SIGNED_IN])
def test_every_sign_in_path_ends_in_429_with_retry_after(name):
    user = person("ada@example.org")
    client = browser(user) if name in SIGNED_IN else Client()
    try_it = {**TRIES, **SIGNED_IN}[name]
    answers = [try_it(client, n) for n in range(101)]
    assert refused(answers[-1])
    assert not refused(answers[0])


def test_the_second_factor_is_limited_per_person_from_any_address():
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    user = person("ada@example.org")
    TOTP.activate(user, generate_totp_secret())
    answers = []
    for n in range(101):
        if n % 10 == 0:  # a new half signed-in session each time: the count is the person's, not the session's
            client = Client()
            session_answer = sign_in(client, "ada@example.org", REMOTE_ADDR=address(n))
        answers.append(client.post("/accounts/2fa/authenticate/", {"code": "000000"}, REMOTE_ADDR=address(n)))
    assert session_answer.status_code in {302, 429}
    assert refused(answers[-1]) or refused(session_answer)
    assert sum(answer.status_code == 200 for answer in answers) <= 10


def test_every_path_that_takes_a_secret_has_a_limit():
    """A new address of allauth or of ours that takes one is found here."""
    from ringtrue.console.tests.surface import pages

    named = {page.name for page in pages() if page.route.startswith("accounts/")}
    harmless = {
        "accounts_profile", "accounts_new_workspace", "accounts_sessions", "accounts_sessions_end_others", "accounts_session_end",
        "accounts_terms", "accounts_policy", "accounts_data_export", "accounts_details", "account_logout", "account_inactive", "account_email_verification_sent",
        "account_reset_password_done", "account_reset_password_from_key_done", "mfa_index", "mfa_deactivate_totp",
        "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_download_recovery_codes", "mfa_list_webauthn",
        "mfa_add_webauthn", "mfa_remove_webauthn", "mfa_edit_webauthn",
    }  # fmt: skip
    assert named - harmless == set(LIMITS) & named
    assert set(LIMITS) <= named


def test_wrong_api_keys_from_one_address_are_refused_and_right_ones_are_not_counted(dental):
    _, token = keys.make(dental.workspace, "x", ["calls:read"], dental.owner)
    for _ in range(50):
        assert keys.find(token, ip="203.0.113.5")
    for n in range(30):
        assert keys.find(f"rt_wrong{n}", ip="203.0.113.5") is None
    with pytest.raises(TooMany) as caught:
        keys.find("rt_wrong", ip="203.0.113.5")
    assert 0 < caught.value.retry_after <= 60


def test_windows_slide_and_a_refused_try_does_not_lengthen_the_wait():
    windows = (Window(3, 60), Window(4, 3600))
    for at in (0.0, 10.0, 20.0):
        limiting.take("t", "who", windows, now=at)
    for at in (30.0, 40.0):
        with pytest.raises(TooMany) as caught:
            limiting.take("t", "who", windows, now=at)
        assert caught.value.retry_after == 60 - at
    limiting.take("t", "who", windows, now=61.0)
    with pytest.raises(TooMany) as caught:
        limiting.take("t", "who", windows, now=200.0)  # the longer window: who keeps trying waits longer
    assert caught.value.retry_after == 3400


def test_no_address_of_a_person_stands_in_redis():
    sign_in(Client(), "someone.seldom@example.org", "wrong", REMOTE_ADDR="203.0.113.77")
    held = " ".join(limiting.client().scan_iter("*limit*"))
    assert "account_login" in held
    assert "seldom" not in held
    assert "203.0.113" not in held
