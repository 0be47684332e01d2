"""Numbers of a Zadarma account: which there are, and that they ring at our login. They are bought at Zadarma, which wants papers for most.

https://zadarma.com/en/support/api/#api_direct_numbers, "set_sip_id" and "callerid".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ringtrue.voice.lines.buying import NumbersFailed, Owned
from ringtrue.voice.lines.ordering import number_faults
from ringtrue.voice.lines.requesting import Refused
from ringtrue.voice.lines.zadarma.asking import ask

EXTENSION = "Where a number rings in the PBX of Zadarma is chosen there, under PBX, Incoming calls. Add the number here, then."


def owned(account: str, credentials: Mapping[str, Any], number: str = "") -> list[Owned]:
    rows = _ask(credentials, "/v1/direct_numbers/").get("info") or []
    found = [Owned(number=f"+{row['number']}", reference=str(row["number"]), leads_to=str(row.get("sip") or "")) for row in rows]
    return [one for one in found if number in ("", one.number)]


def configure(account: str, credentials: Mapping[str, Any], reference: str, hooks: Mapping[str, str]) -> None:
    """It rings at our login, and is what those whom the login calls are shown."""
    login = str(credentials["user"])
    if "-" in login:
        raise NumbersFailed(EXTENSION)
    _ask(credentials, "/v1/direct_numbers/set_sip_id/", "PUT", number=reference, sip_id=login)
    _ask(credentials, "/v1/sip/callerid/", "PUT", id=login, number=reference)


def _ask(credentials: Mapping[str, Any], path: str, method: str = "GET", **given: str) -> dict[str, Any]:
    with number_faults("Zadarma", _said_no, "keys"):
        return ask(credentials, path, method, **given)


def _said_no(no: Refused) -> str:
    return "Zadarma said no. Look in your account there whether the number is active."
