from django.apps import AppConfig


class ReceptionConfig(AppConfig):
    name = "ringtrue.reception"
    label = "reception"
