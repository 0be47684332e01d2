"""A telephone for the tests, in a process of its own: calls a SIP address, plays a sound, keeps what it hears, presses keys.

Prints one JSON object: {"status", "heard_bytes", "rate", "closed", ...}. `--answer` waits for a call instead; `--converse` plays
its sound when the far end has spoken and is quiet, and hangs up when it has spoken again: by what is heard, never by the clock.
`--stay` leaves that to the far end. `--take` is a colleague: presses its key when it has been spoken to, says its sound when it has been
spoken to again, and hangs up.
"""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path

import numpy as np
from baresip import Account, AudioNotActive, AudioRestarted, CallFailed, Config, Runtime, UserAgent

WAITS_S = 60.0  # for a call, when it is to answer one


class Turns:
    """How often the far end has spoken: loud at once, silent after a second of quiet that was received."""

    LOUD = 1500

    def __init__(self):
        self.spoken = 0
        self.speaking = False
        self._quiet = 0

    def hear(self, pcm, rate):
        if np.abs(np.frombuffer(pcm, "<i2").astype(int)).max(initial=0) > self.LOUD:
            self.spoken += not self.speaking
            self.speaking, self._quiet = True, 0
        elif self.speaking:
            self._quiet += len(pcm) // 2
            self.speaking = self._quiet < rate


async def talk(call, options, said):
    """Play and hear in steps of 20 ms until the far end hangs up or the time is over."""
    loop = asyncio.get_running_loop()
    given = options.given
    heard = bytearray()
    digits = []
    call.on_dtmf(lambda event: digits.append(event.digit))
    began = due = loop.time()
    at = 0
    pressed = held = False
    turns, speaking = Turns(), not (options.converse or options.take)
    while call.state.name != "CLOSED" and loop.time() - began < options.seconds:
        try:
            rate = call.audio.info().tx_sample_rate
            new = call.audio.read(32000)
            heard += new
            turns.hear(new, rate)
            if options.converse and turns.spoken and not turns.speaking:
                if turns.spoken > 1 and not options.stay:
                    break
                speaking = True
            if options.take and turns.spoken and not turns.speaking:
                if not pressed:
                    pressed = True
                    await call.send_dtmf(options.press)
                    due = loop.time()
                elif turns.spoken > 1:
                    speaking = True
            if options.take and at > len(given):
                break
            call.audio.write((given[at : at + 2 * rate // 50] if speaking else b"") or bytes(2 * rate // 50))
            at += 2 * rate // 50 if speaking else 0
            said["rate"] = rate
        except (AudioNotActive, AudioRestarted):
            pass
        if options.press and not options.take and not pressed and loop.time() - began > options.press_at:
            pressed = True
            await call.send_dtmf(options.press)
            due = loop.time()
        if options.hold and not held and loop.time() - began > options.hold_at:
            held = True
            await call.hold()
            await asyncio.sleep(options.hold)
            await call.resume()
            due = loop.time()
        due += 0.02
        await asyncio.sleep(max(0.0, due - loop.time()))
    said.update(
        heard_bytes=len(heard),
        turns_heard=turns.spoken,
        digits="".join(digits),
        closed_by_them=call.state.name == "CLOSED",
        seconds=loop.time() - began,
    )
    said["heard"] = heard
    if call.state.name != "CLOSED":
        await call.hangup()
        await asyncio.sleep(0.3)


async def main(options):
    said = {}
    runtime = Runtime()
    lines = [f"sip_listen {options.ip}:{options.port}"]
    if options.certificate:
        lines.append(f"sip_certificate {options.certificate}")
    if options.authorities:
        lines += [f"sip_cafile {options.authorities}", "sip_verify_server yes"]
    await runtime.start(
        Config(
            net_interface=options.ip,
            max_concurrent_calls=None,
            native_log_level="error",
            extra_config_text="\n".join(lines) + "\n",
        )
    )
    account = Account(  # one that names a transport takes calls by no other
        options.user,
        options.registrar or options.ip,
        options.password,
        reg_interval=60 if options.registrar else 0,
        audio_codecs=tuple(options.codecs.split(",")),
        extra_params=("video_codecs=none", "catchall=yes", *(("mediaenc=srtp-mand",) if options.srtp else ())),
    )
    agent = await UserAgent.create(runtime, account.aor().replace(";transport=udp>", ">", 1), transfer_policy=options.refer)
    agent.on_transfer_call(lambda call: said.update(transferred_to=call.peer))
    if options.registrar:
        await agent.register()
    if options.answer:
        coming = asyncio.get_running_loop().create_future()
        agent.on_incoming(lambda call: coming.done() or coming.set_result(call))
        print("ready", flush=True)
        try:
            call = await asyncio.wait_for(coming, WAITS_S)
        except TimeoutError:
            call = None
        if call is not None:
            said["from"] = call.peer
            await call.answer()
            await call.wait_established()
            await talk(call, options, said)
    else:
        call = await agent.dial(options.dial)
        try:
            await call.wait_established(options.ring)
            said["status"] = "established"
            await talk(call, options, said)
        except CallFailed as problem:
            said.update(status=f"failed {problem.status}", reason=problem.reason)
        except TimeoutError:
            said["status"] = "no answer"
    keep(options, said)
    os._exit(0)


def keep(options, said):
    heard = said.pop("heard", b"")
    if options.out:
        Path(options.out).write_bytes(heard)
    print(json.dumps(said), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--ip", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--user", default="+18565550142")
    parser.add_argument("--dial")
    parser.add_argument("--answer", action="store_true")
    parser.add_argument("--sound")
    parser.add_argument("--converse", action="store_true")
    parser.add_argument("--stay", action="store_true")
    parser.add_argument("--take", action="store_true")
    parser.add_argument("--out")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--ring", type=float, default=5.0)
    parser.add_argument("--codecs", default="pcmu")
    parser.add_argument("--registrar", help="host:port; waits until it is registered there")
    parser.add_argument("--password", default="")
    parser.add_argument("--certificate", help="ours, with its key, for TLS on the next port")
    parser.add_argument("--authorities", help="who may vouch for the far end of TLS")
    parser.add_argument("--srtp", action="store_true", help="encrypted media or none")
    parser.add_argument("--refer", default="reject", help="what to do when the far end sends us elsewhere: auto or reject")
    parser.add_argument("--press")
    parser.add_argument("--press-at", type=float, default=1.0)
    parser.add_argument("--hold", type=float)
    parser.add_argument("--hold-at", type=float, default=1.0)
    given = parser.parse_args()
    given.given = Path(given.sound).read_bytes() if given.sound else b""
    sys.exit(asyncio.run(main(given)))
