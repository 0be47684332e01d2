from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "ringtrue.console"
    label = "console"

    def ready(self) -> None:
        from ringtrue.accounts.access import DOORS
        from ringtrue.console.entering import policy_door

        DOORS.append(policy_door)
