"""How many calls an account at a carrier may begin, and have going on. A carrier queues or refuses what is above its limits; we wait.

The account's row is the lock: any number of processes begin no more calls than it allows. Two workspaces with one account at the carrier are
counted apart.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from ringtrue.dialing.ending import UNKNOWN_AFTER
from ringtrue.dialing.models import Attempt
from ringtrue.numbers.models import LineAccount
from ringtrue.voice.lines import finding

LOOK_AGAIN = timedelta(seconds=5)  # nobody knows when one of the calls that are going on will end
RULE = "LINE-01"
WORDS = "The account at the carrier has no room for one more call now."


def begin(account_id: UUID, now: datetime, *, at_once: bool = False) -> datetime | None:
    """None: the call may begin, and is counted as begun. Otherwise when to ask again. `at_once`: somebody is on the line and waits; the
    call is counted and never put off. Needs the workspace's scope and a transaction, which ends soon."""
    account = LineAccount.objects.select_for_update(no_key=True).filter(id=account_id).first()
    if account is None:
        return None  # disconnected meanwhile: the dial will say so
    earliest = account.next_start_at or now
    if not at_once:
        if earliest > now:
            return earliest
        if account.most_calls is not None and going_on(account, now) >= account.most_calls:
            return now + LOOK_AGAIN
    rate = starts_per_s(account)
    if rate:
        account.next_start_at = max(earliest, now) + timedelta(seconds=1 / rate)
        account.save(update_fields=["next_start_at"])
    return None


def starts_per_s(account: LineAccount) -> float | None:
    """None: any number."""
    return usual_starts_per_s(account.line) if account.starts_per_s is None else account.starts_per_s


def usual_starts_per_s(line: str) -> float | None:
    """What this carrier allows everybody; None where it does not count."""
    usual: float | None = getattr(finding.part(line, "dialing"), "STARTS_PER_S", None)
    return usual


def going_on(account: LineAccount, now: datetime) -> int:
    """Calls that we placed and that are not over, as far as anybody knows."""
    lately = Q(state="placed") | Q(at__gt=now - UNKNOWN_AFTER)
    return Attempt.objects.filter(lately, line_account=account.id, closed_at__isnull=True).count()
