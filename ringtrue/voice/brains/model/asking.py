"""One request to one model: its sentences as they stand and the tools it asks for, within times that are kept.

The request runs in a task of its own. Closing the stream of answers cancels that task, which closes the connection: a provider
stops writing (and counting) when the caller has begun to speak.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
import structlog

from ringtrue.voice.brains.model.connecting import Library, Link
from ringtrue.voice.brains.model.exchanges import Message
from ringtrue.voice.brains.model.prices import Tokens, cost_usd
from ringtrue.voice.brains.model.speakable import SentenceStream
from ringtrue.voice.brains.model.toolbox import Toolbox

log = structlog.get_logger(__name__)


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds. A caller hears a filler after about one (`CallSettings.wait_filler_after`); another model must still have its chance."""

    first: float = 2.5  # from the request to the first token
    stall: float = 2.0  # between two tokens
    whole: float = 15.0


class ModelFailed(Exception):
    """`str(self)` is a code of ours: "unreachable", "key_refused", "rate_limited", "first_token", "stall", "cut_off", ..."""


class Wanted(msgspec.Struct, frozen=True):
    """A tool that the model asks for. `arguments` as it wrote them: they may be anything."""

    id: str
    tool: str
    arguments: str


class Asking:
    """`async for piece in asking.pieces()` gives sentences (str) and Wanted. `tokens`, `outcome` and times stand when it is closed."""

    def __init__(self, library: Library, link: Link, times: Times) -> None:
        self._library = library
        self.link = link
        self._times = times
        self._out: asyncio.Queue[str | Wanted | None] = asyncio.Queue()
        self._failure = ""
        self._response: Any = None
        self._asked_characters = 0
        self._got_characters = 0
        self._began = 0.0
        self.first_ms = 0
        self.took_ms = 0
        self.outcome = "interrupted"
        self.estimated = False
        self.tokens = Tokens()

    async def pieces(self, instructions: str, messages: list[Message], toolbox: Toolbox) -> AsyncGenerator[str | Wanted, None]:
        """Raises ModelFailed. The last sentence is given only when it is whole."""
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        task = asyncio.create_task(self._ask(instructions, messages, toolbox))
        try:
            while (piece := await self._out.get()) is not None:
                yield piece
            if self._failure:
                self.outcome = self._failure
                raise ModelFailed(self._failure)
            self.outcome = "done"
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task}, timeout=0.5)
            self.took_ms = round((loop.time() - self._began) * 1000)
            self._count()

    @property
    def cost_usd(self) -> float | None:
        return cost_usd(self.link.price, self.tokens)

    # --- in the task

    async def _ask(self, instructions: str, messages: list[Message], toolbox: Toolbox) -> None:
        try:
            await self._stream(instructions, messages, toolbox)
        except ModelFailed as failure:
            self._failure = str(failure)
        except (Exception, BaseExceptionGroup) as error:  # SDKs raise many kinds
            self._failure = self._code(error)
            if self._failure == "provider_fault":
                log.warning("model_failed", provider=self.link.provider, kind=type(error).__name__)
        finally:
            self._out.put_nowait(None)

    async def _stream(self, instructions: str, messages: list[Message], toolbox: Toolbox) -> None:
        library, loop = self._library, asyncio.get_running_loop()
        whole_until = self._began + self._times.whole
        sentences = SentenceStream()
        request = _request(library, instructions, messages)
        self._asked_characters = len(instructions) + sum(
            len(m.text) + (len(m.run.arguments) + len(m.run.result) if m.run else 0) for m in messages
        )
        opening = library.direct.model_request_stream(
            self.link.model, request, model_settings=self.link.settings, model_request_parameters=_parameters(library, toolbox),
            instrument=False,
        )  # fmt: skip
        first_until = min(self._began + self._times.first, whole_until)
        try:
            async with asyncio.timeout_at(first_until):
                response = self._response = await opening.__aenter__()
        except TimeoutError:
            raise ModelFailed("first_token") from None
        try:
            events = aiter(response)
            until, code = first_until, "first_token"
            while True:
                try:
                    async with asyncio.timeout_at(min(until, whole_until)):
                        event = await anext(events, None)
                except TimeoutError:
                    self._give(sentences.end(whole=False))
                    raise ModelFailed(code if until <= whole_until else "too_long") from None
                if event is None:
                    break
                if not self.first_ms:
                    self.first_ms = max(1, round((loop.time() - self._began) * 1000))
                until, code = loop.time() + self._times.stall, "stall"
                text = self._text(event)
                if text:
                    self._got_characters += len(text)
                    self._give(sentences.take(text))
                    if sentences.full:
                        return  # enough for a telephone; the rest is not wanted
            self._finish(response, sentences)
        except ModelFailed:
            raise
        except Exception:
            self._give(sentences.end(whole=False))  # the sentences that stand; never half of one
            raise
        finally:
            await _leave(opening)

    def _text(self, event: Any) -> str:
        kinds = self._library.messages
        if isinstance(event, kinds.PartStartEvent) and isinstance(event.part, kinds.TextPart):
            return str(event.part.content)
        if isinstance(event, kinds.PartDeltaEvent) and isinstance(event.delta, kinds.TextPartDelta):
            return str(event.delta.content_delta)
        return ""

    def _finish(self, response: Any, sentences: SentenceStream) -> None:
        answer = response.get()
        reason = answer.finish_reason
        if reason is None:
            self._give(sentences.end(whole=False))
            raise ModelFailed("cut_off")
        if reason == "content_filter":
            raise ModelFailed("refused")
        if reason == "error":
            raise ModelFailed("provider_fault")
        self._give(sentences.end(whole=reason != "length"))
        calls = [part for part in answer.parts if isinstance(part, self._library.messages.ToolCallPart)]
        for call in calls:
            self._out.put_nowait(Wanted(call.tool_call_id, call.tool_name, call.args_as_json_str() if call.args else "{}"))
        if not calls and not self._got_characters:
            raise ModelFailed("empty")

    def _give(self, sentences: list[str]) -> None:
        for sentence in sentences:
            self._out.put_nowait(sentence)

    def _code(self, error: BaseException) -> str:
        if isinstance(error, BaseExceptionGroup):
            return self._code(error.exceptions[0])
        kinds = self._library.exceptions
        if isinstance(error, kinds.ContentFilterError):
            return "refused"
        if isinstance(error, kinds.ModelHTTPError):
            status = int(error.status_code)
            named = {401: "key_refused", 403: "key_refused", 404: "no_such_model", 413: "too_large", 429: "rate_limited",
                     503: "overloaded", 529: "overloaded"}  # fmt: skip
            return named.get(status, "provider_fault" if status >= 500 else "request_refused")
        if isinstance(error, kinds.UnexpectedModelBehavior | ValueError) or isinstance(error.__cause__, ValueError):
            return "bad_answer"  # JSON that is none, and the like
        if isinstance(error, kinds.ModelAPIError | OSError | self._library.httpx.TransportError):
            return "unreachable" if self._response is None else "cut_off"
        return "provider_fault"

    # --- tokens

    def _count(self) -> None:
        used = self._response.usage if self._response is not None else None
        used = used() if callable(used) else used
        read = int(getattr(used, "input_tokens", 0) or 0)
        self.tokens = Tokens(
            input=read,
            cached=int(getattr(used, "cache_read_tokens", 0) or 0),
            cache_write=int(getattr(used, "cache_write_tokens", 0) or 0),
            output=int(getattr(used, "output_tokens", 0) or 0),
        )
        if self.outcome in ("done", "refused", "empty") and read:
            return
        if self._response is None and self.outcome != "interrupted":
            return  # it never answered: nothing was counted there
        # Broken off before the provider told its counts: four characters make about a token.
        guessed = Tokens(input=self._asked_characters // 4, output=self._got_characters // 4)
        self.estimated = True
        self.tokens = msgspec.structs.replace(
            self.tokens, input=read or guessed.input, output=max(self.tokens.output, guessed.output)
        )


async def _leave(opening: Any) -> None:
    """Close the connection, whatever it has to say about that."""
    try:
        await opening.__aexit__(None, None, None)
    except asyncio.CancelledError:
        raise
    except Exception as error:
        log.debug("stream_not_closed", kind=type(error).__name__)


def _request(library: Library, instructions: str, messages: list[Message]) -> list[Any]:
    kinds = library.messages
    out: list[Any] = []
    for message in messages:
        if message.role == "caller":
            out.append(kinds.ModelRequest(parts=[kinds.UserPromptPart(message.text)], instructions=instructions))
        elif message.role == "agent":
            out.append(kinds.ModelResponse(parts=[kinds.TextPart(message.text)]))
        elif message.run is not None:
            run = message.run
            out.append(kinds.ModelResponse(parts=[kinds.ToolCallPart(run.tool, run.arguments, tool_call_id=run.id)]))
            back = kinds.ToolReturnPart(run.tool, run.result, tool_call_id=run.id)
            out.append(kinds.ModelRequest(parts=[back], instructions=instructions))
    return out


def _parameters(library: Library, toolbox: Toolbox) -> Any:
    tools = [
        library.tools.ToolDefinition(name=name, description=description, parameters_json_schema=schema, strict=False)
        for name, (description, schema) in toolbox.schemas.items()
    ]
    return library.models.ModelRequestParameters(function_tools=tools, allow_text_output=True)
