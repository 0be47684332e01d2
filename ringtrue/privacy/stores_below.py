"""Stores that lie below the features or belong to libraries, declared here because they cannot know the data map themselves."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection

from ringtrue.accounts.models import Invitation, SignIn
from ringtrue.privacy.data_map import Removed, declare


def expire_sign_ins(_: UUID, cutoff: datetime) -> Removed:
    rows, _by = SignIn.objects.filter(seen_at__lt=cutoff).delete()
    return Removed(rows=rows)


def forget_addresses(_: UUID, cutoff: datetime) -> Removed:
    """IP addresses go before the rows they stand in (P-LEX-1.4-1)."""
    rows = SignIn.objects.filter(seen_at__lt=cutoff, ip__isnull=False).update(ip=None)
    return Removed(rows=rows)


def expire_invitations(workspace_id: UUID, cutoff: datetime) -> Removed:
    rows, _ = Invitation.objects.filter(workspace_id=workspace_id, expires_at__lt=cutoff).delete()
    return Removed(rows=rows)


def expire_changes(workspace_id: UUID, cutoff: datetime) -> Removed:
    """Changes that hold or were taken back; who was told about them goes with them."""
    from ringtrue.privacy.models import PolicyChange

    old = PolicyChange.objects.filter(workspace_id=workspace_id, effective_at__lt=cutoff).exclude(state="announced")
    rows, _ = old.delete()
    return Removed(rows=rows)


def expire_jobs(_: UUID, cutoff: datetime) -> Removed:
    """Jobs that are done; their events go with them. Jobs carry ids only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE status IN ('succeeded', 'failed', 'cancelled', 'aborted') AND id IN "
            "(SELECT job_id FROM procrastinate_events GROUP BY job_id HAVING max(at) < %s)",
            [cutoff],
        )
        return Removed(rows=cursor.rowcount)


def expire_logs(_: UUID, cutoff: datetime) -> Removed:
    removed = Removed()
    folder = Path(settings.DATA_DIR) / "logs"
    for path in folder.glob("*") if folder.exists() else []:
        if path.is_file() and path.stat().st_mtime < cutoff.timestamp():
            removed += Removed(files=1, bytes=path.stat().st_size)
            path.unlink(missing_ok=True)
    return removed


def _users(store: str, what: str, category: str = "identity", purpose: str = "accounts and signing in") -> None:
    declare(store=store, what=what, category=category, subject="user", retention="while_active", purpose=purpose)


def _plain(store: str, what: str, category: str = "operations", retention: str = "none", purpose: str = "running") -> None:
    declare(store=store, what=what, category=category, subject="none", retention=retention, purpose=purpose)


