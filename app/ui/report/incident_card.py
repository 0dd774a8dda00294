"""An incident that IT knows of already, told before anybody reports it once more."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.protocol.announcements import Announcement
from app.ui.article import ArticleView
from app.ui.language import tr
from app.ui.sheet import Picture
from app.ui.theme import MEDIUM, SMALL, TIGHT, Tone
from app.ui.wording import moment_text


class IncidentCard(QFrame):
    """Title, since when, what IT says of it unless it is `brief`, and that nobody needs to report it."""

    def __init__(self, incident: Announcement, *, brief: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.incident = incident
        self.setProperty("part", "banner")
        self.setProperty("tone", Tone.DANGER.value)
        self._heading, self._since, self._advice = (_line(part) for part in ("strong", "small", ""))
        self._heading.setText(incident.title)
        texts = QVBoxLayout()
        texts.setSpacing(TIGHT)
        texts.addWidget(self._heading)
        texts.addWidget(self._since)
        if incident.body and not brief:
            body = ArticleView()
            body.show_text(incident.body)
            body.fit_height()
            texts.addWidget(body)
        texts.addWidget(self._advice)
        row = QHBoxLayout(self)
        row.setContentsMargins(MEDIUM, MEDIUM, SMALL, MEDIUM)
        row.setSpacing(SMALL)
        row.addWidget(Picture("announcement", 20, Tone.DANGER), alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._since.setText(tr("since {time}", time=moment_text(self.incident.since)))
        self._advice.setText(tr("IT knows and works on it. If this is your problem, you need not report it."))
        self.setAccessibleName(self._heading.text())
        self.setAccessibleDescription(f"{self._since.text()}. {self._advice.text()}")


def _line(part: str) -> QLabel:
    label = QLabel()
    label.setProperty("part", part)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setMinimumWidth(80)
    return label
