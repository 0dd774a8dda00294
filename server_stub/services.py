"""Everything the routes work with, built once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fastapi import Request

from server_stub.bell import Bell
from server_stub.database import Database
from server_stub.events.log import EventLog
from server_stub.folder import DataFolder
from server_stub.migrations.steps import migrate

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The real clock, aware, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Services:
    """What a running server consists of besides its routes."""

    folder: DataFolder
    database: Database
    bell: Bell
    events: EventLog
    now: Clock

    def close(self) -> None:
        """Let nobody wait, finish what is being written, let another process in."""
        self.bell.close()
        self.database.close()
        self.folder.unlock()


def open_services(root: Path, now: Clock = utc_now) -> Services:
    """Lock the data folder, bring its database up to date and wire everything on it.

    Raises FolderInUse, StorageError or HelpdeskError.
    """
    folder = DataFolder(root)
    folder.prepare()
    folder.lock()
    database = Database(folder.database)
    migrate(database)
    bell = Bell()
    events = EventLog(bell, now)
    with database.read() as session:
        bell.ring(events.latest(session))
    return Services(folder, database, bell, events, now)


def services(request: Request) -> Services:
    """The services of the application a request came to; for `Depends`."""
    found: Services = request.app.state.services
    return found
