"""The worker process: jobs out of the database (Procrastinate). `python -m ringtrue.core.working`."""

from __future__ import annotations

import os


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ringtrue.core.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("procrastinate", "worker", concurrency=4)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