_users("accounts_user", "people with an account: e-mail, name, hash of the password, how they want to see the pages")
_users("column:accounts_user.last_workspace", "which workspace a person used last", "usage", "opening the workspace used last")
_users("accounts_membership", "who belongs to which workspace, in which role")
_users("accounts_acceptance", "who accepted which terms, when")
_users("account_emailaddress", "e-mail addresses of accounts and whether they are confirmed", "contact")
_users("account_emailconfirmation", "confirmations under way", "contact")
_users("mfa_authenticator", "second factors: encrypted TOTP secrets, public keys of passkeys, recovery codes", "credentials")
_users("accounts_contactdetail", "further ways to reach a person with an account, under labels of their own", "contact")
_users("accounts_supportticket", "what people wrote to the operator, encrypted", "content", "helping customers")
_users("accounts_staffgrant", "when staff of the operator may look, why, and whether they did", "operations", "helping customers")
_users("accounts_user_groups", "unused link table of Django")
_users("accounts_user_user_permissions", "unused link table of Django")
_users("accounts_apikey", "hashes of API keys, their names and scopes", "credentials", "the API")
_users("accounts_workspace", "name and time zone of a business", "configuration")
_users("privacy_policysetting", "what a workspace has set, and who set it", "configuration", "the policy that holds")
declare(
    store="privacy_policychange", what="changes of the policy that were announced, and who asked for them",
    category="configuration", subject="user", retention="requests", purpose="telling people about changes",
    expire=expire_changes,
)  # fmt: skip
_users("privacy_policynotice", "who was told about which change of the policy", "operations", "telling people about changes")
_users("privacy_closure", "who closed a workspace, when, and by when it is gone", "operations", "closing a workspace")
_plain(
    "privacy_closedworkspace",
    "signed certificates of closed workspaces: ids and counts",
    retention="law",
    purpose="proving deletion",
)
declare(
    store="privacy_hold", what="whose data must not be deleted for now, and for which law, dispute or agreement",
    category="operations", subject="caller", retention="law", purpose="keeping what a law or a dispute needs",
    kept_because="a hold ends before its person can be erased; after that it points to nobody",
)  # fmt: skip
declare(
    store="privacy_restriction", what="what must not be done with a person's data", category="consent", subject="caller",
    retention="law", purpose="honouring objections and restrictions",
    kept_because="proof that an objection was honoured; after an erasure it points to nobody",
)  # fmt: skip
declare(
    store="accounts_invitation", what="e-mail addresses of people who were invited", category="contact", subject="user",
    retention="deliveries", purpose="inviting people", expire=expire_invitations,
)  # fmt: skip
declare(
    store="accounts_signin", what="open sessions: hash of the token, browser family, times", category="usage", subject="user",
    retention="sign_ins", purpose="listing and ending sessions", scope="installation", expire=expire_sign_ins,
)  # fmt: skip
declare(
    store="column:accounts_signin.ip", what="IP addresses of sessions", category="usage", subject="user", retention="ip",
    purpose="recognising one's own sessions", scope="installation", expire=forget_addresses,
)  # fmt: skip
declare(
    store="privacy_subject", what="that there is a person, by a keyed hash of the number", category="identity", subject="caller",
    retention="call_metadata", purpose="finding a person's data",
    kept_because="after an erasure the row holds a random handle and points to nobody; it holds the place of erased calls",
)  # fmt: skip
declare(
    store="privacy_consentevent", what="consents and withdrawals, with our own wording", category="consent", subject="caller",
    retention="law", purpose="proving consent",
    kept_because="proof of consent (GDPR Art. 7(1)); after an erasure it points to nobody",
)  # fmt: skip
declare(
    store="privacy_optout", what="numbers that want no calls, as keyed hashes", category="consent", subject="caller",
    retention="law", purpose="not calling them",
    kept_because="do-not-call lists must be kept (47 CFR 64.1200(d)); only a keyed hash is",
)  # fmt: skip
declare(
    store="privacy_providerdeletion", what="what carriers and engines were asked to delete, and their answers; their own names of calls",
    category="operations", subject="caller", retention="law", purpose="proving deletion",
    kept_because="it shows that others were asked to delete too; it holds their name of the call and nothing about the person",
)  # fmt: skip
declare(
    store="privacy_erasure", what="what was erased, signed; a keyed hash of the person", category="consent", subject="caller",
    retention="law", purpose="proving erasure, repeating it after a restore",
    kept_because="proof of the erasure itself (GDPR Art. 5(2)); holds no content",
)  # fmt: skip
_plain(
    "core_auditentry", "the audit chain: who did what, by ids; hashes and names only", retention="law", purpose="accountability"
)
_plain("core_auditcheckpoint", "signed heads of the audit chain", retention="law", purpose="accountability")
_plain("auth_group", "unused table of Django")
_plain("auth_group_permissions", "unused table of Django")
_plain("auth_permission", "table of Django: names of permissions")
_plain("django_content_type", "table of Django: names of tables")
_plain("django_migrations", "table of Django: changes to the schema")
declare(
    store="procrastinate_jobs", what="jobs: names and ids, never content", category="operations", subject="none",
    retention="jobs", purpose="doing things later", scope="installation", expire=expire_jobs,
)  # fmt: skip
_plain("procrastinate_events", "when jobs ran", retention="jobs")
_plain("procrastinate_periodic_defers", "when periodic jobs were queued last")
_plain("procrastinate_workers", "workers that are alive")

_plain("file:postgres", "the database itself; what it holds is declared by table", purpose="storage")
_plain("file:valkey", "socket of the cache; nothing is written to disk", purpose="sessions, limits")
_plain("queue:valkey", "sessions under a hash of their token, limits under hashes, live events without content", "usage")
_plain("file:run", "sockets and process numbers")
_plain("file:ready", "a mark that set-up was finished")
_plain("file:tmp", "temporary files of our processes; emptied at start")
_plain("file:models", "weights of speech models, taken from packages")
_plain("file:voice", "ready-made sentences of the voice: ours and the business's, never a caller's words")
_plain("file:files", "unused folder of Django")
_plain("file:reports", "dated reports of what was found about the security of the installation, for two years", purpose="running")
declare(
    store="file:logs", what="logs: our own words and ids", category="operations", subject="none", retention="jobs",
    purpose="finding faults", scope="installation", expire=expire_logs,
)  # fmt: skip
_plain("keys:.lock", "nothing: processes that start at once take turns at it", purpose="encryption")
_plain("keys:secrets.json", "root key and other secrets of the installation", "credentials", purpose="encryption")
_plain("keys:subject-keys.sqlite", "keys of subjects, wrapped; ids of destroyed ones", "credentials", purpose="encryption")
_plain("keys:backups", "backups of the key store, kept for seven days", "credentials", purpose="encryption")
_plain("keys:backup-keys", "wrapping keys of those backups", "credentials", purpose="encryption")
_plain("keys:audit-heads.jsonl", "signed heads of the audit chain, a second time", retention="law", purpose="accountability")
