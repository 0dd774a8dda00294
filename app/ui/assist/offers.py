"""The questions about what is handed over: a file from the agent, text for the clipboard, the employee's own text.

Each use of clipboard or file is a question of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QScreen
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QVBoxLayout, QWidget

from app.assist.parcel import is_program, safe_name
from app.protocol.handover import FileOffer
from app.ui.assist.consent import noted
from app.ui.assist.questions import Question
from app.ui.language import tr
from app.ui.sheet import label
from app.ui.theme import MEDIUM, SMALL, TIGHT, Tone

LINES = 6
"""Of the text that are seen at once; the rest is scrolled to."""


class FilePrompt(Question):
    """May this one file come?"""

    def __init__(
        self,
        name: str,
        offer: FileOffer,
        folder: str,
        screen: QScreen | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
        *,
        photo: str = "",
    ) -> None:
        super().__init__(screen, clock, parent, photo)
        self._ask(
            name,
            tr("{name} would like to send you a file", name=name),
            tr("It is checked for viruses where this computer can, and nobody but you opens it."),
        )
        title, place = label("strong"), label("quiet")
        called = safe_name(offer.name)
        title.setText(called)
        place.setText(tr("{size}, to the folder {folder}", size=size_words(offer.size), folder=folder))
        self.column.addWidget(framed(title, place))
        if is_program(called):
            warning = tr("This is a program. Take it only if you have talked about it with IT.")
            self.column.addLayout(noted("warning", Tone.WARNING, warning))
        self.allow.setText(tr("Take this file"))


class TextPrompt(Question):
    """May this text replace what is on the clipboard?"""

    def __init__(
        self,
        name: str,
        text: str,
        screen: QScreen | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
        *,
        photo: str = "",
    ) -> None:
        super().__init__(screen, clock, parent, photo)
        self._ask(
            name,
            tr("{name} would like to put this text on your clipboard", name=name),
            tr("It replaces what you copied last. Nothing is inserted anywhere by itself."),
        )
        self.column.addWidget(sample(text))
        self.allow.setText(tr("Put on the clipboard"))


class GivePrompt(Question):
    """Send what the employee has copied? It is seen before it goes."""

    def __init__(
        self,
        name: str,
        text: str,
        screen: QScreen | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
        *,
        is_recorded: bool = False,
    ) -> None:
        super().__init__(screen, clock, parent)
        more = tr("{name} gets this text once, and nothing else you copy.", name=name)
        if is_recorded:
            more += " " + tr("It becomes part of the recording.")
        self._ask(name, tr("Send the copied text to {name}?", name=name), more)
        self.column.addWidget(sample(text))
        self.deny.setText(tr("Do not send"))
        self.allow.setText(tr("Send this text"))

    def countdown(self, seconds: int) -> str:
        return tr("Dropped in {seconds} s", seconds=seconds)


def sample(text: str) -> QPlainTextEdit:
    """The whole text to be read, as plain text."""
    shown = QPlainTextEdit()
    shown.setReadOnly(True)
    shown.setPlainText(text)
    shown.setTabChangesFocus(True)
    shown.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    shown.setAccessibleName(tr("The text"))
    lines = min(LINES, max(2, text.count("\n") + 1 + len(text) // 60))
    shown.setFixedHeight(QFontMetrics(shown.font()).lineSpacing() * lines + 2 * MEDIUM)
    return shown


def framed(*widgets: QWidget) -> QFrame:
    """Things in a card."""
    frame = QFrame()
    frame.setProperty("part", "card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(MEDIUM + 2, SMALL + 2, MEDIUM + 2, SMALL + 2)
    column.setSpacing(TIGHT)
    for each in widgets:
        column.addWidget(each)
    return frame


def size_words(size: int) -> str:
    """A size for people."""
    if size < 1000:
        return tr("{count} bytes", count=size)
    return f"{size / 1000:.0f} kB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
