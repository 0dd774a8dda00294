"""Enrolment over the wire."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.protocol.enrolment import EnrolReceipt, EnrolRequest
from app.protocol.problems import ProblemCode
from server_stub.asking import PROBLEMS, Found
from server_stub.problems import Refusal
from server_stub.rates import RateClass

router = APIRouter(tags=["devices"], responses=PROBLEMS)

_SCHEME = HTTPBearer(scheme_name="EnrolmentToken", auto_error=False)


@router.post("/enroll", status_code=201)
def enrol(
    wanted: EnrolRequest,
    request: Request,
    found: Found,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_SCHEME)],
) -> EnrolReceipt:
    """Exchange an enrolment token for a secret of the device's own; again for the same device, and a new secret."""
    address = request.client.host if request.client else ""
    found.rates.check(RateClass.ENROLMENT_FAILURES, address)
    try:
        with found.database.write() as session:
            receipt = found.enrolment.enrol(session, credentials.credentials if credentials else "", wanted)
    except Refusal as refusal:
        if refusal.code is ProblemCode.TOKEN_REFUSED:
            found.rates.spend(RateClass.ENROLMENT_FAILURES, address)
        raise
    return receipt.model_copy(update={"pack_key": found.publication.key.hex()})
