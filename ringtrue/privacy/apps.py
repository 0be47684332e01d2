from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "ringtrue.privacy"
    label = "privacy"
