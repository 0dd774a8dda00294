"""The first page: what is happening now, and the three things an employee can do."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.errors import Unreachable
from app.helpdesk.outbox_items import ItemKind, OutboxItem, SendState
from app.protocol.announcements import Announcement, Severity
from app.ui import connection, wording
from app.ui.article import ArticleView
from app.ui.buttons import ActionCard, Button
from app.ui.desk import Desk
from app.ui.language import error_texts, tr
from app.ui.sheet import Picture, Sheet, empty, label
from app.ui.theme import HUGE, LARGE, MEDIUM, SMALL, TIGHT, Tone

NARROW = 640
"""Logical pixels below which the actions stand below one another."""


class HomePage(Sheet):
    """Actions first, then announcements, the connection and what waits to be sent."""

    report_asked = Signal()
    tickets_asked = Signal()
    search_asked = Signal()
    read_asked = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._title = label("display")
        self._line = label("quiet")
        self._report = ActionCard("camera", main=True)
        self._tickets = ActionCard("tickets")
        self._search = ActionCard("search")
        self._report.clicked.connect(self.report_asked)
        self._tickets.clicked.connect(self.tickets_asked)
        self._search.clicked.connect(self.search_asked)
        self._actions = QGridLayout()
        self._actions.setSpacing(MEDIUM)
        self._arrange(narrow=False)
        self._now = label("heading")
        self._notes = QVBoxLayout()
        self._notes.setSpacing(SMALL)
        self.column.setContentsMargins(LARGE, HUGE, LARGE, LARGE)
        self.column.addWidget(self._title)
        self.column.addWidget(self._line)
        self.column.addSpacing(MEDIUM)
        self.column.addLayout(self._actions)
        self.column.addSpacing(LARGE)
        self.column.addWidget(self._now)
        self.column.addLayout(self._notes)
        self.column.addStretch()
        for changed in (desk.tickets_changed, desk.waiting_changed, desk.announcements_changed):
            changed.connect(self.refresh)
        desk.connection_changed.connect(self.refresh)
        self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._title.setText(tr("How can we help?"))
        self._line.setText(tr("Show us the problem. Often the answer is already known."))
        self._report.say(tr("Report a problem"), tr("Takes a picture of the screen and looks for the answer"))
        self._tickets.say(tr("My tickets"), tr("See how far they are, answer, ask to hurry"))
        self._search.say(tr("Search for an answer"), tr("Instructions and known errors, also without a network"))
        self._now.setText(tr("What is happening now"))
        self.refresh()

    def refresh(self) -> None:
        """Show the desk's present state."""
        self._tickets.count(wording.replies(self._desk.unread) if self._desk.unread else "")
        empty(self._notes)
        for note in self._present():
            self._notes.addWidget(note)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(narrow=event.size().width() < NARROW)

    def focus_first(self) -> None:
        """Put the keyboard where most people start."""
        self._report.setFocus(Qt.FocusReason.OtherFocusReason)

    def _arrange(self, *, narrow: bool) -> None:
        for place, card in enumerate((self._report, self._tickets, self._search)):
            self._actions.addWidget(card, place if narrow else 0, 0 if narrow else place)
        for place in range(3):
            self._actions.setColumnStretch(place, 1 if place == 0 or not narrow else 0)

    def _present(self) -> list[QWidget]:
        notes: list[QWidget] = []
        if self._desk.storage_trouble is not None:
            notes.append(Note("error", Tone.DANGER, *error_texts(self._desk.storage_trouble)))
        if self._desk.draft is not None:
            notes.append(self._draft_note())
        if connection.sentence(self._desk.connection):
            notes.append(self._connection_note())
        notes += [self._announcement(each) for each in self._desk.announcements]
        waiting = tuple(item for item in self._desk.waiting if item.kind is not ItemKind.OUTCOME)
        if waiting:
            notes.append(self._waiting_note(waiting))
        unread = [ticket for ticket in self._desk.tickets if ticket.unread]
        notes += [self._reply_note(each.id, each.number, each.subject) for each in unread[:3]]
        if not notes:
            quiet = tr("Nothing is known to be broken, and nothing waits for you.")
            notes.append(Note("check", Tone.GOOD, tr("All quiet"), quiet))
        return notes

    def _draft_note(self) -> QWidget:
        go_on, discard = Button("forward"), Button(part="danger")
        go_on.setText(tr("Continue the unsent report"))
        discard.setText(tr("Discard"))
        go_on.clicked.connect(self._desk.continue_draft)
        discard.clicked.connect(self._desk.discard_draft)
        more = tr("Deskbell ended before it was sent. The picture and your marks are still here, encrypted.")
        note = Note("picture", Tone.ACCENT, tr("A report was not finished"), more, go_on)
        note.add_button(discard)
        return note

    def _connection_note(self) -> QWidget:
        state, trouble = self._desk.connection, self._desk.trouble
        title, more = connection.word(state), connection.sentence(state)
        if trouble is not None and not self._is_plainly_offline():
            title, more = error_texts(trouble)
        again = _again(self._desk) if self._desk.has_server else None
        return Note("offline", Tone.WARNING, title, more, again)

    def _is_plainly_offline(self) -> bool:
        """Whether there is nothing to do but wait for the network; otherwise the reason is worth telling."""
        return type(self._desk.trouble) is Unreachable

    def _announcement(self, announcement: Announcement) -> QWidget:
        incident = announcement.severity is Severity.INCIDENT
        since = tr("since {time}", time=wording.moment_text(announcement.since))
        title = announcement.title
        note = Note("announcement", Tone.DANGER if incident else Tone.ACCENT, title, since)
        if announcement.body:
            note.show_body(announcement.body)
        return note

    def _waiting_note(self, waiting: Sequence[OutboxItem]) -> QWidget:
        refused = any(item.state is SendState.REFUSED for item in waiting)
        count = len(waiting)
        title = tr("1 message waits to be sent") if count == 1 else tr("{count} messages wait to be sent", count=count)
        more = tr("It is safely kept on this computer and goes out by itself.")
        if refused:
            more = tr("The helpdesk did not accept something; see My tickets.")
        button = Button("tickets")
        button.setText(tr("Show"))
        button.clicked.connect(self.tickets_asked)
        return Note("outbox", Tone.WARNING if refused else Tone.WAITING, title, more, button)

    def _reply_note(self, ticket: UUID, number: str, subject: str) -> QWidget:
        button = Button("forward")
        button.setText(tr("Read"))
        button.clicked.connect(lambda: self.read_asked.emit(ticket))
        return Note("tickets", Tone.ACCENT, tr("New reply on {number}", number=number), subject, button)


