"""Servers up, Django ready, tables current: what a command needs before it may touch the database."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from ringtrue.core.hardening import harden


def use_servers() -> object:
    """Start or attach to the embedded servers and let every module read the settings that result. Raises EmbeddedFailed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringtrue.core.settings")
    from ringtrue.core import configuring, embedded

    used = embedded.ensure(os.environ, configuring.CONFIG.data)
    configuring.CONFIG = configuring.read(os.environ)
    # After PostgreSQL is up: as root it runs under a user of its own, to which this mask would close its folders.
    harden(configuring.CONFIG.data)
    return used


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringtrue.core.settings")
    import django

    django.setup()


def resume() -> None:
    """What an earlier run left unfinished, before the service opens: a restored backup must not bring back who was erased."""
    from ringtrue.privacy import closing, erasing

    closing.replay()
    erasing.resume()


def migrate() -> bool:
    """True when something had to be changed. Two processes that start at once wait for each other (advisory lock)."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    def pending() -> bool:
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))

    if not pending():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(826366)")
        try:
            call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(826366)")
    return True


@contextmanager
def prepared() -> Iterator[None]:
    from ringtrue.core import configuring
    from ringtrue.core.embedded import Embedded

    used = use_servers()
    try:
        set_up_django()
        migrate()
        resume()
        (configuring.CONFIG.data / "ready").touch()
        yield
    finally:
        from django.db import connections

        connections.close_all()
        if isinstance(used, Embedded):
            used.stop()
