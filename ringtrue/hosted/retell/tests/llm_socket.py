"""Retell's side of the LLM websocket (docs.retellai.com/api-references/llm-websocket), without a socket: it speaks to the leg itself."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from ringtrue.hosted.retell.media import RetellLeg


class LlmSocket:
    """`wrong`: what the protocol does not allow. An answer counts as spoken when the caller speaks next, unless it was cut."""

    def __init__(self, call: dict[str, Any]) -> None:
        self.wrong: list[str] = []
        self.spoken: list[str] = []
        self.ended = False
        self.transfer = ""
        self.code = 0
        self._call = call
        self._transcript: list[dict[str, str]] = []
        self._answers: dict[int, str] = {}
        self._whole: dict[int, asyncio.Event] = {}
        self._current = 0
        self._told = asyncio.Event()
        self.leg = RetellLeg(self, {})

    # As the peer of our leg

    def send_text(self, text: bytes) -> None:
        message = json.loads(text)
        kind = message["response_type"]
        if kind == "config":
            if message["config"].get("call_details"):
                self._send({"interaction_type": "call_details", "call": self._call})
            return
        if kind != "response" or message["response_id"] != self._current:
            self.wrong.append(f"{kind} for {message.get('response_id')}, wanted {self._current}")
            return
        if self._event(self._current).is_set():
            self.wrong.append("more of an answer that was whole")
        self._answers[self._current] = self._answers.get(self._current, "") + message["content"]
        if message["content_complete"]:
            self.ended, self.transfer = bool(message.get("end_call")), str(message.get("transfer_number") or "")
            self._event(self._current).set()

    def send_bytes(self, data: bytes) -> None:
        self.wrong.append("bytes")

    def close(self, code: int = 1000) -> None:
        self.code = code

    # What happens in the call

    async def answered(self) -> str:
        """The agent's answer, whole."""
        async with asyncio.timeout(60):
            await self._event(self._current).wait()
        words = self._answers[self._current].strip()
        self.spoken.append(words)
        return words

    async def says(self, text: str, *, cut: str | None = None) -> str:
        """The caller speaks; `cut`: of the answer before, only this was heard ("" for none of it)."""
        self._speak_out(cut)
        self._transcript.append({"role": "user", "content": text})
        return await self._ask("response_required")

    async def goes_on(self, text: str) -> str:
        """The caller was not finished: their words again, and more of them."""
        self._transcript[-1]["content"] += f" {text}"
        return await self._ask("response_required")

    async def keeps_quiet(self) -> str:
        self._speak_out(None)
        return await self._ask("reminder_required")

    def hangs_up(self) -> None:
        self._speak_out(None)
        self._send({"interaction_type": "update_only", "transcript": self._transcript})
        asyncio.get_running_loop().call_soon(lambda: self.leg.closed(clean=True))

    def _speak_out(self, cut: str | None) -> None:
        words = self._answers.get(self._current, "").strip() if cut is None else cut
        if words:
            self._transcript.append({"role": "agent", "content": words})

    async def _ask(self, what: str) -> str:
        self._current += 1
        self._send({"interaction_type": what, "response_id": self._current, "transcript": self._transcript})
        return await self.answered()

    def _event(self, number: int) -> asyncio.Event:
        return self._whole.setdefault(number, asyncio.Event())

    def _send(self, message: dict[str, Any]) -> None:
        # After the leg has been made: its first words go out while it is being made.
        asyncio.get_running_loop().call_soon(lambda: self.leg.text(json.dumps(message).encode()))
