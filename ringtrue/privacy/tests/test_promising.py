from collections import Counter

from ringtrue.privacy import promising


def test_the_register_holds_every_row_once():
    rows = promising.register()
    assert Counter(row.system for row in rows) == {
        "Leximo Concierge": 57, "Callixo": 55, "ALEX AI Answering Service": 103, "LeadiumX": 81, "Nejix": 70,
    }  # fmt: skip
    assert {row.theme for row in rows} == set(promising.THEMES)
    assert all(row.does for row in rows)


def test_no_test_claims_a_promise_that_is_not_there():
    assert promising.unknown(promising.register(), promising.marks()) == []


def test_marks_are_read_from_functions_classes_and_modules(tmp_path):
    tests = tmp_path / "ringtrue" / "calls" / "tests"
    tests.mkdir(parents=True)
    (tests / "test_x.py").write_text(
        "import pytest\npytestmark = pytest.mark.promise('P-1')\n"
        "@pytest.mark.promise('P-2', 'P-3')\ndef test_a(): ...\n"
        "class TestB:\n    @pytest.mark.promise('P-4')\n    def test_c(self): ...\n"
        "def helper(): ...\n"
    )
    found = promising.marks(tmp_path / "ringtrue")
    assert set(found) == {"P-1", "P-2", "P-3", "P-4"}
    assert found["P-4"] == ["ringtrue/calls/tests/test_x.py::TestB::test_c"]
    assert len(found["P-1"]) == 2


def test_the_written_page_names_proofs_duties_and_gaps(tmp_path):
    rows = promising.register()
    held = promising.proofs(rows, {rows[0].id: ["ringtrue/x/tests/test_x.py::test_y"]})
    promising.write(rows, held, tmp_path / "promises.md")
    page = (tmp_path / "promises.md").read_text()
    assert page.count("\n| P-") == 366
    assert "`test_y` (x)" in page
    assert "not yet proved" in page
    assert "Operator: The operator trains its staff" in page
