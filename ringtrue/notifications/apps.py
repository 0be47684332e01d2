from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "ringtrue.notifications"
    label = "notifications"

    def ready(self) -> None:
        from ringtrue.notifications import data_map  # noqa: F401
