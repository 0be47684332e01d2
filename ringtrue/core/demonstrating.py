"""`ringtrue demo`: one call from nothing. The exit status says whether it was answered, understood and recorded."""

from __future__ import annotations

import argparse
import sys


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ringtrue demo", description=__doc__)
    parser.parse_args(argv)
    from ringtrue.core.embedded import EmbeddedFailed
    from ringtrue.core.preparing import prepared
    from ringtrue.core.starting import CannotStart

    try:
        with prepared():
            from ringtrue.core.running import demo_workspace
            from ringtrue.media.demonstrating import play_demo_call

            demo_workspace()
            return int(play_demo_call(say=lambda line: print(line, flush=True)))
    except (CannotStart, EmbeddedFailed) as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
