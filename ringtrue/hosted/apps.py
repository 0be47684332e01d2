from django.apps import AppConfig


class HostedConfig(AppConfig):
    name = "ringtrue.hosted"
    label = "hosted"

    def ready(self) -> None:
        from ringtrue.hosted import data_map, dialing  # noqa: F401 - the first declares its stores
        from ringtrue.hosted.deleting import deleter, leave
        from ringtrue.hosted.finding import engines
        from ringtrue.privacy import deleting_elsewhere, subprocessors
        from ringtrue.reception import calling_out

        deleting_elsewhere.LEAVING.append(leave)
        for name, about in engines().items():
            subprocessors.KNOWN[name] = (about.company.name, about.company.kind, about.company.does)
            deleting_elsewhere.DELETERS[name] = deleter(name)
            calling_out.ELSEWHERE[name] = dialing
