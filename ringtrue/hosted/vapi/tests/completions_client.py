"""Vapi's side of a custom model (docs.vapi.ai/customization/custom-llm/using-your-server): a client of OpenAI's protocol, which is OpenAI's
official SDK here. It says in each request all that was said, and speaks what comes back as it comes."""

from __future__ import annotations

import re
from typing import Any

FLUSH = re.compile(r"\s*<flush />\s*")


class Model:
    """`agent`: the assistant as we made it there. `call`: as Vapi keeps it; parts of it go into each request. `wrong`: what the protocol
    does not allow."""

    def __init__(self, agent: dict[str, Any], call: dict[str, Any], host: str) -> None:
        import openai

        model = agent["model"]
        base = re.sub(r"^https?://[^/]+", host, model["url"])
        self.sdk = openai.AsyncOpenAI(base_url=base, api_key="none", default_headers=model["headers"], max_retries=0)
        self.wrong: list[str] = []
        self.messages: list[dict[str, str]] = []
        self.pieces: list[str] = []  # of the last answer, as they came
        self.tool = ""
        self._model, self._call = model, call
        self._names = {tool["type"] for tool in model["tools"]}

    async def begins(self) -> str:
        """`assistant-speaks-first-with-model-generated-message`"""
        return await self._ask()

    async def says(self, text: str, *, cut: str | None = None) -> str:
        """The caller speaks; `cut`: of the answer before, only this was heard ("" for none of it)."""
        if cut is not None and self.messages[-1]["role"] == "assistant":
            self.messages[-1]["content"] = cut
            if not cut:
                self.messages.pop()
        self.messages.append({"role": "user", "content": text})
        return await self._ask()

    async def _ask(self) -> str:
        self.pieces, self.tool, finished = [], "", ""
        overrides = self._call.get("assistantOverrides") or {}
        stream = await self.sdk.chat.completions.create(
            model=self._model["model"], messages=list(self.messages), stream=True, temperature=0.5,  # type: ignore[arg-type]
            extra_body={"call": self._call, "metadata": overrides.get("metadata"), "customer": self._call.get("customer")},
        )  # fmt: skip
        async for chunk in stream:
            [choice] = chunk.choices
            if finished:
                self.wrong.append("more of an answer that was whole")
            if choice.delta.content:
                self.pieces.append(choice.delta.content)
            for used in choice.delta.tool_calls or []:
                self.tool = str(used.function and used.function.name)
            finished = choice.finish_reason or ""
        if self.tool and self.tool not in self._names:
            self.wrong.append(f"a tool that the assistant has not: {self.tool}")
        if finished != ("tool_calls" if self.tool else "stop"):
            self.wrong.append(f"finished with {finished!r}")
        words = FLUSH.sub(" ", "".join(self.pieces)).strip()
        if words:
            self.messages.append({"role": "assistant", "content": words})
        return words
