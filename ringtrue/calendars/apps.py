from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    name = "ringtrue.calendars"
    label = "calendars"
