from django.apps import AppConfig


class ReceptionConfig(AppConfig):
    name = "ringtrue.reception"
    label = "reception"

    def ready(self) -> None:
        from ringtrue.reception import data_map  # noqa: F401 - declares its stores
        from ringtrue.reception.deleting_at_carriers import register

        register()
