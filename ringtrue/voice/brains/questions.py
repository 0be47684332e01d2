"""Is it a question? Several in one breath are taken apart."""

from __future__ import annotations

import re

from ringtrue.voice.brains.phrases import plain

PARTS = re.compile(r"(?<=[.?!])\s+|,? (?:and|also) (?=(?:what|how|do|does|are|is|can|could|where|when|which|who|will)\b)", re.I)
"""Where one question ends and the next begins."""

ASKING = re.compile(
    r"^(?:(?:sorry|wait|actually|oh|hang on|before that|one moment|one thing|quick question|first|um|uh|and|but|so|yes|ok|okay|well) )*"
    r"(?:what|whats|when|where|wheres|how|who|which|why|do|does|did|are|is|can|could|would|will|have|has|am)\b"
)
"""Of plain words (`phrases.plain`)."""

GOING_ON = re.compile(r"(?:and|what about|how about|or)\b")
"""A question that leans on the one before it. Of plain words."""


def is_question(text: str) -> bool:
    return bool(text) and ("?" in text or bool(ASKING.search(plain(text))))
