"""A line with its stand-in, as the checks get it."""

from __future__ import annotations

import importlib
import importlib.util
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ringtrue.conforming.stand_in import Api, FarEnd, Hooks, Sent
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.about import About, Entered
from ringtrue.voice.lines.carrier import DialOrder, Webhook
from ringtrue.voice.lines.permit import Permit, PermitGate, hash_number, signed_bytes, token

PUBLIC = "https://ours.example"
_KEY = Ed25519PrivateKey.generate()


class NoStandIn(Exception):
    """`str(self)` says what is missing, and where."""


@dataclass
class Line:
    name: str

    @cached_property
    def about(self) -> About:
        return finding.lines()[self.name]

    @cached_property
    def stand_in(self) -> ModuleType:
        where = f"ringtrue.voice.lines.{self.name}.tests.stand_in"
        if importlib.util.find_spec(f"ringtrue.voice.lines.{self.name}.tests") is None or importlib.util.find_spec(where) is None:
            raise NoStandIn(f"ringtrue/voice/lines/{self.name}/tests/stand_in.py is missing: see docs/adding-a-carrier.md")
        return importlib.import_module(where)

    @property
    def hooks_url(self) -> str:
        return f"{PUBLIC}/hooks/{self.name}"

    def part(self, name: str) -> Any:
        """A module of the folder; None where it has none."""
        return finding.part(self.name, name)

    def entered(self) -> Entered:
        return finding.read(self.name, self.stand_in.ENTRIES)

    def hooks(self) -> Hooks:
        return self._hooks(self.entered())

    def stranger(self) -> Hooks:
        """Somebody who names this account and has other secrets."""
        return self._hooks(finding.read(self.name, self.stand_in.STRANGER))

    def _hooks(self, entered: Entered) -> Hooks:
        made: Hooks = self.stand_in.Hooks(entered.account, dict(entered.credentials))
        return made

    @contextmanager
    def api(self) -> Iterator[Api]:
        entered = self.entered()
        made: Api = self.stand_in.Api(entered.account, dict(entered.credentials))
        try:
            yield made
        finally:
            made.close()

    def far_end(self, ticket: str) -> FarEnd:
        made: FarEnd = self.stand_in.FarEnd(ticket)
        return made

    def secrets(self) -> list[str]:
        """What must never be seen."""
        names = {field.name for field in self.about.fields if field.secret}
        return [value for name, value in self.stand_in.ENTRIES.items() if name in names and value]

    def webhook(self, sent: Sent) -> Webhook:
        """As `reception/hooks.py` makes it."""
        headers = httpx.Headers(sent.headers)
        form: dict[str, list[str]] = {}
        if "form-urlencoded" in headers.get("Content-Type", ""):
            form = parse_qs(sent.body.decode(), keep_blank_values=True)
        url = f"{self.hooks_url}/{sent.what}" + (f"?{sent.query}" if sent.query else "")
        return Webhook(url=url, headers=headers, body=sent.body, form=form)


def gate() -> PermitGate:
    return PermitGate(_KEY.public_key().public_bytes_raw().hex())


def order(line: Line, *, permitted: bool = True, **changed: Any) -> DialOrder:
    """One that the suite's own gate admits, once; or without a permit."""
    number, permit_id = changed.pop("number", "+12025550123"), uuid4().hex
    held = Permit(
        id=permit_id, workspace="w", agent="a", purpose="service", number_hash=hash_number(permit_id, number),
        caller_id="+18565550100", issued_at=time.time(), expires_at=time.time() + 60,
    )  # fmt: skip
    permit = token(held, _KEY.sign(signed_bytes(held)).hex()) if permitted else ""
    given = {
        "permit": permit, "number": number, "caller_id": held.caller_id, "workspace": "w", "agent": "a", "purpose": "service",
        "ticket": "t" * 43, "call_id": str(uuid4()), "media_url": f"wss://ours.example/media/{line.name}",
        "after_url": f"{line.hooks_url}/after", "status_url": f"{line.hooks_url}/status",
        "answered_url": f"{line.hooks_url}/answered", "detected_url": f"{line.hooks_url}/detected",
    }  # fmt: skip
    return DialOrder(**{**given, **changed})
