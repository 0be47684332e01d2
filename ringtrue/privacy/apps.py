from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "ringtrue.privacy"
    label = "privacy"

    def ready(self) -> None:
        from ringtrue.privacy import publishing, register_stores, stores_below, subprocessors  # noqa: F401 - they declare themselves
