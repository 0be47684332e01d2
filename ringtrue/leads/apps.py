from django.apps import AppConfig


class LeadsConfig(AppConfig):
    name = "ringtrue.leads"
    label = "leads"

    def ready(self) -> None:
        from ringtrue.leads import data_map  # noqa: F401
