import pytest

from ringtrue.accounts.tests.people import forget_all_limits


@pytest.fixture(autouse=True)
def no_limits_from_before(request):
    if "db" in request.fixturenames:
        forget_all_limits()
