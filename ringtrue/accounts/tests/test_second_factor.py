import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client

from ringtrue.accounts import signing_in_links
from ringtrue.accounts.tests.people import PASSWORD, person, sign_in
from ringtrue.core.models import AuditEntry

pytestmark = pytest.mark.usefixtures("db", "fast_passwords")


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


@pytest.fixture
def ada():
    return person("ada@example.org")


def with_totp(client):
    """Goes through the pages, which ask for the password once more. The secret."""
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)})
    assert answer.status_code == 302, answer.content
    return secret


@pytest.mark.promise("P-ALX-5-3")
@pytest.mark.django_db(transaction=True)
def test_signing_in_with_an_authenticator_app(ada):
    first = Client()
    sign_in(first, "ada@example.org")
    secret = with_totp(first)
    client = Client()
    assert sign_in(client, "ada@example.org")["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/accounts/").status_code == 302  # half signed in is not signed in
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.get("/accounts/").status_code == 302
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)}).status_code == 302
    assert client.get("/accounts/").status_code == 200
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"mfa.added", "mfa.failed", "sign_in"} <= actions
    assert AuditEntry.objects.filter(action="sign_in").order_by("-seq").first().detail == {"ways": ["password", "totp"]}


@pytest.mark.promise("P-ALX-5-3")
def test_a_code_works_once(ada):
    first = Client()
    sign_in(first, "ada@example.org")
    secret = with_totp(first)
    code = code_of(secret)
    answers = []
    for _ in range(2):
        client = Client()
        sign_in(client, "ada@example.org")
        answers.append(client.post("/accounts/2fa/authenticate/", {"code": code}).status_code)
    assert answers == [302, 200]


def test_recovery_codes_work_once_each(ada):
    first = Client()
    sign_in(first, "ada@example.org")
    with_totp(first)
    page = first.get("/accounts/2fa/recovery-codes/")
    code, *_ = page.context["unused_codes"]
    client = Client()
    sign_in(client, "ada@example.org")
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert client.get("/accounts/").status_code == 200
    again = Client()
    sign_in(again, "ada@example.org")
    assert again.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200


def test_what_makes_codes_lies_encrypted_in_the_database(ada):
    client = Client()
    sign_in(client, "ada@example.org")
    secret = with_totp(client)
    rows = {row.type: row.data for row in Authenticator.objects.all()}
    assert set(rows) == {"totp", "recovery_codes"}
    assert rows["totp"]["secret"].startswith("gAAAA")
    assert rows["recovery_codes"]["seed"].startswith("gAAAA")
    assert secret not in repr(rows)
    assert TOTP(Authenticator.objects.get(type="totp")).validate_code("x") is False


def test_switching_a_factor_off_asks_for_the_password_when_the_sign_in_is_old(ada):
    client = Client()
    sign_in(client, "ada@example.org")
    with_totp(client)
    session = client.session
    session["account_authentication_methods"] = [{**m, "at": m["at"] - 3600} for m in session["account_authentication_methods"]]
    session.save()
    answer = client.post("/accounts/2fa/totp/deactivate/")
    assert "reauthenticate" in answer["Location"]
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_link_from_the_terminal_signs_in_once_and_is_not_used_up_by_looking(ada):
    url = signing_in_links.make(ada)
    path = url[url.index("/accounts") :]
    for _ in range(3):
        assert "Open the console" in Client().get(path).content.decode()
    client = Client()
    assert client.post(path).status_code == 302
    assert client.get("/accounts/").status_code == 200
    second = Client()
    assert second.post(path).status_code == 410
    assert second.get("/accounts/").status_code == 302


def test_a_link_is_kept_as_a_hash_for_half_an_hour(ada):
    from ringtrue.accounts.limiting import client

    token = signing_in_links.make(ada).rstrip("/").rpartition("/")[2]
    (key,) = client().scan_iter("*sign-in-link*")
    assert token not in key
    assert token not in client().get(key)
    assert 1790 < client().ttl(key) <= 1800


def test_a_link_does_not_pass_by_the_second_factor(ada):
    first = Client()
    sign_in(first, "ada@example.org")
    with_totp(first)
    url = signing_in_links.make(ada)
    client = Client()
    answer = client.post(url[url.index("/accounts") :])
    assert answer["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/accounts/").status_code == 302


def test_a_link_of_someone_who_was_switched_off_opens_nothing(ada):
    url = signing_in_links.make(ada)
    ada.is_active = False
    ada.save()
    client = Client()
    client.post(url[url.index("/accounts") :])
    assert client.get("/accounts/").status_code == 302
