from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from ringtrue.accounts.models import User, Workspace


class AgentsConfig(AppConfig):
    name = "ringtrue.agents"
    label = "agents"

    def ready(self) -> None:
        from ringtrue.accounts.workspaces import offer_starter
        from ringtrue.agents import data_map, starters  # noqa: F401 - data_map declares its stores
        from ringtrue.agents.models import LanguageModel, SpeechCompany
        from ringtrue.privacy import subprocessors
        from ringtrue.voice.speech import providers

        for company in providers.names():
            about = providers.about(company)
            subprocessors.KNOWN.setdefault(company, (about.title, "speech", about.does))
        subprocessors.CONNECTED.append(
            lambda workspace_id: LanguageModel.objects.filter(workspace_id=workspace_id).values_list("provider", flat=True)
        )
        subprocessors.CONNECTED.append(
            lambda workspace_id: SpeechCompany.objects.filter(workspace_id=workspace_id).values_list("company", flat=True)
        )

        for name in starters.starter_names():
            label = starters.read_starter(name).kind.capitalize() or name.capitalize()
            offer_starter(name, f"A ready-made {label.lower()}, to change as you like", partial(_furnish, name))


def _furnish(name: str, workspace: Workspace, user: User) -> None:
    """The starter under the new workspace's name, without the starter's own address: nobody may be sent there."""
    import msgspec

    from ringtrue.agents import starters

    snapshot = msgspec.structs.replace(
        starters.read_starter(name), business=workspace.name, address="", phone="", email="", website=""
    )
    starters.add_agent(workspace, snapshot, user)
