"""The helpdesk's interface as methods: what may be asked of the server, each answer checked before it is believed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode
from uuid import UUID

from pydantic import BaseModel

from app.errors import HelpdeskError, Refused
from app.helpdesk import failures
from app.helpdesk.caller import Caller, new_ask
from app.helpdesk.scrubbing import scrub, scrub_lines, scrub_signature
from app.protocol.announcements import AnnouncementList
from app.protocol.events import EventPage
from app.protocol.knowledge import (
    ArticleBody,
    OutcomeReport,
    PackKey,
    SearchAnswer,
    SuggestionList,
    SuggestionQuery,
)
from app.protocol.tickets import NewEntry, TicketDraft, TicketPage, TicketReceipt, TicketView
from app.protocol.uploads import UploadRequest, UploadState

if TYPE_CHECKING:
    from app.helpdesk.link import Answer, Ask

KEY = "Idempotency-Key"
SENT_AT = "Deskbell-Sent-At"
ATTACHMENT_LIMIT = 26 * 1024 * 1024
DELTA_LIMIT = 64 * 1024 * 1024
NOT_MODIFIED, NOT_FOUND = 304, 404


@dataclass(frozen=True, slots=True)
class Picture:
    """A stored attachment as the server gives it out."""

    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PackDelta:
    """A delta to the pack with that ETag (Zstandard, the old pack as dictionary); no content when nothing changed."""

    etag: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where this computer stands and what is read on it (a BCP 47 tag), each "" when not known: what decides which
    articles its pack holds where all of them are too many."""

    site: str = ""
    language: str = ""

    def on(self, path: str) -> Ask:
        """A request for that path that says so."""
        query = f"?{urlencode({'site': self.site[:300]}, errors='replace')}" if self.site else ""
        headers = {"Accept-Language": self.language} if self.language else {}
        return replace(new_ask("GET", f"{path}{query}"), headers=headers)


NOWHERE = Whereabouts()


