"""Brings a database up to the tables this program knows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from app.errors import HelpdeskError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server_stub.database import Database

FOLDER = Path(__file__).parent


def newest() -> str:
    """The number of the last step, as in the names of the files (`0001_first_tables.py` is `0001`)."""
    return max(path.name.split("_")[0] for path in (FOLDER / "versions").glob("[0-9]*_*.py"))


def migrate(database: Database) -> None:
    """Run the steps a database lacks, all of them or none. Raises HelpdeskError for one from a newer program.

    Processes that start together take turns; who comes late finds nothing left to do.
    """
    with database.writing_connection() as opened:
        connection = opened.execution_options(is_patient=True)
        reached = _reached(connection)
        connection.rollback()
        if reached == newest():
            return
        if reached and reached > newest():
            raise HelpdeskError(
                "The data was written by a newer Deskbell (step {reached}, this one knows {known}).",
                "Start the newer program, or restore a backup made by this one.",
                reached=reached,
                known=newest(),
            )
        # Alembic costs a fifth of a second to import, which a server that is up to date need not pay.
        from alembic import command

        with connection.begin():
            configuration = configured(connection)
            command.upgrade(configuration, "head")


def configured(connection: Connection):  # type: ignore[no-untyped-def]  # alembic is imported late
    """Alembic's configuration for the steps in this package on one connection."""
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(FOLDER))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["connection"] = connection
    return configuration


def _reached(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none() or ""
