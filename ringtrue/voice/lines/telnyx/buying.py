"""Numbers of a Telnyx account: searched with their price, ordered, set up and given back.

https://developers.telnyx.com/api-reference/phone-number-search/list-available-phone-numbers.md, .../phone-number-orders/create-a-number-order.md,
.../phone-number-configurations/list-phone-numbers.md, .../texml-applications/update-a-texml-application.md,
.../messaging-profiles/update-a-messaging-profile.md

A number belongs to a TeXML application, and may belong to a messaging profile: those have the addresses that are asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ringtrue.voice.lines.buying import AnswerLost, Offer, Owned, Wanted
from ringtrue.voice.lines.ordering import number_faults
from ringtrue.voice.lines.requesting import Refused
from ringtrue.voice.lines.telnyx import asking

COUNTRIES = (
    ("US", "United States"), ("CA", "Canada"), ("GB", "United Kingdom"), ("AU", "Australia"), ("IE", "Ireland"), ("NZ", "New Zealand"),
    ("DE", "Germany"), ("FR", "France"), ("NL", "Netherlands"), ("SE", "Sweden"),
)  # fmt: skip
KINDS = (("local", "local"), ("toll_free", "toll free"), ("mobile", "mobile"), ("national", "national"))
SHOWN = 20
PAGE = 250  # the most that Telnyx gives at once


def search(account: str, credentials: Mapping[str, Any], wanted: Wanted) -> list[Offer]:
    return [
        Offer(
            number=str(row["phone_number"]),
            place=", ".join(
                str(one["region_name"])
                for one in row.get("region_information") or []
                if one.get("region_type") in ("rate_center", "state")
            ),
            texts=any(one.get("name") == "sms" for one in row.get("features") or []),
        )
        for row in _available(credentials, wanted)
    ]


def price(account: str, credentials: Mapping[str, Any], wanted: Wanted) -> str:
    """The highest of those that are offered; they rarely differ."""
    costs = [row.get("cost_information") or {} for row in _available(credentials, wanted)]
    known = [(Decimal(str(one["monthly_cost"])), str(one.get("currency", ""))) for one in costs if one.get("monthly_cost")]
    return "{:.2f} {}".format(*max(known)).strip() if known else ""


def owned(account: str, credentials: Mapping[str, Any], number: str = "") -> list[Owned]:
    query = {"page[size]": str(PAGE), **({"filter[phone_number]": number.removeprefix("+")} if number else {})}
    rows = _ask("GET", credentials, "/phone_numbers", query=query).get("data") or []
    if not rows:
        return []
    here = str(credentials["application_id"])
    voice_url = str((_ask("GET", credentials, f"/texml_applications/{here}").get("data") or {}).get("voice_url") or "")
    return [
        Owned(
            number=str(row["phone_number"]),
            reference=str(row["id"]),
            leads_to=voice_url if row.get("connection_id") == here else str(row.get("connection_name") or ""),
            texts=bool(row.get("messaging_profile_id")),
        )
        for row in rows
        if not number or row["phone_number"] == number  # the filter finds parts of numbers, too
    ]


def buy(account: str, credentials: Mapping[str, Any], number: str, hooks: Mapping[str, str]) -> Owned:
    _lead_here(account, credentials, hooks)
    order: dict[str, Any] = {"phone_numbers": [{"phone_number": number}], "connection_id": credentials["application_id"]}
    if credentials.get("profile_id"):
        order["messaging_profile_id"] = credentials["profile_id"]
    _ask("POST", credentials, "/number_orders", order)
    there = owned(account, credentials, number)
    if not there:
        raise AnswerLost("Telnyx has taken the order and has not carried it out yet.")
    return there[0]


def configure(account: str, credentials: Mapping[str, Any], reference: str, hooks: Mapping[str, str]) -> None:
    _lead_here(account, credentials, hooks)
    _ask("PATCH", credentials, f"/phone_numbers/{reference}", {"connection_id": credentials["application_id"]})
    if credentials.get("profile_id"):
        profile = {"messaging_profile_id": credentials["profile_id"]}
        _ask("PATCH", credentials, f"/phone_numbers/{reference}/messaging", profile)


def release(account: str, credentials: Mapping[str, Any], reference: str) -> None:
    with number_faults("Telnyx", _said_no, "API key"):
        try:
            asking.ask("DELETE", credentials, f"/phone_numbers/{reference}")
        except Refused as no:
            if no.status != 404:
                raise


def _lead_here(account: str, credentials: Mapping[str, Any], hooks: Mapping[str, str]) -> None:
    """The application asks us about calls, and the profile tells us of texts."""
    path = f"/texml_applications/{credentials['application_id']}"
    wanted = {
        "voice_url": hooks["voice"],
        "voice_method": "post",
        "status_callback": hooks["status"],
        "status_callback_method": "post",
    }
    held = _ask("GET", credentials, path).get("data") or {}
    if any(held.get(name) != value for name, value in wanted.items()):
        _ask("PATCH", credentials, path, {"friendly_name": held.get("friendly_name") or "Ringtrue", **wanted})
    if credentials.get("profile_id"):
        url = {"webhook_url": f"{hooks['text']}?account={account}", "webhook_api_version": "2"}
        _ask("PATCH", credentials, f"/messaging_profiles/{credentials['profile_id']}", url)


def _available(credentials: Mapping[str, Any], wanted: Wanted) -> list[dict[str, Any]]:
    query = {
        "filter[country_code]": wanted.country,
        "filter[phone_number_type]": wanted.kind or "local",
        "filter[features]": "voice",
        "filter[limit]": str(SHOWN),
        **({"filter[national_destination_code]": wanted.area_code} if wanted.area_code else {}),
        **({"filter[phone_number][contains]": wanted.contains} if wanted.contains else {}),
    }
    rows: list[dict[str, Any]] = _ask("GET", credentials, "/available_phone_numbers", query=query).get("data") or []
    return rows


def _ask(
    method: str, credentials: Mapping[str, Any], path: str, told: object = None, query: Mapping[str, str] | None = None
) -> dict[str, Any]:
    with number_faults("Telnyx", _said_no, "API key"):
        return asking.ask(method, credentials, path, told, query)


def _said_no(no: Refused) -> str:
    return f"Telnyx said no (its code {no.code or no.status}). Its portal says more."
