import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from ringtrue.accounts import keys
from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.models import AgentVersion
from ringtrue.agents.starters import starter_workspace
from ringtrue.api import repeating
from ringtrue.api.models import IdempotentAnswer
from ringtrue.api.tests.conftest import Asking
from ringtrue.api.urls import api
from ringtrue.notifications.models import WebhookEndpoint

HOOK = {"url": "https://example.com/hooks"}


def test_a_post_that_is_sent_twice_acts_once_and_gets_the_same_answer(ask):
    first = ask("post", "/webhooks", HOOK, **{"Idempotency-Key": "k1"})
    again = ask("post", "/webhooks", HOOK, **{"Idempotency-Key": "k1"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert WebhookEndpoint.objects.count() == 1
    ask("post", "/webhooks", HOOK, **{"Idempotency-Key": "k2"})
    assert WebhookEndpoint.objects.count() == 2


def test_the_kept_answer_is_encrypted(ask):
    secret = ask("post", "/webhooks", HOOK, **{"Idempotency-Key": "k1"}).body["secret"]
    assert secret not in IdempotentAnswer.objects.get().locked


def test_the_same_key_with_another_request_is_refused(ask):
    ask("post", "/webhooks", HOOK, **{"Idempotency-Key": "k1"})
    other = ask("post", "/webhooks", {"url": "https://example.com/other"}, **{"Idempotency-Key": "k1"})
    elsewhere = ask("post", "/agents", HOOK, **{"Idempotency-Key": "k1"})
    for response in (other, elsewhere):
        assert (response.status_code, response.body["type"]) == (422, "/api/v1/docs#idempotency-key-reused")
    assert WebhookEndpoint.objects.count() == 1


def test_an_error_is_not_kept_so_that_it_can_be_tried_again(ask, dental):
    bad = ask("post", "/webhooks", {"url": "http://example.com"}, **{"Idempotency-Key": "k1"})
    assert bad.status_code == 422
    assert not IdempotentAnswer.objects.exists()
    assert ask("post", "/webhooks", HOOK, **{"Idempotency-Key": "k1"}).status_code == 201


def test_an_answer_is_kept_for_a_day(ask):
    ask("post", "/webhooks", HOOK, **{"Idempotency-Key": "k1"})
    IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    ask("post", "/webhooks", HOOK, **{"Idempotency-Key": "k1"})
    assert WebhookEndpoint.objects.count() == 2
    IdempotentAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert repeating.forget_old() == 1


def test_isolation_one_keys_answers_are_not_anothers(ask, stranger):
    ask("post", "/webhooks", HOOK, **{"Idempotency-Key": "k1"})
    other = stranger("post", "/webhooks", HOOK, **{"Idempotency-Key": "k1"})
    assert other.status_code == 201
    assert "Idempotency-Replayed" not in other


@pytest.mark.parametrize("name", ["", "x" * 256, "naïve", "tab\there"])
def test_a_key_that_is_no_key_is_refused(ask, name):
    assert ask("post", "/webhooks", HOOK, **{"Idempotency-Key": name}).status_code == 422


def test_every_post_takes_the_header():
    for route in api.get_openapi_schema()["paths"].values():
        if "post" in route:
            assert "Idempotency-Key" in [each["name"] for each in route["post"]["parameters"]]


@pytest.mark.django_db(transaction=True)
def test_two_at_once_with_one_key_act_once():
    made = starter_workspace("dental", owner_email="o@example.com", slug="twice")
    _, token = keys.make(made.workspace, "k", ["agents:write"], made.owner)
    gate, answers = threading.Barrier(4), []

    def work() -> None:
        gate.wait()
        response = Asking(Client(), token)("post", "/agents/demo-dental/publish", **{"Idempotency-Key": "once"})
        answers.append((response.status_code, response.content))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert {status for status, _ in answers} == {201}
    assert len({content for _, content in answers}) == 1
    with workspace_scope(made.workspace.id):
        assert AgentVersion.objects.count() == 2  # the starter's first, and one more
