from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "ringtrue.calls"
    label = "calls"
