"""A stand-in for Twilio, written from its documentation; it was never compared with a trace of the real service.

It signs webhooks with the official SDK's algorithm, reads our TwiML, opens the media websocket as Twilio does, sends mu-law
every 20 ms by the clock, keeps a playback buffer of its own, and honours `mark` and `clear`. One object is one phone call. The REST API is
`twilio_rest.py`.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
import xml.etree.ElementTree as ET
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from picows import WSFrame, WSListener, WSMsgType, WSTransport, ws_connect
from twilio.request_validator import RequestValidator

from ringtrue.voice.audio.g711 import ulaw_decode, ulaw_encode

QUIET = b"\xff" * 160
Post = Callable[[str, bytes, dict[str, str]], tuple[int, bytes]]


class TwilioCall(WSListener):
    """`post(path, body, headers) -> (status, body)` reaches our hooks; `public_url` is what the signature covers."""

    def __init__(self, post: Post, public_url: str, account: str, token: str, to: str, caller: str) -> None:
        super().__init__()
        self.sid = "CA" + secrets.token_hex(16)
        self.stream = "MZ" + secrets.token_hex(16)
        self._post, self._public_url, self._account, self._token = post, public_url, account, token
        self._numbers = {"To": to, "From": caller}
        self._transport: WSTransport | None = None
        self._to_say: deque[bytes] = deque()
        self._buffer: deque[bytes | str] = deque()  # frames, and names of marks between them
        self.heard = bytearray()  # mu-law, as the caller heard it, silence included
        self.clears = 0
        self.cleared_ms = 0
        self.frames_sent = 0
        self.closed = asyncio.Event()
        self.close_code = 0
        self._sequence = 0

    # Webhooks

    def webhook(self, what: str, *, sign: bool = True, **fields: str) -> tuple[int, str]:
        form = {
            "CallSid": self.sid, "AccountSid": self._account, **self._numbers, "CallStatus": "ringing", "Direction": "inbound",
            "ApiVersion": "2010-04-01", **fields,
        }  # fmt: skip
        made = RequestValidator(self._token).compute_signature(f"{self._public_url}/hooks/twilio/{what}", form)
        status, body = self._post(f"/hooks/twilio/{what}", urlencode(form).encode(), {"X-Twilio-Signature": made} if sign else {})
        return status, body.decode()

    def ring(self, *, sign: bool = True) -> tuple[str, str]:
        """(address of the media socket, ticket) from our answer. Raises AssertionError when we do not connect the call."""
        status, twiml = self.webhook("voice", sign=sign)
        assert status == 200, status
        stream = ET.fromstring(twiml).find("./Connect/Stream")  # noqa: S314 - our own answer
        assert stream is not None, twiml
        parameter = stream.find("Parameter")
        assert parameter is not None
        assert parameter.get("name") == "ticket"
        return str(stream.get("url")), str(parameter.get("value"))

    # Media

    async def connect(self, url: str, ticket: str) -> None:
        await ws_connect(lambda: self, url)
        self._send("connected", protocol="Call", version="1.0.0")
        self._send(
            "start",
            start={
                "accountSid": self._account, "streamSid": self.stream, "callSid": self.sid, "tracks": ["inbound"],
                "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
                "customParameters": {"ticket": ticket},
            },
        )  # fmt: skip
        self._clock = asyncio.create_task(self._run())

    def say(self, pcm: bytes) -> None:
        """The caller speaks: PCM16 at 8 kHz, put behind what is being said."""
        coded = ulaw_encode(pcm)
        self._to_say.extend(coded[at : at + 160].ljust(160, b"\xff") for at in range(0, len(coded), 160))

    def press(self, digit: str) -> None:
        self._send("dtmf", dtmf={"track": "inbound_track", "digit": digit})

    async def hang_up(self) -> None:
        self._send("stop", stop={"accountSid": self._account, "callSid": self.sid})
        assert self._transport is not None
        self._transport.send_close()
        self._transport.disconnect()
        await self.over()

    async def over(self, seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            await self.closed.wait()

    async def until(self, done: Callable[[], bool], seconds: float = 10) -> None:
        async with asyncio.timeout(seconds):
            while not done():  # noqa: ASYNC110 - what is awaited is what the caller hears, not an event
                await asyncio.sleep(0.02)

    def speaking(self) -> bool:
        """Whether the caller hears the agent, or has heard it in the last 400 ms: between two sentences it still speaks."""
        return bytes(self.heard[-3200:]).count(QUIET) < len(self.heard[-3200:]) // 160

    def heard_pcm(self) -> bytes:
        return ulaw_decode(bytes(self.heard))

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        begin = loop.time()
        while not self.closed.is_set():
            frame = self._to_say.popleft() if self._to_say else QUIET
            payload = base64.b64encode(frame).decode()
            self.frames_sent += 1
            chunk, at_ms = str(self.frames_sent), str(self.frames_sent * 20)
            self._send("media", media={"track": "inbound", "chunk": chunk, "timestamp": at_ms, "payload": payload})
            while self._buffer and isinstance(self._buffer[0], str):
                self._send("mark", mark={"name": self._buffer.popleft()})
            played = self._buffer.popleft() if self._buffer else QUIET
            assert isinstance(played, bytes)
            self.heard += played
            await asyncio.sleep(max(0.0, begin + self.frames_sent * 0.02 - loop.time()))

    def _send(self, event: str, **body: Any) -> None:
        message: dict[str, Any] = {"event": event, **body}
        if event != "connected":
            self._sequence += 1
            message |= {"sequenceNumber": str(self._sequence), "streamSid": self.stream}
        if self._transport is not None and not self._transport.is_close_frame_sent:
            self._transport.send(WSMsgType.TEXT, json.dumps(message))

    # From our media process

    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self.closed.set()

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            self.close_code = int(frame.get_close_code().value)
            transport.send_close(frame.get_close_code())
            transport.disconnect()
            return
        assert frame.msg_type == WSMsgType.TEXT, "Twilio takes text messages only"
        message = json.loads(frame.get_payload_as_bytes())
        assert message["streamSid"] == self.stream
        if message["event"] == "media":
            coded = base64.b64decode(message["media"]["payload"], validate=True)
            self._buffer.extend(coded[at : at + 160] for at in range(0, len(coded), 160))
        elif message["event"] == "mark":
            self._buffer.append(message["mark"]["name"])
        elif message["event"] == "clear":
            self.clears += 1
            marks = [item for item in self._buffer if isinstance(item, str)]
            self.cleared_ms += 20 * (len(self._buffer) - len(marks))
            self._buffer.clear()
            for name in marks:  # Twilio returns the marks of what it threw away
                self._send("mark", mark={"name": name})
        else:
            raise AssertionError(message)
