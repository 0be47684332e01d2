import pytest
from django.db import connection

from ringtrue.core.configuring import CONFIG
from ringtrue.privacy.data_map import declare, store_named, stores
from ringtrue.privacy.policy import RETENTION_KEYS


def test_every_table_is_declared(db):
    tables = set(connection.introspection.table_names())
    undeclared = sorted(table for table in tables if store_named(table) is None)
    assert not undeclared, f"say in a data_map.py what these hold: {undeclared}"


def test_no_table_is_declared_that_is_not_there(db):
    tables = set(connection.introspection.table_names())
    declared = {s.store for s in stores() if ":" not in s.store}
    assert declared <= tables


def test_every_folder_and_key_file_is_declared(db):
    found = {f"file:{path.name}" for path in CONFIG.data.iterdir()} | {f"keys:{path.name}" for path in CONFIG.keys.iterdir()}
    undeclared = sorted(name for name in found if store_named(name) is None)
    assert not undeclared, f"say in a data_map.py what these hold: {undeclared}"


def test_every_store_names_its_region():
    assert stores()
    assert all(store.region for store in stores())


@pytest.mark.promise("P-CLX-3-1")
def test_every_store_has_a_purpose():
    assert all(store.purpose for store in stores())


@pytest.mark.promise("P-LDX-9-9")
def test_what_an_erasure_leaves_is_declared_with_its_reason():
    for store in stores():
        if store.subject == "caller":
            assert store.erase is not None or store.kept_because, store.store


def test_a_store_of_callers_without_erasure_or_reason_is_refused():
    with pytest.raises(ValueError, match="neither how to erase"):
        declare(store="x", what="x", category="content", subject="caller", retention="transcripts", purpose="x")


def test_every_class_with_a_period_is_expired_by_somebody():
    expiring = {f"retention.{s.retention}" for s in stores() if s.expire is not None}
    assert set(RETENTION_KEYS) <= expiring


def test_an_export_without_the_shape_of_what_it_gives_is_refused():
    with pytest.raises(ValueError, match="belong together"):
        declare(store="x", what="x", category="content", subject="none", retention="none", purpose="x", export=lambda _: [])
