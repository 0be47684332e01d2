"""`make promises`: the register of promises, each with the tests that prove it, the operator's duty, or "not yet proved".

A test proves a row by carrying `@pytest.mark.promise("P-...")`. The marks are read from the test files themselves; `--run` runs
those tests too and counts only what passed. Writes docs/promises.md.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import yaml

from ringtrue.core.configuring import ROOT

REGISTER = Path(__file__).with_name("promises.yaml")
PAGE = ROOT / "docs" / "promises.md"
PROVED = "Proved."

THEMES = {
    "ACC": "Accounts and identity", "CFG": "Tasks, agents, business configuration", "CALL": "What is kept of a call",
    "LEAD": "Leads, callers, people who are named", "USE": "Usage, devices, logs", "COOK": "Cookies, local storage, signals",
    "PAY": "Payments and balance", "COMM": "Notifications and marketing", "CONS": "Consent to recording, notices, disclosure",
    "STOR": "Storage modes, redaction, sensitive data", "RET": "Retention, deletion, closure", "RIGHT": "Rights of persons",
    "PURP": "Purposes, legal bases, training", "ROLE": "Controller and processor, white label",
    "SHARE": "Sharing, sub-processors, authorities", "SEC": "Security and access", "BRCH": "Breach",
    "XFER": "Residency and transfer", "CHILD": "Children", "POL": "Policy versions, acceptance, notice of change",
    "RESP": "Responsibilities of customers", "CONT": "Contact and support", "EXT": "Links and integrations",
}  # fmt: skip


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    system: str
    theme: str
    does: str
    duty: str = ""  # what the operator has to do, and why code cannot prove it
    open: str = ""  # the feature that is not built yet


def register() -> list[Promise]:
    """In the order of the file. Raises msgspec.ValidationError, ValueError for an id that stands twice."""
    rows = msgspec.convert(yaml.safe_load(REGISTER.read_text()), list[Promise])
    ids = {row.id for row in rows}
    if len(ids) != len(rows):
        raise ValueError("an id stands twice in promises.yaml")
    return rows


def marks(root: Path = ROOT / "ringtrue") -> dict[str, list[str]]:
    """Promise id -> tests ("ringtrue/calls/tests/test_x.py::test_y") that carry its mark."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(root.rglob("tests/**/test_*.py")):
        place = path.relative_to(root.parent).as_posix()
        for name, ids in _marked(ast.parse(path.read_text(), str(path))):
            for promise in ids:
                found[promise].append(f"{place}::{name}")
    return dict(found)


