"""The carrier that `docs/adding-a-carrier.md` builds is one: its files are taken out of the page, and are a line that conforms."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import ringtrue.voice.lines
from ringtrue.calls.models import Call
from ringtrue.conforming.suite import of_lines
from ringtrue.conforming.table import PAGE
from ringtrue.conforming.under_test import Line
from ringtrue.media.loop_sockets import listening_lines
from ringtrue.reception.tests.test_carriers import connected
from ringtrue.reception.tickets import redeem
from ringtrue.voice.lines import finding

NEWCOMERS = PAGE.with_name("adding-a-carrier.md")


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    files = re.findall(r"^```python file=(\S+)\n(.*?)^```$", NEWCOMERS.read_text(), re.MULTILINE | re.DOTALL)
    assert len(files) == 10
    for name, text in files:
        path = tmp_path / "acme" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        (path.parent / "__init__.py").touch()
    monkeypatch.setattr(ringtrue.voice.lines, "__path__", [*ringtrue.voice.lines.__path__, str(tmp_path)])
    finding.lines.cache_clear()
    yield
    finding.lines.cache_clear()
    for name in [name for name in sys.modules if name.startswith("ringtrue.voice.lines.acme")]:
        del sys.modules[name]


def test_the_carrier_of_the_page_is_found_and_conforms(acme: None) -> None:
    checks = of_lines("acme")
    assert {check.ability for _, check in checks} > {"inbound", "outbound", "transfer", "hang_up", "clear", "signed", ""}
    assert len(checks) > 20
    for line, check in checks:
        check.run(line)


def test_a_business_connects_it_and_is_called_over_it(acme: None, client: Any, dental: Any) -> None:
    carrier = connected(Line("acme"), client, dental)
    assert redeem(carrier.ticket(carrier.post(carrier.tells())), "acme")[1] == Call.objects.get(line="acme").id
    client.force_login(dental.owner)
    page = client.get(f"/w/{dental.workspace.slug}/settings/lines/").content.decode()
    assert "Acme: another account, or new credentials" in page
    assert "An Acme API key is 32 digits" in client.post(
        f"/w/{dental.workspace.slug}/settings/lines/connect/acme/", {"account_id": "12345678", "api_key": "short"}
    ).content.decode()  # fmt: skip
    assert "/acme" in listening_lines(), "the process of calls takes its sound"
