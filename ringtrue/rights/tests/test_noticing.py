"""What is odd is noticed and told to whom it concerns, once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from ringtrue.calls.tests.making import a_call
from ringtrue.core.models import AuditEntry
from ringtrue.dialing.placing import place
from ringtrue.dialing.tests.grounds import NOON, asked, make_ground
from ringtrue.dialing.tests.stand_in_carrier import StandInCarrier
from ringtrue.rights import noticing

pytestmark = pytest.mark.usefixtures("fast_passwords")


@pytest.mark.promise("P-ALX-5-4")
def test_a_seeded_attack_on_an_account_and_a_mass_download_are_told_once_an_hour(dental, mailoutbox):
    for _ in range(noticing.WRONG_SIGN_INS - 1):
        Client().post("/accounts/login/", {"login": dental.owner.email, "password": "wrong-and-wrong-again"})
    assert noticing.look(timezone.now()) == []
    Client().post("/accounts/login/", {"login": dental.owner.email, "password": "wrong-and-wrong-again"})
    client, call = Client(), a_call(dental)
    client.force_login(dental.owner)
    for _ in range(noticing.DOWNLOADS):
        client.get(f"/w/{dental.workspace.slug}/calls/{call.id}/download/text/?purpose=records")
    now = timezone.now()
    mailoutbox.clear()
    assert {odd.what.split(":")[0] for odd in noticing.look(now)} == {"sign_in", "downloads"}
    assert sorted(mail.to[0] for mail in mailoutbox) == [dental.owner.email] * 2
    assert AuditEntry.objects.filter(action="alarm.raised").count() == 2
    assert dental.owner.email not in str(list(AuditEntry.objects.values_list("target", "detail")))
    assert noticing.look(now) == [], "not again"
    assert noticing.look(now + timedelta(hours=2)) == [], "it is over"


@pytest.mark.promise("P-CLX-3-5", "P-LDX-3-5", "P-NEJ-2-5")
def test_toll_fraud_costly_destinations_are_refused_one_by_one_and_the_business_is_told(
    transactional_db, mailoutbox, monkeypatch
):
    made = make_ground("fraud")
    carrier = StandInCarrier()
    for number in range(noticing.REFUSED_CALLS):
        placed = place(asked(made, number=f"+2526155501{number:02}", claim=f"lead:{number}"), carrier, NOON)
        assert placed.state == "refused"
    assert carrier.log == [], "stopped before the first"
    mailoutbox.clear()
    told = noticing.look(NOON + timedelta(minutes=1))
    assert [odd.workspace_id for odd in told] == [made.workspace.id]
    assert [mail.to for mail in mailoutbox] == [["owner@fraud.example"]]
