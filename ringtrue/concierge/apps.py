from django.apps import AppConfig


class ConciergeConfig(AppConfig):
    name = "ringtrue.concierge"
    label = "concierge"

    def ready(self) -> None:
        from ringtrue.concierge import data_map  # noqa: F401
