from django.apps import AppConfig


class DialingConfig(AppConfig):
    name = "ringtrue.dialing"
    label = "dialing"

    def ready(self) -> None:
        from ringtrue.dialing import data_map  # noqa: F401
