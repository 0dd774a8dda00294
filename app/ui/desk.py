"""What the windows show: tickets, waiting items, announcements and the connection, kept fresh in the background."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from app.errors import HelpdeskError, StorageError
from app.helpdesk.feed import Feed
from app.helpdesk.outbox_items import ItemKind, OutboxItem
from app.helpdesk.server import Picture
from app.knowledge.base import Topics
from app.protocol.announcements import Announcement, AnnouncementList
from app.protocol.knowledge import Article
from app.protocol.tickets import TicketSummary, TicketView
from app.ui.answers import Found, Narrowed, find_answers, read_article, topics_of
from app.ui.background import DISK, NET, Background
from app.ui.connection import Connection
from app.ui.reply import Reply, store
from app.ui.services import Services

T = TypeVar("T")
Failed = Callable[[HelpdeskError], None]


class Desk(QObject):
    """The one place that windows ask and listen to. Everything here happens on the GUI thread; work does not.

    Lists are replaced as a whole and a signal says so; what the server does not tell comes from the ledger.
    """

    tickets_changed = Signal()
    ticket_changed = Signal(object)
    waiting_changed = Signal()
    announcements_changed = Signal()
    connection_changed = Signal()
    knowledge_changed = Signal()
    ticket_moved = Signal(object)
    """A ticket's id: something happened to it at the helpdesk since it was last shown."""
    replied = Signal(object)
    """A TicketSummary with an agent's reply that has not been read."""
    delivery_wanted = Signal()
    draft_wanted = Signal(object)
    """The id of an unsent report that the employee wants to go on with."""

    def __init__(self, services: Services, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.services = services
        self.background = background
        self.tickets: tuple[TicketSummary, ...] = ()
        self.waiting: tuple[OutboxItem, ...] = ()
        self.draft: UUID | None = None
        self.announcements: tuple[Announcement, ...] = ()
        has_server = bool(services.settings.server_url)
        self.connection = Connection.UNKNOWN if has_server else Connection.NOT_SET_UP
        self.trouble: HelpdeskError | None = None
        self.storage_trouble: StorageError | None = None
        self._views: dict[UUID, TicketView] = {}
        self._feed = Feed(services.server, services.ledger)
        self._asking = False
        self._ask_again = False

    def now(self) -> datetime:
        """The services' clock."""
        return self.services.now()

    @property
    def has_server(self) -> bool:
        """Whether an address of the helpdesk is set."""
        return self.connection is not Connection.NOT_SET_UP

    @property
    def unread(self) -> int:
        """Agents' replies not looked at yet, over all tickets."""
        return sum(ticket.unread for ticket in self.tickets)

    def start(self) -> None:
        """Show what was known last time, then ask the server."""
        self._disk(self.services.ledger.tickets, self._ledger_read)
        self._disk(self._unsent, self._show_draft)
        self.refresh_waiting()
        self.refresh()

    def continue_draft(self) -> None:
        """Go on with the unsent report that was found at the start."""
        draft, self.draft = self.draft, None
        if draft is not None:
            self.waiting_changed.emit()
            self.draft_wanted.emit(draft)

    def discard_draft(self) -> None:
        """Remove it with all its pictures."""
        draft, self.draft = self.draft, None
        drafts = self.services.drafts
        if draft is not None and drafts is not None:
            self._disk(lambda: drafts.discard(draft), lambda _: None)
            self.waiting_changed.emit()

    def _unsent(self) -> UUID | None:
        drafts = self.services.drafts
        found = drafts.found() if drafts is not None else ()
        return found[0] if found else None

    def _show_draft(self, draft: UUID | None) -> None:
        self.draft = draft
        if draft is not None:
            self.waiting_changed.emit()

    def refresh(self) -> None:
        """Ask the server for tickets and announcements; several calls at once are one."""
        if not self.has_server:
            return
        if self._asking:
            self._ask_again = True
            return
        self._asking = True
        self._net(self._fetch, self._fetched, self._not_fetched)

    def refresh_waiting(self) -> None:
        """Look at the outbox again."""
        self._disk(self.services.outbox.waiting, self._show_waiting)

    def try_now(self) -> None:
        """Send what waits and ask the server, because somebody pressed a button."""
        self.delivery_wanted.emit()
        self.refresh()

    def reached(self) -> None:
        """The server has answered something."""
        self.trouble = None
        self._connect(Connection.ONLINE)

    def not_reached(self, error: HelpdeskError) -> None:
        """The server has not answered, not sensibly, or will not have this computer; or our own disk failed."""
        if isinstance(error, StorageError):
            self.storage_trouble = error
            self.connection_changed.emit()
            return
        self.trouble = error
        self._connect(Connection.OFFLINE)

    def show_tickets(self, tickets: tuple[TicketSummary, ...]) -> None:
        """Take in the list of tickets as the helpdesk has it now."""
        if tickets == self.tickets:
            return
        before = {ticket.id: ticket for ticket in self.tickets}
        self.tickets = tickets
        self.tickets_changed.emit()
        for ticket in tickets:
            known = before.get(ticket.id)
            if known is not None and known.updated_at != ticket.updated_at:
                self.ticket_moved.emit(ticket.id)
            if known is not None and ticket.unread > known.unread:
                self.replied.emit(ticket)

    def view(self, ticket_id: UUID) -> TicketView | None:
        """The ticket as last seen in this run; `load_ticket` brings it."""
        return self._views.get(ticket_id)

    def waiting_for(self, ticket_id: UUID) -> tuple[OutboxItem, ...]:
        """What the server does not have yet of a ticket: replies, wishes, pictures of the report itself."""
        return tuple(item for item in self.waiting if ticket_id in (item.ticket_id, item.id))

    def load_ticket(self, ticket_id: UUID, failed: Failed) -> None:
        """Bring a ticket's conversation: the kept one at once, the server's when it answers."""
        if ticket_id not in self._views:
            self._disk(lambda: self.services.ledger.view(ticket_id), self._kept_view_read)
        if self.has_server:
            self._net(lambda: self._fetch_view(ticket_id), self._view_fetched, lambda error: self._told(error, failed))

    def reply(self, reply: Reply, done: Callable[[], None], failed: Failed) -> None:
        """Keep a reply for sending; `done` when it is durable."""
        self._disk(lambda: store(self.services, reply), lambda _: self._stored(done), failed)

    def ask_for(self, ticket_id: UUID, kind: ItemKind, done: Callable[[], None], failed: Failed) -> None:
        """Keep an urge, a confirmation or a reopening for sending; `done` when it is durable."""
        self._disk(lambda: self.services.outbox.put_action(ticket_id, kind), lambda _: self._stored(done), failed)

    def retry(self, item_id: UUID, failed: Failed) -> None:
        """Send something again that the server did not accept."""
        self._disk(lambda: self.services.outbox.retry(item_id), lambda _: self._stored(lambda: None), failed)

    def discard(self, item_id: UUID, failed: Failed) -> None:
        """Remove something that waits, for good."""
        self._disk(lambda: self.services.outbox.discard(item_id), lambda _: self.refresh_waiting(), failed)

    def picture(self, attachment_id: UUID, done: Callable[[Picture], None], failed: Failed) -> None:
        """Fetch an attachment's bytes."""
        self._net(lambda: self.services.server.attachment(attachment_id), done, failed)

    def search(self, words: str, narrowed: Narrowed, done: Callable[[tuple[Found, ...]], None], failed: Failed) -> None:
        """Articles for the words: from this computer's pack, from the server when there is none."""
        self._net(lambda: find_answers(self.services, words, narrowed), done, failed)

    def topics(self, done: Callable[[Topics], None], failed: Failed) -> None:
        """What searches can be narrowed to."""
        self._net(lambda: topics_of(self.services), done, failed)

    def article(self, article_id: str, done: Callable[[Article], None], failed: Failed) -> None:
        """One article to read."""
        self._net(lambda: read_article(self.services, article_id), done, failed)

    def _fetch(self) -> tuple[tuple[TicketSummary, ...], AnnouncementList]:
        return self._feed.refresh(), self.services.server.announcements()

    def _fetched(self, answer: tuple[tuple[TicketSummary, ...], AnnouncementList]) -> None:
        self._asking = False
        tickets, told = answer
        self.reached()
        self.show_tickets(tickets)
        if told.announcements != self.announcements:
            self.announcements = told.announcements
            self.announcements_changed.emit()
        self._again()

    def _not_fetched(self, error: HelpdeskError) -> None:
        self._asking = False
        self.not_reached(error)
        self._again()

    def _again(self) -> None:
        if self._ask_again:
            self._ask_again = False
            self.refresh()

    def _fetch_view(self, ticket_id: UUID) -> TicketView:
        view = self.services.server.ticket(ticket_id)
        self.services.ledger.keep_view(view)
        return view

    def _view_fetched(self, view: TicketView) -> None:
        self.reached()
        read = view.summary.model_copy(update={"unread": 0})
        self._views[view.summary.id] = view
        self.ticket_changed.emit(view.summary.id)
        self.show_tickets(tuple(read if each.id == read.id else each for each in self.tickets))

    def _kept_view_read(self, view: TicketView | None) -> None:
        if view is not None and view.summary.id not in self._views:
            self._views[view.summary.id] = view
            self.ticket_changed.emit(view.summary.id)

    def _ledger_read(self, tickets: tuple[TicketSummary, ...]) -> None:
        if not self.tickets:
            self.show_tickets(tickets)

    def _show_waiting(self, waiting: tuple[OutboxItem, ...]) -> None:
        if self.storage_trouble is not None:
            self.storage_trouble = None
            self.connection_changed.emit()
        if waiting != self.waiting:
            self.waiting = waiting
            self.waiting_changed.emit()

    def _stored(self, done: Callable[[], None]) -> None:
        done()
        self.refresh_waiting()
        self.delivery_wanted.emit()

    def _told(self, error: HelpdeskError, failed: Failed) -> None:
        self.not_reached(error)
        failed(error)

    def _connect(self, connection: Connection) -> None:
        if connection is not self.connection:
            self.connection = connection
            self.connection_changed.emit()

    def _net(self, task: Callable[[], T], done: Callable[[T], None], failed: Failed) -> None:
        self.background.run(NET, task, done, failed)

    def _disk(self, task: Callable[[], T], done: Callable[[T], None], failed: Failed | None = None) -> None:
        self.background.run(DISK, task, done, failed or self.not_reached)