class Server(Caller):
    """The helpdesk as one device sees it; may be used from several threads.

    Every method raises Unreachable (nobody there, or busy), Refused (a considered no) or another HelpdeskError
    (an answer that makes no sense), and enrols the device first when it has a token and no secret yet.
    """

    def check(self) -> None:
        """Return when the helpdesk answers; needs no enrolment."""
        self._exchange(new_ask("GET", "/health"))

    def submit(self, draft: TicketDraft) -> TicketReceipt:
        """Hand in a ticket; sending the same draft again yields the same receipt."""
        return self._read(TicketReceipt, self._post("/tickets", draft, key=draft.id))

    def begin_upload(self, request: UploadRequest) -> UploadState:
        """Announce a file, or ask again how far it got."""
        return self._read_upload(self._post("/uploads", request), request.size)

    def send_piece(self, upload: UploadState, piece: bytes) -> UploadState:
        """Send the bytes that follow `upload.offset`. Refused with OFFSET_MISMATCH when the server has others."""
        ask = new_ask("PUT", f"/uploads/{upload.id}", piece)
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
        ask = replace(new_ask("GET", f"/attachments/{attachment_id}"), limit=ATTACHMENT_LIMIT)
        answer = self._authorised(ask)
        return Picture(failures.media_type(answer.headers), answer.body)

    def suggest(
        self,
        lines: Sequence[str],
        *,
        title: str = "",
        application: str = "",
        language: str = "",
        site: str = "",
        top: int = 3,
    ) -> SuggestionList:
        """The server's suggestions, articles in `language` (a BCP 47 tag) first among equals.

        Private data is masked here, so no caller can forget it. Needs no enrolment where the server needs none.
        """
        query = SuggestionQuery(
            lines=tuple(line[:300] for line in scrub_lines(lines[:200])),
            title=scrub(title)[:300],
            application=scrub(application)[:300],
            site=site[:300],
            top=top,
        )
        ask = new_ask("POST", "/suggestions", query.model_dump_json().encode())
        ask = replace(ask, headers={"Accept-Language": language} if language else {})
        return self._read(SuggestionList, self._as_anybody(ask))

    def outcome(self, report: OutcomeReport) -> None:
        """Tell what became of a suggestion; private data is masked here too."""
        clean = report.model_copy(update={"signature": scrub_signature(report.signature)})
        self._post("/suggestions/outcomes", clean, key=report.id)

    def search(self, text: str, limit: int = 20, *, locale: str = "", topic: str = "") -> SearchAnswer:
        """Articles for what somebody typed, in one language or on one topic only; private data is masked."""
        query = {"q": scrub(text)[:300], "limit": str(limit)}
        query |= {name: value for name, value in (("locale", locale), ("topic", topic)) if value}
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
        ask = replace(new_ask("GET", f"/events?{query}"), patience=float(wait))
        return self._read(EventPage, self._authorised(ask))

    @contextmanager
    def pack(
        self, etag: str = "", start: int = 0, part_etag: str = "", where: Whereabouts = NOWHERE
    ) -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """The knowledge pack's head and its bytes: 304 when `etag` is still the newest, 206 from byte `start` on
        when `part_etag` is still the same pack, else 200. Raises like every method, also while reading."""
        headers = {"If-None-Match": etag} if etag else {}
        if start and part_etag:
            headers |= {"Range": f"bytes={start}-", "If-Range": part_etag}
        ask = where.on("/knowledge/pack")
        ask = replace(ask, headers={**ask.headers, **headers})
        link = self._link()
        with link.stream(ask, self._known().authorization) as (answer, pieces):
            if answer.status >= 400:
                body = b"".join(piece for piece, _ in zip(pieces, range(16), strict=False))
                raise failures.refusal(answer.status, answer.headers, body, link.host)
            yield answer, pieces

    def pack_delta(self, digest: str, where: Whereabouts = NOWHERE) -> PackDelta | None:
        """What makes the newest pack of the one with that SHA-256, with empty content when that is the newest;
        None when the server has no such delta and the whole pack is to be fetched."""
        ask = replace(where.on(f"/knowledge/pack/delta/{digest}"), limit=DELTA_LIMIT)
        try:
            answer = self._authorised(ask)
        except Refused as refusal:
            if refusal.status != NOT_FOUND:
                raise
            return None
        return PackDelta(str(answer.headers.get("etag", "")), b"" if answer.status == NOT_MODIFIED else answer.body)

    def known_pack_key(self) -> bytes:
        """The same without asking: b"" when it is not known yet."""
        return self._enrolment.pack_key(self.base_url)

    def pack_key(self) -> bytes:
        """The public key that this server's packs must be signed with: the one told when this device enrolled, or
        asked for once and kept. b"" for a server that signs none."""
        self._known()
        key = self._enrolment.pack_key(self.base_url)
        if not key:
            try:
                key = bytes.fromhex(self._read(PackKey, self._get("/knowledge/key")).key)
            except Refused as refusal:
                if refusal.status != NOT_FOUND:
                    raise
                return b""
            self._enrolment.keep_pack_key(self.base_url, key)
        return key

    def _get(self, path: str, query: dict[str, str] | None = None) -> Answer:
        return self._authorised(new_ask("GET", f"{path}?{urlencode(query)}" if query else path))

    def _post(self, path: str, message: BaseModel | None = None, key: UUID | None = None) -> Answer:
        ask = new_ask("POST", path, message.model_dump_json().encode() if message else b"")
        if key is None:
            return self._authorised(ask)
        sent_at = self._now().isoformat().replace("+00:00", "Z")
        return self._authorised(replace(ask, headers={KEY: str(key), SENT_AT: sent_at}))

    def _read_upload(self, answer: Answer, size: int) -> UploadState:
        state = self._read(UploadState, answer)
        if state.size != size or not 0 <= state.offset <= size or (state.complete and state.offset != size):
            raise failures.nonsense(self._link().host)
        return state
