"""The helpdesk's interface as methods: what may be asked of the server, each answer checked before it is believed."""

from __future__ import annotations

import logging
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote, urlencode
from uuid import UUID

from pydantic import BaseModel, ValidationError

from app.errors import HelpdeskError, Refused, Unreachable
from app.helpdesk import failures
from app.helpdesk.enrolment import DeviceCredential, Enrolment, usable
from app.helpdesk.scrubbing import scrub, scrub_lines, scrub_signature
from app.protocol.announcements import AnnouncementList
from app.protocol.enrolment import EnrolReceipt
from app.protocol.events import EventPage
from app.protocol.knowledge import ArticleBody, OutcomeReport, SearchAnswer, SuggestionList, SuggestionQuery
from app.protocol.problems import ProblemCode
from app.protocol.tickets import NewEntry, TicketDraft, TicketPage, TicketReceipt, TicketView
from app.protocol.uploads import UploadRequest, UploadState

if TYPE_CHECKING:
    from app.helpdesk.link import Answer, Ask, Link

KEY = "Idempotency-Key"
SENT_AT = "Deskbell-Sent-At"
UNKNOWN_DEVICE = frozenset({ProblemCode.NOT_AUTHENTICATED, ProblemCode.DEVICE_REVOKED})
NO_ENTRY = frozenset({ProblemCode.TOKEN_REFUSED, ProblemCode.NOT_ALLOWED, *UNKNOWN_DEVICE})
ATTACHMENT_LIMIT = 26 * 1024 * 1024

