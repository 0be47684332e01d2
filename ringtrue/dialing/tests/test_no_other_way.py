"""No code path dials without a permit: what the source itself says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import ringtrue
from ringtrue.dialing.tests import dials

SOURCE = Path(ringtrue.__file__).parent

ASKS_A_DIALER = "dialing/placing.py"  # the only caller of a `Dialer`
DELEGATES = "reception/calling_out.py"  # a `Dialer` that hands the permit and the gate on to a carrier's `dialing.dial`
GATEWAY = "voice/lines/sip/carrying.py"  # a process that dials what `voice/lines/sip/dialing.py` orders, and nothing else
TRANSFERS = "media/carrier_control.py"  # a `Dialer` by which a running call is handed over


@cache
def sources() -> dict[str, ast.Module]:
    paths = [path for path in SOURCE.rglob("*.py") if not {"tests", "conforming"}.intersection(path.parts)]
    return {str(path.relative_to(SOURCE)): ast.parse(path.read_text()) for path in paths}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """(name of what is called, the call)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                yield f".{node.func.attr}", node
            elif isinstance(node.func, ast.Name):
                yield node.func.id, node


def where(name: str) -> set[str]:
    return {path for path, tree in sources().items() if any(called == name for called, _ in calls(tree))}


def functions(name: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
                yield path, node


def admits_first(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    first = next(s for s in function.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)))
    return any(called == ".admit" for called, _ in calls(first))


def test_a_carrier_is_asked_to_dial_in_one_place() -> None:
    assert where(".dial") - {DELEGATES, GATEWAY} == {ASKS_A_DIALER}
    # In the voice wing `leg.transfer` asks the scribe, which goes through the transferring dialer.
    assert {path for path in where(".transfer") if not path.startswith("voice/")} == {TRANSFERS}


def test_whoever_dials_admits_the_permit_before_anything_else() -> None:
    adapters = [path.parent.name for path in (SOURCE / "voice" / "lines").glob("*/dialing.py")]
    found = set()
    for path, function in functions("dial"):
        if path == "voice/lines/permit.py" or path.endswith("/answering.py"):
            continue  # the protocol itself; a document of a transfer
        if path == DELEGATES:
            handed_on = [call for called, call in calls(function) if called == ".dial"]
            assert len(handed_on) == 1
            assert any(
                isinstance(a, ast.Call) and isinstance(a.func, ast.Name) and a.func.id == "gate" for a in handed_on[0].args
            )
            continue
        assert admits_first(function), f"{path}: the first thing that `dial` does must be to admit the permit"
        found.add(path)
    assert TRANSFERS in found
    for line in adapters:  # each has one of its own, or the whole of another line's
        path = f"voice/lines/{line}/dialing.py"
        taken = {node.module or "" for node in sources()[path].body if isinstance(node, ast.ImportFrom)}
        assert path in found or any(f"{module.replace('.', '/')}.py".removeprefix("ringtrue/") in found for module in taken), path


def test_a_stand_in_that_rang_without_a_permit_is_told_on() -> None:
    """What `dials.py` asks after every test is not blind."""
    dials.rang("+12125550142")
    assert dials.without_permit() == ["+12125550142"]
    dials.forget()


def test_orders_that_make_a_carrier_ring_are_made_by_the_adapters_only() -> None:
    assert where("Dial") <= {"voice/lines/sip/dialing.py"}
    posts = {
        path
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(("/Calls.json", "/Call/"))
    }
    adapters = {f"voice/lines/{line}/dialing.py" for line in ("twilio", "plivo")}
    assert posts <= adapters | {"voice/lines/twilio/checking.py", "voice/lines/plivo/controlling.py"}  # which read, and hang up
    # An engine is told to call in its module `calls`, which only `hosted/dialing.py` asks, behind the permit.
    assert where(".place") - {"console/views/holds.py"} == {"hosted/dialing.py"}
