"""Logs: structured lines of our own words. Personal data never goes into a message (P-LEX-1.2-4)."""

from __future__ import annotations

import logging
from typing import Any

import structlog


def configure(_: dict[str, Any] | None = None) -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True)
    logging.getLogger("ringtrue").setLevel(logging.INFO)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
