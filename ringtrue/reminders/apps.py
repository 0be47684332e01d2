from django.apps import AppConfig


class RemindersConfig(AppConfig):
    name = "ringtrue.reminders"
    label = "reminders"

    def ready(self) -> None:
        from ringtrue.reminders import data_map  # noqa: F401
