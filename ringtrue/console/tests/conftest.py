import pytest
from django.test import Client

from ringtrue.console.tests.browsing import assets, browser, chromium_path, cookie, opened, served, server  # noqa: F401 - fixtures


@pytest.fixture
def signed_in(dental, fast_passwords):
    """The owner's browser."""
    client = Client()
    client.force_login(dental.owner)
    return client


@pytest.fixture
def at(dental):
    """The address of a page of the workspace."""
    return lambda page="": f"/w/{dental.workspace.slug}/{page}"
