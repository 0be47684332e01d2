"""Files of an archive, each with the JSON Schema of what is in it, as a ZIP with a signed list of them."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import datetime
from typing import Any

import msgspec
from django.utils import timezone

from ringtrue.core.signing import public_key, sign
from ringtrue.rights.archive_shapes import Manifest, schema_of
from ringtrue.rights.tabulating import table_of

FORMAT = "ringtrue.person/1"
SCHEMAS = "schemas"
MANIFEST = "manifest.json"


class Files:
    """`held`: bytes by name. `schemas`: file -> the file with its schema."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}
        self.schemas: dict[str, str] = {}

    def add(self, name: str, value: Any, shape: Any, title: str, *, kind: str = "") -> None:
        """A JSON file. `kind` names the schema that several files share."""
        self.held[name] = as_json(value)
        self._describe(name, f"{kind}.json" if kind else name, schema_of(shape, title))

    def add_rows(self, name: str, rows: list[Any], shape: Any, what: str) -> None:
        """The same rows as JSON and as CSV."""
        self.add(f"data/{name}.json", rows, list[shape], what)
        table, described = table_of(rows, schema_of(list[shape], what))
        self.held[f"data/{name}.csv"] = table
        self._describe(f"data/{name}.csv", f"data/{name}.csv.json", described)

    def packed(self, person: str) -> bytes:
        """The ZIP. `manifest.json` in it names every other file with its size, SHA-256 and schema, and is signed."""
        self._describe(MANIFEST, MANIFEST, schema_of(Manifest, "the files of this archive, signed"))
        files = {**self.held, MANIFEST: as_json(self._manifest(person))}
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
        return held.getvalue()

    def _describe(self, name: str, at: str, schema: dict[str, Any]) -> None:
        self.schemas[name] = f"{SCHEMAS}/{at}"
        self.held[f"{SCHEMAS}/{at}"] = as_json(schema)

    def _manifest(self, person: str) -> dict[str, Any]:
        listed: dict[str, dict[str, Any]] = {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in sorted(self.held.items())
        }
        for name in listed.keys() & self.schemas.keys():
            listed[name]["schema"] = self.schemas[name]
        body = {
            "format": FORMAT, "made_at": timezone.now().isoformat(), "person": person, "files": listed, "public_key": public_key(),
        }  # fmt: skip
        return {**body, "signature": sign(body)}


def as_json(value: Any) -> bytes:
    return json.dumps(msgspec.to_builtins(value), indent=2, ensure_ascii=False, default=plain).encode()


def plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
