"""What just happened: shown when a session has ended, to be closed by whoever reads it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent, QScreen
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.protocol.session import Grade
from app.ui import drawings
from app.ui.assist import words
from app.ui.assist.prompt import centred, draw_edge
from app.ui.assist.visit import Visit
from app.ui.buttons import Button
from app.ui.language import tr
from app.ui.sheet import Picture, label
from app.ui.theme import LARGE, MEDIUM, SMALL, Tone

WIDTH = 460


class EndNotice(QDialog):
    """Who saw what for how long, and how it ended."""

    history_asked = Signal()
    reported = Signal()
    """Something was wrong, and IT is to hear of it."""

    def __init__(self, visit: Visit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Dialog | Qt.WindowType.WindowStaysOnTopHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setWindowTitle(tr("Remote assistance"))
        self.setWindowIcon(drawings.app_icon())
        self.setFixedWidth(WIDTH)
        title, story, how = label("title"), label(), label("quiet")
        title.setText(tr("Nobody sees your screen any more"))
        story.setText(summary(visit))
        how.setText(words.end_word(visit.reason))
        if visit.invitation.is_recorded and visit.has_begun:
            how.setText(tr("{how}. The session was recorded.", how=words.end_word(visit.reason)))
        self._report = Button(part="link")
        self._report.setText(tr("Something was not right: tell IT"))
        self._report.setVisible(visit.has_begun)
        self._report.clicked.connect(self._to_report)
        texts = QVBoxLayout()
        texts.setSpacing(SMALL)
        for each in (title, story, how):
            texts.addWidget(each)
        texts.addWidget(self._report, alignment=Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout()
        row.setSpacing(MEDIUM)
        row.addWidget(Picture("check", 36, Tone.GOOD), alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        history, close = Button("history", "link"), Button()
        history.setText(tr("Who has looked at my screen"))
        close.setText(tr("Close"))
        history.clicked.connect(self._to_history)
        close.clicked.connect(self.close)
        below = QHBoxLayout()
        below.addWidget(history)
        below.addStretch()
        below.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(LARGE, LARGE, LARGE, MEDIUM)
        column.setSpacing(LARGE)
        column.addLayout(row)
        column.addLayout(below)

    def appear(self, screen: QScreen | None) -> None:
        """Show the notice without taking the keyboard from what the employee does."""
        if screen is not None:
            self.setGeometry(centred(self, screen.availableGeometry()))
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        draw_edge(self)

    def _to_report(self) -> None:
        self._report.setEnabled(False)
        self._report.setText(tr("IT is told, on your ticket."))
        self.reported.emit()

    def _to_history(self) -> None:
        self.history_asked.emit()
        self.close()


def together(names: Sequence[str]) -> str:
    """Names in a sentence."""
    *before, last = names
    return tr("{one} and {other}", one=tr(", ").join(before), other=last) if before else last


def summary(visit: Visit) -> str:
    """One sentence on what the agent saw and could do."""
    if not visit.has_begun:
        return tr("{name} saw nothing.", name=visit.name)
    told = {"name": visit.name, "screen": together(visit.seen), "time": words.length(visit.seconds)}
    sentences = {
        Grade.VIEW: tr("{name} saw {screen} for {time}.", **told),
        Grade.POINT: tr("{name} saw {screen} for {time} and could point at things.", **told),
        Grade.CONTROL: tr("{name} saw {screen} for {time} and could use mouse and keyboard.", **told),
    }
    return sentences[visit.highest]