ReplyT = TypeVar("ReplyT", bound=BaseModel)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored attachment as the server gives it out."""

    media_type: str
    content: bytes


class Server:
    """The helpdesk at `base_url`, seen from one device; may be used from several threads.

    Every method raises Unreachable (nobody there, or busy), Refused (a considered no) or another HelpdeskError
    (an answer that makes no sense), and enrols the device first when it has a token and no secret yet. The HTTP
    library is loaded with the first request. `ca_file`, `context` and `proxy` are those of `link.Link`.
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
        self._made: Link | None = None
        self._credential: DeviceCredential | None = None
        self._closed = False

    def close(self) -> None:
        """Hang up, from any thread; whoever waits for an answer gets Unreachable. The server cannot be used again."""
        self._closed = True  # without the lock, which whoever enrols holds while it waits for the server
        made = self._made
        if made is not None:
            made.close()

    def check(self) -> None:
        """Return when the helpdesk answers; needs no enrolment."""
        self._exchange(_ask("GET", "/health"))

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
            answer = self._exchange(_ask("POST", "/enroll", body), f"Bearer {token}")
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

    def submit(self, draft: TicketDraft) -> TicketReceipt:
        """Hand in a ticket; sending the same draft again yields the same receipt."""
        return self._read(TicketReceipt, self._post("/tickets", draft, key=draft.id))

    def begin_upload(self, request: UploadRequest) -> UploadState:
        """Announce a file, or ask again how far it got."""
        return self._read_upload(self._post("/uploads", request), request.size)

    def send_piece(self, upload: UploadState, piece: bytes) -> UploadState:
        """Send the bytes that follow `upload.offset`. Refused with OFFSET_MISMATCH when the server has others."""
        ask = _ask("PUT", f"/uploads/{upload.id}", piece)
        headers = {"Upload-Offset": str(upload.offset)}
        ask = replace(ask, headers=headers, media_type="application/octet-stream", patience=60.0)
        return self._read_upload(self._authorised(ask), upload.size)

    def upload_state(self, upload: UploadState) -> UploadState:
        """How far an upload is on the server's side."""
        return self._read_upload(self._get(f"/uploads/{upload.id}"), upload.size)

    def tickets(self, *, limit: int = 50, cursor: str | None = None) -> TicketPage:
        """One page of this device's tickets, newest first."""
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        return self._read(TicketPage, self._get("/tickets", query))

    def ticket(self, ticket_id: UUID) -> TicketView:
        """One ticket with its conversation; its replies count as read afterwards."""
        return self._read(TicketView, self._get(f"/tickets/{ticket_id}"))

    def reply(self, ticket_id: UUID, entry: NewEntry) -> None:
        """Add to a ticket's conversation."""
        self._post(f"/tickets/{ticket_id}/entries", entry, key=entry.id)

    def urge(self, ticket_id: UUID, key: UUID) -> None:
        """Ask to hurry; Refused with ALREADY_URGED within a day."""
        self._post(f"/tickets/{ticket_id}/urge", key=key)

    def confirm(self, ticket_id: UUID, key: UUID) -> None:
        """It works again."""
        self._post(f"/tickets/{ticket_id}/confirm", key=key)

    def reopen(self, ticket_id: UUID, key: UUID) -> None:
        """It does not work after all."""
        self._post(f"/tickets/{ticket_id}/reopen", key=key)

    def attachment(self, attachment_id: UUID) -> Picture:
        """The bytes of a stored attachment, at most 26 MB."""
        ask = replace(_ask("GET", f"/attachments/{attachment_id}"), limit=ATTACHMENT_LIMIT)
        answer = self._authorised(ask)
        return Picture(failures.media_type(answer.headers), answer.body)

    def suggest(
        self, lines: Sequence[str], *, title: str = "", application: str = "", language: str = "", top: int = 3
    ) -> SuggestionList:
        """The server's suggestions, articles in `language` (a BCP 47 tag) first among equals.

        Private data is masked here, so no caller can forget it. Needs no enrolment where the server needs none.
        """
        query = SuggestionQuery(
            lines=tuple(line[:300] for line in scrub_lines(lines[:200])),
            title=scrub(title)[:300],
            application=scrub(application)[:300],
            top=top,
        )
        ask = _ask("POST", "/suggestions", query.model_dump_json().encode())
        ask = replace(ask, headers={"Accept-Language": language} if language else {})
        return self._read(SuggestionList, self._as_anybody(ask))

    def outcome(self, report: OutcomeReport) -> None:
        """Tell what became of a suggestion; private data is masked here too."""
        clean = report.model_copy(update={"signature": scrub_signature(report.signature)})
        self._post("/suggestions/outcomes", clean, key=report.id)

    def search(self, text: str, limit: int = 20) -> SearchAnswer:
        """Articles for what somebody typed; private data is masked."""
        query = {"q": scrub(text)[:300], "limit": str(limit)}
        return self._read(SearchAnswer, self._get("/knowledge/search", query))

    def article(self, article_id: str) -> ArticleBody:
        """One article as Markdown source."""
        if any(part in (".", "..") for part in article_id.split("/")):
            raise HelpdeskError("There is no article {id}.", id=article_id)
        return self._read(ArticleBody, self._get(f"/knowledge/articles/{quote(article_id, safe='/')}"))

    def announcements(self) -> AnnouncementList:
        """What IT tells this device now."""
        return self._read(AnnouncementList, self._get("/announcements"))

    def events(self, after: int, wait: int = 25) -> EventPage:
        """What happened after an event number, waiting up to `wait` seconds for something to happen."""
        query = urlencode({"after": str(after), "wait": str(wait)})
        ask = replace(_ask("GET", f"/events?{query}"), patience=float(wait))
        return self._read(EventPage, self._authorised(ask))

    @contextmanager
    def pack(self, etag: str = "", start: int = 0, part_etag: str = "") -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """The knowledge pack's head and its bytes: 304 when `etag` is still the newest, 206 from byte `start` on
        when `part_etag` is still the same pack, else 200. Raises like every method, also while reading."""
        headers = {"If-None-Match": etag} if etag else {}
        if start and part_etag:
            headers |= {"Range": f"bytes={start}-", "If-Range": part_etag}
        ask = replace(_ask("GET", "/knowledge/pack"), headers=headers)
        link = self._link()
        with link.stream(ask, self._known().authorization) as (answer, pieces):
            if answer.status >= 400:
                body = b"".join(piece for piece, _ in zip(pieces, range(16), strict=False))
                raise failures.refusal(answer.status, answer.headers, body, link.host)
            yield answer, pieces

    def _link(self) -> Link:
        from app.helpdesk.link import Link

        with self._lock:
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

    def _get(self, path: str, query: dict[str, str] | None = None) -> Answer:
        return self._authorised(_ask("GET", f"{path}?{urlencode(query)}" if query else path))

    def _post(self, path: str, message: BaseModel | None = None, key: UUID | None = None) -> Answer:
        ask = _ask("POST", path, message.model_dump_json().encode() if message else b"")
        if key is None:
            return self._authorised(ask)
        sent_at = self._now().isoformat().replace("+00:00", "Z")
        return self._authorised(replace(ask, headers={KEY: str(key), SENT_AT: sent_at}))

    def _read(self, model: type[ReplyT], answer: Answer) -> ReplyT:
        host = self._link().host
        if failures.media_type(answer.headers) != "application/json":
            raise failures.somebody_else(host)
        try:
            return model.model_validate_json(answer.body)
        except ValidationError as error:
            log.info("an answer of %s does not fit %s", host, model.__name__)
            raise failures.nonsense(host) from error

    def _read_upload(self, answer: Answer, size: int) -> UploadState:
        state = self._read(UploadState, answer)
        if state.size != size or not 0 <= state.offset <= size or (state.complete and state.offset != size):
            raise failures.nonsense(self._link().host)
        return state


def _ask(method: str, path: str, body: bytes | None = None) -> Ask:
    from app.helpdesk.link import Ask

    return Ask(method, path, body)
