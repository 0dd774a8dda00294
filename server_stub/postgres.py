"""A PostgreSQL database that several server processes work on at the same time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from app.errors import HelpdeskError, NotAvailable, Unreachable
from server_stub.database import Database

if TYPE_CHECKING:
    import psycopg

OLDEST = 130_000
"""The number of the oldest release that is supported: 13.0."""
READERS = (8, 24)
"""Connections for reading that are kept, and that come on top while many are needed; one more writes."""
POOL_SECONDS = 10.0
"""How long a request waits for one of them before it is told to come again."""
LOCK_SECONDS = 10
"""How long it waits for the writers' lock, which is held for milliseconds unless its holder is in trouble."""
STUCK_SECONDS = 60
"""A writer that does nothing in its transaction for so long is ended by the database, so that others may write."""

_WRITING = (0x4465736B, 0)  # "Desk"
_NAMED = 0x42656C6C  # "Bell"
_LINE = {
    "connect_timeout": 5,
    # A database whose machine has vanished is noticed within half a minute.
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "application_name": "deskbell-server",
}


class PostgresDatabase(Database):
    """Sessions on a PostgreSQL database.

    Writers of all processes take turns by an advisory lock, which is what the one writing connection is on SQLite:
    whoever has it sees all that was committed, so numbers grow without gaps and no event appears below one that was
    seen already. Readers see one snapshot. Connections that broke are replaced when they are next needed.
    """

    is_shared = True

    def __init__(self, address: str) -> None:
        """Raises HelpdeskError for what is no address, NotAvailable without the driver. Does not connect yet."""
        self._url = parsed(address)
        writer = self._engine(pool_size=1, max_overflow=0)
        readers = self._engine(pool_size=READERS[0], max_overflow=READERS[1])
        event.listen(writer, "connect", _prepare_writer)
        event.listen(writer, "begin", _begin_writing)
        event.listen(readers, "connect", _prepare_reader)
        self._locks = self._engine(pool_size=2, max_overflow=30, isolation_level="AUTOCOMMIT")
        event.listen(self._locks, "connect", _prepare_lock)
        super().__init__(writer, readers)

    @property
    def address(self) -> str:
        return self._url.render_as_string(hide_password=False)

    @property
    def place(self) -> str:
        """The address for people, without its password."""
        return self._url.set(drivername="postgresql").render_as_string(hide_password=True)

    def check(self) -> None:
        """Connect once. Raises HelpdeskError when the database cannot be used, saying what to do."""
        try:
            with self._readers.connect() as connection:
                number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
                encoding = str(connection.execute(text("SHOW server_encoding")).scalar_one())
        except DBAPIError as problem:
            raise self._told(problem) from problem
        check_release(number, encoding)

    @contextmanager
    def holding(self, name: str) -> Iterator[None]:
        with self._locks.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:space, hashtext(:name))"), _named(name))
            try:
                yield
            finally:
                _let_go(connection, name)

    @contextmanager
    def holding_if_free(self, name: str) -> Iterator[bool]:
        with self._locks.connect() as connection:
            query = text("SELECT pg_try_advisory_lock(:space, hashtext(:name))")
            got = bool(connection.execute(query, _named(name)).scalar_one())
            try:
                yield got
            finally:
                if got:
                    _let_go(connection, name)

    @contextmanager
    def aside(self) -> Iterator[Connection]:
        """A connection whose statements wait for no writer, each a transaction of its own."""
        with self._locks.connect() as connection:
            yield connection

    def listening_connection(self) -> psycopg.Connection:
        """A connection of its own, without transactions, for LISTEN. Raises psycopg.Error."""
        import psycopg

        arguments, options = self._writer.dialect.create_connect_args(self._url)
        return psycopg.connect(*arguments, autocommit=True, **{**_LINE, **options})

    def close(self) -> None:
        super().close()
        self._locks.dispose()

    def _engine(self, **options: Any) -> Any:
        line = {name: value for name, value in _LINE.items() if name not in self._url.query}
        try:
            return create_engine(self._url, connect_args=line, pool_pre_ping=True, pool_timeout=POOL_SECONDS, **options)
        except ImportError as problem:
            raise NotAvailable(
                "The driver for PostgreSQL is not installed.", "Install deskbell with its extra: deskbell[postgres]."
            ) from problem

    def _told(self, problem: DBAPIError) -> HelpdeskError:
        reason = _reason(problem)
        if "authentication failed" in reason or "no password supplied" in reason:
            return HelpdeskError(
                "PostgreSQL does not let {user} in: {reason}.",
                "Correct the name or the password in the database's address, or in libpq's own password file.",
                user=self._url.username or "this user",
                reason=reason,
            )
        if "does not exist" in reason:
            return HelpdeskError(
                "The database at {place} cannot be opened: {reason}.",
                "Make it once, for example with: createdb --encoding UTF8 --owner deskbell deskbell.",
                place=self.place,
                reason=reason,
            )
        return Unreachable(
            "PostgreSQL at {place} cannot be reached: {reason}.",
            "Start it, or correct the address, and start this server again.",
            place=self.place,
            reason=reason,
        )


