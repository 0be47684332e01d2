from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "ringtrue.console"
    label = "console"
