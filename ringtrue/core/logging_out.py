"""Logs: structured lines of our own words. Personal data never goes into a message (P-LEX-1.2-4).

An exception's own text is not ours: a database error quotes the row, a parser quotes what it read. So a logged fault says its type
and the places that it passed, and neither its message nor any variable.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any, TextIO

import structlog

Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


def where(error: BaseException, frames: int = 6) -> str:
    """ "ValueError at reading.py:41 folding.py:12": type and innermost places, in calling order."""
    passed = traceback.extract_tb(error.__traceback__)[-frames:]
    places = " ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in passed)
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__} at {places or '?'}" + (f" after {where(cause, 2)}" if cause else "")


class PlainFormatter(logging.Formatter):
    def formatException(self, ei: Raised) -> str:
        return where(ei[1]) if ei[1] is not None else ""

    def formatStack(self, stack_info: str) -> str:
        return ""


def _say_where(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    raised = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if raised is True:
        raised = sys.exc_info()
    error = raised[1] if isinstance(raised, tuple) else raised
    if isinstance(error, BaseException):
        event["fault"] = where(error)
    return event


def configure(_: dict[str, Any] | None = None, stream: TextIO | None = None) -> None:
    logging.raiseExceptions = False  # a fault of the log itself would print what was to be logged
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlainFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in ("django", "django.server"):  # Django's own handlers print whole tracebacks
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("ringtrue").setLevel(logging.INFO)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.processors.add_log_level,
            _say_where,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