class Note(QFrame):
    """One thing that is happening now: a drawing, a title, a sentence and perhaps a button."""

    def __init__(self, symbol: str, tone: Tone, title: str, more: str, button: Button | None = None) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self._texts = QVBoxLayout()
        self._texts.setSpacing(TIGHT)
        heading, line = label("strong"), label("quiet")
        heading.setText(title)
        line.setText(more)
        self._texts.addWidget(heading)
        if more:
            self._texts.addWidget(line)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(LARGE - 4, MEDIUM, MEDIUM, MEDIUM)
        row.setSpacing(LARGE - 4)
        row.addWidget(Picture(symbol, 24, tone), alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(self._texts, 1)
        if button is not None:
            row.addWidget(button, alignment=Qt.AlignmentFlag.AlignVCenter)

    def add_button(self, button: Button) -> None:
        """One more thing to do about it."""
        self._row.addWidget(button, alignment=Qt.AlignmentFlag.AlignVCenter)

    def show_body(self, body: str) -> None:
        """Add Markdown below the title, as high as it needs."""
        view = ArticleView()
        view.show_text(body)
        view.fit_height()
        self._texts.addWidget(view)


def _again(desk: Desk) -> Button:
    button = Button("refresh")
    button.setText(tr("Try now"))
    button.clicked.connect(desk.try_now)
    return button
