"""What bodies have in common: a field that we do not know is refused (P-ALX-2.1-3), and so is text that cannot be kept."""

from __future__ import annotations

import math
from typing import Any

from ninja import Schema
from pydantic import ConfigDict, model_validator


class Strict(Schema):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _only_what_can_be_kept(cls, data: Any) -> Any:
        held = getattr(data, "_obj", data)
        if isinstance(held, dict | list):
            _check(held, 0)
        return data


def _check(value: Any, depth: int) -> None:
    if depth > 30:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        # PostgreSQL keeps no NUL, and a lone surrogate is no character.
        if "\x00" in value or not _encodable(value):
            raise ValueError("holds a character that cannot be kept")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError("holds a number that cannot be kept")
    elif isinstance(value, int):
        if abs(value) > 2**53:
            raise ValueError("holds a number that cannot be kept")
    elif isinstance(value, dict):
        for name, each in value.items():
            _check(name, depth + 1)
            _check(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            _check(each, depth + 1)


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
