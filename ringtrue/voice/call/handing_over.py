"""A warm transfer: the colleague is rung on a second leg, hears who is calling, and takes the call or leaves it with the agent.

Meanwhile the caller hears a hold sound. The colleague's leg is a conversation of its own, of which nothing is kept but that it was held
and what they were told. When they take the call both legs are connected here, and nobody of ours listens any more.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal

import msgspec
import structlog

from ringtrue.voice.agent import CallOrder, Escalation, Limits, Recording
from ringtrue.voice.audio.hold_sound import hold_sound
from ringtrue.voice.brains.briefing import Briefing, Decision
from ringtrue.voice.call import wording
from ringtrue.voice.call.closing import facts_of
from ringtrue.voice.call.faults import describe
from ringtrue.voice.call.mouth import Passage
from ringtrue.voice.events import AudioPiece, CallEvent, Consulted, Said, Transferred
from ringtrue.voice.lines.leg import Leg
from ringtrue.voice.port import ToolFailed

if TYPE_CHECKING:
    from ringtrue.voice.call.conversation import Conversation
    from ringtrue.voice.call.office import Office

log = structlog.get_logger(__name__)

COLLEAGUE_LIMITS = Limits(max_call_s=120, silence_prompt_s=6.0, silence_hang_up_s=16.0, max_spend_usd=0.0)
TOLD = ("name", "reason", "service")
"""Of what a brain has gathered."""


class NotReached(Exception):
    """The caller stays with the agent; `str(self)` is a code of ours, such as "busy", "declined" or "not_permitted"."""


class Unheard:
    """The port of the colleague's leg: nothing of it is kept. `said`: what they have heard of us."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def emit(self, event: CallEvent) -> None:
        if isinstance(event, Said):
            self.said.append(event.text)

    def audio(self, piece: AudioPiece) -> None:
        return

    async def use(self, tool: str, arguments: dict[str, str]) -> dict[str, str]:
        raise ToolFailed("not_allowed")


