"""The permit: may this call be placed now, from this number, for this purpose? It fails closed.

Pure: no clock, no database, no settings; the same proposal and pack give the same verdict. What cannot be known refuses. Reasons
to wait (hours, frequency) give the first minute at which they are all gone; one reason to refuse outweighs all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from ringtrue.dialing.locating import Located, locate
from ringtrue.dialing.proposal import Allow, Defer, Past, Proposed, Reason, Refuse, Said, Verdict
from ringtrue.dialing.rules_pack import PURPOSES, Pack, PackRefused, Rule
from ringtrue.dialing.windows import Timed, closed_by, next_open

NO_PACK = "PACK-01"
CALL_PURPOSES = ("marketing.call", "information.call", "callback.call")


def permit(call: Proposed, pack: Pack | PackRefused) -> Verdict:
    """Never raises for what a caller can get wrong; a pack that was refused refuses every call."""
    if isinstance(pack, PackRefused):
        return Refuse("", (Reason(NO_PACK, str(pack)),))
    if problem := pack.age_problem(call.at):
        return Refuse(pack.id, (Reason(NO_PACK, problem),))
    if call.purpose not in PURPOSES:
        return Refuse(pack.id, (Reason(NO_PACK, "The pack has no rules for this purpose."),))
    where = locate(call.number, pack)
    jurisdictions = _jurisdictions(call, where, pack)
    rules = tuple(rule for rule in pack.rules if call.purpose in rule.purposes and rule.jurisdiction in jurisdictions)
    reasons = [reason for rule in rules if rule.kind in _CHECKS for reason in _CHECKS[rule.kind](rule, call, where, pack)]
    if reasons:
        return Refuse(pack.id, tuple(reasons))
    waits, until = _waits(rules, call, where, pack)
    if waits and until is None:
        return Refuse(pack.id, tuple(waits))
    if waits and until is not None:
        return Defer(pack.id, until, tuple(waits), _zones(call, where))
    return Allow(pack.id, tuple(rule.id for rule in rules), worst_price(where, pack))


def worst_price(where: Located, pack: Pack) -> int:
    """The worst that a call to this place may cost, in millionths."""
    parameters = pack.single["spend"].parameters
    rates = parameters["per_minute"]
    return int(rates.get(where.country, rates["other"])) * int(parameters["most_minutes"])


def _jurisdictions(call: Proposed, where: Located, pack: Pack) -> frozenset[str]:
    """Those of the number and those of the stated place: the strictest of both holds."""
    found = {"*"}
    for country, state in _places(call, where):
        found |= {country, f"{country}-{state}"} | {name for name, members in pack.groups.items() if country in members}
    return frozenset(found)


def _places(call: Proposed, where: Located) -> tuple[tuple[str, str], ...]:
    from_number = (where.country, where.state)
    return (from_number, (call.stated.country, call.stated.state)) if call.stated else (from_number,)


def _zones(call: Proposed, where: Located) -> tuple[str, ...]:
    stated = call.stated.zones if call.stated else ()
    return where.zones + tuple(zone for zone in stated if zone not in where.zones)


# Reasons to refuse

Reasons = Iterator[Reason]


def _number(rule: Rule, call: Proposed, where: Located, pack: Pack) -> Reasons:
    yield from (Reason(rule.id, why) for kind, why in where.problems if kind == rule.kind)


def _place(rule: Rule, call: Proposed, where: Located, pack: Pack) -> Reasons:
    if not _zones(call, where):
        yield Reason(rule.id, "Nobody knows in which time zone this number rings; the person's address would tell.")


def _known_country(rule: Rule, call: Proposed, where: Located, pack: Pack) -> Reasons:
    for country, _ in _places(call, where):
        if country not in pack.countries:
            yield Reason(rule.id, "The rules pack knows no rules for the country of this number.")
            return


def _allow_list(rule: Rule, call: Proposed, where: Located, pack: Pack) -> Reasons:
    if call.countries is None or where.country not in call.countries:
        yield Reason(rule.id, "This country is not on the workspace's list of countries that may be called.")


def _escalation(rule: Rule, call: Proposed, where: Located, pack: Pack) -> Reasons:
    if call.number not in call.escalations:
        yield Reason(rule.id, "A call is transferred to the agent's own escalation numbers only.")


def _caller_id(rule: Rule, call: Proposed, where: Located, pack: Pack) -> Reasons:
    if call.caller_ids is None or call.caller_id not in call.caller_ids:
        yield Reason(rule.id, "The number to be shown is not one that the workspace owns or has verified.")


def _own_list(rule: Rule, call: Proposed, where: Located, pack: Pack) -> Reasons:
    if call.on_own_list is None:
        yield Reason(rule.id, "The business's own do-not-call list could not be asked.")
    elif call.on_own_list:
        yield Reason(rule.id, "This person asked not to be called.")


def _consent(rule: Rule, call: Proposed, where: Located, pack: Pack) -> Reasons:
    p = rule.parameters
    if p.get("businesses_need_none") and call.party == "business":
        return
    if call.consents is None:
        yield Reason(rule.id, "The consent ledger could not be asked.")
        return
    best = [_standing(call, purpose) for purpose in p["any_of"]]
    given = [said for said in best if said is not None]
    if p.get("newest_days"):
        given = [said for said in given if said.at >= call.at - timedelta(days=int(p["newest_days"]))]
    if not given:
        yield Reason(rule.id, f"There is no consent that stands for this purpose: {rule.title.lower()}.")
    elif p["written"] and not any(said.written for said in given):
        yield Reason(rule.id, f"The consent is not in writing: {rule.title.lower()}.")


def _standing(call: Proposed, purpose: str) -> Said | None:
    """The newest yes for this purpose until now, unless a withdrawal is as new. Who withdraws one kind of call has withdrawn them
    all; a withdrawal that another machine's clock dates after now counts, a yes does not."""
    newest: Said | None = None
    for said in call.consents or ():
        counts = (said.purpose == purpose and said.at <= call.at) if said.granted else said.purpose in CALL_PURPOSES
        if counts and (newest is None or said.at > newest.at or (said.at == newest.at and not said.granted)):
            newest = said
    return newest if newest is not None and newest.granted else None


