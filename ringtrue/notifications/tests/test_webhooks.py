import json
from itertools import pairwise

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from standardwebhooks import Webhook, WebhookVerificationError

from ringtrue.calls.tests.making import NAME, NUMBER, SENTENCE, a_call, conversation
from ringtrue.notifications import delivering, webhooks
from ringtrue.notifications.jobs import take_up
from ringtrue.notifications.models import WebhookDelivery, WebhookEndpoint
from ringtrue.notifications.reaching import Refused
from ringtrue.notifications.tests.receiving import receiver
from ringtrue.privacy.erasing import erase


@pytest.fixture
def there(settings):
    settings.WEBHOOKS_ALLOW_LOCAL = True
    with receiver() as held:
        yield held


def deliver_all():
    return [delivering.deliver(delivery_id) for delivery_id in delivering.due()]


def bodies(there):
    return [json.loads(body) for _, body in there.got]


def test_the_events_of_a_call_arrive_signed(dental, there):
    endpoint, secret = webhooks.add(dental.workspace.id, there.url)
    call = a_call(dental)
    assert deliver_all() == ["delivered"] * 3
    assert [body["type"] for body in bodies(there)] == ["call.started", "message.taken", "call.ended"]
    for headers, body in there.got:
        assert Webhook(secret).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body.replace(b"call", b"cell"), headers)
    ended = bodies(there)[2]["data"]
    assert ended["call_id"] == str(call.id)
    assert (ended["outcome"], ended["duration_ms"], ended["name"], ended["number"]) == ("message", 14000, NAME, NUMBER)
    assert SENTENCE in ended["summary"]
    assert secret not in endpoint.secret


@pytest.mark.promise("P-ALX-3-3")
def test_in_metadata_only_no_webhook_holds_what_was_said_or_the_number(dental, there):
    webhooks.add(dental.workspace.id, there.url)
    a_call(dental, mode="metadata_only")
    deliver_all()
    everything = b"".join(body for _, body in there.got).decode()
    assert "call.ended" in everything
    for canary in (SENTENCE, "breakfast", NAME, "Marigold", NUMBER, "0142"):
        assert canary not in everything, canary


def test_in_excluding_pii_name_and_number_are_left_out(dental, there):
    webhooks.add(dental.workspace.id, there.url)
    a_call(dental, mode="excluding_pii")
    deliver_all()
    data = bodies(there)[-1]["data"]
    assert "name" not in data
    assert "number" not in data
    assert "summary" in data


def test_only_wanted_events_of_active_endpoints(dental, there):
    webhooks.add(dental.workspace.id, there.url, ["opt_out", "call.ended"])
    off, _ = webhooks.add(dental.workspace.id, there.url)
    webhooks.change(off, active=False)
    a_call(dental, events=[*conversation()[:5], ("opted_out", {"at_ms": 7000}), *conversation()[-1:]])
    deliver_all()
    assert [body["type"] for body in bodies(there)] == ["opt_out", "call.ended"]


def test_an_endpoint_that_is_down_is_tried_with_growing_gaps_under_one_id_and_then_given_up(dental, there, time_machine):
    time_machine.move_to(1795284600.0, tick=False)
    webhooks.add(dental.workspace.id, there.url, ["call.ended"])
    a_call(dental)
    there.answers = [500] * 50
    times = []
    for _ in range(60):
        delivery = WebhookDelivery.objects.get()
        if delivery.state == "dead":
            break
        time_machine.move_to(delivery.next_try_at, tick=False)
        times.append(delivery.next_try_at)
        deliver_all()
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    assert len(gaps) == len(delivering.GAPS_S) == 9
    assert all(abs(gap - wanted) <= wanted * 0.1 + 0.01 for gap, wanted in zip(gaps, delivering.GAPS_S, strict=True))
    assert (delivery.state, delivery.tries, delivery.last_status) == ("dead", 10, 500)
    assert len({headers["webhook-id"] for headers, _ in there.got}) == 1
    assert len({body for _, body in there.got}) == 1


def test_a_try_before_its_time_does_nothing(dental, there, time_machine):
    time_machine.move_to(1795284600.0, tick=False)
    webhooks.add(dental.workspace.id, there.url, ["call.ended"])
    a_call(dental)
    there.answers = [503]
    delivery = WebhookDelivery.objects.get()
    assert delivering.deliver(delivery.id) == "failed"
    assert delivering.deliver(delivery.id) == ""
    assert len(there.got) == 1
    time_machine.shift(6)
    take_up(0)
    assert WebhookDelivery.objects.get().state == "delivered"
    assert len(there.got) == 2


