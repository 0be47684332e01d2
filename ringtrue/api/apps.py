from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "ringtrue.api"
    label = "api"
