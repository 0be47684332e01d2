from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "ringtrue.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        from ringtrue.campaigns import data_map  # noqa: F401