def test_what_a_dead_worker_had_claimed_is_delivered_by_another(dental, there, time_machine):
    time_machine.move_to(1795284600.0, tick=False)
    webhooks.add(dental.workspace.id, there.url, ["call.ended"])
    a_call(dental)
    delivery = WebhookDelivery.objects.get()
    assert delivering._claim(delivery.id) is not None
    take_up(0)
    assert there.got == []
    time_machine.shift(121)
    take_up(0)
    assert len(there.got) == 1
    assert WebhookDelivery.objects.get().state == "delivered"


def test_a_delivery_can_be_sent_again_by_hand_with_the_same_body(dental, there):
    webhooks.add(dental.workspace.id, there.url, ["call.ended"])
    a_call(dental)
    deliver_all()
    delivering.send_again(WebhookDelivery.objects.get())
    deliver_all()
    (first, body), (second, again) = there.got
    assert body == again
    assert first["webhook-id"] == second["webhook-id"]


def test_a_test_event_holds_nothing_about_anybody(dental, there):
    endpoint, secret = webhooks.add(dental.workspace.id, there.url)
    a_call(dental, events=[])
    there.got.clear()
    WebhookDelivery.objects.all().delete()
    webhooks.send_test(endpoint)
    deliver_all()
    ((headers, body),) = there.got
    assert Webhook(secret).verify(body, headers)["data"] == {"endpoint_id": str(endpoint.id)}


def test_a_redirect_is_not_followed_and_410_switches_the_endpoint_off(dental, there):
    endpoint, _ = webhooks.add(dental.workspace.id, there.url, ["call.ended"])
    a_call(dental)
    there.answers, there.headers = [302], {"Location": there.url}
    assert deliver_all() == ["failed"]
    assert len(there.got) == 1
    WebhookDelivery.objects.all().delete()
    a_call(dental)
    there.answers = [410]
    assert deliver_all() == ["dead"]
    assert not WebhookEndpoint.objects.get(id=endpoint.id).active


def test_the_body_is_sealed_and_goes_with_the_person(dental, there, django_capture_on_commit_callbacks):
    webhooks.add(dental.workspace.id, there.url, ["call.ended"])
    call = a_call(dental)
    delivery = WebhookDelivery.objects.get()
    assert SENTENCE.encode() not in bytes(delivery.sealed)
    assert {
        str(args) for args in ProcrastinateJob.objects.filter(task_name="notifications.deliver").values_list("args", flat=True)
    } == {str({"delivery_id": str(delivery.id)})}
    with django_capture_on_commit_callbacks(execute=True):
        erase(call.subject, reason="request", requested_by="user:test")
    assert not WebhookDelivery.objects.exists()
    assert delivering.deliver(delivery.id) == ""
    assert there.got == []


def test_a_body_whose_key_is_destroyed_is_not_sent(dental, there):
    from ringtrue.privacy.keystore import store

    webhooks.add(dental.workspace.id, there.url, ["call.ended"])
    call = a_call(dental)
    store().destroy(call.subject_id, call.workspace_id)
    assert deliver_all() == ["dead"]
    with pytest.raises(delivering.Gone):
        delivering.send_again(WebhookDelivery.objects.get())


def test_isolation_a_call_is_told_only_to_its_own_workspace(dental, other_workspace, there):
    from ringtrue.accounts.scoping import workspace_scope

    with workspace_scope(other_workspace.workspace.id):
        webhooks.add(other_workspace.workspace.id, there.url)
    a_call(dental)
    deliver_all()
    assert there.got == []


def test_a_secret_can_be_replaced(dental, there):
    endpoint, old = webhooks.add(dental.workspace.id, there.url)
    new = webhooks.replace_secret(endpoint)
    webhooks.send_test(endpoint)
    deliver_all()
    ((headers, body),) = there.got
    assert Webhook(new).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(body, headers)


def test_an_address_that_turned_bad_is_not_called(dental, there, settings):
    webhooks.add(dental.workspace.id, there.url, ["call.ended"])
    a_call(dental)
    settings.WEBHOOKS_ALLOW_LOCAL = False
    assert deliver_all() == ["dead"]
    assert there.got == []
    assert WebhookDelivery.objects.get().last_error == "address not allowed"


def test_at_most_twenty_endpoints(dental):
    for number in range(webhooks.MOST_ENDPOINTS):
        webhooks.add(dental.workspace.id, f"https://example.com/{number}")
    with pytest.raises(webhooks.TooManyEndpoints):
        webhooks.add(dental.workspace.id, "https://example.com/one-more")
    with pytest.raises(Refused):
        webhooks.add(dental.workspace.id, "http://example.com/")
