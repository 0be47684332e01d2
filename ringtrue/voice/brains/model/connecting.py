"""Connections to providers of language models, through pydantic-ai and the providers' official SDKs.

That is an extra (`requirements/llm.in`), and importing it takes seconds: it is loaded in a thread when a process that needs it
starts (`load`), never in the middle of a call. Connections are kept for the process, one set for each key.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib
import threading
from collections import OrderedDict
from types import ModuleType
from typing import Any

from ringtrue.voice.agent import ModelChoice
from ringtrue.voice.brains.model.prices import Price, price_of

MISSING = (
    "Language models need a package that is not installed here. "
    "Install it with `pip install -r requirements/llm.txt` and start Ringtrue again."
)
MOST_KEPT = 64
_PARTS = (
    "pydantic_ai.direct", "pydantic_ai.messages", "pydantic_ai.models", "pydantic_ai.models.anthropic", "pydantic_ai.models.openai",
    "pydantic_ai.providers.anthropic", "pydantic_ai.providers.openai", "pydantic_ai.tools", "pydantic_ai.exceptions", "httpx2",
)  # fmt: skip


class ExtraMissing(Exception):
    """`str(self)` says what to install."""


class Library:
    """The modules of pydantic-ai that are used, once they are loaded."""

    direct: ModuleType
    messages: ModuleType
    models: ModuleType
    anthropic: ModuleType
    openai: ModuleType
    anthropic_provider: ModuleType
    openai_provider: ModuleType
    tools: ModuleType
    exceptions: ModuleType
    httpx: ModuleType

    def __init__(self) -> None:
        found = [importlib.import_module(name) for name in _PARTS]
        (
            self.direct, self.messages, self.models, self.anthropic, self.openai,
            self.anthropic_provider, self.openai_provider, self.tools, self.exceptions, self.httpx,
        ) = found  # fmt: skip


_library: Library | None = None
_loading = threading.Lock()


def load() -> Library:
    """Seconds of work at the first call: not on the loop of a process that serves calls. Raises ExtraMissing."""
    global _library
    with _loading:
        if _library is not None:
            return _library
        try:
            made = Library()
        except ImportError:
            raise ExtraMissing(MISSING) from None
        _library = made
        return made


async def load_aside() -> Library:
    """Raises ExtraMissing."""
    held = _library
    return held if held is not None else await asyncio.get_running_loop().run_in_executor(None, load)


class Link:
    """One model that can be asked."""

    def __init__(self, choice: ModelChoice, model: Any, settings: dict[str, Any], price: Price | None) -> None:
        self.provider = choice.provider
        self.name = choice.model
        self.model = model
        self.settings = settings
        self.price = price


class Links:
    """`transport`: an httpx2 transport instead of the network, for tests."""

    def __init__(self, transport: Any = None) -> None:
        self._transport = transport
        self._http: Any = None
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, str, str], Link] = OrderedDict()

    def to(self, choice: ModelChoice, library: Library) -> Link:
        """The first for a key makes an SDK client; the connection itself is opened when something is asked."""
        key = (choice.provider, choice.model, choice.base_url, hashlib.sha256(choice.key.encode()).hexdigest())
        if key not in self._kept:
            self._kept[key] = self._make(choice, library)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def make_ready(self, choices: tuple[ModelChoice, ...], library: Library) -> None:
        """In a thread, before the first request of a call."""
        with self._lock:
            for choice in choices:
                self.to(choice, library)

    def _make(self, choice: ModelChoice, library: Library) -> Link:
        http = self._client(library)
        price = price_of(choice.provider, choice.model)
        # A caller waits: no thinking, or the least that the model can do with. It would come out of max_tokens, too.
        settings: dict[str, Any] = {"max_tokens": 600, "parallel_tool_calls": False, "thinking": False}
        if choice.provider == "anthropic":
            import anthropic

            client = anthropic.AsyncAnthropic(
                api_key=choice.key, base_url=choice.base_url or None, http_client=http, max_retries=0
            )
            provider = library.anthropic_provider.AnthropicProvider(anthropic_client=client)
            settings |= {
                "anthropic_cache_instructions": True, "anthropic_cache_tool_definitions": True, "anthropic_cache_messages": True,
            }  # fmt: skip
            return Link(choice, library.anthropic.AnthropicModel(choice.model, provider=provider), settings, price)
        import openai

        base = choice.base_url or None
        client_ = openai.AsyncOpenAI(api_key=choice.key or "none", base_url=base, http_client=http, max_retries=0)
        provider = library.openai_provider.OpenAIProvider(openai_client=client_)
        if choice.provider == "openai":
            settings["openai_store"] = False  # prompts are cached there by themselves; nothing else is to be kept
        # An answer that stops without saying why was cut off: half a sentence must not be said as a whole one.
        profile = {"openai_chat_streaming_requires_finish_reason": True}
        if choice.provider == "compatible":  # most of them know only the older name of this limit
            profile["openai_chat_supports_max_completion_tokens"] = False
        return Link(choice, library.openai.OpenAIChatModel(choice.model, provider=provider, profile=profile), settings, price)

    def _client(self, library: Library) -> Any:
        """One pool of connections for all calls. Redirects are not followed: a key goes where it was meant to go."""
        if self._http is None:
            httpx = library.httpx
            timeout = httpx.Timeout(30.0, connect=3.0)
            limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=60.0)
            self._http = httpx.AsyncClient(
                transport=self._transport, timeout=timeout, limits=limits, follow_redirects=False, trust_env=False
            )
        return self._http

    async def close(self) -> None:
        if self._http is not None:
            await self._http.aclose()
            self._http = None
            self._kept.clear()


OURS = Links()
"""The connections of this process."""
