import pytest
from django.db import connection

from ringtrue.accounts.row_security import tables_with_workspace
from ringtrue.accounts.scoping import workspace_scope
from ringtrue.agents.models import Agent


@pytest.mark.promise("P-CLX-5-2")
def test_isolation_every_table_with_a_workspace_has_forced_row_security(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        secured = {name for (name,) in cursor.fetchall()}
    assert len(tables_with_workspace()) > 15
    assert set(tables_with_workspace()) <= secured


def test_isolation_the_application_role_cannot_pass_by_row_security(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


def test_isolation_rows_are_seen_in_their_own_scope_only(dental, other_workspace):
    assert Agent.objects.get().workspace_id == dental.workspace.id
    with workspace_scope(other_workspace.workspace.id):
        assert Agent.objects.get().workspace_id == other_workspace.workspace.id
    assert Agent.objects.get().workspace_id == dental.workspace.id


def test_isolation_without_a_scope_nothing_is_seen(other_workspace):
    assert Agent.objects.count() == 0
