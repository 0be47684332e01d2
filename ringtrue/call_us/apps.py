from django.apps import AppConfig


class CallUsConfig(AppConfig):
    name = "ringtrue.call_us"
    label = "call_us"

    def ready(self) -> None:
        from ringtrue.call_us import data_map  # noqa: F401
