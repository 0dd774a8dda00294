"""An application on a free port of this process, begun and ended without waiting for a clock."""

from __future__ import annotations

import asyncio
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from server_stub.folder import DataFolder
from server_stub.migrations.steps import migrate
from server_stub.services import Services
from server_stub.serving import Socket, listener
from server_stub.sqlite import SqliteDatabase

PATIENCE = 10.0


class _Prompt(uvicorn.Server):
    """uvicorn, which looks ten times a second whether it is to end and then waits once more. The tests' thousand
    servers would spend minutes on that."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wanted = asyncio.Event()

    def end(self) -> None:
        """From any thread."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wanted.set)

    async def main_loop(self) -> None:
        self._loop = asyncio.get_running_loop()
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            try:
                await asyncio.wait_for(self._wanted.wait(), 0.1)
            except TimeoutError:
                continue

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)
            return
        for each in self.servers:
            each.close()
        for each in sockets or []:
            each.close()
        for each in self.servers:
            await each.wait_closed()
        await self.lifespan.shutdown()


@contextmanager
def running(application: FastAPI, services: Services) -> Iterator[int]:
    """Serve for the length of a `with` block; the port."""
    with listener("127.0.0.1", 0) as bound:  # takes connections already, before the thread below has begun
        server = _Prompt(uvicorn.Config(application, log_config=None, timeout_graceful_shutdown=2, ws=Socket))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="server")
        thread.start()
        try:
            yield bound.getsockname()[1]
        finally:
            services.bell.close()
            server.end()
            thread.join(PATIENCE)
            assert not thread.is_alive()


def lay_out(folder: Path) -> None:
    """Put a database that is up to date into a new data folder: making it anew takes Alembic most of a test's time."""
    target = DataFolder(folder)
    if not folder.exists():
        target.prepare()
        target.database.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    """An empty database with all tables, made by the real steps once per test process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "deskbell.sqlite3"
        database = SqliteDatabase(path)
        migrate(database)
        database.close()
        return path.read_bytes()
