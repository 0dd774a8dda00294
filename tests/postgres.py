"""A real PostgreSQL for tests: a cluster of its own in a temporary folder, reached by a socket file only."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

import psycopg

from server_stub.migrations.steps import migrate
from server_stub.postgres import PostgresDatabase

PATIENCE = 60
MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
"""Bytes that the databases of some hundred tests take, and to spare."""
_UNSAFE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_QUICK = (
    *_UNSAFE, "listen_addresses=", "max_connections=200",
    "shared_buffers=32MB", "autovacuum=off", "log_min_messages=fatal", "lc_messages=C",
)  # fmt: skip
_TEMPLATE = "deskbell_template"


class Cluster:
    """A PostgreSQL server; `database` makes databases with the newest tables in them."""

    def __init__(self, *, is_durable: bool = False) -> None:
        """`is_durable` makes it keep what it acknowledged, as a real one does; benchmarks want to know that."""
        self._settings = tuple(each for each in _QUICK if not (is_durable and each in _UNSAFE))
        # A database is three hundred files: where memory can hold them, nothing waits for a disk.
        has_room = not is_durable and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
        self.folder = Path(tempfile.mkdtemp(prefix="deskbell-pg-", dir=MEMORY if has_room else None))
        self._numbers = count(1)
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user is not None:
            # It refuses to run as root, and what it runs as must be able to write here.
            shutil.chown(self.folder, self._user)
        run = ["--pgdata", str(self.data), "--username", "deskbell", "--auth", "trust", "--encoding", "UTF8"]
        self._do("initdb", *run, "--locale", "C.UTF-8", "--no-sync")
        rules = "local all guarded scram-sha-256\nlocal all all trust\n"
        (self.data / "pg_hba.conf").write_text(rules)
        self.start()
        migrated = PostgresDatabase(self.database(template="template0"))
        migrate(migrated)
        migrated.close()
        self.order(f"ALTER DATABASE test_1 RENAME TO {_TEMPLATE}")

    @property
    def data(self) -> Path:
        """The cluster's files."""
        return self.folder / "data"

    def start(self) -> None:
        """Start it, once more after `stop`."""
        settings = " ".join(f"-c {each or ''}" for each in self._settings)
        options = f"{settings} -c unix_socket_directories={self.folder}"
        log = str(self.folder / "log")
        self._do("pg_ctl", "start", "--pgdata", str(self.data), "--wait", "--log", log, "--options", options)

    def stop(self, mode: str = "fast") -> None:
        """Stop it; `immediate` is what a crash is like."""
        self._do("pg_ctl", "stop", "--pgdata", str(self.data), "--mode", mode, "--wait")

    def address(self, name: str = "postgres", user: str = "deskbell") -> str:
        """The address of one of its databases."""
        return f"postgresql://{user}@/{name}?host={self.folder}"

    def database(self, template: str = _TEMPLATE) -> str:
        """The address of a new database."""
        name = f"test_{next(self._numbers)}"
        encoding = " ENCODING 'UTF8'" if template == "template0" else ""
        self.order(f"CREATE DATABASE {name} TEMPLATE {template}{encoding}")
        return self.address(name)

    @staticmethod
    def name_of(address: str) -> str:
        """The name of the database of an address."""
        return address.partition("@/")[2].partition("?")[0]

    def order(self, statement: str) -> None:
        """Have one statement carried out outside of any database of the tests."""
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(statement)

    def close(self) -> None:
        """Stop it and remove everything."""
        if (self.data / "postmaster.pid").exists():
            self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _do(self, program: str, *arguments: str) -> None:
        command = [str(programs() / program), *arguments]
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            command, user=self._user, cwd=self.folder, env=environment, timeout=PATIENCE, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()


@cache
def programs() -> Path:
    """The folder of PostgreSQL's programs; Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    assert on_path is not None, "PostgreSQL is not installed; `python3 dev.py test` does that"
    return Path(on_path).parent
