"""The measures that keep data safe, each with a probe that looks whether it is in force on this installation now.

A probe returns what is wrong, in sentences; nothing means that the measure holds. It changes nothing.
"""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import get_hasher
from django.db import connection

from ringtrue.accounts.models import ApiKey, Membership, User
from ringtrue.accounts.row_security import tables_with_workspace
from ringtrue.accounts.scoping import system_scope
from ringtrue.core import audit, backing_up
from ringtrue.core.configuring import CONFIG, ROOT

BACKUP_AGE = timedelta(days=2)
UNUSED_KEY = timedelta(days=365)


class Measure(NamedTuple):
    name: str
    area: str  # "confidentiality", "integrity", "availability", "review" (GDPR Art. 32(1))
    says: str  # the sentence of the list of measures
    probe: Callable[[], Iterator[str]]


def _row_security() -> Iterator[str]:
    """Every table with a workspace: on, forced for the owner too, and with its policy."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid AND p.polname = 'workspace_rows' "
            "WHERE c.relrowsecurity AND c.relforcerowsecurity"
        )
        kept = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        row = cursor.fetchone()
    yield from (f"The table {table} is not kept apart by workspace." for table in tables_with_workspace() if table not in kept)
    if row and row[0]:
        yield "The role of the database passes by row-level security."


def _key_folder() -> Iterator[str]:
    if not CONFIG.keys.exists():
        yield "There is no folder of keys."
        return
    if CONFIG.keys.is_relative_to(CONFIG.data):
        yield "The keys lie inside the data folder, and so in its backups."
    open_to_others = [path for path in (CONFIG.keys, *CONFIG.keys.rglob("*")) if path.stat().st_mode & 0o077]
    yield from (f"Other users of the machine can reach {path.name} among the keys." for path in open_to_others)


def _passwords() -> Iterator[str]:
    algorithm = str(get_hasher("default").algorithm)
    if not algorithm.startswith(("bcrypt", "scrypt", "argon2")):
        yield f"New passwords are hashed with {algorithm}, which is quick to try out."


def _sessions() -> Iterator[str]:
    if "redis" not in settings.CACHES["default"]["BACKEND"]:
        yield "Sessions are not kept in Redis."
    if not settings.SESSION_COOKIE_HTTPONLY:
        yield "Scripts can read the session cookie."


def _transport() -> Iterator[str]:
    if not settings.PUBLIC_URL.startswith("https://"):
        yield "Pages are served without HTTPS: RINGTRUE_PUBLIC_URL does not begin with https://."


def _audit_chain() -> Iterator[str]:
    fault = audit.first_fault()
    if fault is not None:
        yield f"The audit chain does not fit from entry {fault} on."


def _backups() -> Iterator[str]:
    found = backing_up.backups()
    if not found:
        yield "There is no backup."
    elif datetime.now(UTC) - datetime.fromtimestamp(found[-1].stat().st_mtime, UTC) > BACKUP_AGE:
        yield f"The newest backup is older than {BACKUP_AGE.days} days."


def _dependencies(lock: Path = ROOT / "requirements" / "run.txt") -> Iterator[str]:
    """What is installed is what the lock file names; a package that is not installed here is not looked at."""
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", lock.read_text(), re.M):
        try:
            installed = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        if installed != version:
            yield f"{name} is installed as {installed}, and the lock says {version}."


def _permissions() -> Iterator[str]:
    """Drift of who may do what: nobody is left in charge by accident."""
    now = datetime.now(UTC)
    with system_scope("who may do what, over all workspaces"):
        for user in User.objects.filter(is_superuser=True):
            yield f"The account {user.id} is a superuser: nothing in this software needs one."
        for member in Membership.objects.filter(user__is_active=False):
            yield f"The account {member.user_id} is switched off and still a member of {member.workspace_id}."
        for key in ApiKey.objects.filter(revoked_at=None):
            if now - (key.last_used_at or key.created_at) > UNUSED_KEY:
                yield f"The API key {key.prefix}… of {key.workspace_id} was not used for a year."


MEASURES: tuple[Measure, ...] = (
    Measure("row_security", "confidentiality", "The database itself keeps workspaces apart, row by row.", _row_security),
    Measure(
        "key_folder", "confidentiality", "Keys lie apart from data and backups, for one user of the machine only.", _key_folder
    ),
    Measure("passwords", "confidentiality", "Passwords are kept as slow hashes.", _passwords),
    Measure("sessions", "confidentiality", "Sessions are kept on the server; scripts cannot read their cookie.", _sessions),
    Measure("transport", "confidentiality", "Pages are served over HTTPS only.", _transport),
    Measure(
        "audit_chain", "integrity", "What people do is written into a chain of hashes, in which a change shows.", _audit_chain
    ),
    Measure("dependencies", "integrity", "Only the locked versions of other people's programs are installed.", _dependencies),
    Measure("backups", "availability", "An encrypted backup is made each night.", _backups),
    Measure("permissions", "review", "Accounts and keys that nobody needs any more are noticed.", _permissions),
)


def look() -> dict[str, list[str]]:
    """Name of each measure -> what is wrong with it; [] where it is in force. A probe that fails is wrong itself."""
    return {measure.name: _safely(measure) for measure in MEASURES}


def _safely(measure: Measure) -> list[str]:
    try:
        return list(measure.probe())
    except Exception as fault:
        return [f"It could not be looked at ({type(fault).__name__})."]
