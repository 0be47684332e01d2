"""`python -m bench.publishing`: the table and the plot of `bench/results.json`, as docs/benchmark.md and docs/benchmark.svg."""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

Row = dict[str, Any]

ENGINES = {"engine": "Ringtrue", "peer.pipecat": "Pipecat", "peer.livekit": "LiveKit Agents"}
COLOURS = {"engine": "#0f766e", "peer.pipecat": "#b45309", "peer.livekit": "#4338ca"}
FIGURE = re.compile(r"^(?P<engine>engine|peer\.\w+)\.(?P<figure>.+?)\.n(?P<n>\d+)(?P<how>\.not_recorded)?$")

COLUMNS = (
    ("cpu_ms_per_call_s", "CPU, ms per call-second"),
    ("loop_cpu_ms_per_call_s", "of it the loop"),
    ("scribe_cpu_ms_per_call_s", "of it the scribe"),
    ("postgres_cpu_ms_per_call_s", "PostgreSQL beside"),
    ("loop_core_share", "share of the loop's core"),
    ("rss_mb_per_call", "MB per call"),
    ("lateness_ms.p99", "lateness p99, ms"),
    ("lateness_ms.max", "max"),
    ("reply_ms.p50", "reply p50, ms"),
    ("outbound_share", "agent speaks"),
    ("calls_lost", "calls lost"),
)

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 70, 24, 44, 56


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, default=Path("bench/results.json"))
    parser.add_argument("--docs", type=Path, default=Path("docs"))
    options = parser.parse_args()
    rows: list[Row] = json.loads(options.json.read_text())
    options.docs.mkdir(exist_ok=True)
    (options.docs / "benchmark.svg").write_text(plot(rows))
    (options.docs / "benchmark.md").write_text(document(rows))
    print(f"Written: {options.docs / 'benchmark.md'}, {options.docs / 'benchmark.svg'}.")
    return 0


def document(rows: list[Row]) -> str:
    parts = [
        "# Benchmark\n",
        "Made by `python -m bench.publishing` from `bench/results.json`, which `make bench` (and `make bench-peers`) wrote. What is measured"
        " and how: [bench/README.md](../bench/README.md).\n",
        "![CPU per call-second](benchmark.svg)\n",
    ]
    for engine in ENGINES:
        for how, title in (("", ENGINES[engine]), (".not_recorded", f"{ENGINES[engine]}, without recording")):
            lines = table(rows, engine, how)
            if lines:
                parts += [f"## {title}\n", "\n".join(lines) + "\n"]
    others = [row for row in rows if not FIGURE.match(row["name"])]
    if others:
        parts += ["## Single figures\n", "| figure | value | unit | n | how |\n|---|---:|---|---:|---|"]
        parts += [f"| `{row['name']}` | {_number(row['value'])} | {row['unit']} | {row['n']} | {row['how']} |" for row in others]
    host = [row for row in rows if row["name"].startswith("bench.") and FIGURE.match(row["name"]) is None]
    if host:
        parts.append(
            "\n`bench.host_late_ms` is a process that only sleeps 20 ms at a time, on the same core: the machine's own stalls."
        )
    return "\n".join(parts) + "\n"


def table(rows: list[Row], engine: str, how: str) -> list[str]:
    found: dict[int, dict[str, float]] = {}
    for row in rows:
        match = FIGURE.match(row["name"])
        if match and match["engine"] == engine and (match["how"] or "") == how:
            found.setdefault(int(match["n"]), {})[match["figure"]] = row["value"]
    shown = [(name, title) for name, title in COLUMNS if any(name in figures for figures in found.values())]
    if not shown:
        return []
    lines = ["| calls | " + " | ".join(title for _, title in shown) + " |", "|---:|" + "---:|" * len(shown)]
    doubtful = False
    for n in sorted(found):
        late = late_callers(rows, n, how) if engine == "engine" else 0.0
        marked = [f"{_number(found[n].get(name))}{' †' if late > MOST_LATE_MS and name in OF_TIME else ''}" for name, _ in shown]
        doubtful = doubtful or late > MOST_LATE_MS
        lines.append(f"| {n} | " + " | ".join(marked) + " |")
    if doubtful:
        lines.append(
            f"\n† The callers themselves were late (p99 over {MOST_LATE_MS:.0f} ms): their core was full, so this is a limit of the "
            "machine that measured and says little about the engine."
        )
    return lines