class HandOver:
    """One try to hand `call` over to `target`, an escalation of its agent that may be reached now."""

    def __init__(self, call: Conversation, office: Office, target: Escalation) -> None:
        self._call = call
        self._office = office
        self._desk = call.desk
        self._target = target
        self._port = Unheard()
        self._second = office.second_legs.expect()
        self._their_id = f"{call.order.call_id}:{self._second.ticket[:6]}"
        self._rung: asyncio.Task[dict[str, str]] | None = None
        self._serving: asyncio.Task[object] | None = None
        self._says_goodbye = False  # to the colleague, while the caller is with the agent again

    async def run(self) -> None:
        """Returns when the colleague took the call and that is over. Raises NotReached."""
        desk = self._desk
        hold = self._begin_hold()
        try:
            briefing = await self._ring()
            leg = await self._answered()
            await self._brief(leg, briefing)
            await self._connect(leg)
        except (ToolFailed, TimeoutError) as failure:
            raise NotReached(str(failure) or "timeout") from None
        finally:
            if desk.mouth.holds(hold):
                desk.mouth.cut(desk.clock.now(), keep_firm=False)
            await self._let_go()

    def _begin_hold(self) -> Passage:
        desk = self._desk
        settings = desk.settings
        loop = hold_sound(desk.leg.sample_rate)
        hold = Passage("", turn=desk.turn, firm=True, filler=True)
        longest_s = (settings.colleague_rings + settings.colleague_decides + settings.tool_timeout) / 1000
        hold.pcm += loop * (1 + round(longest_s * 2 * desk.leg.sample_rate / len(loop)))
        hold.made = True
        desk.waiting_from = None
        desk.mouth.add(hold)
        desk.mouth.pump(desk.clock.now())
        return hold

    async def _ring(self) -> str:
        """What the colleague is to be told; made where the call's storage mode is known to hold."""
        desk = self._desk
        facts = facts_of(self._call.brain)
        asked = {"escalation": self._target.id, "ticket": self._second.ticket, "words": desk.heard.text if desk.heard else ""}
        asked |= {name: facts[name] for name in TOLD if name in facts}
        self._rung = asyncio.create_task(desk.port.use("ring_colleague", asked))
        async with asyncio.timeout(desk.settings.tool_timeout / 1000):
            rung = await asyncio.shield(self._rung)
        self._tell("ringing")
        return rung["briefing"]

    async def _answered(self) -> Leg:
        assert self._rung is not None
        attempt = self._rung.result()["attempt"]

        async def look() -> None:
            state = (await self._desk.port.use("colleague_state", {"attempt": attempt}))["state"]
            if state not in ("ringing", "answered"):
                raise NotReached(state)

        if not await self._wait({self._second.leg}, self._desk.settings.colleague_rings, look):
            raise NotReached("no_answer")
        self._tell("answered")
        return self._second.leg.result()

    async def _brief(self, leg: Leg, briefing: str) -> None:
        """Returns when they have said that they take the call."""
        decision: asyncio.Future[Decision] = asyncio.get_running_loop().create_future()

        def decided(said: Decision) -> None:
            if not decision.done():
                decision.set_result(said)

        brain = Briefing(briefing, decided)
        serving = self._serving = asyncio.create_task(self._office.serve(self._their_order(), leg, self._port, brain=brain))
        await self._wait({serving, decision}, self._desk.settings.colleague_decides)
        if serving.done() and serving.exception() is not None:  # no room for another leg
            await leg.hang_up()
            raise NotReached("full")
        verdict = decision.result() if decision.done() else "declined" if serving.done() else "no_answer"
        self._says_goodbye = verdict in ("declined", "voicemail")
        if self._port.said:
            self._tell("briefed", " ".join(self._port.said))
        if verdict != "accepted":
            raise NotReached(verdict)
        self._tell("accepted")

    async def _wait(
        self, awaited: set[asyncio.Future[Any]], longest_ms: int, look: Callable[[], Awaitable[None]] | None = None
    ) -> bool:
        """False when none of these came in time. `look` is asked now and then. A caller who speaks of an emergency waits no longer."""
        desk, loop = self._desk, asyncio.get_running_loop()
        heard, until = desk.heard, loop.time() + longest_ms / 1000
        while loop.time() < until:
            done, _ = await asyncio.wait(
                awaited, timeout=desk.settings.colleague_look / 1000, return_when=asyncio.FIRST_COMPLETED
            )
            if done:
                return True
            if desk.heard is not None and desk.heard is not heard and "emergency" in self._call.guard.flags(desk.heard.text):
                raise NotReached("emergency")
            if look is not None:
                await look()
        return False

    def _their_order(self) -> CallOrder:
        order = self._desk.order
        return msgspec.structs.replace(
            order, call_id=self._their_id, agent=msgspec.structs.replace(order.agent, limits=COLLEAGUE_LIMITS),
            direction="outbound", storage_mode="metadata_only", recording=Recording(flow="off"), mission=None, errand=None,
            listening=False, offers_reminder=False, offers_text=False, to_colleague=True, now=self._desk.now_utc,
        )  # fmt: skip

    async def _connect(self, leg: Leg) -> None:
        desk, target, theirs = self._desk, self._target, self._theirs
        if theirs is None or self._serving is None:
            raise NotReached("hung_up")
        if self._call.members.taken:  # somebody of the business speaks with the caller already
            raise NotReached("declined")
        desk.mouth.cut(desk.clock.now(), keep_firm=False)
        await desk.say_to_end(wording.put_through(target.person))  # while the colleague hears that they are being connected
        await theirs.desk.mouth.drained()
        desk.emit(Transferred(at_ms=desk.clock.ms(), escalation_id=target.id, person=target.person, ok=True))
        self._call.connect(leg)
        theirs.connect(desk.leg)
        done, _ = await asyncio.wait({self._serving}, timeout=desk.settings.joined_longest / 1000)
        if not done:
            self._call.disconnect()
            await desk.say_to_end(wording.TOO_LONG)

    async def _let_go(self) -> None:
        """Whatever happened, a telephone that rings stops and the colleague's leg ends."""
        self._call.disconnect()
        if self._serving is not None:
            if not self._says_goodbye and (theirs := self._theirs) is not None:
                theirs.abort("stopped")
            self._serving.add_done_callback(self._served)
            return
        self._office.second_legs.close(self._second)
        with contextlib.suppress(Exception):
            async with asyncio.timeout(self._desk.settings.hang_up_timeout / 1000):
                if self._second.leg.done():
                    await self._second.leg.result().hang_up()
                elif self._rung is not None:
                    rung = await self._rung
                    await self._desk.port.use("stop_ringing", {"attempt": rung["attempt"]})

    def _served(self, serving: asyncio.Task[object]) -> None:
        self._office.second_legs.close(self._second)
        if not serving.cancelled() and (error := serving.exception()) is not None:
            log.warning("colleague_not_served", call=self._desk.order.call_id, error=describe(error))

    @property
    def _theirs(self) -> Conversation | None:
        """The colleague's leg as a conversation, while it lasts."""
        return self._office.calls.get(self._their_id)

    def _tell(self, stage: Literal["ringing", "answered", "briefed", "accepted"], text: str = "") -> None:
        self._desk.emit(
            Consulted(
                at_ms=self._desk.clock.ms(),
                escalation_id=self._target.id,
                person=self._target.person,
                stage=stage,
                text=text,
            )
        )
