"""docs/speech-providers.md is true: what it says of each company, and the file that it shows to newcomers."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from aiohttp import web

from ringtrue.voice.speech import checking, providers
from ringtrue.voice.speech.tests.stand_ins.faults import tone

PAGE = (Path(__file__).parents[4] / "docs" / "speech-providers.md").read_text()


@pytest.mark.parametrize("name", providers.names())
def test_every_setting_and_its_default_are_on_the_page(name: str) -> None:
    about = providers.about(name)
    (row,) = re.findall(rf"^\| {about.title}: .*$", PAGE, re.MULTILINE)
    for setting in about.settings:
        assert f"`{setting.name}`" in row
        assert f"(`{setting.default}`)" in row or not setting.default
    assert f"| {about.title} |" in PAGE, "what it is told about training"


async def test_the_file_of_the_page_is_all_that_a_new_company_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shown,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "example.py").write_text(shown)
    monkeypatch.setattr(providers, "__path__", [*providers.__path__, str(tmp_path)])

    async def say(request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "key-of-mine"
        return web.Response(body=tone((await request.json())["text"], int(request.query["rate"])), content_type="audio/pcm")

    app = web.Application()
    app.router.add_post("/say", say)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    settings = {"RINGTRUE_EXAMPLE_KEY": "key-of-mine", "RINGTRUE_EXAMPLE_HOST": f"http://127.0.0.1:{runner.addresses[0][1]}"}
    try:
        assert checking.settings_only(["example"], {})[0][0] == "wrong"
        assert checking.settings_only(["example"], settings) == [
            ("ok", "Example Voices speaks; `ringtrue doctor speech` asks it")
        ]
        ((state, sentence),) = [finding async for finding in checking.ask_all(["example"], settings)]
        assert (state, sentence[:42]) == ("ok", "Example Voices speaks (example-plain): fir")
    finally:
        await runner.cleanup()
        sys.modules.pop(f"{providers.__name__}.example", None)
