from django.apps import AppConfig


class NumbersConfig(AppConfig):
    name = "ringtrue.numbers"
    label = "numbers"

    def ready(self) -> None:
        from ringtrue.numbers import data_map  # noqa: F401 - declares its stores
