"""Whoever books is asked whether they want it as a text message, and then whether they may be reminded; a yes and a no are told once."""

from __future__ import annotations

import msgspec
import pytest

from ringtrue.voice.agent import REMINDER_QUESTION, TEXT_QUESTION
from ringtrue.voice.brains.choosing import brain_for
from ringtrue.voice.brains.tests.driving import Call, SharedEmbedder, starter


@pytest.mark.parametrize(("answer", "wanted"), [("Yes, please.", "true"), ("No, thanks.", "")])
async def test_the_answer_is_told_and_the_next_question_follows(embedder: SharedEmbedder, answer: str, wanted: str) -> None:
    call = Call(starter("dental"), embedder)
    call.order = msgspec.structs.replace(call.order, offers_text=True, offers_reminder=True)
    call.brain = brain_for(call.order, embedder)  # type: ignore[assignment]
    call.tools |= {"text_me": {"kept": wanted}, "remind_me": {"kept": "true"}}
    await call.start()
    for turn in ("I'd like to book a check-up and cleaning.", "Tuesday morning.", "The first one.", "Jo Miller.", "Yes.", "Yes."):
        await call.says(turn)
    assert call.asks[-1].text == TEXT_QUESTION
    await call.says(answer)
    assert [use.arguments for use in call.uses if use.tool == "text_me"] == [{"wanted": wanted}]
    assert ("it is on its way" in " ".join(call.said)) == bool(wanted)
    assert call.asks[-1].text == REMINDER_QUESTION
    await call.says("Yes.")
    assert [use.arguments for use in call.uses if use.tool == "remind_me"] == [{"wanted": "true"}]
    assert not call.ended
