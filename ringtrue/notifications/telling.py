"""What happens, told to the business: a mail after a call or a text message, webhooks during and after a call.

A feature above us knows what a call is; it registers here how to describe one (`describe_calls_with`), as its storage
mode allows. Whatever is queued is queued in the caller's transaction, and jobs carry ids only.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

EVENTS = ("call.started", "call.ended", "message.taken", "booking.made", "opt_out")


class CallNews(msgspec.Struct, frozen=True, kw_only=True):
    """A call as it may be told outside: `facts` holds nothing that the call's storage mode does not keep."""

    workspace_id: UUID
    workspace_slug: str
    subject_id: UUID
    call_id: UUID
    storage_mode: str
    business: str
    agent: str  # slug
    time_zone: str
    line: str
    direction: str
    started_at: datetime
    duration_ms: int
    outcome: str
    is_test: bool
    facts: dict[str, Any] = {}  # "summary" (text), "name", "number", "reason", "next_step", "booking", "message"


class TextNews(msgspec.Struct, frozen=True, kw_only=True):
    """A text message that came in, as it may be told outside: `number` and `text` are "" where the storage mode does not keep them or the
    business wants nothing of that in mails."""

    workspace_id: UUID
    workspace_slug: str
    subject_id: UUID
    business: str
    time_zone: str
    at: datetime
    number: str = ""
    text: str = ""


Describer = Callable[[UUID], CallNews | None]
_describe: list[Describer] = []


def describe_calls_with(describer: Describer) -> None:
    _describe[:] = [describer]


def tell(event: str, call_id: UUID | str) -> None:
    """Queue `event` of this call for the webhooks that want it. Needs the workspace's scope."""
    from ringtrue.notifications.queueing import queue_webhooks

    news = _news(call_id)
    if news is not None:
        queue_webhooks(event, news)


def tell_call_ended(news: CallNews) -> None:
    """Queue the mail after a call and the webhook "call.ended". Needs the workspace's scope."""
    from ringtrue.notifications.queueing import queue_mails, queue_webhooks

    queue_mails(news)
    queue_webhooks("call.ended", news)


def tell_text(news: TextNews) -> None:
    """Queue the mail after a text message. Needs the workspace's scope."""
    from ringtrue.notifications.queueing import queue_mails_of_text

    queue_mails_of_text(news)


def _news(call_id: UUID | str) -> CallNews | None:
    assert _describe, "calls registers its describer when it is ready"
    return _describe[0](UUID(str(call_id)))
