"""Mail into a folder, for an installation without a mail server: `data/mail/<id>.eml`, and one line in the terminal.

The line of a mail about a call names only the file. A mail about an account (confirmation, reset, invitation) is printed with
its link, because the person who starts Ringtrue on their own machine has no other way to follow it.
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

ID_HEADER = "X-Ringtrue-Mail"  # set on mails of the outbox: the same mail is always the same file


def mail_folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)


def file_name_of(mail_id: str) -> str:
    return f"{mail_id}.eml"


class MailFolder(BaseEmailBackend):
    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            mail_id = str((message.extra_headers or {}).get(ID_HEADER, ""))
            path = mail_folder() / file_name_of(mail_id or f"account-{uuid.uuid4()}")
            _write(path, message.message().as_bytes())
            print(_line(path, "" if mail_id else str(message.body)), file=sys.stdout, flush=True)
        return len(email_messages)


def remove_file(name: str) -> int:
    """Overwrite and remove a mail of the folder. Returns its size in bytes, 0 when it was not there."""
    path = mail_folder() / name
    if not name or path.parent != mail_folder():
        return 0
    size = 0
    with contextlib.suppress(FileNotFoundError):
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.write(bytes(size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    return size


def _line(path: Path, account_text: str) -> str:
    links = re.findall(r"https?://\S+", account_text)
    return f"Mail written to {path}" + (f" — its link: {links[0]}" if links else "")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".part")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
