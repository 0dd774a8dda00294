"""The only place where errors and notices are shown: a banner inside a window, or a dialog when there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMessageBox, QVBoxLayout, QWidget

from app.errors import HelpdeskError
from app.ui import drawings
from app.ui.buttons import Button, IconButton
from app.ui.language import error_texts, tr
from app.ui.theme import MEDIUM, SMALL, TIGHT, Tone, is_palette_change, shades

SYMBOLS = {
    Tone.DANGER: "error",
    Tone.WARNING: "warning",
    Tone.GOOD: "check",
    Tone.ACCENT: "about",
    Tone.QUIET: "about",
    Tone.WAITING: "about",
}


class Banner(QFrame):
    """One message at a time, inline; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None, *, closable: bool = True) -> None:
        super().__init__(parent)
        self._tone = Tone.ACCENT
        self._error: HelpdeskError | None = None
        self._again: Callable[[], None] | None = None
        self.setProperty("part", "banner")
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._summary = _paragraph("strong")
        self._hint = _paragraph("")
        self._retry = Button("refresh")
        self._retry.clicked.connect(self._try_again)
        self._close = IconButton("close")
        self._close.clicked.connect(self.clear)
        if not closable:  # showing it here, without a parent, would put a window of its own on the screen
            self._close.hide()
        self._close.name(tr("Close this message"))
        texts = QVBoxLayout()
        texts.setSpacing(TIGHT)
        texts.addStretch()
        texts.addWidget(self._summary)
        texts.addWidget(self._hint)
        texts.addStretch()
        self._actions: list[Button] = []
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(MEDIUM, SMALL, SMALL, SMALL)
        row.setSpacing(MEDIUM)
        row.addWidget(self._picture, alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(texts, 1)
        row.addWidget(self._retry, alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self._close, alignment=Qt.AlignmentFlag.AlignTop)
        self.hide()

    def error(self, error: HelpdeskError, again: Callable[[], None] | None = None) -> None:
        """Show what went wrong and what to do; `again` adds a button that tries once more."""
        self._error = error
        self._again = again
        self._show(Tone.WARNING if error.retry else Tone.DANGER, *error_texts(error))

    def notice(self, text: str, more: str = "", tone: Tone = Tone.ACCENT) -> None:
        """Show something that is no error; the texts are already translated."""
        self._error = None
        self._again = None
        self._show(tone, text, more)

    def offer(self, text: str, actions: Sequence[tuple[str, Callable[[], None]]], tone: Tone = Tone.WARNING) -> None:
        """Show something together with what can be done about it: translated words, each with its deed."""
        self.notice(text, tone=tone)
        for word, deed in actions:
            button = Button()
            button.setText(word)
            button.clicked.connect(self.clear)
            button.clicked.connect(deed)
            self._row.insertWidget(self._row.count() - 1, button, alignment=Qt.AlignmentFlag.AlignVCenter)
            self._actions.append(button)

    def clear(self) -> None:
        """Say nothing."""
        self._drop_actions()
        self._error = None
        self.hide()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self._retry.setText(tr("Try again"))
            self._close.name(tr("Close this message"))
            if self._error is not None:
                self._word(*error_texts(self._error))
        elif is_palette_change(event):
            self._draw()

    def _drop_actions(self) -> None:
        for button in self._actions:
            button.hide()
            button.deleteLater()
        self._actions = []

    def _show(self, tone: Tone, text: str, more: str) -> None:
        self._drop_actions()
        self._tone = tone
        self.setProperty("tone", tone.value)
        self.style().unpolish(self)
        self.style().polish(self)
        self._draw()
        self._retry.setText(tr("Try again"))
        self._close.name(tr("Close this message"))
        self._retry.setVisible(self._again is not None)
        self._word(text, more)
        self.show()
        announce(self, f"{text} {more}".strip())

    def _word(self, text: str, more: str) -> None:
        self._summary.setText(text)
        self._hint.setText(more)
        self._hint.setVisible(bool(more))
        self.setAccessibleName(text)

    def _draw(self) -> None:
        colour = shades().of(self._tone)[0]
        self._picture.setPixmap(drawings.drawing(SYMBOLS[self._tone], colour, 24, self.devicePixelRatioF()))

    def _try_again(self) -> None:
        again = self._again
        self.clear()
        if again is not None:
            again()


def _paragraph(part: str) -> QLabel:
    label = QLabel()
    label.setProperty("part", part)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def show_error(parent: QWidget | None, error: HelpdeskError) -> None:
    """Show an error in a dialog of its own, for when no window has a banner to show it in."""
    summary, hint = error_texts(error)
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(tr("Deskbell"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(summary)
    box.setInformativeText(hint)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def ask(parent: QWidget, question: str, more: str, yes: str, agreed: Callable[[], object]) -> None:
    """Ask before something that cannot be taken back; `agreed` runs when the employee agrees."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(tr("Deskbell"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(question)
    box.setInformativeText(more)
    agree = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole))
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    agree.clicked.connect(lambda: agreed())
    box.open()


def offer(parent: QWidget, text: str, more: str, choices: Sequence[tuple[str, Callable[[], object]]]) -> None:
    """Say something and offer what can be done about it; closing the dialog does nothing."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Information)
    box.setWindowTitle(tr("Deskbell"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(text)
    box.setInformativeText(more)
    for words, chosen in choices:
        button = box.addButton(words, QMessageBox.ButtonRole.ActionRole)
        button.clicked.connect(lambda _=False, chosen=chosen: chosen())
    close = box.addButton(tr("Close"), QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(close)
    box.setEscapeButton(close)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say the text."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))
