from django.apps import AppConfig


class NumbersConfig(AppConfig):
    name = "ringtrue.numbers"
    label = "numbers"
