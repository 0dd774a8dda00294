"""What routes have in common: keys, limits and the answers of requests that may come twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Response
from pydantic import BaseModel
from sqlalchemy.orm import Session

from app.protocol.problems import Problem, ProblemCode
from server_stub.devices.authentication import AskingDevice
from server_stub.idempotency.once import Request, once
from server_stub.problems import Refusal
from server_stub.rates import RateClass
from server_stub.services import Services, services

PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: {"description": description, "content": {"application/problem+json": {"schema": Problem.model_json_schema()}}}
    for code, description in (
        (401, "Who asks is not known."),
        (404, "There is nothing here that the caller may see."),
        (422, "The request is not understood or contradicts an earlier one."),
        (429, "Too many requests of this kind."),
        (507, "The server's disk is full; nothing was stored."),
    )
}
"""The answers every route may give, for the published description."""

Found = Annotated[Services, Depends(services)]


def spends(kind: RateClass) -> Any:
    """A route's dependency that counts a request of a device. Typed Any because routes list such things so."""

    def spend(device: AskingDevice, found: Found) -> None:
        found.rates.spend(kind, str(device.id))

    return Depends(spend)


def _key(header: Annotated[str | None, Header(alias="Idempotency-Key")] = None) -> UUID | None:
    if header is None:
        return None
    try:
        return UUID(header.strip().strip('"'))
    except ValueError as problem:
        raise Refusal(ProblemCode.KEY_MISSING, "the key is a UUID") from problem


MaybeKey = Annotated[UUID | None, Depends(_key)]
"""The Idempotency-Key of a request that does not need one."""


def needed_key(key: MaybeKey) -> UUID:
    """The Idempotency-Key. Raises Refusal(idempotency_key_missing)."""
    if key is None:
        raise Refusal(ProblemCode.KEY_MISSING)
    return key


Key = Annotated[UUID, Depends(needed_key)]
"""The Idempotency-Key of a request that needs one."""


def check_key(key: UUID, message_id: UUID) -> None:
    """Raises Refusal(idempotency_key_missing) unless the key is the id of the message it came with."""
    if key != message_id:
        raise Refusal(ProblemCode.KEY_MISSING, "the key is the id of the message")


def answered_once(
    found: Services, request: Request, act: Callable[[Session], BaseModel], *, status: int = 200
) -> Response:
    """Carry a request out once: record, effect and events in one transaction, the same answer for a repetition."""
    with found.database.write() as session:
        answer = once(session, request, found.now(), lambda: act(session), status)
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else {}
    return Response(answer.body, answer.status, headers, "application/json")


def answered(found: Services, key: UUID | None, who: str, route: str, act: Callable[[Session], BaseModel]) -> Response:
    """Carry a request without a body out, once if it has a key, else each time it comes."""
    if key is not None:
        return answered_once(found, Request(who, key, route), act)
    with found.database.write() as session:
        body = act(session).model_dump_json()
    return Response(body, 200, {}, "application/json")


def principal(device: AskingDevice) -> str:
    """A device as the owner of its keys."""
    return f"device:{device.id}"
