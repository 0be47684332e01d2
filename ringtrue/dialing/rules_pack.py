"""The rules pack: the rules of calling out as dated, signed data. docs/permit.md says how to replace it.

Beside `pack.yaml` stands `pack.yaml.sig`, JSON {"key", "signature"} (hex, Ed25519, RFC 8032) over the SHA-256 of the file. Trusted
are the key that a release's pack was signed with (`rules/publisher.pub`) and this installation's own key.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import yaml

from ringtrue.core import signing
from ringtrue.core.configuring import CONFIG
from ringtrue.dialing.windows import Week, read_week

PURPOSES = ("sales", "information", "callback", "errand", "transfer")
SHIPPED = Path(__file__).parent / "rules" / "pack.yaml"
PUBLISHER = SHIPPED.with_name("publisher.pub")

KINDS = (
    "number", "emergency", "premium", "prefixes", "special", "place", "known_country", "allow_list", "escalation", "caller_id",
    "own_list", "consent", "list", "reassigned", "hours", "frequency", "spend",
)  # fmt: skip
ONCE = ("number", "emergency", "premium", "prefixes", "special", "place", "known_country", "allow_list", "escalation",
        "caller_id", "own_list", "spend")  # fmt: skip


class PackRefused(Exception):
    """No call may be placed by this pack; `str(self)` says why, in words."""


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    kind: str
    jurisdiction: str  # "*", a country, a group of countries, or "US-TX"
    title: str
    citation: tuple[str, ...]
    parameters: dict[str, Any]
    purposes: tuple[str, ...] = PURPOSES
    effective_from: date | None = None
    effective_to: date | None = None
    last_verified: date | None = None  # when counsel confirmed the row


class Pack(msgspec.Struct, frozen=True):
    id: str
    issued: date
    stale_after_days: int
    digest: str
    rules: tuple[Rule, ...]
    single: dict[str, Rule]  # by kind, of the kinds that every pack has once
    countries: frozenset[str]
    groups: dict[str, frozenset[str]]
    weeks: dict[str, Week]  # by the id of an hours rule
    places: dict[str, tuple[str, str]]  # area code -> (country, state)
    zones: dict[str, tuple[str, ...]]  # area code -> every zone that a part of it lies in

    def age_problem(self, at: datetime) -> str:
        """Why this pack may not be used at this instant; "" when it may."""
        day = at.astimezone(UTC).date()
        if day > self.issued + timedelta(days=self.stale_after_days):
            return f"The rules pack of {self.issued} is older than {self.stale_after_days} days."
        if day < self.issued - timedelta(days=1):
            return f"The rules pack was issued on {self.issued}, after the moment of this call: the clock is wrong."
        return ""


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    pack: dict[str, Any]
    countries: list[str]
    groups: dict[str, list[str]]
    rules: list[Rule]
    places: dict[str, Any]
    sources: dict[str, str]


def parse(text: bytes) -> Pack:
    """Schema only; `load` checks the signature as well. Raises PackRefused."""
    try:
        body = msgspec.convert(yaml.safe_load(text), _Body)
        head = body.pack
        issued, stale = head["issued"], int(head["stale_after_days"])
        if not isinstance(issued, date) or not 1 <= stale <= 366:
            raise ValueError("`issued` must be a date and `stale_after_days` between 1 and 366")
        groups = {name: frozenset(members) for name, members in body.groups.items()}
        countries = frozenset(c for name in body.countries for c in groups.get(name, {name}))
        _check_rules(body.rules, countries, groups, body.sources)
        places, zones = _read_places(body.places)
        weeks = {rule.id: read_week(rule.parameters) for rule in body.rules if rule.kind == "hours"}
    except (yaml.YAMLError, msgspec.ValidationError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise PackRefused(f"The rules pack cannot be read: {problem}") from None
    return Pack(
        id=str(head["id"]), issued=issued, stale_after_days=stale, digest=hashlib.sha256(text).hexdigest(),
        rules=tuple(body.rules), single={rule.kind: rule for rule in body.rules if rule.kind in ONCE}, countries=countries,
        groups=groups, weeks=weeks, places=places, zones=zones,
    )  # fmt: skip


def _check_rules(
    rules: list[Rule], countries: frozenset[str], groups: dict[str, frozenset[str]], sources: dict[str, str]
) -> None:
    """A pack that forgets a kind of check would allow what nobody decided to allow."""
    ids = [rule.id for rule in rules]
    if len(set(ids)) != len(ids):
        raise ValueError("two rules have one id")
    for rule in rules:
        if rule.kind not in KINDS:
            raise ValueError(f"{rule.id}: there is no kind {rule.kind!r}")
        if set(rule.purposes) - set(PURPOSES):
            raise ValueError(f"{rule.id}: purposes are {', '.join(PURPOSES)}")
        if not rule.title or not rule.citation:
            raise ValueError(f"{rule.id}: title and citation are needed")
        unknown = [c for c in rule.citation if c.startswith("S") and c not in sources]
        if unknown:
            raise ValueError(f"{rule.id}: no source {', '.join(unknown)}")
    for kind in ONCE:
        if sum(rule.kind == kind for rule in rules) != 1:
            raise ValueError(f"there must be one rule of kind {kind!r}")
    for purpose in PURPOSES:
        everywhere = {r.kind for r in rules if r.jurisdiction == "*" and purpose in r.purposes and r.effective_from is None}
        always = {"number", "emergency", "premium", "prefixes", "special", "allow_list", "own_list", "spend"}
        more = {"escalation"} if purpose == "transfer" else {"place", "known_country", "caller_id", "hours"}
        if missing := (always | more) - everywhere:
            raise ValueError(f"nothing is said everywhere about {', '.join(sorted(missing))} for {purpose}")
        if purpose == "transfer":
            continue
        covered = {r.jurisdiction for r in rules if r.kind == "consent" and purpose in r.purposes}
        if "*" not in covered and (left := countries - {c for j in covered for c in groups.get(j, {j})}):
            raise ValueError(f"nothing is said about consent to {purpose} in {', '.join(sorted(left))}")


def _read_places(body: dict[str, Any]) -> tuple[dict[str, tuple[str, str]], dict[str, tuple[str, ...]]]:
    places: dict[str, tuple[str, str]] = {}
    zones: dict[str, tuple[str, ...]] = {}
    for country in ("US", "CA"):
        for state, codes in body[country].items():
            for code in codes.split():
                places[code] = (country, str(state))
    for group in body["zones"]:
        for name in group["zones"]:
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError):
                raise ValueError(f"there is no time zone {name!r}") from None
        for code in group["area_codes"].split():
            zones[code] = tuple(group["zones"])
    if lost := set(places) ^ set(zones):
        raise ValueError(f"area codes with a state or a zone only: {', '.join(sorted(lost))}")
    return places, zones


def sealed_by(text: bytes, trusted: Iterable[str], signature: bytes) -> None:
    """Raises PackRefused unless one of the trusted keys (hex) signed exactly these bytes."""
    try:
        held = json.loads(signature)
        key, mark = str(held["key"]), str(held["signature"])
    except (ValueError, KeyError, TypeError):
        raise PackRefused("The signature of the rules pack cannot be read.") from None
    if key not in set(trusted):
        raise PackRefused("The rules pack is signed with a key that this installation does not trust.")
    if not signing.is_signed(_signed_value(text), mark, key):
        raise PackRefused("The rules pack was changed after it was signed.")


def sign_with_installation(text: bytes) -> bytes:
    """The signature file for a pack that the operator of this installation stands for."""
    return json.dumps({"key": signing.public_key(), "signature": signing.sign(_signed_value(text))}).encode()


def _signed_value(text: bytes) -> dict[str, str]:
    return {"rules_pack": hashlib.sha256(text).hexdigest()}


def load(path: Path, trusted: Iterable[str]) -> Pack:
    """Raises PackRefused: not there, not signed, not readable. Whether it is too old is asked per call (`age_problem`)."""
    try:
        text, signature = path.read_bytes(), path.with_name(path.name + ".sig").read_bytes()
    except OSError:
        raise PackRefused("The rules pack or its signature is missing.") from None
    sealed_by(text, trusted, signature)
    return parse(text)


def current_pack() -> Pack:
    """The operator's pack where there is one (`<data>/rules/pack.yaml`), else the release's. Raises PackRefused: a bad pack of
    the operator is not replaced by ours, which may allow more."""
    own = CONFIG.data / "rules" / "pack.yaml"
    path = own if own.exists() else SHIPPED
    try:
        state = path.stat()
        signature = path.with_name(path.name + ".sig").stat()
    except OSError:
        raise PackRefused("The rules pack or its signature is missing.") from None
    return _held(path, state.st_mtime_ns, signature.st_mtime_ns)


@lru_cache(maxsize=2)
def _held(path: Path, changed: int, signed: int) -> Pack:
    return load(path, {PUBLISHER.read_text().strip(), signing.public_key()})
