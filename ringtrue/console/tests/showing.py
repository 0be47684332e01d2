"""A workspace with a few finished calls, made through the same functions as real ones, to look at pages and to test them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
from django.utils import timezone

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import Started
from ringtrue.calls import messages
from ringtrue.calls.models import Call
from ringtrue.calls.recording import begin_call, end_call, store_event, store_piece

RATE = 8000
Spoken = tuple[str, str, int, int]  # who, words, start_ms, end_ms


class Shown(NamedTuple):
    message: Call
    booking: Call
    unrecorded: Call
    pii: Call
    metadata: Call
    emergency: Call


def play_call(
    started: Started,
    spoken: list[Spoken],
    *,
    number: str = "+18565550142",
    extra: list[tuple[str, dict[str, Any]]] = (),  # type: ignore[assignment]
    reason: str = "caller_hung_up",
    goal: str = "answered",
    mode: str = "everything",
    flow: str = "announce",
    recorded: bool = True,
    ago: timedelta = timedelta(0),
    line: str = "twilio",
    end: bool = True,
) -> Call:
    """One call as the scribe would store it. `extra`: events (kind, fields with at_ms) that stand between what is said."""
    call = begin_call(
        started.version, line=line, from_number=number, to_number="+18565550100", storage_mode=mode, recording_flow=flow
    )
    began = timezone.now() - ago
    length = (spoken[-1][3] if spoken else 4000) + 1500
    consent = {"granted": recorded, "method": "announced" if flow == "announce" else "asked", "wording": "This call is recorded."}
    events: list[tuple[str, dict[str, Any]]] = [
        ("answered", {"at_ms": 0, "started_at": began.timestamp(), "line": line, "sample_rate": RATE}),
        ("disclosed", {"at_ms": 2100}),
        ("consent", {"at_ms": 4200, **consent}),
    ]
    turn = 0
    for n, (who, words, start, stop) in enumerate(spoken):
        if who == "caller":
            turn += 1
            content = {"text": words} if mode != "metadata_only" else {}
            events.append(
                ("heard", {"at_ms": stop, "turn": turn, "start_ms": start, "end_ms": stop, "confidence": 0.9, **content})
            )
            if n + 1 < len(spoken):
                reply = spoken[n + 1][2] - stop
                events.append(
                    (
                        "turn_times",
                        {"at_ms": stop + reply, "turn": turn, "endpoint_ms": 320, "recognize_ms": 190, "think_ms": 25,
                         "voice_ms": max(0, reply - 535), "reply_ms": reply},
                    )
                )  # fmt: skip
        else:
            content = {"text": words} if mode != "metadata_only" else {}
            events.append(("said", {"at_ms": stop, "turn": turn, "start_ms": start, "end_ms": stop, "complete": True, **content}))
    events += list(extra)
    events.sort(key=lambda event: event[1]["at_ms"])
    if end:
        events.append(("ended", {"at_ms": length, "reason": reason, "duration_ms": length, "goal": goal}))
    for seq, (kind, fields) in enumerate(events):
        store_event(call, seq, kind, fields)
    if recorded and mode != "metadata_only":
        _record(call, spoken, length)
    for kind, fields in extra:
        if kind == "tool" and fields["name"] == "take_message" and fields["ok"]:
            messages.take(call, **fields["arguments"])
    if end:
        end_call(call)
    with workspace_scope(call.workspace_id):
        Call.objects.filter(id=call.id).update(created_at=began)
        call.refresh_from_db()
    return call


def _record(call: Call, spoken: list[Spoken], length: int) -> None:
    """Two voices as hums that swell like syllables: enough for a player to show who speaks when."""
    ms = np.arange(length * RATE // 1000) * 1000 / RATE
    sound = np.zeros((len(ms), 2))
    for who, _, begin, end in spoken:
        part = (ms >= begin) & (ms < end)
        swell = np.abs(np.sin((ms[part] - begin) / 140)) * (0.55 + 0.45 * np.sin(ms[part] / 911))
        pitch = 0.10 if who == "caller" else 0.16
        sound[part, 0 if who == "caller" else 1] = 11000 * swell * np.sin(np.flatnonzero(part) * pitch)
    pcm = sound.astype("<i2")
    for seq, start in enumerate(range(0, length, 5000)):
        stop = min(start + 5000, length)
        store_piece(call, seq, start, stop - start, RATE, pcm[start * RATE // 1000 : stop * RATE // 1000].tobytes())


def said(*turns: tuple[str, str]) -> list[Spoken]:
    """Times for sentences: about 62 ms a letter, 0.8 s before a reply."""
    found: list[Spoken] = []
    at = 300
    for who, words in turns:
        stop = at + max(700, len(words) * 62)
        found.append((who, words, at, stop))
        at = stop + (780 if who == "caller" else 520)
    return found


HELLO = (
    ("agent", "Hi, this is Robin, the AI assistant of Riverside Dental."),
    ("agent", "This call is recorded. If you don't want that, just say so."),
    ("agent", "How can I help you today?"),
)


def show(started: Started) -> Shown:
    """Six calls that look like a week of a dental practice."""
    take = {
        "name": "Maria Alvarez",
        "number": "+18565550142",
        "reason": "A crown came loose and she would like to be seen this week.",
    }
    message = play_call(
        started,
        said(
            *HELLO,
            ("caller", "Hi, my crown came loose last night and I'd like to talk to somebody about it."),
            ("agent", "I'm sorry to hear that. I can take a message for the dentist, or look for a free time. What would you like?"),
            ("caller", "A message please. Is it still a hundred and forty for an emergency visit?"),
            ("agent", "An emergency visit is $140. What name shall I write down?"),
            ("caller", "Maria Alvarez."),
            ("agent", "Thank you, Maria. Shall we call you back on the number you are calling from?"),
            ("caller", "Yes, that's fine."),
            ("agent", "I have: Maria Alvarez, a crown came loose, please call back. Somebody will call you. Goodbye."),
        ),
        extra=[
            ("understood", {"at_ms": 15400, "turn": 1, "intent": "message", "source": "", "score": 0.8}),
            ("understood", {"at_ms": 27000, "turn": 2, "intent": "price", "source": "service:Emergency visit", "score": 0.9}),
            ("tool", {"at_ms": 39000, "turn": 4, "name": "take_message", "ok": True, "arguments": take, "result": {"taken": "true"}, "took_ms": 12}),
        ],
        goal="message",
        reason="agent_hung_up",
        ago=timedelta(minutes=25),
    )  # fmt: skip
    start = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT10:30")
    booked = {"service": "Cleaning", "start": start, "name": "Tom Becker", "number": "+18565550177"}
    booking = play_call(
        started,
        said(
            *HELLO,
            ("caller", "Yeah I'd like to book a cleaning."),
            ("agent", "A cleaning takes 45 minutes and costs $120. When would you like to come?"),
            ("caller", "Monday morning if you have something."),
            ("agent", "On Monday I have nine o'clock or half past ten."),
            ("caller", "Half past ten is good. My name is Tom Becker."),
            ("agent", "Cleaning on Monday at half past ten for Tom Becker. See you then. Goodbye."),
        ),
        number="+18565550177",
        extra=[
            ("tool", {"at_ms": 24000, "turn": 2, "name": "find_slots", "ok": True, "arguments": {"service": "Cleaning", "part": "morning"},
                      "result": {"slots": start}, "took_ms": 31}),
            ("tool", {"at_ms": 30000, "turn": 3, "name": "book", "ok": True, "arguments": booked, "result": {"booked": "true", "start": start}, "took_ms": 18}),
        ],
        goal="booking",
        ago=timedelta(hours=2),
    )  # fmt: skip
    unrecorded = play_call(
        started,
        said(
            ("agent", "Hi, this is Robin, the AI assistant of Riverside Dental. May I record this call?"),
            ("caller", "No, I'd rather not."),
            ("agent", "All right, this call is not recorded. How can I help you today?"),
            ("caller", "Is there parking?"),
            ("agent", "There is free parking behind the building; the entrance is on Church Lane."),
        ),
        number="",
        flow="ask",
        recorded=False,
        extra=[("understood", {"at_ms": 15000, "turn": 2, "intent": "faq", "source": "faq:parking", "score": 0.9})],
        ago=timedelta(hours=5),
    )
    pii = play_call(
        started,
        said(*HELLO, ("caller", "Hello, this is [name], do you take Delta Dental?"), ("agent", "We accept Delta Dental, Cigna, MetLife and Guardian.")),
        number="+18565550188",
        mode="excluding_pii",
        extra=[("understood", {"at_ms": 14000, "turn": 1, "intent": "faq", "source": "faq:insurance", "score": 0.9})],
        ago=timedelta(days=1, hours=3),
    )  # fmt: skip
    metadata = play_call(
        started,
        said(*HELLO, ("caller", "never kept"), ("agent", "never kept")),
        number="+18565550199",
        mode="metadata_only",
        recorded=False,
        goal="",
        ago=timedelta(days=2, hours=1),
    )
    emergency = play_call(
        started,
        said(
            *HELLO,
            ("caller", "My son fell and knocked out a tooth, he is bleeding badly."),
            ("agent", "If this is an emergency, please hang up now and call nine one one. I am putting you through to the dentist on duty."),
        ),
        number="+442079460958",
        extra=[
            ("emergency", {"at_ms": 14500}),
            ("transferred", {"at_ms": 24500, "escalation_id": "pain", "person": "the dentist on duty", "ok": True, "reason": ""}),
        ],
        reason="transferred",
        goal="transfer",
        ago=timedelta(days=3),
    )  # fmt: skip
    return Shown(message, booking, unrecorded, pii, metadata, emergency)


def book_week(started: Started) -> None:
    """Some bookings in the coming days, at times when the practice is open."""
    from ringtrue.agents.publishing import snapshot_of
    from ringtrue.calendars.booking import book, free_slots
    from ringtrue.calendars.models import Calendar
    from ringtrue.privacy.subjects import subject_for_number

    with workspace_scope(started.workspace.id):
        snapshot = snapshot_of(started.version)
        calendar = Calendar.objects.filter(workspace=started.workspace).first()
        assert calendar is not None
        for n, (name, number, service) in enumerate(
            (("Tom Becker", "+18565550177", "Cleaning"), ("Ada Novak", "+18565550123", "Check-up"), ("Maria Alvarez", "+18565550142", "Crown"))
        ):  # fmt: skip
            slots = free_slots(calendar, snapshot.hours, snapshot.time_zone, minutes=60, count=1 + n * 4)
            book(
                calendar,
                snapshot.hours,
                snapshot.time_zone,
                service=service,
                minutes=45,
                start=slots[-1],
                subject=subject_for_number(started.workspace.id, number),
                name=name,
                number=number,
            )
