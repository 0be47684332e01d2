import logging
import shutil

import pytest

from ringtrue.agents.starters import starter_workspace
from ringtrue.core.configuring import CONFIG


@pytest.fixture
def started(transactional_db, only_own_keys, settings):
    """A workspace whose rows are committed, with mail going to the folder and every log line to a file that is scanned."""
    settings.EMAIL_BACKEND = "ringtrue.notifications.mail_folder.MailFolder"
    logs = CONFIG.data / "logs"
    logs.mkdir(exist_ok=True)
    handler = logging.FileHandler(logs / "canaries.log")
    logging.getLogger().addHandler(handler)
    before, logging.getLogger().level = logging.getLogger().level, logging.DEBUG
    yield starter_workspace("dental", owner_email="owner@dental.example", slug="dental-canaries")
    logging.getLogger().level = before
    logging.getLogger().removeHandler(handler)
    handler.close()
    for name in ("logs", "mail", "recordings"):
        shutil.rmtree(CONFIG.data / name, ignore_errors=True)
