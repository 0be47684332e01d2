"""A stand-in for providers of language models: streams the wire protocols of Anthropic (Messages) and OpenAI (chat completions), with
faults. Written from the providers' public documentation; what it sends is read by their official SDKs.

In a test: `StandIn([Reply("Hello.")]).transport()` goes into `Links(transport)`: no socket, so it also lives in virtual time.
By itself: `python -m ringtrue.voice.brains.model.tests.model_stand_in --port 9911 --first-ms 200 --token-ms 15` (for benches).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Fault = Literal[
    "",
    "stall_before",
    "stall",
    "half_tool",
    "malformed",
    "refusal",
    "429",
    "529",
    "500",
    "401",
    "cut",
    "cut_cleanly",
    "refused_connection",
]


@dataclass
class Reply:
    """`text` in tokens of a word each; then the tools. A fault in mid-answer strikes after `after` tokens."""

    text: str = ""
    tools: Sequence[tuple[str, dict[str, Any] | str]] = ()
    fault: Fault = ""
    after: int = 4
    first_ms: float = 150.0
    token_ms: float = 15.0

    @property
    def tokens(self) -> list[str]:
        return re.findall(r"\S+\s*", self.text)


@dataclass
class Seen:
    """One request. `closed_at`: loop time at which its answer was closed; `whole`: by us, at its end."""

    family: str
    body: dict[str, Any]
    headers: dict[str, str]
    at: float
    closed_at: float = 0.0
    whole: bool = False


class Broken(Exception):
    """The connection breaks here."""


@dataclass
class StandIn:
    """Each request takes the next reply, the last one is repeated; or `choose(body)` gives it."""

    replies: list[Reply] = field(default_factory=lambda: [Reply("I see. What else can I do for you?")])
    seen: list[Seen] = field(default_factory=list)
    dead: bool = False  # connections are refused
    choose: Callable[[dict[str, Any]], Reply] | None = None

    def next_reply(self) -> Reply:
        return self.replies[min(len(self.seen), len(self.replies)) - 1]

    def receive(self, path: str, headers: dict[str, str], body: bytes) -> tuple[Seen, Reply]:
        family = "anthropic" if path.endswith("/messages") else "openai"
        seen = Seen(family, json.loads(body), headers, asyncio.get_running_loop().time())
        self.seen.append(seen)
        return seen, self.choose(seen.body) if self.choose else self.next_reply()

    def status(self, seen: Seen, reply: Reply) -> tuple[int, bytes]:
        """200 and b"", or a fault that comes before any stream."""
        if reply.fault not in ("429", "529", "500", "401"):
            return 200, b""
        kind = {"429": "rate_limit_error", "529": "overloaded_error", "500": "api_error", "401": "authentication_error"}[
            reply.fault
        ]
        seen.closed_at, seen.whole = asyncio.get_running_loop().time(), True
        if seen.family == "anthropic":
            return int(reply.fault), json.dumps({"type": "error", "error": {"type": kind, "message": "stand-in"}}).encode()
        return int(reply.fault), json.dumps({"error": {"message": "stand-in", "type": kind, "code": None}}).encode()

    async def stream(self, seen: Seen, reply: Reply) -> AsyncIterator[bytes]:
        """The body of a 200, event by event. Raises Broken."""
        try:
            await asyncio.sleep(3600 if reply.fault == "stall_before" else reply.first_ms / 1000)
            events = _anthropic(seen, reply) if seen.family == "anthropic" else _openai(seen, reply)
            async for event in events:
                yield event
            seen.whole = True
        finally:
            seen.closed_at = asyncio.get_running_loop().time()

    def transport(self) -> Any:
        """For httpx2."""
        import httpx2

        stand_in = self

        class Body(httpx2.AsyncByteStream):  # type: ignore[misc]
            def __init__(self, events: AsyncIterator[bytes]) -> None:
                self._events = events

            async def __aiter__(self) -> AsyncIterator[bytes]:
                try:
                    async for event in self._events:
                        yield event
                except Broken:
                    raise httpx2.RemoteProtocolError("peer closed connection") from None

            async def aclose(self) -> None:
                await self._events.aclose()  # type: ignore[attr-defined]

        class Transport(httpx2.AsyncBaseTransport):  # type: ignore[misc]
            async def handle_async_request(self, request: Any) -> Any:
                body = await request.aread()
                if stand_in.dead:
                    raise httpx2.ConnectError("refused")
                seen, reply = stand_in.receive(request.url.path, dict(request.headers), body)
                if reply.fault == "refused_connection":
                    raise httpx2.ConnectError("refused")
                status, words = stand_in.status(seen, reply)
                if status != 200:
                    return httpx2.Response(status, content=words, headers={"content-type": "application/json"})
                events = stand_in.stream(seen, reply)
                return httpx2.Response(200, stream=Body(events), headers={"content-type": "text/event-stream"})

        return Transport()

    async def serve(self, port: int = 0, host: str = "127.0.0.1") -> tuple[asyncio.Server, int]:
        server = await asyncio.start_server(self._connection, host, port)
        return server, int(server.sockets[0].getsockname()[1])

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one_request(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, Broken):
            pass
        finally:
            writer.close()

    async def _one_request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if ":" in line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        seen, reply = self.receive(first.split()[1], headers, body)
        status, words = self.status(seen, reply)
        if status != 200:
            writer.write(
                f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(words)}\r\n\r\n".encode() + words
            )
            await writer.drain()
            return True
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        events = self.stream(seen, reply)
        gone = asyncio.create_task(reader.read(1))  # a client that stops reading closes the connection
        try:
            while True:
                step = asyncio.create_task(anext(events, None))  # type: ignore[arg-type]
                await asyncio.wait({step, gone}, return_when=asyncio.FIRST_COMPLETED)
                if gone.done():
                    step.cancel()
                    await asyncio.gather(step, return_exceptions=True)
                    return False
                event = step.result()
                if event is None:
                    break
                writer.write(f"{len(event):x}\r\n".encode() + event + b"\r\n")
                await writer.drain()
        finally:
            gone.cancel()
            await events.aclose()  # type: ignore[attr-defined]
        writer.write(b"0\r\n\r\n")
        await writer.drain()
        return False


def _sse(data: dict[str, Any], kind: str = "") -> bytes:
    return ((f"event: {kind}\n" if kind else "") + f"data: {json.dumps(data)}\n\n").encode()


async def _pieces(reply: Reply) -> AsyncIterator[str]:
    """Tokens at their pace; the faults of mid-answer."""
    for number, token in enumerate(reply.tokens):
        if number == reply.after:
            await _strike(reply)
        if reply.fault == "cut_cleanly" and number >= reply.after:
            return
        if number:
            await asyncio.sleep(reply.token_ms / 1000)
        yield token
    if reply.fault in ("stall", "cut") and reply.after >= len(reply.tokens) and not reply.tools:
        await _strike(reply)


async def _strike(reply: Reply) -> None:
    if reply.fault == "stall":
        await asyncio.sleep(3600)
    if reply.fault == "cut":
        raise Broken


def _arguments(reply: Reply, arguments: dict[str, Any] | str) -> tuple[list[str], bool]:
    """The JSON in pieces, and whether the stream breaks after them."""
    whole = arguments if isinstance(arguments, str) else json.dumps(arguments)
    if reply.fault == "half_tool":
        return [whole[: len(whole) // 2]], True
    return [whole[: len(whole) // 2], whole[len(whole) // 2 :]], False


async def _anthropic(seen: Seen, reply: Reply) -> AsyncIterator[bytes]:
    read = len(json.dumps(seen.body)) // 4
    usage = {
        "input_tokens": 40,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": max(0, read - 40),
        "output_tokens": 1,
    }
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": seen.body["model"], "content": [],
               "stop_reason": None, "stop_sequence": None, "usage": usage}  # fmt: skip
    yield _sse({"type": "message_start", "message": message}, "message_start")
    if reply.fault == "malformed":
        yield b'event: content_block_start\ndata: {"type": "content_block_start", "index": 0, "content_bl\n\n'
        return
    index = 0
    if reply.tokens:
        block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        yield _sse(block, "content_block_start")
        async for token in _pieces(reply):
            delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": token}}
            yield _sse(delta, "content_block_delta")
        if reply.fault == "cut_cleanly":
            return
        yield _sse({"type": "content_block_stop", "index": 0}, "content_block_stop")
        index = 1
    for number, (name, arguments) in enumerate(reply.tools):
        content = {"type": "tool_use", "id": f"toolu_{len(seen.body['messages'])}_{number}", "name": name, "input": {}}
        yield _sse({"type": "content_block_start", "index": index, "content_block": content}, "content_block_start")
        pieces, breaks = _arguments(reply, arguments)
        for piece in pieces:
            delta = {"type": "content_block_delta", "index": index, "delta": {"type": "input_json_delta", "partial_json": piece}}
            yield _sse(delta, "content_block_delta")
        if breaks:
            raise Broken
        yield _sse({"type": "content_block_stop", "index": index}, "content_block_stop")
        index += 1
    reason = "refusal" if reply.fault == "refusal" else "tool_use" if reply.tools else "end_turn"
    delta = {"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": None},
             "usage": {"output_tokens": max(1, len(reply.tokens))}}  # fmt: skip
    yield _sse(delta, "message_delta")
    yield _sse({"type": "message_stop"}, "message_stop")


async def _openai(seen: Seen, reply: Reply) -> AsyncIterator[bytes]:
    def chunk(delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return _sse({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": seen.body["model"],
                     "choices": [choice], **more})  # fmt: skip

    yield chunk({"role": "assistant", "content": ""})
    if reply.fault == "malformed":
        yield b'data: {"id": "chatcmpl-1", "object": "chat.comp\n\n'
        return
    async for token in _pieces(reply):
        yield chunk({"content": token})
    if reply.fault == "cut_cleanly":
        return
    for number, (name, arguments) in enumerate(reply.tools):
        call_id = f"call_{len(seen.body['messages'])}_{number}"
        function = {"name": name, "arguments": ""}
        yield chunk({"tool_calls": [{"index": number, "id": call_id, "type": "function", "function": function}]})
        pieces, breaks = _arguments(reply, arguments)
        for piece in pieces:
            yield chunk({"tool_calls": [{"index": number, "function": {"arguments": piece}}]})
        if breaks:
            raise Broken
    if reply.fault == "refusal":
        yield chunk({"refusal": "I can't help with that."})
    yield chunk({}, "content_filter" if reply.fault == "refusal" else "tool_calls" if reply.tools else "stop")
    read = len(json.dumps(seen.body)) // 4
    usage = {"prompt_tokens": read, "completion_tokens": max(1, len(reply.tokens)), "total_tokens": read + len(reply.tokens),
             "prompt_tokens_details": {"cached_tokens": max(0, read - 40)}}  # fmt: skip
    yield _sse({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": seen.body["model"], "choices": [],
                "usage": usage})  # fmt: skip
    yield b"data: [DONE]\n\n"


async def _main(port: int, reply: Reply) -> None:
    server, at = await StandIn([reply]).serve(port)
    print(f"http://127.0.0.1:{at}/v1", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--first-ms", type=float, default=200.0, help="from the request to the first token")
    parser.add_argument("--token-ms", type=float, default=15.0)
    parser.add_argument(
        "--text", default="We are open Monday to Friday from nine to five. Is there anything else I can help you with?"
    )
    parser.add_argument("--fault", default="")
    given = parser.parse_args()
    with_fault = Reply(given.text, fault=given.fault, first_ms=given.first_ms, token_ms=given.token_ms)
    asyncio.run(_main(given.port, with_fault))
