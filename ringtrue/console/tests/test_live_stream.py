"""The live list and a live call's transcript: what is stored appears, the end is told, and nothing is streamed to a stranger."""

from __future__ import annotations

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.test import AsyncClient

from ringtrue.accounts.models import Membership
from ringtrue.accounts.scoping import system_scope
from ringtrue.calls.recording import end_call, store_event
from ringtrue.console.tests.showing import HELLO, play_call, said

pytestmark = pytest.mark.django_db(transaction=True)


async def event(source, wanted: str) -> str:
    """The next event of this name."""
    async with asyncio.timeout(20):
        async for piece in source:
            text = piece.decode()
            if text.startswith(f"event: {wanted}"):
                return text
    raise AssertionError(f"the stream ended without {wanted}")


@pytest.fixture
def started(transactional_db, fast_passwords):
    from ringtrue.agents.starters import starter_workspace

    return starter_workspace("dental", owner_email="owner@dental.example", slug="dental-live")


async def signed_in(user):
    client = AsyncClient()
    await client.aforce_login(user)
    return client


async def test_a_call_appears_with_what_is_said_and_its_end_is_told(started):
    client = await signed_in(started.owner)
    call = await sync_to_async(play_call)(started, said(*HELLO), end=False)
    listed = await client.get("/w/dental-live/live/stream/")
    assert "How can I help you today?" in await event(aiter(listed.streaming_content), "calls")
    one = aiter((await client.get(f"/w/dental-live/calls/{call.id}/stream/")).streaming_content)
    assert "do you repair" not in await event(one, "lines")
    heard = {"at_ms": 15000, "turn": 1, "start_ms": 13000, "end_ms": 15000, "text": "do you repair dentures"}
    await sync_to_async(store_event)(call, 50, "heard", heard)
    assert "do you repair dentures" in await event(one, "lines")
    await sync_to_async(end_call)(call)
    assert await event(one, "ended")


async def test_the_stream_ends_with_the_membership(started):
    client = await signed_in(started.owner)
    source = aiter((await client.get("/w/dental-live/live/stream/")).streaming_content)
    assert "Nobody is on the line" in await event(source, "calls")

    def leave():
        with system_scope("the test ends a membership"):
            Membership.objects.all().delete()

    await sync_to_async(leave)()
    async with asyncio.timeout(20):
        rest = [piece async for piece in source]
    assert not any(piece.startswith(b"event:") for piece in rest)


async def test_a_stranger_gets_nothing(started):
    answer = await AsyncClient().get("/w/dental-live/live/stream/")
    assert answer.status_code == 302
