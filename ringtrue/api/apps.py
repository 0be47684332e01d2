from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "ringtrue.api"
    label = "api"

    def ready(self) -> None:
        from ringtrue.api import data_map  # noqa: F401
