"""Numbers of a Twilio account: searched, bought, set up and given back.

https://www.twilio.com/docs/phone-numbers/api/availablephonenumberlocal-resource, .../incomingphonenumber-resource and
https://www.twilio.com/docs/phone-numbers/pricing
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.buying import Offer, Owned, Wanted
from ringtrue.voice.lines.ordering import number_faults
from ringtrue.voice.lines.requesting import NoAnswer, NotReached, Refused
from ringtrue.voice.lines.twilio import asking
from ringtrue.voice.lines.twilio.asking import Form

COUNTRIES = (
    ("US", "United States"), ("CA", "Canada"), ("GB", "United Kingdom"), ("AU", "Australia"), ("IE", "Ireland"), ("NZ", "New Zealand"),
    ("DE", "Germany"), ("FR", "France"), ("NL", "Netherlands"), ("SE", "Sweden"),
)  # fmt: skip
KINDS = (("Local", "local"), ("TollFree", "toll free"), ("Mobile", "mobile"))
SHOWN = 20
GONE = "Somebody else has just bought this number. Choose another one."
WHY = {
    21404: "A trial account can hold one number only. Upgrade it at Twilio.",
    21422: GONE, 21452: GONE,
    21631: "Numbers of this country need an address. Enter one in the Twilio console under Addresses, and buy this number there.",
    21649: "Numbers of this country need papers (a regulatory bundle). Hand them in at Twilio, and buy this number there.",
}  # fmt: skip


def search(account: str, credentials: Mapping[str, Any], wanted: Wanted) -> list[Offer]:
    asked = {"PageSize": str(SHOWN), "VoiceEnabled": "true"}
    if wanted.area_code:
        asked["AreaCode"] = wanted.area_code
    if wanted.contains:
        asked["Contains"] = wanted.contains
    told = _ask("GET", account, credentials, f"/AvailablePhoneNumbers/{wanted.country}/{wanted.kind or 'Local'}.json", asked)
    rows = told.get("available_phone_numbers") or []
    return [
        Offer(
            number=str(row["phone_number"]),
            place=", ".join(str(row[name]) for name in ("locality", "region") if row.get(name)),
            texts=_texts(row),
        )
        for row in rows
    ]


def price(account: str, credentials: Mapping[str, Any], wanted: Wanted) -> str:
    kind = dict(KINDS).get(wanted.kind or "Local", "")
    try:
        told = asking.ask_pricing(account, credentials, f"/v1/PhoneNumbers/Countries/{wanted.country}")
    except (Refused, NotReached, NoAnswer):
        return ""
    for row in told.get("phone_number_prices") or []:
        if row.get("number_type") == kind:
            return f"{row.get('current_price')} {told.get('price_unit', '')}".strip().upper()
    return ""


def owned(account: str, credentials: Mapping[str, Any], number: str = "") -> list[Owned]:
    told = _ask(
        "GET",
        account,
        credentials,
        "/IncomingPhoneNumbers.json",
        {"PageSize": "1000", **({"PhoneNumber": number} if number else {})},
    )
    return [_owned(row) for row in told.get("incoming_phone_numbers") or []]


def buy(account: str, credentials: Mapping[str, Any], number: str, hooks: Mapping[str, str]) -> Owned:
    return _owned(_ask("POST", account, credentials, "/IncomingPhoneNumbers.json", {"PhoneNumber": number, **_settings(hooks)}))


def configure(account: str, credentials: Mapping[str, Any], reference: str, hooks: Mapping[str, str]) -> None:
    _ask("POST", account, credentials, f"/IncomingPhoneNumbers/{reference}.json", _settings(hooks))


def release(account: str, credentials: Mapping[str, Any], reference: str) -> None:
    with number_faults("Twilio", _said_no):
        try:
            asking.ask("DELETE", account, credentials, f"/IncomingPhoneNumbers/{reference}.json")
        except Refused as no:
            if no.status != 404:
                raise


def _settings(hooks: Mapping[str, str]) -> dict[str, str]:
    return {
        "VoiceUrl": hooks["voice"], "VoiceMethod": "POST", "StatusCallback": hooks["status"], "StatusCallbackMethod": "POST",
        "SmsUrl": hooks["text"], "SmsMethod": "POST",
    }  # fmt: skip


def _owned(row: Mapping[str, Any]) -> Owned:
    return Owned(
        number=str(row.get("phone_number", "")),
        reference=str(row.get("sid", "")),
        leads_to=str(row.get("voice_url") or ""),
        texts=_texts(row),
    )


def _texts(row: Mapping[str, Any]) -> bool:
    able = row.get("capabilities") or {}
    return bool(able.get("SMS", able.get("sms")))


def _ask(method: str, account: str, credentials: Mapping[str, Any], path: str, form: Form) -> dict[str, Any]:
    with number_faults("Twilio", _said_no):
        return asking.ask(method, account, credentials, path, form)


def _said_no(no: Refused) -> str:
    if no.status == 404:
        return "Twilio has no such numbers. Choose another country or kind."
    return WHY.get(no.code, f"Twilio said no (its code {no.code or no.status}).")
