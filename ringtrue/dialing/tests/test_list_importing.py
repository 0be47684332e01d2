from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from ringtrue.accounts.models import Workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.dialing import gathering, importing_by_command
from ringtrue.dialing.list_importing import ListRefused, import_list, note_reassigned
from ringtrue.dialing.models import ImportedList, ListedNumber

DAY = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def workspace_id(db: Any) -> UUID:
    with system_scope("a workspace is made"):
        return Workspace.objects.create(slug="lists", name="Lists").id


def listings(workspace_id: UUID, number: str) -> dict[str, bool]:
    with workspace_scope(workspace_id):
        found = gathering.gather(workspace_id, number=number, purpose="sales").lists
    return {listing.name: listing.listed for listing in found}


def zipped(**files: bytes) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made


def test_the_national_flat_file_and_its_zip(workspace_id: UUID) -> None:
    assert listings(workspace_id, "+12125550142") == {}
    made = import_list(workspace_id, "us.national", io.BytesIO(b"212,5550142\n213,5550143\n"), DAY)
    assert (made.lines, made.ready, len(made.digest)) == (2, True, 64)
    assert listings(workspace_id, "+12125550142") == {"us.national": True}
    assert listings(workspace_id, "+12125550199") == {"us.national": False}
    import_list(workspace_id, "gb.tps", zipped(tps=b"number\r\n02071838750\r\n"), DAY)
    assert listings(workspace_id, "+442071838750") == {"us.national": False, "gb.tps": True}
    with workspace_scope(workspace_id):
        kept = set(ListedNumber.objects.values_list("number_hash", flat=True))
    listed = ("+12125550142", "+12135550143", "+442071838750")
    assert kept == {gathering.hash_number(workspace_id, number) for number in listed}  # keyed hashes, and nothing else
    assert all(len(one) == 64 for one in kept)


def test_a_newer_list_takes_the_place_of_the_older_whose_proof_stays(workspace_id: UUID) -> None:
    import_list(workspace_id, "us.tx", io.BytesIO(b"214,5550142\n"), DAY)
    import_list(workspace_id, "us.tx", io.BytesIO(b"214,5550143\n"), DAY + timedelta(days=1))
    assert listings(workspace_id, "+12145550142") == {"us.tx": False}
    assert listings(workspace_id, "+12145550143") == {"us.tx": True}
    with workspace_scope(workspace_id):
        assert ImportedList.objects.count() == 2
        assert ListedNumber.objects.count() == 1


def test_a_file_that_is_not_whole_leaves_the_list_before_it(workspace_id: UUID) -> None:
    import_list(workspace_id, "us.tx", io.BytesIO(b"214,5550142\n"), DAY)
    good = zipped(a=b"214,5550143\n" * 50).getvalue()
    later = DAY + timedelta(days=1)
    wrong: list[tuple[str, io.BytesIO, datetime]] = [
        ("us.tx", io.BytesIO(b"214,5550143\nhello\n"), later),
        ("us.tx", io.BytesIO(b""), later),
        ("us.tx", io.BytesIO(good[:40]), later),
        ("us.tx", zipped(a=b"214,5550143\n", b=b"214,5550143\n"), later),
        ("us.nowhere", io.BytesIO(b"214,5550143\n"), later),
        ("us.tx", io.BytesIO(b"214,5550143\n"), datetime.now(UTC) + timedelta(days=3)),
    ]
    for name, file, published in wrong:
        with pytest.raises(ListRefused):
            import_list(workspace_id, name, file, published)
    assert listings(workspace_id, "+12145550142") == {"us.tx": True}
    assert listings(workspace_id, "+12145550143") == {"us.tx": False}


def test_an_older_publication_does_not_take_the_place_of_a_newer(workspace_id: UUID) -> None:
    import_list(workspace_id, "us.tx", io.BytesIO(b"214,5550142\n"), DAY)
    with pytest.raises(ListRefused, match="newer"):
        import_list(workspace_id, "us.tx", io.BytesIO(b"214,5550143\n"), DAY - timedelta(days=1))
    assert listings(workspace_id, "+12145550142") == {"us.tx": True}
    import_list(workspace_id, "us.tx", io.BytesIO(b"214,5550143\n"), DAY)  # the same day again: the file was mended
    assert listings(workspace_id, "+12145550142") == {"us.tx": False}


def test_the_command_imports_a_file_and_says_what_is_wrong(workspace_id: UUID, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "list.txt"
    file.write_bytes(b"214,5550142\n")
    assert importing_by_command.main(["lists", "us.tx", str(file), "--published", "2026-11-01"]) == 0
    assert "1 line(s), published 2026-11-01" in capsys.readouterr().out
    assert listings(workspace_id, "+12145550142") == {"us.tx": True}
    assert importing_by_command.main(["nobody", "us.tx", str(file), "--published", "2026-11-01"]) == 2
    assert importing_by_command.main(["lists", "us.tx", str(tmp_path / "none"), "--published", "2026-11-01"]) == 2
    file.write_bytes(b"214,5550143\nhello\n")
    assert importing_by_command.main(["lists", "us.tx", str(file), "--published", "2026-11-02"]) == 1
    said = capsys.readouterr().err
    assert all(words in said for words in ("no workspace nobody", "cannot be read", "line 2 is no number"))
    with pytest.raises(SystemExit):
        importing_by_command.main(["lists", "us.tx", str(file), "--published", "1.11.2026"])
    assert listings(workspace_id, "+12145550143") == {"us.tx": False}


def test_the_newest_answer_of_the_reassigned_database_counts(workspace_id: UUID) -> None:
    later = DAY + timedelta(days=1)
    note_reassigned(workspace_id, [("+12125550142", "yes", later), ("+12125550142", "no", DAY)])
    with pytest.raises(ValueError, match="maybe"):
        note_reassigned(workspace_id, [("+12125550142", "maybe", later)])
    with workspace_scope(workspace_id):
        found = gathering.gather(workspace_id, number="+12125550142", purpose="sales").reassigned
        other = gathering.gather(workspace_id, number="+12125550143", purpose="sales").reassigned
    assert found is not None
    assert found.answer == "yes"
    assert other is None
