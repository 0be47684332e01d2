"""Thousands of calls of other people, made by the database from one real call: what an erasure has to find its way through."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection, models

from ringtrue.calls.models import Call, CallEventRow, Message
from ringtrue.contacts.models import SearchToken
from ringtrue.privacy.keystore import store
from ringtrue.privacy.models import ConsentEvent, Subject


def seed(template: Call, calls: int, people: int) -> list[UUID]:
    """`calls` copies of an ended call, with events, messages, consents and search words, shared out among `people` new subjects
    with keys of their own. Their sealed bytes are copies and open under no key. Needs the workspace's scope. Returns the ids."""
    made = Subject.objects.bulk_create(
        [Subject(workspace_id=template.workspace_id, handle_hash=f"{number:064}") for number in range(people)]
    )
    connection_of_keys = store()._open()
    connection_of_keys.execute("BEGIN")  # one flush for all
    for subject in made:
        store().make(template.workspace_id, subject.id)
    connection_of_keys.execute("COMMIT")
    ids = [subject.id for subject in made]
    _copy(Call, "t.id = %(call)s", f"CROSS JOIN generate_series(1, {calls}) AS n(i)", template, ids,
          subject_id="(%(people)s::uuid[])[1 + n.i %% %(many)s]", provider_ref="'seed'")  # fmt: skip
    of_seed = "JOIN calls_call c ON c.provider_ref = 'seed'"
    for model in (CallEventRow, Message):
        more = {"subject_id": "c.subject_id"} if model is Message else {}
        _copy(model, "t.call_id = %(call)s", of_seed, template, ids, call_id="c.id", **more)
    _copy(ConsentEvent, "t.call_id = %(call)s", of_seed, template, ids, call_id="c.id", subject_id="c.subject_id")
    _copy(
        SearchToken,
        "t.target = 'call' AND t.target_id = %(call)s",
        of_seed,
        template,
        ids,
        target_id="c.id",
        subject_id="c.subject_id",
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return ids


def _copy(model: type[models.Model], where: str, join: str, template: Call, people: list[UUID], **others: str) -> None:
    columns = [field.column for field in model._meta.local_concrete_fields]
    chosen = {**{column: f"t.{column}" for column in columns}, "id": "gen_random_uuid()", **others}
    sql = f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) SELECT {', '.join(chosen[c] for c in columns)} "
    given: dict[str, Any] = {"call": template.id, "people": people, "many": len(people)}
    with connection.cursor() as cursor:
        cursor.execute(sql + f"FROM {model._meta.db_table} t {join} WHERE {where}", given)
