"""The web application: every router mounted on the services it works with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app import __version__
from server_stub import health
from server_stub.announcements import routes as announcements
from server_stub.assist import routes as assist
from server_stub.assist.pinning import Pinning
from server_stub.assist.relay import Relay
from server_stub.assist.timekeeper import Timekeeper
from server_stub.control import routes as control
from server_stub.devices import routes as devices
from server_stub.events import routes as events
from server_stub.guard import Guard
from server_stub.knowledge import routes as knowledge
from server_stub.postgres import PostgresDatabase
from server_stub.problems import answer_problems
from server_stub.servers.crossing import Crossing
from server_stub.servers.roll import shared_secret
from server_stub.services import Services
from server_stub.tickets import routes as tickets
from server_stub.uploads import routes as uploads
from server_stub.workbench.routes import install


def create_app(services: Services, *, allowed_hosts: Sequence[str] = ()) -> FastAPI:
    """The application on open services, which it closes at its end.

    `allowed_hosts` are the names the server answers to (`help.example.com`, `*.example.com`); empty means all.
    """

    @asynccontextmanager
    async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
        timekeeper = Timekeeper(services.database, services.assistance, services.bell, services.now)
        keeping = asyncio.create_task(timekeeper.run())
        if services.hearing is not None:
            services.hearing.start()
        yield
        services.bell.close()
        await keeping
        services.close()

    application = FastAPI(
        title="Deskbell",
        version=__version__,
        summary="What Deskbell's client says to its server.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    application.state.services = services
    application.state.relay = Relay(services.linking, services.recordings, services.bell)
    answer_problems(application)
    # Orders come from this machine under its own name.
    names = [*allowed_hosts, "127.0.0.1", "localhost"] if allowed_hosts else []
    application.add_middleware(Guard, names=names)
    if services.roll is not None and isinstance(services.database, PostgresDatabase):
        application.add_middleware(
            Crossing,
            pinning=Pinning(services.database, services.roll),
            roll=services.roll,
            bell=services.bell,
            secret=shared_secret(services.database, "servers"),
        )
    for part in (health, devices, tickets, uploads, knowledge, announcements, events, assist):
        application.include_router(part.router, prefix="/api/v1")
    application.include_router(control.router)
    install(application)
    return application
