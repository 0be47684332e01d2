"""What the asr suite tells the recognizer to await."""

from ringtrue.evaluating.asr import _awaited


def _rows(part: str, *said: str) -> list[dict[str, str]]:
    return [{"file": f"audio/{part}/{i}.flac", "transcript": text} for i, text in enumerate(said)]


def test_what_is_awaited_belongs_to_the_folder_and_never_to_the_row() -> None:
    rows = _rows("an4", "E N T E R 4", "M A R K", "YES", "FIVE TWO") + _rows("digits", "seven", "one", "oh five")
    rows += _rows("open", "five five", "he was not an ill disposed young man", "press one to go on")
    assert _awaited(rows) == {"an4": "spelling", "digits": "digits", "open": "open"}
