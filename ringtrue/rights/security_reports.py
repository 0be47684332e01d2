"""`ringtrue security`: looks at every measure, writes a dated report, and says what is in force.

A job does the same each week. The reports are kept as signed files, one a day, for two years; that one is missing raises an alarm
(`rights/watching_itself.py`). `--measures FILE` writes the list of measures for a processing agreement: only what was just confirmed.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from ringtrue.core.configuring import CONFIG
from ringtrue.core.models import AuditEntry
from ringtrue.core.signing import is_signed, sign
from ringtrue.rights.security_checks import MEASURES, look

EVERY = timedelta(days=7)
KEPT = timedelta(days=730)
AREAS = {
    "confidentiality": "Confidentiality", "integrity": "Integrity", "availability": "Availability", "review": "Regular review"
}  # fmt: skip


class Report(msgspec.Struct, frozen=True, kw_only=True):
    made_at: datetime
    found: dict[str, list[str]]  # measure -> what is wrong
    signature: str = ""

    @property
    def wrong(self) -> list[str]:
        return [sentence for sentences in self.found.values() for sentence in sentences]


def folder() -> Path:
    return CONFIG.data / "reports"


def make(now: datetime) -> Report:
    """Look, and write the report of the day. Older than KEPT go."""
    body: dict[str, Any] = {"made_at": now.isoformat(), "found": look()}
    report = Report(made_at=now, found=body["found"], signature=sign(body))
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    (folder() / f"security-{now:%Y-%m-%d}.json").write_text(json.dumps({**body, "signature": report.signature}, indent=1))
    for path in _files():
        if now - _day(path) > KEPT:
            path.unlink()
    return report


def newest() -> Report | None:
    """None where there is none, and for one that was changed by hand."""
    files = _files()
    if not files:
        return None
    held = json.loads(files[-1].read_text())
    body = {key: value for key, value in held.items() if key != "signature"}
    return msgspec.convert(held, Report) if is_signed(body, str(held.get("signature", ""))) else None


def overdue(now: datetime) -> bool:
    """Whether there should be a newer one; an installation without any is as old as its audit chain."""
    report = newest()
    first = AuditEntry.objects.order_by("seq").first()
    since = report.made_at if report else first.at if first else now
    return now - since > EVERY + timedelta(days=1)


def measures(report: Report) -> str:
    """The technical and organisational measures (GDPR Art. 32), as Markdown: only those that the report found in force."""
    lines = [
        "# Technical and organisational measures",
        "",
        f"As found on {report.made_at:%Y-%m-%d} by looking at the installation.",
    ]
    for area, title in AREAS.items():
        held = [m.says for m in MEASURES if m.area == area and not report.found[m.name]]
        if held:
            lines += ["", f"## {title}", "", *(f"- {says}" for says in held)]
    return "\n".join([*lines, ""])


def _files() -> list[Path]:
    return sorted(folder().glob("security-????-??-??.json"))


def _day(path: Path) -> datetime:
    return datetime.strptime(path.stem.removeprefix("security-"), "%Y-%m-%d").replace(tzinfo=UTC)


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ringtrue security", description=__doc__)
    parser.add_argument("--measures", type=Path, help="where to write the list of measures")
    options = parser.parse_args(argv)
    report = make(datetime.now(UTC))
    for measure in MEASURES:
        wrong = report.found[measure.name]
        print(f"  {'WRONG ' if wrong else 'ok    '}{measure.says}")
        for sentence in wrong:
            print(f"          {sentence}")
    if options.measures:
        options.measures.write_text(measures(report))
    return 1 if report.wrong else 0
