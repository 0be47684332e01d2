from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.dialing.tests.grounds import LEAD, OURS, agree, make_ground
from ringtrue.hosted import connecting
from ringtrue.hosted.finding import engines, part
from ringtrue.hosted.tests.serving import EngineStandIn
from ringtrue.numbers.models import LineAccount, PhoneNumber


@pytest.fixture(params=sorted(engines()))
def engine(request: Any) -> str:
    """Each engine whose folder is there: a new one is tried without a line here."""
    return str(request.param)


@pytest.fixture
def stand_in(engine: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[EngineStandIn]:
    made: EngineStandIn = part(engine, "tests.stand_in").StandIn()
    monkeypatch.setattr(part(engine, "agents").API, "base", made.url)
    yield made
    made.close()


@pytest.fixture
def shop(transactional_db: Any, engine: str, stand_in: EngineStandIn) -> Any:
    """A workspace whose number and agent stand at the engine, and that may call LEAD."""
    started = make_ground("hosted")
    made = SimpleNamespace(workspace=started.workspace, agent=started.agent, owner=started.owner)
    agree(made.workspace.id, LEAD)
    with workspace_scope(made.workspace.id):
        PhoneNumber.objects.all().delete()
        LineAccount.objects.all().delete()
        made.account = connecting.connect(made.workspace.id, engine, stand_in.enter(), actor="user:test")
        connecting.answer_with(made.account, OURS, made.agent, actor="user:test")
    return made
