"""May this number be sent a text message now? The same lists, countries and kinds of numbers as for a call; it fails closed."""

from __future__ import annotations

from uuid import UUID

from ringtrue.dialing.gathering import allowed_countries, hash_number
from ringtrue.dialing.locating import locate
from ringtrue.dialing.rules_pack import PackRefused, current_pack
from ringtrue.dialing.stopping import is_stopped, lock_number
from ringtrue.privacy import restricting
from ringtrue.privacy.models import Subject


def refusal(workspace_id: UUID, number: str) -> str:
    """Why not, as a code; "" where it may. `number` is E.164. Holds the number's lock until the transaction ends: who opts out meanwhile
    waits until this message is with the carrier, and none leaves afterwards. Needs the workspace's scope."""
    number_hash = hash_number(workspace_id, number)
    lock_number(number_hash, shared=True)
    if is_stopped(workspace_id, number_hash):
        return "opted_out"
    try:
        where = locate(number, current_pack())
    except PackRefused:
        return "no_rules"
    if where.problems or where.country not in allowed_countries(workspace_id):
        return "place_not_allowed"
    subject = Subject.objects.filter(workspace_id=workspace_id, handle_hash=number_hash, erased_at=None).first()
    return "" if subject is None or restricting.allowed(subject, "calls") else "objected"
