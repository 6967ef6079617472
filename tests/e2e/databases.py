"""Databases of one test module: made from one that was migrated once, gone afterwards."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.e2e.environment import ROOT, plain_environment


@contextmanager
def scratch_database(folder: Path, *, migrated: bool = True) -> Iterator[str]:
    """A database of the kind the suite runs on, with tables and nobody in it; gone afterwards."""
    if not _on_postgresql():
        file = folder / "demo.sqlite3"
        if migrated:
            shutil.copyfile(_migrated_file(), file)
        yield f"sqlite:///{file}"
        return
    name = f"e2e_{secrets.token_hex(6)}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        template = f' TEMPLATE "{_migrated_name()}"' if migrated else ""
        connection.execute(f'CREATE DATABASE "{name}"{template}')
        try:
            yield _url_of(name)
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_postgresql() -> bool:
    return os.environ.get("DATABASE_URL", "").startswith("postgres")


def _url_of(name: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


# Migrating takes longer than all that one module tests: it is done once, and copied.
@cache
def _migrated_file() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="e2e_"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = folder / "migrated.sqlite3"
    _migrate(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


@cache
def _migrated_name() -> str:
    name = f"e2e_migrated_{secrets.token_hex(6)}"
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    atexit.register(_drop, url, name)
    _migrate(_url_of(name))
    return name


def _drop(url: str, name: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _migrate(database_url: str) -> None:
    env = plain_environment(DEMO="1", DATABASE_URL=database_url)
    command = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(command, cwd=ROOT, env=env, check=True)
