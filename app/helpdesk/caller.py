"""Calling the server as this device: the secret, what happens when it is refused, and checked answers."""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

from app.errors import Refused, Unreachable
from app.helpdesk import failures
from app.helpdesk.enrolment import DeviceCredential, Enrolment, usable
from app.protocol.enrolment import EnrolReceipt
from app.protocol.problems import ProblemCode

if TYPE_CHECKING:
    from app.helpdesk.link import Answer, Ask, Link

UNKNOWN_DEVICE = frozenset({ProblemCode.NOT_AUTHENTICATED, ProblemCode.DEVICE_REVOKED})
NO_ENTRY = frozenset({ProblemCode.TOKEN_REFUSED, ProblemCode.NOT_ALLOWED, *UNKNOWN_DEVICE})

ReplyT = TypeVar("ReplyT", bound=BaseModel)
log = logging.getLogger(__name__)


class Caller:
    """A device in front of the helpdesk at `base_url`; may be used from several threads.

    The HTTP library is loaded with the first request. `ca_file`, `context` and `proxy` are those of `link.Link`.
    """

    def __init__(
        self,
        base_url: str,
        enrolment: Enrolment,
        *,
        now: Callable[[], datetime],
        ca_file: Path | None = None,
        context: ssl.SSLContext | None = None,
        proxy: str = "",
    ) -> None:
        self.base_url = base_url.strip().rstrip("/")
        self.clock_error: timedelta | None = None
        """How far the server's clock is ahead of ours, from its latest answer; None before there was one."""
        self._enrolment = enrolment
        self._now = now
        self._ca_file, self._context, self._proxy = ca_file, context, proxy
        self._lock = threading.RLock()
        self._making = threading.Lock()
        self._made: Link | None = None
        self._credential: DeviceCredential | None = None
        self._closed = False

    def close(self) -> None:
        """Hang up, from any thread; whoever waits for an answer gets Unreachable. The server cannot be used again."""
        self._closed = True  # without the lock, which whoever enrols holds while it waits for the server
        made = self._made
        if made is not None:
            made.close()

    def enrol(self) -> DeviceCredential:
        """Exchange the enrolment token for a secret of this device's own and keep it."""
        token = self._enrolment.token
        if not usable(token):
            raise failures.NotEnrolled(
                "This computer is not known to the helpdesk yet.",
                "IT has to give it an enrolment token. " + failures.KEPT,
            )
        body = self._enrolment.request().model_dump_json().encode()
        try:
            answer = self._exchange(new_ask("POST", "/enroll", body), f"Bearer {token}")
        except Refused as refusal:
            if refusal.code not in NO_ENTRY:
                raise
            raise failures.NotEnrolled(
                refusal.summary_template,
                "IT has to give this computer a new enrolment token. " + failures.KEPT,
            ) from refusal
        receipt = self._read(EnrolReceipt, answer)
        if not usable(receipt.secret):
            raise failures.nonsense(self._link().host)
        self._credential = self._enrolment.keep(self.base_url, receipt)
        return self._credential

    def _link(self) -> Link:
        from app.helpdesk.link import Link

        with self._making:
            if self._made is None and not self._closed:
                self._made = Link(self.base_url, ca_file=self._ca_file, context=self._context, proxy=self._proxy)
            if self._made is None or self._closed:
                if self._made is not None:
                    self._made.close()
                raise Unreachable("The connection is closed.")
            return self._made

    def _known(self) -> DeviceCredential:
        """The secret for this server; enrols when there is none."""
        with self._lock:
            if self._credential is None:
                self._credential = self._enrolment.credential(self.base_url) or self.enrol()
            return self._credential

    def _renewed(self, refused: DeviceCredential) -> DeviceCredential:
        """Another secret than the refused one: another program's, another thread's, or a new one for the token."""
        with self._lock:
            if self._credential is not refused and self._credential is not None:
                return self._credential
            stored = self._enrolment.credential(self.base_url)
            self._credential = stored if stored is not None and stored != refused else None
            return self._credential or self.enrol()

    def _authorised(self, ask: Ask) -> Answer:
        known = self._known()
        try:
            return self._exchange(ask, known.authorization)
        except Refused as refusal:
            if refusal.code not in UNKNOWN_DEVICE:
                raise
        renewed = self._renewed(known)
        try:
            return self._exchange(ask, renewed.authorization)
        except Refused as refusal:
            if refusal.code not in UNKNOWN_DEVICE:
                raise
            raise failures.NotEnrolled(
                "The helpdesk no longer lets this computer in.",
                "IT has to give it a new enrolment token. " + failures.KEPT,
            ) from refusal

    def _as_anybody(self, ask: Ask) -> Answer:
        """With our secret if there is one or a token for one, without where the server does not insist."""
        if usable(self._enrolment.token) or self._enrolment.credential(self.base_url) is not None:
            return self._authorised(ask)
        try:
            return self._exchange(ask)
        except Refused as refusal:
            if refusal.code not in UNKNOWN_DEVICE:
                raise
        return self._authorised(ask)

    def _exchange(self, ask: Ask, authorization: str = "") -> Answer:
        answer = self._link().exchange(ask, authorization)
        there = failures.moment(str(answer.headers.get("date", "")))
        if there is not None:
            self.clock_error = there - self._now()
        return answer

    def _read(self, model: type[ReplyT], answer: Answer) -> ReplyT:
        host = self._link().host
        if failures.media_type(answer.headers) != "application/json":
            raise failures.somebody_else(host)
        try:
            return model.model_validate_json(answer.body)
        except ValidationError as error:
            log.info("an answer of %s does not fit %s", host, model.__name__)
            raise failures.nonsense(host) from error


def new_ask(method: str, path: str, body: bytes | None = None) -> Ask:
    """A request, without loading the HTTP library before there is one."""
    from app.helpdesk.link import Ask

    return Ask(method, path, body)
