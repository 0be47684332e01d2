from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "ringtrue.billing"
    label = "billing"

    def ready(self) -> None:
        from ringtrue.billing import data_map  # noqa: F401
