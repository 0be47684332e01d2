"""The calls of the gateway, from either side, and what the house orders to be done with them."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Coroutine
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import structlog

from ringtrue.voice.lines.sip import desk_talk
from ringtrue.voice.lines.sip.allow_list import read_networks
from ringtrue.voice.lines.sip.bridging import Bridge
from ringtrue.voice.lines.sip.desk_talk import Answer, DialEnded, Done, TransferEnded, Trunk, Unanswered
from ringtrue.voice.lines.sip.starting import MOST_CALLS
from ringtrue.voice.lines.sip.verdicts import WHY, cause

log = structlog.get_logger(__name__)

ANSWER_S = 5.0  # within which the loop takes a call
LET_GO_S = 3.0  # within which the loop lets go of a call that was handed over
ACK_S = 4.0  # within which a far end confirms that it heard us answer; it has been told four times by then (RFC 3261, 13.3.1.4)
MOST_UNCONFIRMED = 20  # of one trunk; more are refused, so that no trunk fills every line with calls that it does not confirm

NO_CODEC = "No common audio"  # the library's words for a call that it refuses with 488 ...
NO_SOUND = "rtp stream error"  # ... and for one of which nothing came for `rtp_timeout`

_SENDER = re.compile(r"SIP\s*/\s*2\.0\s*/\s*\w+\s+(?:\[([^\]]+)\]|([^\s;:,]+))")
_USER = re.compile(r"sips?:([^@;>\s]+)@")

Ask = Callable[[list[str], str, str, str], Awaitable[Answer]]


class Calls:
    """`ask(trunks, from_user, to_user, ref)`: who answers? `tell`: to the desk. `do`: runs a coroutine of its own. `agents`: the library's
    user agent of each trunk. `loop_url`: where calls are served."""

    def __init__(
        self, ask: Ask, tell: Callable[[desk_talk.FromGateway], None], do: Callable[[Coroutine[Any, Any, None]], None]
    ) -> None:
        self.loop_url = ""
        self.runtime: Any = None  # the library's, once it has started
        self.agents: dict[str, tuple[Trunk, Any]] = {}
        self.bridges: dict[int, Bridge] = {}
        self._ask, self._tell, self._do = ask, tell, do
        self._calls: dict[str, tuple[Trunk, Any]] = {}  # by reference: the far end's Call-ID, or ours for a call that we place
        self._handed_over: set[int] = set()  # calls whose far end is being sent elsewhere

    def by_address(self, headers: dict[str, str]) -> list[Trunk]:
        """Of those without a login: the nearest hop that the call names (Via) tells which, or the called number does."""
        trunks = [trunk for trunk, _ in self.agents.values() if trunk.kind == "ip"]
        sender = sender_of(headers.get("Via", ""))
        named = [trunk for trunk in trunks if sender and any(sender in network for network in read_networks(trunk.allowed))]
        return named or trunks

    def refused(self, trunks: list[Trunk], closed: Any) -> None:
        """The library itself has refused a call that came: it is told, so that somebody may learn of it."""
        if trunks and closed.call_id is None and (closed.text or "").startswith(NO_CODEC):
            caller, called = parties(closed, trunks[0])
            self._tell(
                Unanswered(
                    trunks=[trunk.id for trunk in trunks], from_user=caller, to_user=called, ref=closed.headers.get("Call-ID", ""),
                    code="no_common_codec",
                )
            )  # fmt: skip

    async def incoming(self, trunks: list[Trunk], call: Any) -> None:
        caller, called = parties(call, trunks[0])
        answer = await self._ask([trunk.id for trunk in trunks], caller, called, call.call_id or "")
        if not answer.ticket:
            log.warning("call refused", code=answer.code)
            await call.reject()
            return
        trunk = next((trunk for trunk in trunks if trunk.id == answer.trunk), trunks[0])
        self._calls[call.call_id or ""] = (trunk, call)
        try:
            if not await self._carry(call, answer.ticket, came_by=trunk):
                await call.reject()
        finally:
            self._calls.pop(call.call_id or "", None)

    async def _carry(self, call: Any, ticket: str, *, came_by: Trunk | None = None) -> bool:
        """Between the far end and the loop, until either is gone. `came_by`: of a call that is to be answered. False when it is not
        taken."""
        bridge = Bridge(call)

        def told(event: Any) -> None:
            if event.event.name == "CALL_ESTABLISHED":
                bridge.unconfirmed_by = ""
            # The end of a call that is handed over is told with the verdict.
            elif event.event.name == "CALL_CLOSED" and call.handle not in self._handed_over:
                bridge.ended(lost=event.text == NO_SOUND)

        call.on(told)
        self.bridges[call.handle] = bridge
        try:
            await bridge.connect(self.loop_url, ticket)
            async with asyncio.timeout(ANSWER_S):
                verdict = await bridge.answered
            if verdict == "refused":
                return False
            if came_by is not None:
                if sum(other.unconfirmed_by == came_by.id for other in self.bridges.values()) >= MOST_UNCONFIRMED:
                    log.warning("call refused", code="too_many_unconfirmed", trunk=came_by.id)
                    bridge.ended(lost=True)
                    return False
                bridge.unconfirmed_by = came_by.id
                await call.answer()
                asyncio.get_running_loop().call_later(ACK_S, bridge.give_up_unless_confirmed)
            await bridge.over
            if call.state.name != "CLOSED" and call.handle not in self._handed_over:
                await call.hangup()
        except (OSError, TimeoutError) as problem:
            log.error("loop not reached", problem=type(problem).__name__)
            return False
        finally:
            self.bridges.pop(call.handle, None)
        return True

    async def obey(self, order: desk_talk.Asked) -> None:
        from baresip import BaresipError

        try:
            code = await (self._dial(order) if isinstance(order, desk_talk.Dial) else self._control(order))
        except (BaresipError, ValueError) as problem:
            log.warning("order failed", problem=type(problem).__name__)
            code = "carrier_refused"
        self._tell(Done(ask=order.ask, code=code))

    async def _control(self, order: desk_talk.Transfer | desk_talk.HangUp) -> str:
        trunk, call = self._calls.get(order.ref) or (None, None)
        if trunk is None or call is None or call.state.name == "CLOSED":
            return "call_over"
        if isinstance(order, desk_talk.HangUp):
            await call.hangup()  # of one that still rings: a CANCEL
        elif call.state.name != "ESTABLISHED":
            return "call_over"
        elif call.handle in self._handed_over:
            return "transferring"
        else:
            self._handed_over.add(call.handle)
            self._do(self._transfer(order, trunk, call))
        return ""

    async def _transfer(self, order: desk_talk.Transfer, trunk: Trunk, call: Any) -> None:
        """A blind REFER, and the far end's verdict, which may take a minute: until then the call is still ours."""
        from baresip import BaresipError, TransferFailed

        code = ""
        try:
            await call.transfer(f"sip:{order.number}@{trunk.host}")
        except TransferFailed as failure:
            code = WHY.get(failure.status, f"refused_{failure.status}") if failure.status else "no_verdict"
        except BaresipError:
            code = "call_over"
        self._tell(TransferEnded(ref=order.ref, code=code))
        bridge = self.bridges.get(call.handle)
        if bridge is not None:
            bridge.transferred(code)
            if call.state.name == "CLOSED":
                if not code:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(asyncio.shield(bridge.over), LET_GO_S)
                bridge.ended()
        self._handed_over.discard(call.handle)

    async def _dial(self, order: desk_talk.Dial) -> str:
        trunk, agent = self.agents.get(order.trunk) or (None, None)
        if trunk is None or agent is None:
            return "no_trunk"
        if len(self.bridges) >= MOST_CALLS:
            return "full"
        named = {"P-Asserted-Identity": f"<sip:{order.caller_id}@{trunk.host}>"} if order.caller_id else {}
        early: list[Any] = []
        self.runtime.subscribe(early.append)
        try:
            call = await agent.dial(f"sip:{order.number}@{trunk.host}{via(trunk)}", headers=named)
        finally:
            self.runtime.unsubscribe(early.append)
        self._calls[order.ref] = (trunk, call)
        self._do(self._placed(order, call, early))
        return ""

    async def _placed(self, order: desk_talk.Dial, call: Any, early: list[Any]) -> None:
        """`early`: what the library told before it gave us the call. A near far end refuses that quickly, and the library's call, which
        listens from its making on, would wait for an answer that has been."""
        from baresip import CallFailed, CallTimeout

        answered, status, why = False, 0, ""
        rang: list[Any] = []
        call.on(lambda event: rang.append(event) if event.event.name in ("CALL_RINGING", "CALL_PROGRESS") else None)
        for event in early:
            call._on_stack_event(event)  # which takes its own only
        try:
            await call.wait_established(order.ring_s)
            answered = True
            if not await self._carry(call, order.ticket):
                await call.hangup()
        except CallTimeout:
            status, why = (408, "") if rang else (0, "silent")
        except CallFailed as failure:
            status, why = failure.status or 0, cause(None, failure.reason)
        finally:
            self._calls.pop(order.ref, None)
            self._tell(DialEnded(ref=order.ref, answered=answered, status=status, cause=why))

    async def idle(self) -> None:
        while self.bridges:
            await asyncio.wait([bridge.over for bridge in self.bridges.values()])
            await asyncio.sleep(0.2)  # for what follows the end of a call


def parties(told: Any, trunk: Trunk) -> tuple[str, str]:
    """(who calls, whom), as the far end writes them. `told`: a call, or an event about one."""
    headers = told.headers
    caller = user_of(headers.get("P-Asserted-Identity", "")) or user_of(headers.get("From", "")) or user_of(told.peer or "")
    return caller, user_of(headers.get("To", "")) or trunk.user


def via(trunk: Trunk) -> str:
    """The URI parameter that names the transport; UDP is what a URI without one means (RFC 3263)."""
    return "" if trunk.transport == "udp" else f";transport={trunk.transport}"


def sender_of(via: str) -> IPv4Address | IPv6Address | None:
    """ "SIP/2.0/UDP 192.0.2.1:5060;branch=..." -> 192.0.2.1; None for a name."""
    found = _SENDER.match(via)
    try:
        return ip_address((found.group(1) or found.group(2)) if found else "")
    except ValueError:
        return None


def user_of(uri: str) -> str:
    """ "Jane" <sip:+15551230000@192.0.2.1> -> +15551230000; "" when there is none."""
    found = _USER.search(uri)
    return found.group(1) if found else ""