def _list(rule: Rule, call: Proposed, where: Located, pack: Pack) -> Reasons:
    p = rule.parameters
    found = max((one for one in call.lists if one.name == p["list"]), key=lambda one: one.published_at, default=None)
    if found is None:
        yield Reason(rule.id, f"{rule.title} has not been imported.")
    elif found.published_at < call.at - timedelta(days=int(p["max_age_days"])):
        yield Reason(rule.id, f"{rule.title}: the imported list is older than {p['max_age_days']} days.")
    elif found.published_at > call.at + timedelta(days=1):
        yield Reason(rule.id, f"{rule.title}: the imported list is dated after this call.")
    elif found.listed:
        said = _standing(call, "marketing.call")
        if not (p["written_consent_overrides"] and said is not None and said.written):
            yield Reason(rule.id, f"{rule.title}: the number is on the list.")


def _reassigned(rule: Rule, call: Proposed, where: Located, pack: Pack) -> Reasons:
    p, found = rule.parameters, call.reassigned
    if found is not None and found.answer == "yes":
        yield Reason(rule.id, "The number has been given to somebody else since the consent.")
    elif call.purpose not in p["needed_for"]:
        return
    elif found is None or found.answer != "no":
        yield Reason(rule.id, "Nobody has asked the reassigned numbers database about this number, or it did not know.")
    elif not call.at - timedelta(days=int(p["max_age_days"])) <= found.asked_at <= call.at + timedelta(days=1):
        yield Reason(rule.id, f"The reassigned numbers database was asked more than {p['max_age_days']} days ago.")


def _history(rule: Rule, call: Proposed, where: Located, pack: Pack) -> Reasons:
    if call.history is None:
        yield Reason(rule.id, "The record of earlier calls could not be asked.")


def _spend(rule: Rule, call: Proposed, where: Located, pack: Pack) -> Reasons:
    if call.spend is None:
        yield Reason(rule.id, "Nobody knows what may still be spent.")
    elif call.spend.free_micros < worst_price(where, pack):
        yield Reason(rule.id, "The worst price of this call is more than what may still be spent.")


_CHECKS: dict[str, Callable[[Rule, Proposed, Located, Pack], Reasons]] = {
    "number": _number, "emergency": _number, "premium": _number, "prefixes": _number, "special": _number,
    "place": _place, "known_country": _known_country, "allow_list": _allow_list, "escalation": _escalation,
    "caller_id": _caller_id, "own_list": _own_list, "consent": _consent, "list": _list, "reassigned": _reassigned,
    "frequency": _history, "spend": _spend,
}  # fmt: skip


# Reasons to wait


def _waits(rules: tuple[Rule, ...], call: Proposed, where: Located, pack: Pack) -> tuple[list[Reason], datetime | None]:
    reasons: list[Reason] = []
    free_at = call.at
    for rule in rules:
        if rule.kind == "frequency":
            again = _again(rule, call)
            if again > call.at:
                reasons.append(
                    Reason(rule.id, f"{rule.title}: at most {rule.parameters['most']} calls in {rule.parameters['hours']} hours.")
                )
                free_at = max(free_at, again)
    timed = [Timed(r.id, pack.weeks[r.id], r.effective_from, r.effective_to) for r in rules if r.kind == "hours"]
    zones, places = _zones(call, where), _places(call, where)
    titles = {rule.id: rule.title for rule in rules}
    for rule_id in dict.fromkeys(rule_id for rule_id, _ in closed_by(call.at, zones, timed, places)):
        reasons.append(Reason(rule_id, f"It is outside the hours for this call where the person may be ({titles[rule_id]})."))
    if not reasons:
        return [], call.at
    return reasons, next_open(_whole_minute(free_at), zones, timed, places)


def _again(rule: Rule, call: Proposed) -> datetime:
    """When the rule's count is below its limit again; now when it is."""
    p = rule.parameters
    length = timedelta(hours=int(p["hours"]))
    times = sorted(
        past.at for past in call.history or () if _counts(p, past, call) and past.at > call.at - length
    )  # a call in the future (another machine's clock) counts as well
    most = int(p["most"])
    return call.at if len(times) < most else max(call.at, times[-most] + length)


def _counts(p: dict[str, object], past: Past, call: Proposed) -> bool:
    if "answered" in p and past.answered != p["answered"]:
        return False
    if p.get("abandoned") and not past.abandoned:
        return False
    return not (p.get("same_topic") and past.topic and call.topic and past.topic != call.topic)


def _whole_minute(at: datetime) -> datetime:
    return at if at.second == at.microsecond == 0 else at.replace(second=0, microsecond=0) + timedelta(minutes=1)
