"""The web application: every router mounted on the services it works with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware

from app import __version__
from server_stub.guard import Guard
from server_stub.problems import answer_problems
from server_stub.services import Services


def create_app(services: Services, *, allowed_hosts: Sequence[str] = ()) -> FastAPI:
    """The application on open services, which it closes at its end.

    `allowed_hosts` are the names the server answers to (`help.example.com`, `*.example.com`); empty means all.
    """

    @asynccontextmanager
    async def lifespan(_application: FastAPI) -> AsyncIterator[None]:
        yield
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
    answer_problems(application)
    if allowed_hosts:
        application.add_middleware(TrustedHostMiddleware, allowed_hosts=list(allowed_hosts))
    application.add_middleware(Guard)
    return application