def _marked(module: ast.Module) -> Iterator[tuple[str, list[str]]]:
    shared = [
        promise
        for node in module.body
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "pytestmark" for t in node.targets)
        for promise in _ids(node.value)
    ]
    for node in module.body:
        tests = [node] if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else []
        of_class: list[str] = []
        if isinstance(node, ast.ClassDef):
            tests = [n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
            of_class = [promise for decorator in node.decorator_list for promise in _ids(decorator)]
        for test in tests:
            if test.name.startswith("test_"):
                own = [promise for decorator in test.decorator_list for promise in _ids(decorator)]
                prefix = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
                yield prefix + test.name, [*shared, *of_class, *own]


def _ids(expression: ast.expr) -> list[str]:
    """The ids in every `pytest.mark.promise(...)` within the expression."""
    return [
        argument.value
        for call in ast.walk(expression)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "promise"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def proofs(rows: list[Promise], found: dict[str, list[str]]) -> dict[str, list[str]]:
    """Promise id -> its proofs."""
    return {row.id: sorted(found.get(row.id, [])) for row in rows}


def unknown(rows: list[Promise], found: dict[str, list[str]]) -> list[str]:
    """Ids that tests claim and that are not in the register."""
    return sorted(set(found) - {row.id for row in rows})


def passed() -> set[str]:
    """Runs every test that carries a mark. Returns those that passed, in the form of `marks`, without parameters."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        tests = sorted({test for tests in marks().values() for test in tests})
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", "-o", "junit_family=xunit1", *tests]
        subprocess.run(command, cwd=ROOT, check=False)
        good: set[str] = set()
        bad: set[str] = set()
        # The file is our own pytest's.
        for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314
            path = str(case.get("file") or "") or str(case.get("classname")).replace(".", "/") + ".py"
            test = f"{path}::{str(case.get('name')).split('[')[0]}"
            (bad if len(case) and any(c.tag in ("failure", "error", "skipped") for c in case) else good).add(test)
        return good - bad


def write(rows: list[Promise], held: dict[str, list[str]], path: Path) -> None:
    proved = sum(bool(held[row.id]) for row in rows)
    duties = sum(bool(row.duty) for row in rows)
    waiting = sum(bool(row.open) and not held[row.id] for row in rows)
    lines = [
        "# Promises",
        "",
        "Five companies' privacy policies define what this software has to keep. Each row says in our words what the software does;",
        "beside it stands the test that proves it. Made by `make promises`; do not edit.",
        "",
        f"**{proved} of {len(rows)}** rows are proved by a test; {duties} name a duty of the operator; {waiting} wait for a feature that",
        "is not built yet and is named.",
    ]
    for theme, title in THEMES.items():
        of_theme = [row for row in rows if row.theme == theme]
        count = sum(bool(held[row.id]) for row in of_theme)
        lines += ["", f"## {title} ({count} of {len(of_theme)})", "", "| id | what the software does | proof |", "|---|---|---|"]
        for row in of_theme:
            lines.append(f"| {row.id} | {row.does} | {_proof(row, held[row.id])} |")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, ""]))


def _proof(row: Promise, tests: list[str]) -> str:
    said = "<br>".join(f"`{test.split('::')[-1]}` ({test.split('/')[1]})" for test in tests)
    if row.duty:
        said = (said + "<br>" if said else "") + f"Operator: {row.duty}"
    if not said:
        said = f"Open: {row.open}" if row.open else "not yet proved"
    return said


class Written(msgspec.Struct, frozen=True):
    rows: list[dict[str, str]]  # {"id", "does", "state"}
    proved: int


def written(system: str, path: Path = PAGE) -> Written | None:
    """The promises of one system's policy as the page says them; None for a name without promises, and without the page."""
    ids = {row.id for row in register() if row.system == system}
    if not ids or not path.exists():
        return None
    found = re.findall(r"^\| (P-\S+) \| (.+?) \| (.+) \|$", path.read_text(), re.M)
    rows = [{"id": name, "does": does, "state": _state(proof)} for name, does, proof in found if name in ids]
    return Written(rows, sum(row["state"] == PROVED for row in rows))


def _state(proof: str) -> str:
    if proof.startswith("`"):
        return PROVED
    return "A duty of the operator." if proof.startswith("Operator:") else "Not proved yet."


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="ringtrue promises", description=__doc__)
    parser.add_argument("--run", action="store_true", help="run the proofs and count only what passes")
    parser.add_argument("--out", type=Path, default=PAGE)
    given = parser.parse_args(argv)
    rows, found = register(), marks()
    strangers = unknown(rows, found)
    if given.run:
        good = passed()
        found = {promise: [test for test in tests if test in good] for promise, tests in found.items()}
    held = proofs(rows, found)
    for row in rows:
        tests = held[row.id]
        state = (
            f"{len(tests)} proof{'s' if len(tests) > 1 else ''}"
            if tests
            else "operator"
            if row.duty
            else "open"
            if row.open
            else "not yet proved"
        )
        print(f"{row.id:<14} {state:<15} {row.does}")
        for test in tests:
            print(f"{'':<30} {test}")
    write(rows, held, given.out)
    proved = sum(bool(tests) for tests in held.values())
    print(
        f"\n{proved} of {len(rows)} rows proved by {len({t for ts in held.values() for t in ts})} tests; written to {given.out}"
    )
    early = [row.id for row in rows if row.open and held[row.id]]
    for promise in early:
        print(f"{promise} has a proof and is called open in the register", file=sys.stderr)
    for promise in strangers:
        print(f"A test claims {promise}, which is not in the register: {', '.join(marks()[promise])}", file=sys.stderr)
    return 1 if strangers or early else 0


if __name__ == "__main__":
    sys.exit(main())
