from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "ringtrue.contacts"
    label = "contacts"

    def ready(self) -> None:
        from ringtrue.contacts import data_map  # noqa: F401
