"""Records of processing (GDPR Art. 30), made from the data map: which store serves which purpose, on which basis, in whose role.

Each store names in its own words what it is for; `OF` says which purpose that is. A store whose words are not known there, or a
purpose without exactly one basis in each jurisdiction, makes `records` fail: nothing is processed without a reason.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from ringtrue.privacy.data_map import Store, stores
from ringtrue.privacy.installation import declared_region
from ringtrue.privacy.policy import effective

JURISDICTIONS = ("EU", "UK", "US")
BASES = ("consent", "contract", "legitimate interests", "legal obligation")
"""GDPR Art. 6(1)(a), (b), (f), (c). In the United States most laws ask for no basis; the same is kept as the reason."""


class Purpose(NamedTuple):
    title: str
    bases: dict[str, str]  # jurisdiction -> the one basis
    role: str  # "account" or "calls": whose decision it is (policy keys roles.account, roles.calls)
    weighed: str = ""  # why it outweighs the person's interests, where the basis is legitimate interests


def _everywhere(basis: str) -> dict[str, str]:
    return dict.fromkeys(JURISDICTIONS, basis)


PURPOSES: dict[str, Purpose] = {
    "service": Purpose("Answering and making calls", _everywhere("contract"), "calls"),
    "task_execution": Purpose("Carrying out what a person asked for by telephone", _everywhere("contract"), "calls"),
    "accounts": Purpose("Accounts, payments and support", _everywhere("contract"), "account"),
    "security": Purpose(
        "Security, and finding faults", _everywhere("legitimate interests"), "account",
        "Without it nobody's data is safe; it uses ids and hashes, and goes after weeks.",
    ),
    "legal_obligation": Purpose("Audits and legal duties", _everywhere("legal obligation"), "account"),
    "usage": Purpose(
        "Counting which pages are used", _everywhere("legitimate interests"), "account",
        "Counts by day lead back to nobody, and a browser's signal switches them off.",
    ),
    "improvement": Purpose(
        "Improving the service", _everywhere("legitimate interests"), "calls",
        "Counts by month lead back to nobody, the business switches them on, and whoever objects is not counted.",
    ),
    "personalisation": Purpose("Opening what a person used last", _everywhere("consent"), "account"),
}  # fmt: skip

OF: dict[str, str] = {
    **dict.fromkeys((
        "answering the business's calls", "booking appointments", "calling each lead once at a time",
        "calling leads", "correcting an upload", "finding a person's data", "finding calls and contacts", "importing leads",
        "handling a webhook once", "knowing who called the business", "letting one connection serve one call",
        "receiving and placing calls", "receiving calls", "telling the business about its calls", "doing things later",
        "showing what was done and when", "acting once on a request that is sent twice", "figures about use",
        "reminding of an appointment, once", "reminding of appointments",
    ), "service"),
    **dict.fromkeys(("doing what the person asked for",), "task_execution"),
    **dict.fromkeys((
        "accounts and signing in", "the API", "billing", "inviting people", "closing a workspace", "helping customers",
        "telling people about changes", "the policy that holds", "keeping notes of the business",
    ), "accounts"),
    **dict.fromkeys((
        "running", "storage", "encryption", "sessions, limits", "finding faults", "stopping toll fraud",
        "listing and ending sessions", "recognising one's own sessions",
    ), "security"),
    **dict.fromkeys((
        "accountability", "answering people about their data, and showing that it was done", "honouring objections and restrictions",
        "calling only when the law lets us call", "calling only whom the law lets us call", "truthful caller ID", "not calling them",
        "keeping what a law or a dispute needs", "proving consent", "proving deletion", "proving erasure, repeating it after a restore",
        "showing what was done with a request", "showing what was disclosed to whom", "proving what was agreed",
        "showing who gets data",
    ), "legal_obligation"),
    **dict.fromkeys(("counting opened pages",), "usage"),
    **dict.fromkeys(("figures for improving the service",), "improvement"),
    **dict.fromkeys(("opening the workspace used last",), "personalisation"),
}  # fmt: skip


class NoBasis(Exception):
    """A store serves no known purpose, or a purpose has not exactly one basis in each jurisdiction."""


def purpose_of(store: Store) -> str:
    """Raises NoBasis."""
    try:
        return OF[store.purpose]
    except KeyError:
        raise NoBasis(f"{store.store} is for {store.purpose!r}, which is no purpose in processing_records.py") from None


def check() -> None:
    """Raises NoBasis."""
    for key, purpose in PURPOSES.items():
        if set(purpose.bases) != set(JURISDICTIONS) or not set(purpose.bases.values()) <= set(BASES):
            raise NoBasis(f"the purpose {key} has not exactly one basis in each jurisdiction")
        if "legitimate interests" in purpose.bases.values() and not purpose.weighed:
            raise NoBasis(f"nobody weighed the legitimate interests of the purpose {key}")
    for store in stores():
        purpose_of(store)


def records(workspace_id: UUID) -> list[dict[str, Any]]:
    """One record for each store: {"store", "what", "category", "people", "purpose", "bases", "role", "region", "kept", "kept_because"}.

    Needs the workspace's scope. Raises NoBasis."""
    check()
    roles = {which: effective(workspace_id, f"roles.{which}").value for which in ("account", "calls")}
    region = declared_region() or "where this installation stands"
    return [
        {
            "store": store.store, "what": store.what, "category": store.category, "people": store.subject,
            "purpose": PURPOSES[purpose_of(store)].title, "bases": PURPOSES[purpose_of(store)].bases,
            # Data of callers is what the business decides about, whatever it is used for.
            "role": roles["calls" if store.subject == "caller" else PURPOSES[purpose_of(store)].role],
            "region": region if store.region == "installation" else store.region,
            "kept": store.retention, "kept_because": store.kept_because,
        }
        for store in stores()
    ]  # fmt: skip
