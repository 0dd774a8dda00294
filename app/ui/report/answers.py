"""The answers beside the picture: progress, cards, one article read in place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QProgressBar,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.errors import HelpdeskError
from app.protocol.announcements import Announcement
from app.protocol.knowledge import Outcome, Suggestion
from app.ui.buttons import Button
from app.ui.language import error_texts, tr
from app.ui.messages import announce
from app.ui.report.answer_card import AnswerCard
from app.ui.report.article_reader import ArticleReader
from app.ui.report.incident_card import IncidentCard
from app.ui.theme import SMALL

SETTLING = 350
"""Milliseconds after cards changed in which a tap is not counted: it was meant for what was there before."""


class Stand(Enum):
    """What is known about answers at the moment."""

    READING = auto()
    FOUND = auto()
    NOTHING = auto()
    NO_KNOWLEDGE = auto()
    UNREADABLE = auto()
    UNREACHED = auto()


class AnswersPanel(QStackedWidget):
    """A list of cards, or the article that was opened from it."""

    opened = Signal(str)
    """An article is wanted, by its id."""
    judged = Signal(str, object)
    """An article's id and the Outcome the employee gave it."""
    reading_again = Signal()
    """The picture should be read once more."""
    article_shown = Signal(bool)
    """Whether an article is in view, which wants more width than cards."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stand = Stand.READING
        self._error: HelpdeskError | None = None
        self._suggestions: tuple[Suggestion, ...] = ()
        self._outcomes: dict[str, Outcome] = {}
        self.cards: list[AnswerCard] = []
        self.incidents: list[IncidentCard] = []
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(SETTLING)
        self.addWidget(self._build_list())
        self.reader = ArticleReader()
        self.reader.left.connect(self.show_list)
        self.reader.solved.connect(lambda: self.judged.emit(self.reader.article_id, Outcome.SOLVED))
        self.reader.useless.connect(self._did_not_help)
        self.addWidget(self.reader)
        self.retranslate()

    def _build_list(self) -> QWidget:
        page = QWidget()
        self._heading = QLabel()
        self._heading.setProperty("part", "strong")
        self._heading.setWordWrap(True)
        self._progress = QProgressBar()
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        policy = self._progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self._progress.setSizePolicy(policy)
        self._line = QLabel()
        self._line.setProperty("part", "quiet")
        self._line.setWordWrap(True)
        self._line.setTextFormat(Qt.TextFormat.PlainText)
        self._again = Button("refresh")
        self._again.clicked.connect(self.reading_again)
        inner = QWidget()
        inner.setProperty("part", "page")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(2, 2, 2, 2)
        self._column.setSpacing(SMALL)
        self._column.addStretch()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        layout = QVBoxLayout(page)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL)
        layout.addWidget(self._heading)
        layout.addWidget(self._progress)
        layout.addWidget(self._line)
        layout.addWidget(self._again, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(scroll, 1)
        return page

    # What is known

    def show_incidents(self, incidents: Sequence[Announcement]) -> None:
        """Tell first of all what IT knows of already."""
        for card in self.incidents:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.incidents = [IncidentCard(each) for each in incidents]
        for place, card in enumerate(self.incidents):
            self._column.insertWidget(place, card)

    def show_reading(self) -> None:
        """The picture is being read; cards that are there stay until better ones come."""
        self._stand, self._error = Stand.READING, None
        self._word()

    def show_suggestions(self, suggestions: tuple[Suggestion, ...], outcomes: Mapping[str, Outcome]) -> None:
        """Show what fits, best first; nothing moves when the same articles came out again."""
        self._stand, self._error = (Stand.FOUND if suggestions else Stand.NOTHING), None
        self._outcomes = dict(outcomes)
        suggestions = steady(self._suggestions, suggestions, self._held())
        if suggestions != self._suggestions:
            self._suggestions = suggestions
            self._deal()
            self._settled.start()
        self._word()
        announce(self, self._heading.text() + " " + self._line.text())

    def _held(self) -> str:
        """The article whose card is under the pointer or in focus; empty when there is none."""
        held = (card.suggestion.id for card in self.cards if card.underMouse() or card.hasFocus())
        return next(held, "")

    def show_no_knowledge(self) -> None:
        """There is nothing to look in: no answers have reached this computer yet."""
        self._stand, self._error, self._suggestions = Stand.NO_KNOWLEDGE, None, ()
        self._deal()
        self._word()

    def show_unreadable(self, error: HelpdeskError) -> None:
        """The picture's text could not be read; sending still works."""
        self._fail(Stand.UNREADABLE, error)

    def show_unreached(self, error: HelpdeskError) -> None:
        """The text was read, but nobody could be asked for answers."""
        self._fail(Stand.UNREACHED, error)

    def _fail(self, stand: Stand, error: HelpdeskError) -> None:
        self._stand, self._error, self._suggestions = stand, error, ()
        self._deal()
        self._word()

    # The article

    def open_article(self, article_id: str) -> None:
        """Turn to the reader, which waits for the article."""
        self.reader.wait_for(article_id)
        self.setCurrentWidget(self.reader)
        self.article_shown.emit(True)

    def show_list(self) -> None:
        """Back to the cards, with the card that was read in focus."""
        if self.currentIndex() == 0:
            return
        self.setCurrentIndex(0)
        self.article_shown.emit(False)
        for card in self.cards:
            if card.suggestion.id == self.reader.article_id:
                card.setFocus()
        self.reader.article_id = ""

    @property
    def heading(self) -> str:
        """What is said above the cards."""
        return self._heading.text()

    @property
    def is_settling(self) -> bool:
        """Whether the cards changed so lately that a tap is not counted."""
        return self._settled.isActive()

    @property
    def is_reading_article(self) -> bool:
        """Whether an article is in view."""
        return self.currentIndex() == 1

    def _did_not_help(self) -> None:
        article = self.reader.article_id
        self._outcomes[article] = Outcome.DID_NOT_HELP
        for card in self.cards:
            if card.suggestion.id == article:
                card.judged(Outcome.DID_NOT_HELP)
        self.show_list()
        self.judged.emit(article, Outcome.DID_NOT_HELP)

    # Cards and words

    def _deal(self) -> None:
        for card in self.cards:
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []
        for suggestion in self._suggestions:
            card = AnswerCard(suggestion, self._outcomes.get(suggestion.id, Outcome.SHOWN))
            card.clicked.connect(self._opener(suggestion.id))
            self._column.insertWidget(self._column.count() - 1, card)
            self.cards.append(card)

    def _opener(self, article_id: str) -> Callable[[], None]:
        def open_it() -> None:
            if not self.is_settling:
                self.opened.emit(article_id)

        return open_it

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._again.setText(tr("Try again"))
        self._progress.setAccessibleName(tr("Reading the picture"))
        for incident in self.incidents:
            incident.retranslate()
        for card in self.cards:
            card.retranslate()
        self._word()

    def _word(self) -> None:
        heading, line = self._texts()
        self._heading.setText(heading)
        self._line.setText(line)
        self._line.setVisible(bool(line))
        self._progress.setVisible(self._stand is Stand.READING)
        self._again.setVisible(self._stand in (Stand.UNREADABLE, Stand.UNREACHED))

    def _texts(self) -> tuple[str, str]:
        if self._stand is Stand.READING:
            return tr("Looking for an answer…"), tr("The text in the picture is being read on this computer.")
        if self._stand is Stand.FOUND:
            return tr("Does one of these help?"), ""
        if self._stand is Stand.NO_KNOWLEDGE:
            return tr("No answers yet"), tr(
                "This computer has not received the answers of IT yet. Your report still works."
            )
        if self._error is not None:
            why = " ".join(text for text in error_texts(self._error) if text)
            unread = self._stand is Stand.UNREADABLE
            return tr("The text could not be read") if unread else tr("No answers at the moment"), why
        return (
            tr("Nothing fits"),
            tr("None of the known answers fits this picture. Mark the message in the picture, or ask IT."),
        )


def steady(shown: tuple[Suggestion, ...], fresh: tuple[Suggestion, ...], held: str) -> tuple[Suggestion, ...]:
    """The fresh suggestions with the one that is `held`, if it is still among them, where it was shown."""
    places = [index for index, each in enumerate(shown) if each.id == held]
    kept = [each for each in fresh if each.id == held]
    if not places or not kept:
        return fresh
    others = [each for each in fresh if each.id != held]
    return (*others[: places[0]], kept[0], *others[places[0] :])
