"""The person of an errand answers its question."""

from __future__ import annotations

import pytest


@pytest.fixture
def waiting(served):
    """An errand whose question waits for its person."""
    from ringtrue.accounts.scoping import workspace_scope
    from ringtrue.concierge.tests.planting import plant_errand

    _, started, shown = served
    with workspace_scope(started.workspace.id):
        return plant_errand(started.agent, started.owner, shown.booking.id, "harbor")[0]


def answers_of(errand):
    from ringtrue.accounts.scoping import workspace_scope
    from ringtrue.concierge.models import Question

    with workspace_scope(errand.workspace_id):
        return list(Question.objects.filter(errand=errand).values_list("answer", flat=True))


def test_an_answer_is_kept_once(waiting, served):
    from django.test import Client

    client = Client()
    client.force_login(served[1].owner)
    from ringtrue.accounts.scoping import workspace_scope
    from ringtrue.concierge.models import Question

    with workspace_scope(waiting.workspace_id):
        question = Question.objects.get(errand=waiting)
    page = f"/w/dental-seen/errands/{waiting.id}/"
    for given in ("perhaps", "no", "yes"):
        client.post(f"{page}questions/{question.id}/", {"answer": given})
    assert answers_of(waiting) == ["no"]
