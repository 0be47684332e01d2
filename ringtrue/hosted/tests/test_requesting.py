"""What went wrong with a request to an engine: whether it may have happened."""

from __future__ import annotations

import httpx
import pytest

from ringtrue.hosted.requesting import Api, Refused, Silent


@pytest.mark.parametrize(
    ("fault", "failure"), [(httpx.ConnectError, Refused), (httpx.ConnectTimeout, Refused), (httpx.ReadTimeout, Silent)]
)
def test_what_never_left_did_not_happen(
    monkeypatch: pytest.MonkeyPatch, fault: type[httpx.HTTPError], failure: type[Exception]
) -> None:
    def request(*_: object, **__: object) -> None:
        raise fault("")

    monkeypatch.setattr(httpx, "request", request)
    with pytest.raises(failure):
        Api("https://engine.example").ask({"key": "k"}, "POST", "/call")
