"""The SIP gateway for the conformance suite (`conforming/stand_in.py`), seen from the loop and from the house. Real peers speak SIP with the
real gateway in `media/tests/test_sip_calls.py` and `media/tests/test_sip_lines.py`."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
from typing import Any

from ringtrue.conforming.stand_in import Fault, Ordered, Placed, Read
from ringtrue.voice.lines.sip.desk_talk import Asked, Dial, Done, HangUp, Serve, Transfer, line, read_from_gateway
from ringtrue.voice.lines.tests.pcm_far_end import PcmFarEnd

ENTRIES = {
    "name": "Carrier", "kind": "account", "host": "sip.example.com", "allowed": "203.0.113.0/24", "user": "100", "password": "s3cret-Sip-word",
    "transport": "udp",
}  # fmt: skip
STRANGER = {**ENTRIES, "password": "another-word"}


class Api:
    """The desk in the scribe process, which passes orders to the gateway (`sip/desk_talk.py`)."""

    def __init__(self, account: str, credentials: dict[str, Any]) -> None:
        self.fault: Fault = ""
        self.placed: list[Placed] = []
        self.ordered: list[Ordered] = []
        self.requests = 0
        self._folder = tempfile.TemporaryDirectory()
        desk = os.path.join(self._folder.name, "sip.sock")
        self.credentials = {**credentials, "trunk": "ours", "desk": desk}
        self.wrong_credentials: dict[str, Any] = {}  # whoever reaches the socket is of the house
        self._over = threading.Event()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(desk)
        self._listener.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._over.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._folder.cleanup()

    def _serve(self) -> None:
        while not self._over.is_set():
            try:
                talk, _ = self._listener.accept()
            except OSError:
                return
            with talk:
                self._answer(talk)

    def _answer(self, talk: socket.socket) -> None:
        asked = read_from_gateway(talk.makefile("rb").readline())
        assert isinstance(asked, Asked)
        self.requests += 1
        if self.fault == "silence":
            self._over.wait(60)
        elif self.fault in ("reset", "error"):  # the desk knows no "500": it does it, says why not, or is gone
            return
        elif self.fault == "garbage":
            talk.sendall(line(Serve(loop_url="", trunks=[])))
        else:
            talk.sendall(line(Done(ask=asked.ask, code=self._do(asked))))

    def _do(self, asked: Asked) -> str:
        if self.fault:
            return "too_many_calls" if self.fault == "busy" else "no_such_call"
        if isinstance(asked, Dial):
            assert asked.trunk == "ours"
            read = Read(ticket=asked.ticket)
            self.placed.append(
                Placed(number=asked.number, caller_id=asked.caller_id, status_url="", reference=asked.ref, read=read)
            )
        elif isinstance(asked, Transfer):
            self.ordered.append(Ordered(reference=asked.ref, what="transfer", number=asked.number))
        else:
            assert isinstance(asked, HangUp)
            self.ordered.append(Ordered(reference=asked.ref, what="hang_up"))
        return ""


class FarEnd(PcmFarEnd):
    rate = 8000

    def take_control(self, told: dict[str, Any]) -> None:
        assert told["type"] in ("answer", "refused", "clear", "digits", "hang_up"), told
        if told["type"] == "clear":
            self.thrown_away()
        elif told["type"] == "digits":
            self.pressed += told["digits"]
