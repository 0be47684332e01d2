"""Files as people and attackers make them: read, or refused in a sentence."""

from __future__ import annotations

import io
import zipfile
from datetime import date

import openpyxl
import phonenumbers
import pytest

from ringtrue.leads import reading_tables, workbooks
from ringtrue.leads.checking_rows import parse_number
from ringtrue.leads.mapping import field_name, suggest, troubles
from ringtrue.leads.reading_tables import FileRefused, beginning, form_of, rows_of

TABLE = [["Name", "Phone"], ["Zoë Müller", "+49 30 901820"], ["José “Pepe” Ibáñez", "+34 912 345 678"]]


def written(separator: str = ",") -> str:
    return "\r\n".join(separator.join(row) for row in TABLE) + "\r\n"


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encodings_and_separators_are_told_apart(encoding, separator):
    data = written(separator).encode(encoding)
    form = form_of(data)
    assert form.separator == separator
    assert list(rows_of(data, form)) == TABLE


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Имя,Телефон\nАнна Петрова,+7 495 123\n", "cp1251"),
        ("Имя,Телефон\nАнна Петрова,+7 495 123\n", "koi8-r"),
        ("名前,電話\n山田太郎,+81 3 1234\n", "shift_jis"),
        ("姓名,电话\n王小明,+86 10 1234\n", "gb18030"),
        ("Nazwisko,Telefon\nWałęsa Żądło Pięść,+48 12\nKrzyś Dąb,+48 13\n", "cp1250"),
        ("Name,Phone\nAnna,+1 212\n", "utf-32"),
        ("Name,Phone\nAnna,+1 212\n", "cp037"),
    ],
)
def test_another_encoding_is_refused_instead_of_guessed(text, encoding):
    with pytest.raises(FileRefused, match=r"encoding|not a CSV"):
        form_of(text.encode(encoding))


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\n\n  \n", b",,,\n,,\n", b"\x00" * 500])
def test_an_empty_file_is_refused(data):
    with pytest.raises(FileRefused, match="empty"):
        form_of(data)


def test_headings_alone_are_refused():
    data = b"Name,Phone\n"
    with pytest.raises(FileRefused, match="only one row"):
        beginning(data, form_of(data), 5)


@pytest.mark.parametrize(
    "start", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0d", b"%PDF-1.7\n\x01\x02\x03\x04\x05\x06\x07\x08\x0e\xff", b"MZ\x90\x00\x03"]
)
def test_what_is_no_table_is_refused(start):
    with pytest.raises(FileRefused, match=r"encoding|not a CSV"):
        form_of(start + bytes(range(256)) * 8)


def test_an_old_workbook_and_one_with_a_password_are_refused():
    with pytest.raises(FileRefused, match="old Excel file"):
        form_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(FileRefused, match="larger than 30 MB"):
        form_of(b"a" * (reading_tables.LARGEST + 1))


def test_a_quotation_mark_that_is_never_closed_is_refused():
    data = b'Name,Phone\n"Anna,+1 212\n' + b"x" * 200_000
    with pytest.raises(FileRefused, match="never closed"):
        list(rows_of(data, reading_tables.Form("csv", "utf-8-sig", ",")))


def test_a_workbook_is_read_as_it_looks():
    data = workbook(
        [["Name", "Phone", "Since", "Member"], ["Ann", 12125550142, date(2026, 11, 1), True], [None, None, None, None]]
    )
    assert list(rows_of(data, form_of(data))) == [
        ["Name", "Phone", "Since", "Member"],
        ["Ann", "12125550142", "2026-11-01", "yes"],
    ]


def test_formulas_are_data():
    data = b"Name,Phone\n=cmd|' /C calc'!A0,+1 212 555 0142\n"
    assert list(rows_of(data, form_of(data)))[1] == ["=cmd|' /C calc'!A0", "+1 212 555 0142"]
    data = workbook([["Name", "Phone"], ['=HYPERLINK("http://x.example")', "+1 212 555 0142"]])
    # Nothing calculates it, and no value was saved with it: the cell is empty.
    assert list(rows_of(data, form_of(data)))[1] == ["", "+1 212 555 0142"]


def test_macros_are_refused():
    data = with_part(workbook([["Phone"], ["1"]]), "xl/vbaProject.bin", b"x")
    with pytest.raises(FileRefused, match="macros"):
        form_of(data)


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    data = with_part(workbook([["Phone"], ["1"]]), "xl/media/bomb.xml", b"\x00" * (20 * 1024**2))
    assert len(data) < 100_000
    with pytest.raises(FileRefused, match="unpacks to far more"):
        form_of(data)


def test_entities_in_a_workbook_are_refused():
    data = workbook([["Phone"], ["1"]])
    laughs = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            new.writestr(part.filename, laughs if "sheet1" in part.filename else old.read(part.filename))
    with pytest.raises(FileRefused, match="damaged"):
        list(workbooks.sheet_rows(out.getvalue()))


def test_other_zips_and_broken_workbooks_are_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("leads.csv", "Phone\n1\n")
    with pytest.raises(FileRefused, match="zip archive"):
        form_of(out.getvalue())
    with pytest.raises(FileRefused, match="damaged"):
        form_of(workbook([["Phone"], ["1"]])[:-100])


def test_columns_are_suggested_from_headings_and_cells():
    headings = ["Full Name", "Mobile phone", "E-Mail", "Plan type", "St.", "Company", "What is wrong"]
    assert suggest(headings, [], "US") == ["name", "number", "email", "field:plan_type", "field:st", "company", ""]
    rows = [["Ann", "212 555 0142", "ann@x.example"], ["Bo", "212 555 0143", "bo@x.example"]]
    assert suggest(["A", "B", "C"], rows, "US") == ["field:a", "number", "email"]


def test_a_number_is_read_as_by_the_library():
    for number in ["(212) 555-0142", "2125550142", "+1 212 555 0142", "+1-212-555-0142", "+12125550142", "212.555.0142"]:
        for country in ("US", "CA", "GB", ""):
            try:
                expected = phonenumbers.parse(number, country or None)
            except phonenumbers.NumberParseException:
                with pytest.raises(phonenumbers.NumberParseException):
                    parse_number(number, country)
            else:
                assert parse_number(number, country) == expected, (number, country)
    assert parse_number("٢١٢٥٥٥٠١٤٢", "US") == phonenumbers.parse("2125550142", "US")


def test_a_choice_without_a_number_or_with_one_twice_is_told():
    assert troubles(["name", "email"]) == ["Say which one column holds the telephone number."]
    assert troubles(["number", "number"]) == ["Say which one column holds the telephone number."]
    assert troubles(["number", "field:a", "field:a"]) == ["Two columns are called “a”. Choose one."]
    assert troubles(["number", field_name("Größe (cm)")]) == []
