from django.apps import AppConfig


class NumbersConfig(AppConfig):
    name = "ringtrue.numbers"
    label = "numbers"

    def ready(self) -> None:
        from ringtrue.numbers import data_map  # noqa: F401 - declares its stores
        from ringtrue.numbers.models import LineAccount
        from ringtrue.privacy import subprocessors
        from ringtrue.voice.lines import finding

        for line, about in finding.lines().items():
            if about.company is not None:
                subprocessors.KNOWN[line] = (about.company.name, about.company.kind, about.company.does)
        subprocessors.CONNECTED.append(
            lambda workspace_id: LineAccount.objects.filter(workspace_id=workspace_id).values_list("line", flat=True)
        )
