"""One pass over the outbox: messages first, then files piece by piece, each failure put where it belongs."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError

from app.errors import HelpdeskError, Refused, Unreachable
from app.helpdesk.backoff import Backoff
from app.helpdesk.dispatch import Dispatch
from app.helpdesk.failures import Busy, NotEnrolled, nonsense
from app.helpdesk.outbox import Outbox
from app.helpdesk.outbox_items import ItemKind, OutboxFile, OutboxItem, Trouble
from app.helpdesk.server import Server
from app.protocol.knowledge import OutcomeReport
from app.protocol.problems import ProblemCode
from app.protocol.tickets import NewEntry, TicketDraft, TicketReceipt
from app.protocol.uploads import CHUNK, UploadRequest, UploadState

SMALLEST_PIECE = 16 * 1024
MOST_CORRECTIONS = 3
"""How often the server may correct our offset or our bytes within one attempt."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a file the server has, in bytes."""

    item_id: UUID
    file_id: UUID
    sent: int
    size: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """Something the server has for good; `number` only for tickets."""

    id: UUID
    kind: ItemKind
    number: str = ""


class LineDownError(Exception):
    """Nobody answers, so the pass ends here."""


class Delivery:
    """What one pass does and what came of it. Methods raise StorageError and LineDownError.

    `silences` is how many passes in a row found nobody; `early` is the courier's.
    """

    def __init__(
        self,
        outbox: Outbox,
        server: Server,
        backoff: Backoff,
        *,
        cancel: threading.Event,
        progress: Callable[[Progress], None],
        early: bool,
        silences: int,
    ) -> None:
        self._outbox, self._server, self._backoff = outbox, server, backoff
        self._dispatch = Dispatch(outbox)
        self._cancel, self._progress = cancel, progress
        self._early = early
        self._tried: set[UUID] = set()
        self.silences = silences
        self.trouble: HelpdeskError | None = None
        self.delivered: list[Delivered] = []
        self.refused: list[UUID] = []
        self.files_delivered: list[UUID] = []
        self.files_refused: list[UUID] = []

    def items(self) -> None:
        """Send every item that is due, those put in meanwhile too."""
        while not self._cancel.is_set():
            item = self._dispatch.next_item(early=self._early, tried=self._tried)
            if item is None:
                return
            self._tried.add(item.id)
            try:
                with self._outbox.under_way(item.id):
                    receipt = self._send(item)
            except HelpdeskError as error:
                if self._failed("item", item.id, item.attempts, error):
                    self.refused.append(item.id)
                continue
            self.silences = 0
            if receipt is not None:
                self._dispatch.ticket_delivered(item.id, receipt)
            else:
                self._dispatch.delivered(item)
            self.delivered.append(Delivered(item.id, item.kind, receipt.number if receipt else ""))
            log.info("%s %s delivered", item.kind, item.id)

    def files(self) -> None:
        """Upload every file that is due; a message put in meanwhile goes first, between two pieces."""
        while not self._cancel.is_set():
            file = self._dispatch.next_file(early=self._early, tried=self._tried)
            if file is None:
                return
            self._tried.add(file.id)
            try:
                with self._outbox.under_way(file.id):
                    complete = self._upload(file)
            except HelpdeskError as error:
                if self._failed("file", file.id, file.attempts, error):
                    self.files_refused.append(file.id)
                continue
            if complete:
                self._dispatch.file_delivered(file)
                self.files_delivered.append(file.id)

    def _send(self, item: OutboxItem) -> TicketReceipt | None:
        """Tell the server one item; a receipt for a ticket."""
        try:
            if item.kind is ItemKind.TICKET:
                return self._server.submit(TicketDraft.model_validate_json(item.message))
            if item.kind is ItemKind.OUTCOME:
                self._server.outcome(OutcomeReport.model_validate_json(item.message))
                return None
            entry = NewEntry.model_validate_json(item.message) if item.kind is ItemKind.REPLY else None
        except ValidationError as error:
            raise local_damage() from error
        if item.ticket_id is None:
            raise local_damage()
        ticket_id = self._dispatch.server_ticket(item.ticket_id)
        if entry is not None:
            self._server.reply(ticket_id, entry)
        elif item.kind is ItemKind.URGE:
            self._server.urge(ticket_id, item.id)
        elif item.kind is ItemKind.CONFIRM:
            self._server.confirm(ticket_id, item.id)
        else:
            self._server.reopen(ticket_id, item.id)
        return None

    def _upload(self, file: OutboxFile) -> bool:
        """Send what the server lacks of a file; False when it was cancelled on the way.

        A line that breaks is taken up again at once, in smaller pieces, as long as something got through.
        """
        request = UploadRequest(attachment_id=file.id, sha256=file.sha256, size=file.size)
        state = self._server.begin_upload(request)
        piece, corrections, broke_at = CHUNK, 0, -1
        while not state.complete:
            self._tell(file, state.offset)
            self.items()
            if self._cancel.is_set():
                return False
            try:
                state = self._next_piece(file, state, piece)
            except Refused as refusal:
                corrections += 1
                if corrections > MOST_CORRECTIONS:
                    raise
                state = self._corrected(request, state, refusal)
            except Unreachable as error:
                if isinstance(error, (Busy, NotEnrolled)) or self._cancel.is_set():
                    raise
                state = self._server.begin_upload(request)
                if state.offset <= broke_at:
                    raise
                piece, broke_at = max(SMALLEST_PIECE, piece // 2), state.offset
        self._tell(file, file.size)
        return True

    def _next_piece(self, file: OutboxFile, state: UploadState, size: int) -> UploadState:
        try:
            piece = self._outbox.content(file.id, state.offset, size)
        except KeyError as error:
            raise local_damage() from error
        if not piece:
            raise nonsense(self._server.base_url)
        answer = self._server.send_piece(state, piece)
        self.silences = 0
        if answer.offset <= state.offset:
            raise nonsense(self._server.base_url)
        return answer

    def _corrected(self, request: UploadRequest, state: UploadState, refusal: Refused) -> UploadState:
        """Where to go on after the server found our offset or our bytes wrong; other refusals stand."""
        if refusal.code == ProblemCode.OFFSET_MISMATCH:
            return self._server.upload_state(state)
        if refusal.code == ProblemCode.DIGEST_MISMATCH:
            content = self._outbox.content(request.attachment_id)
            if hashlib.sha256(content).hexdigest() != request.sha256:
                raise local_damage() from refusal
            return self._server.begin_upload(request)
        raise refusal

    def _failed(self, table: str, row_id: UUID, attempts: int, error: HelpdeskError) -> bool:
        """Record a failed attempt; True when it was refused for good. Raises LineDownError when nobody answers."""
        if self._cancel.is_set() and not isinstance(error, Refused):
            raise LineDownError
        self.trouble = error
        log.info("%s %s did not go through: %s", table, row_id, error.summary)
        if isinstance(error, Refused):
            self.silences = 0
            self._dispatch.refused(table, row_id, Trouble.of(error))
            return True
        pause = self._backoff.after(max(attempts, self.silences), error)
        self._dispatch.put_off(table, row_id, Trouble.of(error), pause)
        if isinstance(error, Busy) and error.one_kind:
            self._dispatch.put_off_all(pause, table)
        elif isinstance(error, Unreachable):
            self.silences += 1
            self._dispatch.put_off_all(pause, "item", "file")
            raise LineDownError
        return False

    def _tell(self, file: OutboxFile, sent: int) -> None:
        self._outbox.sent_so_far(file.id, sent)
        self._progress(Progress(file.item_id, file.id, sent, file.size))


def local_damage() -> Refused:
    """Our own copy is unreadable; sending it again cannot help."""
    return Refused(
        "Part of this report was damaged on this computer.",
        "Discard it and report the problem again.",
        code=ProblemCode.MALFORMED,
        status=400,
    )
