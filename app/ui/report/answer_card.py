"""One suggested article as a card that is one big button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.protocol.knowledge import Fit, Outcome, Suggestion
from app.ui import wording
from app.ui.drawings import drawing
from app.ui.language import tr
from app.ui.theme import MEDIUM, SMALL, TARGET, TIGHT, Tone, is_palette_change, shades


class AnswerCard(QPushButton):
    """Title, why it matched, how well it fits, and whether it was judged already."""

    def __init__(self, suggestion: Suggestion, outcome: Outcome, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.suggestion = suggestion
        self._outcome = outcome
        self.setAutoDefault(True)  # Enter opens the card in focus, as Space does
        self.setProperty("part", "action")
        self._title = self._line("strong")
        self._reason = self._line("quiet")
        self._fit = QLabel()
        self._fit.setProperty("part", "chip")
        self._fit.setProperty("tone", Tone.QUIET.value)
        self._arrow = QLabel()
        for label in (self._fit, self._arrow):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        texts = QVBoxLayout()
        texts.setSpacing(TIGHT)
        texts.addWidget(self._title)
        texts.addWidget(self._reason)
        texts.addWidget(self._fit, alignment=Qt.AlignmentFlag.AlignLeft)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(MEDIUM + 2, MEDIUM, SMALL, MEDIUM)
        row.setSpacing(SMALL)
        row.addLayout(texts, 1)
        row.addWidget(self._arrow)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.retranslate()

    def judged(self, outcome: Outcome) -> None:
        """Show what the employee said of the article."""
        self._outcome = outcome
        self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        reason = wording.reason_text(self.suggestion.reason)
        self._title.setText(self.suggestion.title)
        self._reason.setText(reason)
        self._reason.setVisible(bool(reason))
        said = self._said()
        self._fit.setText(said)
        self._fit.setVisible(bool(said))
        self.setAccessibleName(self.suggestion.title)
        self.setAccessibleDescription(". ".join(part for part in (reason, said) if part))
        self._draw()

    def _said(self) -> str:
        if self._outcome is Outcome.DID_NOT_HELP:
            return tr("Did not help")
        return tr("Possible match") if self.suggestion.fit is Fit.POSSIBLE else ""

    @staticmethod
    def _line(part: str) -> QLabel:
        label = QLabel()
        label.setProperty("part", part)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setMinimumWidth(80)
        label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        return label

    def sizeHint(self) -> QSize:
        hint = self._row.totalSizeHint()
        return QSize(hint.width(), max(hint.height(), TARGET))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, TARGET)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return max(self._row.totalHeightForWidth(width), TARGET)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_palette_change(event):
            self._draw()

    def _draw(self) -> None:
        self._arrow.setPixmap(drawing("forward", shades().quiet, 20, self.devicePixelRatioF()))
