from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccountsConfig(AppConfig):
    name = "ringtrue.accounts"
    label = "accounts"

    def ready(self) -> None:
        from ringtrue.accounts import row_security, signing_in

        post_migrate.connect(row_security.force, sender=self, dispatch_uid="row_security")  # once, after all migrations
        signing_in.connect()
