"""The stand-in of Twilio's REST API understands and is understood by Twilio's own library, so that what we send it is what Twilio takes."""

from __future__ import annotations

import os
from typing import Any

import pytest

from ringtrue.reception.tests.twilio_rest import TwilioRest

SID, TOKEN = "AC" + "e" * 32, "f" * 32

pytestmark = pytest.mark.skipif(
    not os.environ.get("RINGTRUE_LONG"), reason="make test-long: the library alone takes seconds to load"
)


def test_the_official_library_does_with_the_stand_in_what_we_do() -> None:
    from twilio.base.exceptions import TwilioRestException
    from twilio.http.http_client import TwilioHttpClient
    from twilio.rest import Client

    rest = TwilioRest(elsewhere=True, token=TOKEN)

    class Here(TwilioHttpClient):
        def request(self, method: str, url: str, *given: Any, **more: Any) -> Any:
            for host in ("https://api.twilio.com", "https://pricing.twilio.com"):
                url = url.replace(host, rest.url)
            return super().request(method, url, *given, **more)

    client = Client(SID, TOKEN, http_client=Here())
    assert client.api.accounts(SID).fetch().status == "active"
    [found] = client.available_phone_numbers("US").local.list(area_code=212, contains="190", page_size=20, limit=20)
    assert client.pricing.v1.phone_numbers.countries("US").fetch().phone_number_prices[0]["current_price"] == "1.15"
    number = client.incoming_phone_numbers.create(
        phone_number=found.phone_number, voice_url="https://ours.example/voice", voice_method="POST", sms_url="https://ours.example/text",
        status_callback="https://ours.example/status",
    )  # fmt: skip
    assert [one.sid for one in client.incoming_phone_numbers.list(phone_number=found.phone_number)] == [number.sid]
    assert (
        client.incoming_phone_numbers(number.sid).update(voice_url="https://other.example").voice_url == "https://other.example"
    )
    assert client.incoming_phone_numbers(number.sid).delete()

    call = client.calls.create(
        to="+12125550142", from_=found.phone_number, twiml="<Response/>", status_callback="https://ours.example/status",
        status_callback_event=["initiated", "ringing", "answered", "completed"], timeout=30, machine_detection="Enable", async_amd="true",
        async_amd_status_callback="https://ours.example/detected",
    )  # fmt: skip
    with pytest.raises(TwilioRestException) as refused:
        client.calls(call.sid).delete()
    assert refused.value.code == 20009
    rest.calls[call.sid] |= {"status": "completed", "price": "-0.014"}
    assert client.calls(call.sid).fetch().price == "-0.014"
    assert client.calls(call.sid).delete()

    text = client.messages.create(
        to="+12125550142", from_=found.phone_number, body="Hello.", status_callback="https://ours.example/text-status"
    )
    assert client.messages(text.sid).delete()
    with pytest.raises(TwilioRestException) as gone:
        client.messages(text.sid).fetch()
    assert gone.value.status == 404
    with pytest.raises(TwilioRestException) as stranger:
        Client(SID, "0" * 32, http_client=Here()).api.accounts(SID).fetch()
    assert stranger.value.code == 20003
    rest.close()
