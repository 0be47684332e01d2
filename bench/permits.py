"""How fast permits are given: `python -m bench.permits`. One process, one core, no database: the pure function, on numbers that it has
not seen before, over every split area code and two changes of the clocks. CPU time, so that a busy machine does not change it."""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from ringtrue.dialing.permitting import permit
from ringtrue.dialing.proposal import Listing, Past, Proposed, Reassignment, Said, Spend
from ringtrue.dialing.rules_pack import SHIPPED, parse

HOW = "python -m bench.permits; CPU time of one core, numbers not seen before"
OURS = "+12125550100"
START = datetime(2026, 10, 30, tzinfo=UTC)


def proposals(count: int) -> Iterator[Proposed]:
    chance = random.Random(1)  # noqa: S311 - the same numbers each time, no secret
    codes = ["219", "850", "208", "605", "928", "212", "213", "214", "305", "617", "801", "207"]
    for i in range(count):
        at = START + timedelta(seconds=chance.randrange(150 * 86_400))
        yield Proposed(
            at=at, number=f"+1{codes[i % len(codes)]}{chance.randrange(200, 999)}{i % 10_000:04d}",
            purpose=("sales", "information", "errand")[i % 3], party="business", caller_id=OURS, caller_ids=frozenset({OURS}),
            countries=frozenset({"US"}), on_own_list=False, spend=Spend(10_000_000),
            consents=(Said("marketing.call", True, at - timedelta(days=9), True),),
            lists=(Listing("us.national", at - timedelta(days=9), False), Listing("us.tx", at - timedelta(days=9), False)),
            reassigned=Reassignment("no", at - timedelta(days=9)), history=(Past(at - timedelta(days=2), False),),
        )  # fmt: skip


def measure(count: int = 10_000) -> list[dict[str, Any]]:
    pack = msgspec.structs.replace(parse(SHIPPED.read_bytes()), issued=date(2026, 10, 1), stale_after_days=366)
    for warm in proposals(200):
        permit(warm, pack)
    made = list(proposals(count))
    began = time.process_time()
    for proposal in made:
        permit(proposal, pack)
    took = time.process_time() - began
    return [{"name": "permit.per_s", "value": round(count / took, 1), "unit": "1/s", "n": count, "how": HOW}]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.permits", description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--json", type=Path, help="write the result here")
    options = parser.parse_args()
    results = measure(options.count)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n")
    for row in results:
        print(f"{row['name']:<52}{row['value']:>10}  {row['unit']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
