"""A customer who signs up by the pages and chooses a profile, and a caller of theirs: what every story begins with."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from ringtrue.accounts.models import Acceptance, Membership, User
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.accounts.tests.people import forget_all_limits, link_in, sign_in
from ringtrue.accounts.tests.test_signing_up import FORM
from ringtrue.agents.models import Agent
from ringtrue.agents.publishing import current
from ringtrue.agents.starters import Started
from ringtrue.privacy import changing, installation
from ringtrue.privacy.tests.playing import NUMBER, Play
from ringtrue.rights import receiving, verifying

LIES_IN = {"leximo": "eu-west-1", "callixo": "eu-central-1", "alex": "us-east-1", "leadiumx": "us-east-1", "nejix": "us-east-1"}


class Customer:
    """A business that has signed up. `client` is its owner's browser."""

    def __init__(self, business: str) -> None:
        self.client = Client()
        self.client.post("/accounts/signup/", {**FORM, "workspace_name": business})
        path = link_in(mail.outbox[-1])
        assert self.client.get("/accounts/sessions/").status_code == 302, "nobody is in before the address is confirmed"
        self.client.post(path)
        sign_in(self.client, FORM["email"])
        with system_scope("a story begins"):
            membership = Membership.objects.select_related("workspace", "user").get(user__email=FORM["email"])
            agent = Agent.objects.get(workspace=membership.workspace)
            version = current(agent)
        assert version is not None
        self.owner: User = membership.user
        self.workspace = membership.workspace
        self.made = Started(self.workspace, self.owner, agent, version)
        assert {"terms", "policy", "adult"} <= set(Acceptance.objects.filter(user=self.owner).values_list("kind", flat=True))

    @property
    def id(self) -> Any:
        return self.workspace.id

    def page(self, path: str = "") -> Any:
        return self.client.get(f"/w/{self.workspace.slug}/{path}")

    def choose(self, key: str, value: Any) -> None:
        with workspace_scope(self.id):
            changing.change(self.id, key, value, f"user:{self.owner.id}")

    def call(self, *, method: str = "announced", **given: Any) -> Play:
        """A caller leaves a message, through the gate; the business is told. `method`: how the caller came to allow recording."""
        with workspace_scope(self.id):
            play = Play(self.made, flow="ask" if method == "asked" else "announce", **given)
            play.opening()
            play.consent(method=method)
            play.conversation()
            play.end()
            return play

    def person_asks(self, kind: str, **given: Any) -> Any:
        """The caller asks on the public page's way, and says the code on the telephone to the business."""
        with workspace_scope(self.id):
            request, _ = receiving.receive(self.id, kind, channel="web", number=NUMBER, **given)
            code = verifying.begin(request, business=self.workspace.name)
            if code:
                assert verifying.check(request, code, how="call_back", by=f"user:{self.owner.id}")
            return request


@pytest.fixture
def signs_up(db: Any, fast_passwords: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a customer with this profile, on an installation that declares what the profile promises."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    forget_all_limits()

    def make(profile: str, business: str) -> Customer:
        monkeypatch.setattr(installation, "declared_region", lambda: LIES_IN[profile])
        customer = Customer(business)
        customer.choose("profile", profile)
        return customer

    return make


def opened(packed: bytes) -> dict[str, Any]:
    archive = zipfile.ZipFile(io.BytesIO(packed))
    return {name: json.loads(archive.read(name)) if name.endswith(".json") else archive.read(name) for name in archive.namelist()}
