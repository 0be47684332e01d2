from django.apps import AppConfig


class MediaConfig(AppConfig):
    name = "ringtrue.media"
    label = "media"
