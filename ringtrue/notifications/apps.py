from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "ringtrue.notifications"
    label = "notifications"
