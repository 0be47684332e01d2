from django.apps import AppConfig


class AgentsConfig(AppConfig):
    name = "ringtrue.agents"
    label = "agents"
