"""What a person gets for programs, JSON and CSV, fits the schemas that lie beside it, and nothing is without one."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any, TypedDict

import jsonschema_rs
import pytest
from django.core.cache import cache

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.console.tests.planting import Planted, plant
from ringtrue.core.writing_csv import BEGINNING
from ringtrue.privacy.data_map import Instant, stores
from ringtrue.privacy.models import Subject
from ringtrue.rights.archive import archive_of
from ringtrue.rights.archive_shapes import schema_of
from ringtrue.rights.tabulating import table_of

FORMULA = '=HYPERLINK("https://evil.example","Ada")'


@pytest.fixture
def planted(db: Any, fast_passwords: None) -> Planted:
    cache.clear()
    return plant("dental", "portable", "zephyr", "0111")


def rows_of(table: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline=""), strict=True))


def check(value: Any, schema: bytes) -> None:
    jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True).validate(value)


@pytest.mark.promise("P-CLX-8-5", "P-ALX-7-5", "P-LDX-9-6", "P-LEX-6-5", "P-NEJ-7-4")
def test_everything_for_programs_fits_the_schema_that_the_signed_list_names(planted: Planted) -> None:
    seen = set()
    with workspace_scope(planted.workspace.id):
        packed = [archive_of(subject, business="Riverside Dental") for subject in Subject.objects.order_by("id")]
    for archive in map(zipfile.ZipFile, map(io.BytesIO, packed)):
        manifest = json.loads(archive.read("manifest.json"))
        check(manifest, archive.read("schemas/manifest.json"))
        assert set(archive.namelist()) == {*manifest["files"], "manifest.json"}
        for name, listed in manifest["files"].items():
            if name.startswith("schemas/"):
                jsonschema_rs.meta.validate(json.loads(archive.read(name)))
            elif name.endswith(".json"):
                check(json.loads(archive.read(name)), archive.read(listed["schema"]))
            elif name.endswith(".csv"):
                rows = rows_of(archive.read(name))
                check(rows, archive.read(listed["schema"]))
                assert len(rows) == len(json.loads(archive.read(name.replace(".csv", ".json"))))
                seen.add(name.removeprefix("data/").removesuffix(".csv"))
            else:
                assert name.endswith((".wav", "index.html")), f"{name} is for programs and has no schema"
    assert seen == {store.store for store in stores() if store.export is not None} | {"consents"}


class Inner(TypedDict):
    at: Instant | None
    turns: int


class Row(TypedDict):
    call: Inner | None
    said: list[str]
    note: str


def test_a_table_opens_what_lies_inside_runs_nothing_and_loses_nothing() -> None:
    rows = [
        {"call": {"at": None, "turns": 2}, "said": ["a", "b"], "note": FORMULA},
        {"call": None, "said": [], "note": 'two\nlines, "quoted"', "older": {"key": "-1"}},
    ]
    table, schema = table_of(rows, schema_of(list[Row], "rows"))
    assert table.decode().startswith(BEGINNING)
    assert rows_of(table) == [
        {"call.at": "", "call.turns": "2", "said": '["a", "b"]', "note": f"'{FORMULA}", "older.key": ""},
        {"call.at": "", "call.turns": "", "said": "[]", "note": 'two\nlines, "quoted"', "older.key": "'-1"},
    ]
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    validator.validate(rows_of(table))
    for wrong in ({"call.turns": "two"}, {"call.at": "yesterday"}, {"more": ""}):
        assert not validator.is_valid([rows_of(table)[0] | wrong]), wrong
