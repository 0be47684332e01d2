"""Many callers in one process: each speaks noise for the given time and hears what comes. Prints {"established", "heard"}: of how many
calls, and how many of them heard something loud."""

import argparse
import asyncio
import json
import os

import numpy as np
from baresip import Account, AudioNotActive, AudioRestarted, BaresipError, Config, Runtime, UserAgent

NOISE = np.random.default_rng(1).normal(0, 2000, 8000).astype("<i2").tobytes()


async def one(agent, to, seconds, found):
    try:
        call = await agent.dial(to)
        await call.wait_established(30)
    except BaresipError:
        return
    found["established"] += 1
    loop = asyncio.get_running_loop()
    due, until, loudest, at = loop.time(), loop.time() + seconds, 0, 0
    while loop.time() < until and call.state.name != "CLOSED":
        try:
            heard = np.frombuffer(call.audio.read(3200), "<i2")
            loudest = max(loudest, int(np.abs(heard.astype(int)).max(initial=0)))
            call.audio.write(NOISE[at : at + 320])
            at = (at + 320) % len(NOISE)
        except (AudioNotActive, AudioRestarted):
            pass
        due += 0.02
        await asyncio.sleep(max(0.0, due - loop.time()))
    found["heard"] += loudest > 3000
    if call.state.name != "CLOSED":
        await call.hangup()


async def main(options):
    runtime = Runtime()
    listen = f"sip_listen 127.0.0.1:{options.port}\n"
    await runtime.start(
        Config(net_interface="127.0.0.1", max_concurrent_calls=None, native_log_level="error", extra_config_text=listen)
    )
    account = Account(
        "+12025550123", "127.0.0.1", "", reg_interval=0, audio_codecs=("pcmu",), extra_params=("video_codecs=none",)
    )
    agent = await UserAgent.create(runtime, account)
    found = {"established": 0, "heard": 0}
    calls = []
    for _ in range(options.calls):
        calls.append(asyncio.ensure_future(one(agent, options.to, options.seconds, found)))
        await asyncio.sleep(0.05)
    await asyncio.gather(*calls)
    await asyncio.sleep(0.5)
    print(json.dumps(found), flush=True)
    os._exit(0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--to", required=True)
    parser.add_argument("--calls", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=10.0)
    asyncio.run(main(parser.parse_args()))
