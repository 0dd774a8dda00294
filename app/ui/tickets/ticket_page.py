"""One ticket: how far it is, the conversation, the reply, and what the employee may ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.errors import HelpdeskError
from app.helpdesk.outbox_items import ItemKind
from app.helpdesk.server import Picture
from app.protocol.tickets import OPEN_STATES, TicketState, TicketView
from app.ui import messages, wording
from app.ui.buttons import Button
from app.ui.connection import Connection
from app.ui.desk import Desk
from app.ui.language import tr
from app.ui.reply import Enclosure, Reply
from app.ui.sheet import COMFORTABLE, Chip, Sheet, label
from app.ui.theme import LARGE, MEDIUM, SMALL, Tone
from app.ui.tickets.conversation import Conversation, decoded
from app.ui.tickets.picture_window import PictureWindow
from app.ui.tickets.reply_box import ReplyBox


class TicketPage(QWidget):
    """Shows one ticket at a time; everything the employee does here goes through the outbox."""

    screen_asked = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "page")
        self._desk = desk
        self._ticket: UUID | None = None
        self._tells_wish = self._had_waiting = False
        self._subject = label("title")
        self._number = label("quiet", wraps=False)
        self._state = Chip()
        self._urged = label("small")
        self._urge = Button("urge")
        self._confirm = Button("check")
        self._reopen = Button("reopen")
        wishes = {self._urge: ItemKind.URGE, self._confirm: ItemKind.CONFIRM, self._reopen: ItemKind.REOPEN}
        for button, kind in wishes.items():
            button.clicked.connect(self._asker(kind))
        self._banner = messages.Banner()
        self._conversation = Conversation(self._fetch)
        self._conversation.picture_opened.connect(self._open_picture)
        self._reply = ReplyBox()
        self._reply.sent.connect(self._send)
        self._reply.failed.connect(self._banner.error)
        self._reply.screen_asked.connect(self.screen_asked)
        self._reply.edit_asked.connect(self._edit)
        self._build()
        desk.ticket_changed.connect(self._changed)
        desk.ticket_moved.connect(self._moved)
        desk.waiting_changed.connect(self.refresh)
        desk.connection_changed.connect(self.refresh)
        self.retranslate()

    @property
    def ticket(self) -> UUID | None:
        """The ticket that is shown."""
        return self._ticket

    @property
    def reply_box(self) -> ReplyBox:
        """Where the employee answers."""
        return self._reply

    def show_ticket(self, ticket_id: UUID) -> None:
        """Show a ticket: what is known of it at once, the rest when it arrives."""
        if ticket_id != self._ticket:
            self._reply.clear()
            self._banner.clear()
        self._ticket = ticket_id
        self.refresh()
        self._to_end()
        self._desk.load_ticket(ticket_id, self._banner.error)

    def reload(self) -> None:
        """Ask the server for the ticket again."""
        if self._ticket is not None:
            self._desk.load_ticket(self._ticket, self._banner.error)

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._urge.setText(tr("Urge"))
        self._urge.setToolTip(tr("Ask the helpdesk to hurry; once a day"))
        self._confirm.setText(tr("It works again"))
        self._confirm.setToolTip(tr("The problem is gone; the ticket can be closed"))
        self._reopen.setText(tr("Open again"))
        self._reopen.setToolTip(tr("The problem is still there, or back"))
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what the desk knows of the ticket."""
        if self._ticket is None:
            return
        view = self._desk.view(self._ticket)
        summary = view.summary if view else next((t for t in self._desk.tickets if t.id == self._ticket), None)
        if summary is not None:
            self._subject.setText(summary.subject)
            self._number.setText(f"{summary.number} · {wording.moment_text(summary.created_at)}")
            self._state.say(wording.state_word(summary.state), wording.TONES[summary.state])
        waits = bool(self._desk.waiting_for(self._ticket))
        if self._tells_wish and self._had_waiting and not waits:
            self._tells_wish = False
            self._banner.clear()
        self._had_waiting = waits
        self._show_wishes(summary.state if summary else None, view)
        self._reply.setVisible(view is not None)
        self._conversation.setVisible(view is not None)
        self._missing.setVisible(view is None)
        comes = self._desk.connection in (Connection.ONLINE, Connection.UNKNOWN)
        self._missing.setText(tr("Loading…") if comes else tr("This conversation is not kept on this computer yet."))
        if view is not None:
            self._conversation.show_ticket(view, self._desk.waiting_for(self._ticket))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def add_picture(self, image: QImage) -> None:
        """Enclose a picture of the screen in the reply."""
        self._reply.add_picture(image, tr("Screen"))

    def _build(self) -> None:
        head = QWidget()
        head.setMaximumWidth(COMFORTABLE)
        first = QHBoxLayout()
        first.addWidget(self._state)
        first.addWidget(self._number)
        first.addStretch()
        actions = QHBoxLayout()
        actions.setSpacing(SMALL)
        for button in (self._urge, self._confirm, self._reopen):
            actions.addWidget(button)
        actions.addWidget(self._urged, 1)
        top = QVBoxLayout(head)
        top.setContentsMargins(LARGE, MEDIUM, LARGE, SMALL)
        top.setSpacing(SMALL)
        top.addLayout(first)
        top.addWidget(self._subject)
        top.addLayout(actions)
        top.addWidget(self._banner)
        self._sheet = Sheet()
        self._sheet.column.setContentsMargins(LARGE, SMALL, LARGE, SMALL)
        self._missing = label("quiet")
        self._missing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._sheet.column.addWidget(self._missing)
        self._sheet.column.addWidget(self._conversation)
        self._sheet.column.addStretch()
        self._at_end = True
        bar = self._sheet.verticalScrollBar()
        bar.valueChanged.connect(self._scrolled)
        bar.rangeChanged.connect(self._grown)
        foot = QWidget()
        foot.setMaximumWidth(COMFORTABLE)
        bottom = QVBoxLayout(foot)
        bottom.setContentsMargins(LARGE, SMALL, LARGE, MEDIUM)
        bottom.addWidget(self._reply)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part, stretch in ((head, 0), (self._sheet, 1), (foot, 0)):
            line = QHBoxLayout()
            line.addStretch(1)
            line.addWidget(part, 1000)
            line.addStretch(1)
            column.addLayout(line, stretch)

    def _show_wishes(self, state: TicketState | None, view: TicketView | None) -> None:
        wished = {item.kind for item in self._desk.waiting_for(self._ticket)} if self._ticket else set()
        is_open = state in OPEN_STATES
        next_time = view.urge_at if view else None
        may_urge = next_time is None or next_time <= self._desk.now()
        self._urge.setVisible(is_open)
        self._urge.setEnabled(view is not None and may_urge and ItemKind.URGE not in wished)
        self._confirm.setVisible(is_open)
        self._confirm.setEnabled(view is not None and ItemKind.CONFIRM not in wished)
        self._reopen.setVisible(state is TicketState.RESOLVED)
        self._reopen.setEnabled(ItemKind.REOPEN not in wished)
        self._urged.setText(self._urge_text(is_open=is_open, view=view, next_time=None if may_urge else next_time))

    def _urge_text(self, *, is_open: bool, view: TicketView | None, next_time: datetime | None) -> str:
        if not is_open or view is None:
            return ""
        if next_time is not None:
            when = wording.clock(next_time)
            if wording.local(next_time).date() != wording.local(self._desk.now()).date():
                when = tr("tomorrow at {time}", time=when)
            return tr("You have urged today; possible again {time}.", time=when)
        return tr("Urged {count} times so far.", count=view.urge_count) if view.urge_count else ""

    def _asker(self, kind: ItemKind) -> Callable[[], None]:
        def ask() -> None:
            if self._ticket is not None:
                self._desk.ask_for(self._ticket, kind, self._wished, self._banner.error)

        return ask

    def _wished(self) -> None:
        text = tr("Saved. It goes to the helpdesk at once, or as soon as it can be reached.")
        self._banner.notice(text, tone=Tone.GOOD)
        self._tells_wish = True

    def _send(self, text: str, enclosures: tuple[Enclosure, ...]) -> None:
        if self._ticket is None:
            return
        self._reply.setEnabled(False)
        self._desk.reply(Reply(self._ticket, text, enclosures), self._reply_kept, self._reply_failed)

    def _reply_kept(self) -> None:
        self._reply.setEnabled(True)
        self._reply.clear()
        self._banner.clear()
        self._to_end()

    def _reply_failed(self, error: HelpdeskError) -> None:
        self._reply.setEnabled(True)
        self._banner.error(error)

    @Slot(object)
    def _changed(self, ticket_id: UUID) -> None:
        if ticket_id == self._ticket:
            self.refresh()

    @Slot(object)
    def _moved(self, ticket_id: UUID) -> None:
        if ticket_id == self._ticket and self.isVisible():
            self.reload()

    def _fetch(self, picture: UUID, arrived: Callable[[QImage], None], missing: Callable[[], None]) -> None:
        if not self._desk.has_server:
            missing()
            return

        def decode(fetched: Picture) -> None:
            arrived(decoded(fetched.content))

        self._desk.picture(picture, decode, lambda _: missing())

    def _open_picture(self, image: QImage) -> None:
        if not image.isNull():
            PictureWindow(image, self).show()

    @Slot(object)
    def _edit(self, enclosure: Enclosure) -> None:
        # The tools of a report are loaded with the first picture that needs them.
        from app.ui.tickets.enclosure_editor import EnclosureEditor

        try:
            editor = EnclosureEditor(self._desk, enclosure, self)
        except HelpdeskError as error:
            self._banner.error(error)
            return
        editor.drawn.connect(lambda content: self._reply.exchange(enclosure, content))
        editor.open()

    @Slot()
    def _scrolled(self) -> None:
        bar = self._sheet.verticalScrollBar()
        self._at_end = bar.value() >= bar.maximum() - LARGE

    @Slot()
    def _grown(self) -> None:
        if self._at_end:
            bar = self._sheet.verticalScrollBar()
            bar.setValue(bar.maximum())

    def _to_end(self) -> None:
        self._at_end = True
        self._grown()

    def focus_first(self) -> None:
        """Put the keyboard where most people go on."""
        self._reply.setFocus(Qt.FocusReason.OtherFocusReason)
