"""The rows of an export as CSV. What lies inside a row has a column of its own ("call.outcome"); lists and free fields are JSON in
one cell. A text that a spreadsheet would run begins with an apostrophe."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ringtrue.core.writing_csv import BEGINNING, harmless, line_of
from ringtrue.rights.archive_shapes import DIALECT

CELLS = {"integer": r"^(-?\d+)?$", "number": r"^(-?\d+(\.\d+)?(e[-+]?\d+)?)?$", "boolean": r"^(true|false)?$"}
IN_JSON = ("array", "object")


def table_of(rows: list[Any], schema: Mapping[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """`schema`: of the list of rows. Gives the file, and the JSON Schema of its lines read as [{column: cell}, ...], all texts.
    What a row holds and the schema does not know has a column too, after the others."""
    known = _columns(schema, schema["items"], "")
    found = [_cells(row, known, "") for row in rows]
    columns = list(dict.fromkeys([*known, *(name for cells in found for name in cells)]))
    lines = [line_of(columns), *(line_of(cells.get(name, "") for name in columns) for cells in found)]
    described = {
        "$schema": DIALECT,
        "title": schema["title"],
        "type": "array",
        "items": {
            "type": "object",
            "properties": {name: _described(known.get(name, {})) for name in columns},
            "required": columns,
            "additionalProperties": False,
        },
    }
    return (BEGINNING + "".join(lines)).encode(), described


def _columns(schema: Mapping[str, Any], part: Mapping[str, Any], path: str) -> dict[str, Any]:
    """Column -> the schema of what is in it."""
    part = _one(schema, part)
    if "properties" not in part:
        return {path: part}
    return {
        name: leaf
        for key, inner in part["properties"].items()
        for name, leaf in _columns(schema, inner, _below(path, key)).items()
    }


def _one(schema: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference points to, and of "this or nothing" this."""
    if "$ref" in part:
        return _one(schema, schema["$defs"][part["$ref"].rpartition("/")[2]])
    given = [one for one in part.get("anyOf", []) if one.get("type") != "null"]
    return _one(schema, given[0]) if len(given) == 1 else part


def _cells(value: Any, known: Mapping[str, Any], path: str) -> dict[str, str]:
    if value is None:
        return {}
    if isinstance(value, dict) and path not in known:
        return {name: cell for key, inner in value.items() for name, cell in _cells(inner, known, _below(path, key)).items()}
    return {path: harmless(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _described(leaf: Mapping[str, Any]) -> dict[str, Any]:
    """Of a cell: "" stands for what is not known."""
    if "enum" in leaf:
        return {"type": "string", "enum": [*leaf["enum"], ""]}
    if leaf.get("type") in CELLS:
        return {"type": "string", "pattern": CELLS[leaf["type"]]}
    if leaf.get("type") in IN_JSON:
        return {"type": "string", "contentMediaType": "application/json"}
    if "format" in leaf:
        return {"type": "string", "anyOf": [{"const": ""}, {"format": leaf["format"]}]}
    return {"type": "string"}
