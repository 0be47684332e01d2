"""What the law of a place asks before a call is recorded. Not legal advice: counsel checks the table before real calls.

`announce`: whoever was told and stays on the line may be recorded. `ask`: everybody on the line has to agree. Where nobody knows the
place, or this table does not know its law, everybody is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ringtrue.privacy.policy_keys import ORDERS

FLOWS = ORDERS["recording.flow"]

ALL_AGREE = frozenset("CA CT DE FL IL MA MD MI MT NH NV OR PA WA".split())
"""States where everybody on the line has to agree, among them those where it depends on who sues or on the kind of call (CT, MI, OR)."""

ONE_AGREES = frozenset(
    "AK AL AR AZ CO DC GA HI IA ID IN KS KY LA ME MN MO MS NC ND NE NJ NM NY OH OK RI SC SD TN TX UT VA VT WI WV WY".split()
)
"""States of which federal law is the measure: one party's agreement is enough (18 U.S.C. § 2511(2)(d))."""

TOLD = {
    "GB": "Investigatory Powers (Interception by Businesses etc.) Regulations 2018: all who are on the line are told",
    "CA": "PIPEDA, Schedule 1, principle 3: callers are told, and of what it is for; whoever stays agrees",
}
"""Countries where telling is enough, and by which law. In the European Union it is not: GDPR Art. 4(11) wants a clear act."""


class Place(NamedTuple):
    """`country` as in ISO 3166-1, `state` of the United States by its two letters; "" where nobody knows."""

    country: str = ""
    state: str = ""


def asked_by(place: Place) -> str:
    """One of FLOWS: "announce" or "ask"."""
    enough = place.state in ONE_AGREES if place.country == "US" else place.country in TOLD
    return "announce" if enough else "ask"


def strictest(places: Iterable[Place]) -> str:
    """What satisfies the law of every place at once."""
    return str(max((asked_by(place) for place in places), key=FLOWS.index, default="ask"))
