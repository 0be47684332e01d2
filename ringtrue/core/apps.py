from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "ringtrue.core"
    label = "core"
