"""A real worker on the real job table: what a call queued is done by it, found in each feature's jobs.py."""

import pytest
from django.db import connections
from procrastinate.contrib.django import app

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.starters import starter_workspace
from ringtrue.calls.tests.making import a_call
from ringtrue.notifications import webhooks
from ringtrue.notifications.models import Mail, WebhookDelivery
from ringtrue.notifications.tests.receiving import receiver


def test_the_jobs_of_every_feature_are_found():
    assert {"calls.reconcile", "notifications.send_mail", "notifications.deliver", "api.forget_old_answers"} <= set(app.tasks)
    assert {"notifications.take_up", "calls.reconcile", "calls.remove_orphans"} <= {
        name for name, _ in app.periodic_registry.periodic_tasks
    }


@pytest.mark.django_db(transaction=True)
def test_a_worker_sends_what_a_call_queued(settings, tmp_path):
    settings.EMAIL_BACKEND = "ringtrue.notifications.mail_folder.MailFolder"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.WEBHOOKS_ALLOW_LOCAL = True
    made = starter_workspace("dental", owner_email="o@example.com", slug="worked")
    with receiver() as there:
        with workspace_scope(made.workspace.id):
            webhooks.add(made.workspace.id, there.url)
            a_call(made)
        worker = app.with_connector(app.connector.get_worker_connector())
        worker.run_worker(wait=False, install_signal_handlers=False, listen_notify=False, concurrency=2)
        assert len(there.got) == 3
    with workspace_scope(made.workspace.id):
        assert Mail.objects.get().state == "sent"
        assert set(WebhookDelivery.objects.values_list("state", flat=True)) == {"delivered"}
    connections["default"].close_pool()  # the worker's threads are gone, their connections are not
