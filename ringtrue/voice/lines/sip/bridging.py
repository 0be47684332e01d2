"""One call between the SIP library and the loop: audio every 20 ms both ways, and what is said about the call."""

from __future__ import annotations

import asyncio
from typing import Any, Literal, Protocol

import msgspec
import structlog
from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect

from ringtrue.voice.audio.resampling import Resampler
from ringtrue.voice.lines.sip.media import ToGateway, ToLoop

log = structlog.get_logger(__name__)

FRAME = 320  # bytes: 20 ms at 8 kHz
RATE = 8000
EARLY = 100 * FRAME  # sound for a call whose media is not up yet: 2 s

_decode = msgspec.json.Decoder(ToGateway).decode


class SipCall(Protocol):
    """`baresip.Call`, as far as it is used here."""

    audio: Any
    remote_on_hold: bool

    async def answer(self) -> None: ...
    async def reject(self) -> None: ...
    async def hangup(self) -> None: ...
    async def send_dtmf(self, digits: str) -> None: ...
    def on_dtmf(self, callback: Any) -> None: ...


class Bridge(WSListener):
    def __init__(self, call: SipCall) -> None:
        super().__init__()
        self.call = call
        self.over = asyncio.get_running_loop().create_future()
        self.answered: asyncio.Future[Literal["answer", "refused"]] = asyncio.get_running_loop().create_future()
        self.unconfirmed_by = ""  # the trunk of a call that we have answered, until its far end has confirmed that (ACK)
        self._transport: WSTransport | None = None
        self._early = bytearray()
        self._heard = bytearray()
        self._held = False  # by the far end
        self._rates: tuple[int, int] = (0, 0)
        self._up = self._down = Resampler(RATE, RATE)
        self._jobs: set[asyncio.Task[None]] = set()
        call.on_dtmf(lambda event: self._tell(ToLoop("digits", digits=event.digit)))

    async def connect(self, loop_url: str, ticket: str) -> None:
        """Raises OSError or picows.WSError when the loop cannot be reached."""
        await ws_connect(lambda: self, loop_url, max_frame_size=1 << 16)
        self._tell(ToLoop("start", ticket=ticket))

    # --- audio, every 20 ms, from the gateway's clock

    def tick(self) -> None:
        """Never raises: audio that is not there (yet, any more) is silence."""
        if self._transport is None or not self.answered.done():
            return
        if self.call.remote_on_hold != self._held:
            self._held = self.call.remote_on_hold
            self._tell(ToLoop("held" if self._held else "resumed"))
        if self._held:
            self._take()  # music or nothing: neither is the caller speaking
            self._send(bytes(FRAME))
            return
        self._heard += self._take()
        while len(self._heard) >= FRAME:
            self._send(bytes(self._heard[:FRAME]))
            del self._heard[:FRAME]
        if self._early:
            self._give(b"")

    def _take(self) -> bytes:
        try:
            if not self._ready():
                return b""
            return self._up.feed(self.call.audio.read(self._rates[0] // 50 * 2 * 10))
        except _not_now():
            self._rates = (0, 0)
            return b""

    def _give(self, pcm: bytes) -> None:
        """Play now, or as soon as the media is up."""
        self._early += pcm
        del self._early[: max(0, len(self._early) - EARLY)]
        try:
            if self._ready():
                self.call.audio.write(self._down.feed(bytes(self._early)))
                self._early.clear()
        except _not_now():
            self._rates = (0, 0)

    def _ready(self) -> bool:
        """The codec, and with it the rate, may change with every re-INVITE."""
        if not all(self._rates):
            info = self.call.audio.info()
            if not (info.tx_ready and info.rx_ready and info.tx_sample_rate and info.rx_sample_rate):
                return False
            self._rates = (info.rx_sample_rate, info.tx_sample_rate)
            self._up, self._down = Resampler(self._rates[0], RATE), Resampler(RATE, self._rates[1])
        return True

    # --- from the loop

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.BINARY:
            self._give(frame.get_payload_as_bytes())
        elif frame.msg_type == WSMsgType.TEXT:
            self._control(_decode(frame.get_payload_as_bytes()))
        elif frame.msg_type == WSMsgType.CLOSE:
            self._gone()
            transport.disconnect()

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._transport = None
        self._gone()

    def _control(self, message: ToGateway) -> None:
        if message.type == "answer" or message.type == "refused":
            if not self.answered.done():
                self.answered.set_result(message.type)
        elif message.type == "clear":
            self._early.clear()
            try:
                self.call.audio.flush_tx()
            except _not_now():
                self._rates = (0, 0)
        elif message.type == "digits":
            self._do(self.call.send_dtmf(message.digits))
        else:
            self._gone()

    def _do(self, work: Any) -> None:
        job = asyncio.create_task(self._safely(work))
        self._jobs.add(job)
        job.add_done_callback(self._jobs.discard)

    async def _safely(self, work: Any) -> None:
        try:
            await work
        except Exception as problem:
            log.warning("call control failed", problem=type(problem).__name__)

    # --- the end, from either side

    def transferred(self, code: str) -> None:
        """The verdict on a transfer; the call is the loop's to end if `code` is empty, and goes on if not."""
        self._tell(ToLoop("transferred", code=code))

    def ended(self, *, lost: bool = False) -> None:
        """The far end has hung up, or (`lost`) nothing comes from it any more."""
        self._tell(ToLoop("hang_up", code="lost" if lost else ""))
        if self._transport is not None:
            self._transport.send_close()
        self._gone()

    def give_up_unless_confirmed(self) -> None:
        """Nobody knows whether a far end that says nothing hears us: its line is free for others again."""
        if self.unconfirmed_by and not self.over.done():
            log.warning("answer not confirmed", trunk=self.unconfirmed_by)
            self.ended(lost=True)

    def _gone(self) -> None:
        if not self.answered.done():
            self.answered.set_result("refused")
        if not self.over.done():
            self.over.set_result(None)

    # --- to the loop

    def _tell(self, message: ToLoop) -> None:
        if self._transport is not None:
            self._transport.send(WSMsgType.TEXT, msgspec.json.encode(message))

    def _send(self, pcm: bytes) -> None:
        if self._transport is not None:
            self._transport.send(WSMsgType.BINARY, pcm)


def _not_now() -> tuple[type[Exception], ...]:
    from baresip import AudioNotActive, AudioRestarted

    return (AudioNotActive, AudioRestarted)
