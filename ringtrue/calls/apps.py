from django.apps import AppConfig


class CallsConfig(AppConfig):
    name = "ringtrue.calls"
    label = "calls"

    def ready(self) -> None:
        from ringtrue.calls import data_map  # noqa: F401
        from ringtrue.calls.news import news_of
        from ringtrue.notifications.telling import describe_calls_with

        describe_calls_with(news_of)
