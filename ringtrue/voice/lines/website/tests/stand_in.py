"""A page of another origin for the conformance suite: it speaks as the browser line's does."""

from __future__ import annotations

from ringtrue.voice.lines.browser.tests.stand_in import FarEnd

__all__ = ["FarEnd"]
