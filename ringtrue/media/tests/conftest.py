from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection


@pytest.fixture(scope="module")
def database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One committed database for a module: other processes and threads read it. A module that uses it needs one test that is marked
    `django_db`, from which pytest-django knows that there is to be a database."""
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            call_command("flush", interactive=False, verbosity=0)
            connection.close()
            connection.close_pool()  # an idle connection of the pool would keep the test database from being dropped
