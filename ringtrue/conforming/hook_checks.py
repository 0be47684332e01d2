"""Webhooks: who is believed, what is understood, and how the carrier takes our answers."""

from __future__ import annotations

import msgspec

from ringtrue.conforming.checks import must, shows
from ringtrue.conforming.stand_in import Hooks, Sent
from ringtrue.conforming.under_test import Line
from ringtrue.voice.lines.carrier import CarrierEvent, NotUnderstood, Webhook

TICKET = "t1CkEt_-" * 5
OURS, CALLER = "+18565550100", "+12025550123"


def event(line: Line, **given: str) -> CarrierEvent:
    made = {"kind": "incoming", "call_ref": f"call-{'7' * 20}", "from_number": CALLER, "to_number": OURS, **given}
    return msgspec.convert({**made, "account_ref": line.entered().account, "event_key": ""}, CarrierEvent)


def sent(line: Line, hooks: Hooks | None = None, **given: str) -> Sent:
    return (hooks or line.hooks()).send(event(line, **given), line.hooks_url)


def believed(line: Line, one: Sent) -> bool:
    return bool(line.part("signing").signed(line.webhook(one), line.entered().credentials))


@must("signing webhooks")
def only_the_account_is_believed(line: Line) -> None:
    hooks = line.hooks()
    for kind in hooks.kinds:
        one = sent(line, hooks, kind=kind)
        assert believed(line, one), f"the carrier's own {kind}"
        assert not believed(line, hooks.unsigned(one)), f"{kind} without a signature"
        assert not believed(line, sent(line, line.stranger(), kind=kind)), f"{kind} of somebody else"
        assert line.part("webhooks").account_ref(line.webhook(one)) == line.entered().account
    nobody = line.entered().credentials | dict.fromkeys(line.entered().credentials, "")
    assert not line.part("signing").signed(line.webhook(hooks.unsigned(sent(line, hooks))), nobody), "no secret opens nothing"


@shows("signed", "signing", "webhooks")
def nothing_can_be_changed_under_a_signature(line: Line) -> None:
    one = sent(line)
    assert CALLER[1:].encode() in one.body, "the test changes the caller's number"
    changed = msgspec.structs.replace(one, body=one.body.replace(CALLER[1:].encode(), b"19005550199"))
    assert not believed(line, changed), "another caller"
    assert not believed(line, msgspec.structs.replace(one, what="status")) or one.what == "status", "another address"
    assert not believed(line, msgspec.structs.replace(one, query="x=1")), "another query"


@must("webhooks")
def what_is_not_understood_is_said_to_be_so(line: Line) -> None:
    webhooks = line.part("webhooks")
    for what, body in (("voice", b""), ("nothing-of-ours", sent(line).body), ("voice", b"\xff\xfe{"), ("status", b"a=b&a=c")):
        headers = {"Content-Type": sent(line).headers.get("Content-Type", "")}
        webhook = line.webhook(Sent(what=what, body=body if body.isascii() else b"", headers=headers))
        webhook = Webhook(url=webhook.url, headers=webhook.headers, body=body, form=webhook.form)
        assert isinstance(webhooks.account_ref(webhook), str)
        try:
            webhooks.read(what, webhook)
        except NotUnderstood:
            continue
        raise AssertionError(f"{what} {body!r} is understood")


@shows("inbound", "webhooks", "answering")
def a_call_is_announced_and_connected(line: Line) -> None:
    one = sent(line)
    read = line.part("webhooks").read(one.what, line.webhook(one))
    assert (read.kind, read.direction) == ("incoming", "inbound")
    assert (read.from_number[-10:], read.to_number[-10:]) == (CALLER[-10:], OURS[-10:])
    assert read.account_ref == line.entered().account
    assert read.call_ref
    media, after = f"wss://ours.example/media/{line.name}", f"{line.hooks_url}/after"
    answer = line.part("answering").connect(media, TICKET, after)
    taken = line.hooks().read(answer)
    assert taken.ticket == TICKET
    assert taken.media_url in ("", media), "where its sound goes; some know that themselves"
    assert TICKET not in taken.media_url, "addresses end up in logs"
    assert taken.after_url in ("", after)
    assert not taken.hangs_up


@shows("own_recording", "answering")
def the_carrier_is_not_told_to_record(line: Line) -> None:
    answering = line.part("answering")
    for answer in (answering.connect("wss://ours.example/m", TICKET, "https://ours.example/after"), answering.nothing()):
        assert not line.hooks().read(answer).records


@must("webhooks answering")
def a_call_that_is_not_taken_ends_politely(line: Line) -> None:
    answering, hooks = line.part("answering"), line.hooks()
    for sentence in ("We are sorry. Goodbye.", "Tom & Ann’s <shop>"):
        taken = hooks.read(answering.say(sentence))
        assert taken.said in ("", sentence)
        assert taken.hangs_up
        assert not taken.ticket
    assert hooks.read(answering.hang_up()).hangs_up
    nothing = hooks.read(answering.nothing())
    assert (nothing.ticket, nothing.said) == ("", "")


@must("webhooks")
def states_come_twice_and_in_any_order(line: Line) -> None:
    hooks, webhooks = line.hooks(), line.part("webhooks")
    assert "completed" in hooks.statuses, "the end of a call has to be told"
    keys = []
    for status in (*hooks.statuses, *reversed(hooks.statuses)):
        one = sent(line, hooks, kind="status", status=status)
        read = webhooks.read(one.what, line.webhook(one))
        assert (read.kind, read.status) == ("status", status)
        assert read == webhooks.read(one.what, line.webhook(one)), "the same, sent twice, is the same"
        keys.append(read.event_key)
    if line.part("dialing") is not None:
        assert len(set(keys)) >= len(hooks.statuses), "two states are two events"
    assert all(len(key) <= 160 for key in keys)
    other = sent(line, hooks, kind="status", status="completed", call_ref="call-" + "8" * 20)
    assert webhooks.read(other.what, line.webhook(other)).event_key not in keys, "of another call"