MOST_LATE_MS = 20.0
OF_TIME = ("lateness_ms.p99", "lateness_ms.max", "reply_ms.p50")


def late_callers(rows: list[Row], n: int, how: str) -> float:
    """p99 of how late the callers sent, in ms."""
    name = f"bench.callers_late_ms.p99.n{n}{how}"
    return float(next((row["value"] for row in rows if row["name"] == name), 0.0))


def curves(rows: list[Row]) -> dict[tuple[str, str], list[tuple[int, float]]]:
    """(engine, "" or ".not_recorded") -> points (calls, ms of CPU per call-second)."""
    found: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for row in rows:
        match = FIGURE.match(row["name"])
        if match and match["figure"] == "cpu_ms_per_call_s" and row["value"] > 0:
            found.setdefault((match["engine"], match["how"] or ""), []).append((int(match["n"]), float(row["value"])))
    return {key: sorted(points) for key, points in found.items()}


def plot(rows: list[Row]) -> str:
    """Both axes logarithmic: calls at once, CPU per call-second."""
    lines = curves(rows)
    points = [point for line in lines.values() for point in line] or [(1, 1.0)]
    most_x, most_y = max(x for x, _ in points), max(y for _, y in points)
    x_marks = [n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if n <= most_x * 2.5]
    y_marks = [n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if n <= most_y * 2.5]

    def x(n: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * _log_share(n, x_marks[0], x_marks[-1])

    def y(ms: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * _log_share(ms, y_marks[0], y_marks[-1])

    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13" role="img">',
        "<title>CPU of the server for each second of each call, by number of calls at once</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for n in x_marks:
        out.append(f'<path d="M{x(n):.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#e5e7eb"/>')
        out.append(f'<text x="{x(n):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#374151">{n}</text>')
    for n in y_marks:
        out.append(f'<path d="M{LEFT} {y(n):.1f}H{WIDTH - RIGHT}" stroke="#e5e7eb"/>')
        out.append(f'<text x="{LEFT - 8}" y="{y(n) + 4:.1f}" text-anchor="end" fill="#374151">{n}</text>')
    for index, ((engine, how), line) in enumerate(lines.items()):
        colour = COLOURS.get(engine, "#374151")
        dash = ' stroke-dasharray="5 4"' if how else ""
        path = " ".join(f"{'M' if i == 0 else 'L'}{x(n):.1f} {y(ms):.1f}" for i, (n, ms) in enumerate(line))
        out.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
        out += [f'<circle cx="{x(n):.1f}" cy="{y(ms):.1f}" r="3.5" fill="{colour}"/>' for n, ms in line]
        name = ENGINES.get(engine, engine) + (", not recorded" if how else "")
        out.append(f'<text x="{WIDTH - RIGHT - 8}" y="{TOP + 18 + 18 * index}" text-anchor="end" fill="{colour}">{name}</text>')
    out += [
        f'<text x="{LEFT}" y="{TOP - 18}" fill="#111827">ms of CPU per call-second (lower is better)</text>',
        f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT - 14}" text-anchor="middle" fill="#111827">calls at once</text>',
        "</svg>",
    ]
    return "\n".join(out) + "\n"


def _log_share(value: float, least: float, most: float) -> float:
    from math import log

    return log(max(value, least) / least) / log(most / least) if most > least else 0.0


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"


if __name__ == "__main__":
    sys.exit(main())
