"""Retell's LLM websocket (docs.retellai.com/api-references/llm-websocket): it tells what was said, we say what to answer.

It connects to `<our address>/<its call id>`. Which call of ours that is stands in the call's metadata with a ticket that works once
(`hosted/metadata.py`), which it sends because our `config` asks for the details of the call.
"""

from __future__ import annotations

import msgspec

from ringtrue.hosted.metadata import TICKET
from ringtrue.voice.lines.words_leg import Transcript, Utterance, Wanted, WordsLeg


class Details(msgspec.Struct, gc=False):
    call_id: str
    metadata: dict[str, str] = {}


class Incoming(msgspec.Struct, gc=False):
    interaction_type: str
    response_id: int = 0
    transcript: list[Utterance] = []
    timestamp: int = 0
    call: Details | None = None


_decode = msgspec.json.Decoder(Incoming).decode


class RetellLeg(WordsLeg):
    line = "retell"

    def __init__(self, peer: object, query: dict[str, str]) -> None:
        super().__init__(peer, query)
        self._response = 0  # the begin message answers the number 0
        self._open = True
        self._transcript = Transcript()
        self._send({"response_type": "config", "config": {"auto_reconnect": False, "call_details": True}})

    def text(self, data: bytes) -> None:
        try:
            message = _decode(data)
        except msgspec.DecodeError:
            self._fault(1007)
            return
        kind = message.interaction_type
        if kind == "ping_pong":
            self._send({"response_type": "ping_pong", "timestamp": message.timestamp})
        elif kind == "call_details" and message.call is not None:
            self.named(message.call.metadata.get(TICKET, ""))
        elif kind in ("update_only", "response_required", "reminder_required"):
            self._transcript.told(message.transcript)
            if kind != "update_only":
                self._response, self._open = message.response_id, True
                self.wanted.put_nowait(
                    Wanted(
                        kind="turn" if kind == "response_required" else "silence",
                        caller=self._transcript.of_caller() if kind == "response_required" else "",
                        played=self._transcript.take_heard(),
                    )
                )

    def say(self, text: str, *, firm: bool) -> None:
        self._respond(f"{text} ", whole=False, no_interruption_allowed=firm)

    def done(self, *, hang_up: bool = False) -> None:
        if self._open:
            self._respond("", whole=True, end_call=hang_up)
            self._open = False

    def put_through(self, number: str) -> None:
        self._respond("", whole=True, transfer_number=number)
        self._open = False

    def last_heard(self) -> str | None:
        return self._transcript.take_heard() if self._transcript.utterances else None

    def _respond(self, content: str, *, whole: bool, **more: object) -> None:
        self._send(
            {
                "response_type": "response",
                "response_id": self._response,
                "content": content,
                "content_complete": whole,
                **{name: value for name, value in more.items() if value},
            }
        )


LEG = RetellLeg