def parsed(address: str) -> URL:
    """An address as SQLAlchemy knows it. Raises HelpdeskError for what is none of a PostgreSQL database."""
    scheme, separator, rest = address.strip().partition("://")
    try:
        if scheme.partition("+")[0] in ("postgresql", "postgres") and separator:
            url = make_url(f"postgresql+psycopg://{rest}")
            if url.database:
                return url
    except (ArgumentError, ValueError):
        pass
    # What was given is not repeated: it may hold a password.
    raise HelpdeskError(
        "This is not the address of a PostgreSQL database.",
        "It looks like postgresql://user@host/name, or is a file that holds such a line.",
    )


def check_release(number: int, encoding: str) -> None:
    """Raises HelpdeskError for a PostgreSQL that is too old, or a database that cannot keep every text."""
    if number < OLDEST:
        raise HelpdeskError(
            "This PostgreSQL is too old: it is {found}, and {oldest} is needed.",
            "Update it, or use another one.",
            found=f"{number // 10_000}.{number % 10_000}",
            oldest=f"{OLDEST // 10_000}.0",
        )
    if encoding != "UTF8":
        raise HelpdeskError(
            "The database keeps its texts in {encoding}, which cannot hold every language.",
            "Make it anew with: createdb --encoding UTF8 --template template0.",
            encoding=encoding,
        )


def _named(name: str) -> dict[str, object]:
    return {"space": _NAMED, "name": name}


def _let_go(connection: Connection, name: str) -> None:
    try:
        connection.execute(text("SELECT pg_advisory_unlock(:space, hashtext(:name))"), _named(name))
    except DBAPIError:
        # A connection that broke has let go of everything.
        connection.invalidate()


def _reason(problem: DBAPIError) -> str:
    said = str(problem.orig).strip().splitlines() or [type(problem.orig).__name__]
    return said[0].removeprefix("connection failed: ").rstrip(".")


def _run(connection: Any, *statements: str) -> None:
    try:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
    except BaseException:
        # The pool does not know this connection yet, and would leave it open.
        connection.close()
        raise


def _prepare_writer(connection: Any, _record: object) -> None:
    _run(
        connection,
        "SET timezone TO 'UTC'",
        f"SET lock_timeout TO '{LOCK_SECONDS}s'",
        f"SET idle_in_transaction_session_timeout TO '{STUCK_SECONDS}s'",
        # What is acknowledged is on the disk, whatever the database's owner chose for other programs.
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
    )


def _prepare_reader(connection: Any, _record: object) -> None:
    _run(
        connection,
        "SET timezone TO 'UTC'",
        "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY",
    )


def _prepare_lock(connection: Any, _record: object) -> None:
    _run(connection, "SET lock_timeout TO 0")


def _begin_writing(connection: Connection) -> None:
    if connection.get_execution_options().get("is_patient"):
        connection.exec_driver_sql("SET LOCAL lock_timeout TO 0")
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, %s)", _WRITING)
