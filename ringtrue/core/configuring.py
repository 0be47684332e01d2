"""What the environment says of this installation, in one frozen value.

Read where they are used instead: RINGTRUE_MODEL* and RINGTRUE_MODELS_INSIDE (docs/models.md), those of companies that hear and speak
(docs/speech-providers.md), RINGTRUE_MEDIA_HOST (`media/loop.py`: listen on another address than RINGTRUE_HOST), and RINGTRUE_HOSTING with
RINGTRUE_DATABASE_BY and the like (`privacy/subprocessors.py`: who runs what the installation stands on).
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

ROOT = Path(__file__).resolve().parents[2]


class Config(msgspec.Struct, frozen=True, kw_only=True):
    root: Path
    data: Path  # RINGTRUE_DATA: everything that is kept, except a DATABASE_URL elsewhere
    keys: Path  # RINGTRUE_KEYS: subject keys; apart from data, so that a backup of data never holds one
    backups: Path  # RINGTRUE_BACKUPS: where backups are written; better on another disk
    port: int  # RINGTRUE_PORT: console and API
    media_port: int  # RINGTRUE_MEDIA_PORT: websockets of calls
    host: str  # RINGTRUE_HOST: address to listen on
    public_url: str  # RINGTRUE_PUBLIC_URL: as browsers and carriers reach the console
    media_url: str  # RINGTRUE_MEDIA_URL: as browsers and carriers reach the media process (ws:// or wss://)
    sip_listen: (
        str  # RINGTRUE_SIP_LISTEN: address:port for SIP (UDP and TCP; TLS on the next port), used once a SIP line is connected
    )
    sip_authorities: str  # RINGTRUE_SIP_AUTHORITIES: who may vouch for a SIP host over TLS (PEM); empty: the public authorities
    sip_certificate: str  # RINGTRUE_SIP_CERTIFICATE: ours with its key (PEM), for calls that come over TLS; empty: none come
    audiosocket_listen: (
        str  # RINGTRUE_AUDIOSOCKET_LISTEN: address:port for Asterisk's AudioSocket, which is not encrypted; empty: off
    )
    max_calls: int  # RINGTRUE_MAX_CALLS: calls at once in one media process; 0: what this machine can do (media/admitting.py)
    media_elsewhere: list[str]  # RINGTRUE_MEDIA_ELSEWHERE: media processes (host:port, ...) that take what this one refuses
    hosts: list[str]  # RINGTRUE_HOSTS: comma-separated host names that requests may name
    behind_proxy: (
        bool  # RINGTRUE_BEHIND_PROXY=1: X-Forwarded-Proto and X-Forwarded-For of the proxies below count, of nobody else
    )
    trusted_proxies: str  # RINGTRUE_TRUSTED_PROXIES: their addresses or networks, comma-separated; this machine's own if not set
    region: str  # RINGTRUE_REGION: where data lies, such as "eu-central-1"; what a profile promises is checked against it
    database_url: str  # DATABASE_URL; empty: embedded PostgreSQL
    redis_url: str  # REDIS_URL; empty: embedded Valkey
    redis_prefix: str
    email_backend: str
    smtp_host: str  # RINGTRUE_SMTP_*: when set, mail is sent instead of written to data/mail
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: bool
    from_email: str
    speech: list[
        str
    ]  # RINGTRUE_SPEECH: providers in order, "openai,deepgram"; local speech is always the last (RINGTRUE_OPENAI_*, …)
    webhooks_allow_local: (
        bool  # RINGTRUE_WEBHOOKS_ALLOW_LOCAL=1: webhooks may go to this machine, over http too (development, tests)
    )


def read(env: dict[str, str] | os._Environ[str]) -> Config:
    data = Path(env.get("RINGTRUE_DATA") or ROOT / "data").resolve()
    port = int(env.get("RINGTRUE_PORT", "8000"))
    media_port = int(env.get("RINGTRUE_MEDIA_PORT", str(port + 1)))
    public_url = env.get("RINGTRUE_PUBLIC_URL", f"http://localhost:{port}").rstrip("/")
    public_host = urlsplit(public_url).hostname or "localhost"
    ws = "wss" if public_url.startswith("https") else "ws"
    smtp_host = env.get("RINGTRUE_SMTP_HOST", "")
    return Config(
        root=ROOT,
        data=data,
        keys=Path(env.get("RINGTRUE_KEYS") or data.parent / (data.name + "-keys")).resolve(),
        backups=Path(env.get("RINGTRUE_BACKUPS") or data.parent / (data.name + "-backups")).resolve(),
        port=port,
        media_port=media_port,
        host=env.get("RINGTRUE_HOST", "127.0.0.1"),
        public_url=public_url,
        media_url=env.get("RINGTRUE_MEDIA_URL", f"{ws}://{public_host}:{media_port}").rstrip("/"),
        sip_listen=env.get("RINGTRUE_SIP_LISTEN", "0.0.0.0:5060"),
        sip_authorities=env.get("RINGTRUE_SIP_AUTHORITIES", ""),
        sip_certificate=env.get("RINGTRUE_SIP_CERTIFICATE", ""),
        audiosocket_listen=env.get("RINGTRUE_AUDIOSOCKET_LISTEN", ""),
        max_calls=int(env.get("RINGTRUE_MAX_CALLS", "0")),
        media_elsewhere=[one for one in env.get("RINGTRUE_MEDIA_ELSEWHERE", "").split(",") if one],
        hosts=[h for h in env.get("RINGTRUE_HOSTS", f"{public_host},localhost,127.0.0.1").split(",") if h],
        behind_proxy=env.get("RINGTRUE_BEHIND_PROXY", "") == "1",
        trusted_proxies=env.get("RINGTRUE_TRUSTED_PROXIES", "127.0.0.1,::1"),
        region=env.get("RINGTRUE_REGION", "").strip().lower(),
        database_url=env.get("DATABASE_URL", ""),
        redis_url=env.get("REDIS_URL", ""),
        redis_prefix=env.get("RINGTRUE_REDIS_PREFIX", "ringtrue"),
        email_backend="django.core.mail.backends.smtp.EmailBackend"
        if smtp_host
        else "ringtrue.notifications.mail_folder.MailFolder",
        smtp_host=smtp_host,
        smtp_port=int(env.get("RINGTRUE_SMTP_PORT", "587")),
        smtp_user=env.get("RINGTRUE_SMTP_USER", ""),
        smtp_password=env.get("RINGTRUE_SMTP_PASSWORD", ""),
        smtp_tls=env.get("RINGTRUE_SMTP_TLS", "1") == "1",
        from_email=env.get("RINGTRUE_FROM_EMAIL", "Ringtrue <ringtrue@localhost>"),
        speech=[name.strip().lower() for name in env.get("RINGTRUE_SPEECH", "").split(",") if name.strip()],
        webhooks_allow_local=env.get("RINGTRUE_WEBHOOKS_ALLOW_LOCAL", "") == "1",
    )


CONFIG = read(os.environ)


def secret(name: str) -> str:
    """A secret of this installation, made at its first use and kept in `keys/secrets.json` (mode 0600)."""
    CONFIG.keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = CONFIG.keys / "secrets.json"
    held: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if name in held:
        return held[name]
    with (CONFIG.keys / ".lock").open("w") as lock:
        # Two processes of a first start must not make two different keys: what one of them sealed would be lost.
        fcntl.flock(lock, fcntl.LOCK_EX)
        held = json.loads(path.read_text()) if path.exists() else {}
        if name not in held:
            held[name] = secrets.token_urlsafe(48)
            draft = path.with_suffix(f".{os.getpid()}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w") as file:
                json.dump(held, file)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
    return held[name]


def database_settings() -> dict[str, Any]:
    """Django's DATABASES["default"] from DATABASE_URL (postgresql://user:password@host:port/name?host=/socket/folder)."""
    url = urlsplit(CONFIG.database_url or "postgresql:///ringtrue")
    query = dict(parse_qsl(url.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": url.path.lstrip("/") or "ringtrue",
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": query.get("host") or url.hostname or "",
        "PORT": str(url.port or ""),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": {"min_size": 0, "max_size": 8, "timeout": 15}},
    }
