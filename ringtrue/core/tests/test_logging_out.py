import io
import logging

import pytest
import structlog

from ringtrue.core import logging_out

SECRET = "Margaret Hollis +1 856 555 0142"


@pytest.fixture
def lines():
    before = logging.getLogger().handlers[:], structlog.get_config()
    stream = io.StringIO()
    logging_out.configure(stream=stream)
    yield stream.getvalue
    logging.getLogger().handlers[:] = before[0]
    structlog.configure(**before[1])


def fail():
    caller = SECRET
    raise ValueError(f"cannot read {caller}")


@pytest.mark.promise("P-LEX-1.2-4")
@pytest.mark.parametrize("log", [logging.getLogger("django.request").exception, structlog.get_logger("ringtrue.x").exception])
def test_a_logged_fault_says_its_type_and_place_and_no_text_or_variable(lines, log):
    try:
        fail()
    except ValueError:
        log("request failed")
    said = lines()
    assert "request failed" in said
    assert "ValueError at test_logging_out.py" in said
    assert "Margaret" not in said
    assert "555 0142" not in said


def test_where_names_the_cause_too():
    def caused():
        try:
            fail()
        except ValueError as error:
            raise KeyError(SECRET) from error

    with pytest.raises(KeyError) as raised:
        caused()
    told = logging_out.where(raised.value)
    assert told.startswith("KeyError at")
    assert "after ValueError at" in told
    assert "Margaret" not in told
