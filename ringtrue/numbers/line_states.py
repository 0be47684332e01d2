"""How a SIP line is, in words, and what to do about it. The codes are those of `voice.lines.sip.desk_talk.State`."""

from __future__ import annotations

import msgspec


class Told(msgspec.Struct, frozen=True):
    good: bool
    short: str
    to_do: str = ""


_REGISTERING = {
    "401": ("the user name or password is wrong", "Enter the login again, as the carrier or PBX gave it to you."),
    "403": (
        "the far end forbids this login",
        "The user name or password is wrong, or this login may not register from our address. Ask the carrier.",
    ),
    "404": ("the far end does not know this user", "Check the user name."),
    "certificate": (
        "its certificate was not accepted",
        "Its certificate is not for this host name, is expired, or comes from an authority that is not trusted here. "
        "For a telephone system with a certificate of its own, see docs/sip.md.",
    ),
    "unknown_host": ("there is no such host", "Check how the SIP host is spelled."),
    "nobody_listens": ("nothing listens there", "Check host, port and transport."),
    "unreachable": ("this network cannot be reached from here", "Check the host, and this machine's network and firewall."),
    "": ("no answer", "Check host, port and transport, and that the firewall lets SIP through. It is tried again by itself."),
}


def told(state: str, detail: str) -> Told:
    if state == "registered":
        return Told(True, "Registered")
    if state == "ready":
        return Told(True, "Listening")
    if state == "registration_failed":
        why, to_do = _REGISTERING.get(
            "401" if detail == "407" else detail,
            (f"the far end says SIP {detail}", "Ask the carrier what that means for your login."),
        )
        return Told(False, f"Cannot register: {why}", to_do)
    if state == "port_taken":
        return Told(
            False,
            f"No calls: another program uses port {detail}",
            f"Stop the program that listens on port {detail} of this machine, or set RINGTRUE_SIP_LISTEN to another port and start "
            "Ringtrue again. It is tried again every few seconds.",
        )
    if state == "waiting":
        return Told(False, "Waits until no call is up", "Then SIP starts again with this line, by itself, within seconds.")
    if state == "not_opened":
        return Told(
            False, "Cannot be used as it was entered", "Enter the line again: its host, user name or password cannot be read."
        )
    return Told(False, "Starting; this takes a few seconds.")
