"""Words between employee and agent during a session; they are kept on the ticket."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QHideEvent, QScreen, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from app.ui import drawings
from app.ui.assist.screens import inside
from app.ui.buttons import Button
from app.ui.language import tr
from app.ui.sheet import label
from app.ui.theme import MEDIUM, SMALL

LONGEST = 2000
WIDTH, HEIGHT = 380, 440


class ChatWindow(QWidget):
    """Closing it hides it; what was said stays until the session's window is gone."""

    said = Signal(str)
    read = Signal()
    copied_asked = Signal()
    """The employee would like to send what they copied."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window | Qt.WindowType.WindowStaysOnTopHint)
        self._name = name
        self.unread = 0
        self.setProperty("part", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowIcon(drawings.app_icon())
        self.resize(WIDTH, HEIGHT)
        self._hint = label("small")
        self._words = QVBoxLayout()
        self._words.setSpacing(SMALL)
        self._words.addStretch()
        inner = QWidget()
        inner.setProperty("part", "page")
        inner.setLayout(self._words)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidget(inner)
        self._line = QLineEdit()
        self._line.setMaxLength(LONGEST)
        self._send = Button("send", "primary")
        self._send.clicked.connect(self.send)
        self._line.returnPressed.connect(self.send)
        self._copied = Button("paste", "link")
        self._copied.clicked.connect(self.copied_asked)
        row = QHBoxLayout()
        row.setSpacing(SMALL)
        row.addWidget(self._line, 1)
        row.addWidget(self._send)
        column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM, MEDIUM, MEDIUM, MEDIUM)
        column.setSpacing(SMALL)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._hint)
        column.addLayout(row)
        column.addWidget(self._copied, alignment=Qt.AlignmentFlag.AlignLeft)
        self.retranslate()

    def appear(self, screen: QScreen | None, *, takes_keyboard: bool) -> None:
        """Show the chat at the lower right of a monitor, with the keyboard only when the employee asked for it."""
        if not self.isVisible():
            if screen is not None:
                room = screen.availableGeometry()
                self.move(inside(room.bottomRight(), self.frameGeometry().size(), room.adjusted(0, 0, -16, -16)))
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating, not takes_keyboard)
            self.show()
        self.raise_()
        if takes_keyboard:
            self.activateWindow()
            self._line.setFocus()

    def hear(self, text: str) -> None:
        """The agent has written."""
        self._add(text, is_own=False)
        if not self.isActiveWindow():
            self.unread += 1

    @Slot()
    def send(self) -> None:
        """Say what was typed."""
        text = self._line.text().strip()
        if text:
            self._line.clear()
            self._add(text, is_own=True)
            self.said.emit(text)

    def explain(self, why: str) -> None:
        """Say why something did not happen; an empty text says again what is kept."""
        self._hint.setText(why or tr("This conversation is kept on the ticket."))

    def close_down(self) -> None:
        """The session is over: nobody hears any more."""
        self._line.setEnabled(False)
        self._send.setEnabled(False)
        self._copied.setEnabled(False)
        self._hint.setText(tr("The session has ended. What was said stands on the ticket."))

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self.setWindowTitle(tr("Chat with {name}", name=self._name))
        self._line.setPlaceholderText(tr("Write to {name}", name=self._name))
        self._line.setAccessibleName(tr("Write to {name}", name=self._name))
        self._send.setText(tr("Send"))
        self._copied.setText(tr("Send the text I copied"))
        self._hint.setText(tr("This conversation is kept on the ticket."))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.unread = 0
            self.read.emit()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self._to_end)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.unread = 0
        self.read.emit()

    def _add(self, text: str, *, is_own: bool) -> None:
        words: QLabel = label()
        words.setText(text)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        bubble = QFrame()
        bubble.setProperty("part", "bubble")
        bubble.setProperty("own", "true" if is_own else "false")
        inner = QVBoxLayout(bubble)
        inner.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        inner.addWidget(words)
        row = QHBoxLayout()
        if is_own:
            row.addSpacing(48)
        row.addWidget(bubble, 1)
        if not is_own:
            row.addSpacing(48)
        self._words.insertLayout(self._words.count() - 1, row)
        QTimer.singleShot(0, self, self._to_end)

    @Slot()
    def _to_end(self) -> None:
        bar = self._scroll.verticalScrollBar()
        bar.setValue(bar.maximum())
