from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "ringtrue.calendars"
    label = "calendars"

    def ready(self) -> None:
        from ringtrue.calendars import data_map  # noqa: F401
