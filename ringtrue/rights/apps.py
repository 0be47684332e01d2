from django.apps import AppConfig


class RightsConfig(AppConfig):
    name = "ringtrue.rights"
    label = "rights"

    def ready(self) -> None:
        from ringtrue.rights import data_map  # noqa: F401
