"""Vapi asks us what to say as it would ask OpenAI (docs.vapi.ai/customization/custom-llm/using-your-server): all that was said so far, and the
metadata of the call; the answer is a stream of `chat.completion.chunk`. It hangs up and puts through by its own tools
(docs.vapi.ai/customization/tool-calling-integration)."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import msgspec

from ringtrue.hosted.engine import NotUnderstood
from ringtrue.hosted.metadata import TICKET
from ringtrue.hosted.vapi.webhooks import carried
from ringtrue.voice.call import wording
from ringtrue.voice.lines.asked_leg import Question, Reply
from ringtrue.voice.lines.words_leg import Utterance

NEWEST = 60  # turns that are looked at: who spoke last stands at the end
FLUSH = "<flush />"
HELD_BACK = (
    30  # characters: what is shorter Vapi keeps until more comes, unless it is flushed (docs.vapi.ai/assistants/flush-syntax)
)
_FLUSH = re.compile(r"<\s*/?\s*flush\s*/?\s*>", re.IGNORECASE)
_TOOLS = {"hang_up": "endCall", "put_through": "transferCall", "refused": "endCall"}


class _Message(msgspec.Struct):
    role: str
    content: str | None = None


class _Request(msgspec.Struct):
    messages: list[_Message]
    metadata: dict[str, Any] | None = None
    call: dict[str, Any] | None = None


_decode = msgspec.json.Decoder(_Request).decode


def read(body: bytes) -> Question:
    """Raises NotUnderstood."""
    try:
        asked = _decode(body)
    except msgspec.DecodeError:
        raise NotUnderstood from None
    ticket = carried({"metadata": asked.metadata}).get(TICKET) or carried(asked.call).get(TICKET)
    if not isinstance(ticket, str):
        raise NotUnderstood
    turns = [
        Utterance(one.role, _FLUSH.sub("", one.content).strip())
        for one in asked.messages
        if one.role in ("user", "assistant") and one.content
    ]
    older = turns[:-NEWEST]
    return Question(ticket, turns[-NEWEST:], sum(one.role == "assistant" for one in older))


async def stream(replies: AsyncIterator[Reply]) -> AsyncIterator[bytes]:
    """Sentence by sentence. An answer that breaks off ends as one that is whole: Vapi asks again when the caller speaks."""
    held = {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": "ringtrue",
    }

    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        return _event(json.dumps({**held, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}))

    yield chunk({"role": "assistant", "content": ""})
    tool = ""
    async for reply in replies:
        if reply.say:
            yield chunk({"content": f"{reply.say} {FLUSH} " if len(reply.say) < HELD_BACK else f"{reply.say} "})
        tool = _TOOLS.get(reply.then, "")
        if reply.then == "refused":  # the call is over for us, or was never ours
            yield chunk({"content": wording.CANNOT_GO_ON})
    if tool:
        function = {"name": tool, "arguments": "{}"}
        yield chunk({"tool_calls": [{"index": 0, "id": f"call_{uuid.uuid4().hex}", "type": "function", "function": function}]})
    yield chunk({}, "tool_calls" if tool else "stop")
    yield _event("[DONE]")


def _event(data: str) -> bytes:
    return f"data: {data}\n\n".encode()
