from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "ringtrue.privacy"
    label = "privacy"

    def ready(self) -> None:
        from ringtrue.privacy import stores_below  # noqa: F401 - declares them
