"""Saved, on its way, delivered: the last page, which tells the truth at every moment."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QLabel, QProgressBar, QWidget

from app.helpdesk.outbox_items import OutboxItem, SendState
from app.ui import wording
from app.ui.buttons import Button
from app.ui.language import error_texts, tr
from app.ui.report.closing_page import ClosingPage
from app.ui.theme import Tone

COPIED_SHOWN = 2_500


class SentPage(ClosingPage):
    """Follows one ticket in the outbox."""

    closed = Signal()
    again = Signal()
    """Try to send now instead of at the next attempt."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("outbox", Tone.ACCENT, parent)
        self._item: OutboxItem | None = None
        self._has_server = True
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setFixedWidth(280)
        policy = self._busy.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._busy.setSizePolicy(policy)
        self._number = QLabel()
        self._number.setProperty("part", "display")
        self._number.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        large = QFont(self.font())
        large.setPointSizeF(self.font().pointSizeF() * 3)
        large.setBold(True)
        self._number.setFont(large)
        self._number.setStyleSheet(f"font-size: {self.font().pointSizeF() * 3:.0f}pt; font-weight: 700;")
        self.copy = Button("copy")
        self.copy.clicked.connect(self._copy_number)
        self._copied = QTimer(self)
        self._copied.setSingleShot(True)
        self._copied.setInterval(COPIED_SHOWN)
        self._copied.timeout.connect(self.retranslate)
        self._now = Button("refresh")
        self._now.clicked.connect(self.again)
        self._close = Button(part="primary")
        self._close.clicked.connect(self.closed)
        self.row(self._number)
        self.row(self.copy, self._now)
        self.row(self._busy)
        self.footer.add_right(self._close)
        self.retranslate()

    def expect(self, *, server: bool) -> None:
        """Whether there is an address to send to; without one nothing is under way."""
        self._has_server = server

    def follow(self, item: OutboxItem | None) -> None:
        """Show how far the ticket is; None when it was saved this very moment."""
        self._item = item
        is_first = item is None or (item.state is SendState.WAITING and item.trouble is None)
        is_busy = is_first or (item is not None and item.state is SendState.SENDING)
        self._busy.setVisible(is_busy and self._has_server)
        self.retranslate()

    @property
    def number(self) -> str:
        """The ticket's number as it is shown; empty before there is one."""
        return self._number.text() if self._is_delivered else ""

    @property
    def is_busy(self) -> bool:
        """Whether an attempt to send seems to be under way."""
        return self._busy.isVisibleTo(self)

    @property
    def can_try_now(self) -> bool:
        """Whether the employee may ask for an attempt now."""
        return self._now.isVisibleTo(self)

    @property
    def _is_delivered(self) -> bool:
        return self._item is not None and self._item.state is SendState.DELIVERED

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._close.setText(tr("Close"))
        self.copy.setText(tr("Copied") if self._copied.isActive() else tr("Copy the number"))
        self._now.setText(tr("Try now"))
        item = self._item
        self._number.setVisible(self._is_delivered)
        self.copy.setVisible(self._is_delivered)
        trouble = item.trouble if item is not None and not self._is_delivered else None
        self._now.setVisible(trouble is not None and not self.is_busy)
        if item is not None and self._is_delivered:
            self._word_delivered(item)
        elif item is not None and item.state is SendState.REFUSED and trouble is not None:
            self.wear("error", Tone.DANGER)
            why = " ".join(text for text in error_texts(trouble.error()) if text)
            self.say(tr("Saved, but not accepted"), why + " " + tr("Your report stays on this computer."))
        else:
            self._word_waiting(item)

    def _word_delivered(self, item: OutboxItem) -> None:
        self.wear("check", Tone.GOOD)
        self._number.setText(item.number)
        self._number.setAccessibleName(tr("Ticket number {number}", number=item.number))
        pending = any(file.state is not SendState.DELIVERED for file in item.files)
        if pending:
            more = tr("The picture is still being sent; you may close this window. Answers appear under My tickets.")
        else:
            more = tr("Answers appear under My tickets.")
        self.say(tr("IT has your report"), more)

    def _word_waiting(self, item: OutboxItem | None) -> None:
        self.wear("outbox", Tone.ACCENT)
        trouble = item.trouble if item is not None else None
        if not self._has_server:
            more = tr("It will be sent once IT has set up the helpdesk on this computer. You may close this window.")
        elif item is None or trouble is None:
            more = tr("It will be sent as soon as IT can be reached. You may close this window.")
        else:
            why = error_texts(trouble.error())[0]
            when = tr("The next attempt is at {time}.", time=wording.clock(item.next_attempt_at))
            more = f"{why} {when} " + tr("You may close this window; nothing is lost.")
        self.say(tr("Saved"), more)

    def _copy_number(self) -> None:
        if self._item is not None:
            QGuiApplication.clipboard().setText(self._item.number)
            self._copied.start()
            self.retranslate()
