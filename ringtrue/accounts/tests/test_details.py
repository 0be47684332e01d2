"""How to reach a person who has an account: fields of their own, read, changed, exported, erased."""

import pytest
from django.test import Client

from ringtrue.accounts.models import ContactDetail, User, Workspace
from ringtrue.rights import own_account

pytestmark = pytest.mark.usefixtures("fast_passwords")

GIVEN = {"phone": "+1 212 555 0142", "company": "Quarnstrom & Sons", "address": "4 Mill Lane, Trenton", "signal": "@zeb"}


@pytest.mark.promise("P-CLX-2-1", "P-ALX-2.1-1", "P-LDX-2.1-1", "P-LDX-2.1-2", "P-NEJ-1-1")
def test_name_phone_company_address_and_labels_of_ones_own_are_kept_changed_exported_and_erased(dental):
    user, client = dental.owner, Client()
    client.force_login(user)
    client.post("/accounts/", {"name": "Zebulon Quarnstrom", "theme": "device", "calls_per_page": "25"})
    for label, value in GIVEN.items():
        client.post("/accounts/details/", {"label": label.upper(), "value": value})
    shown = client.get("/accounts/details/").content.decode()
    assert "4 Mill Lane, Trenton" in shown
    client.post("/accounts/details/", {"label": "phone", "value": "+1 212 555 0199"})
    client.post("/accounts/details/", {"remove": "signal"})
    user.refresh_from_db()
    held = own_account.export(user)
    assert held["account"]["name"] == "Zebulon Quarnstrom"
    assert held["account"]["email"] == user.email
    assert held["contact_details"] == {**{k: GIVEN[k] for k in ("company", "address")}, "phone": "+1 212 555 0199"}
    assert [w["name"] for w in held["workspaces"]] == [dental.workspace.name], "facts of the business are the workspace's"

    client.post(f"/w/{dental.workspace.slug}/settings/", {"name": "Quarnstrom Dental", "time_zone": "America/Chicago"})
    assert Workspace.objects.get(id=dental.workspace.id).name == "Quarnstrom Dental"
    User.objects.filter(id=user.id).delete()
    assert not ContactDetail.objects.exists()
