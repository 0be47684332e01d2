"""A call names the version of the agent that served it: the instruction that the processing followed."""

import pytest
from django.db import IntegrityError, transaction

from ringtrue.agents.publishing import publish
from ringtrue.calls.models import Call
from ringtrue.reception.answering import open_call


def ring(dental):
    call, _ = open_call(dental.agent, line="simulated", from_number="+12125550151", to_number="+12125550100")
    return call


@pytest.mark.promise("P-ALX-3-2")
def test_each_published_change_is_a_version_and_older_calls_keep_theirs(dental):
    before = ring(dental)
    dental.agent.draft = {**dental.agent.draft, "greeting": "What can I do for you?"}
    dental.agent.save()
    assert ring(dental).agent_version.number == 1  # not published yet
    second = publish(dental.agent, dental.owner)
    after = ring(dental)
    before.refresh_from_db()
    assert (before.agent_version.number, after.agent_version.number) == (1, 2)
    assert second.document["greeting"] == "What can I do for you?" != before.agent_version.document["greeting"]


@pytest.mark.promise("P-ALX-4.2-3")
def test_no_call_is_processed_without_the_instruction_that_it_follows(dental):
    call = ring(dental)
    with pytest.raises(IntegrityError), transaction.atomic():
        Call.objects.filter(id=call.id).update(agent_version=None)
    unpublished = type(dental.agent).objects.create(workspace=dental.workspace, slug="new", name="New", draft={}, live=True)
    from ringtrue.reception.answering import CallRefused

    with pytest.raises(CallRefused):
        open_call(unpublished, line="simulated", from_number="+12125550152", to_number="+12125550100")
    assert Call.objects.filter(agent_version__agent=dental.agent).count() == Call.objects.count() == 1
