"""Shows the answers that were found and keeps what the employee says of them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.answers import AnswerSource
from app.errors import HelpdeskError
from app.protocol.knowledge import Outcome
from app.report import Advice, Journey
from app.ui.background import DISK, NET
from app.ui.report.answers import AnswersPanel
from app.ui.report.check_page import CheckPage
from app.ui.report.errands import Errands
from app.ui.report.reading_step import ReadingStep


class AnsweringStep(QObject):
    """Stands between the reading and the two places where answers are shown."""

    solved = Signal()
    """An answer helped; there is nothing to report."""
    delivery_wanted = Signal()
    """What became of an answer waits to be told to the server."""

    def __init__(
        self,
        journey: Journey,
        errands: Errands,
        reading: ReadingStep,
        answers: AnswersPanel,
        check: CheckPage,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._journey, self._errands, self._answers, self._check = journey, errands, answers, check
        answers.opened.connect(self._open)
        answers.judged.connect(self._judged)
        answers.reading_again.connect(reading.again)
        reading.begun.connect(self._looking)
        reading.advised.connect(self._advised)
        reading.unreadable.connect(lambda error: self._none(answers.show_unreadable, error))
        reading.unreached.connect(lambda error: self._none(answers.show_unreached, error))

    def _looking(self) -> None:
        self._answers.show_reading()
        self._check.show_answers(None)

    def _advised(self, advice: Advice) -> None:
        if advice.source is AnswerSource.NOBODY:
            self._answers.show_no_knowledge()
        else:
            outcomes = {each.article_id: each.outcome for each in self._journey.outcomes}
            self._answers.show_suggestions(advice.suggestions, outcomes)
        self._check.show_answers(len(advice.suggestions))

    def _none(self, show: Callable[[HelpdeskError], None], error: HelpdeskError) -> None:
        show(error)
        self._check.show_answers(0)

    def _open(self, article_id: str) -> None:
        self._answers.open_article(article_id)
        self._errands.run(
            "article",
            NET,
            lambda: self._journey.article(article_id),
            self._answers.reader.show_article,
            lambda error: self._answers.reader.show_failed(article_id, error),
        )

    def _judged(self, article_id: str, outcome: Outcome) -> None:
        # What cannot be kept for the server is said by the ticket all the same, or it is solved.
        self._errands.run(
            f"outcome {article_id}",
            DISK,
            lambda: self._journey.outcome(article_id, outcome),
            lambda _: self.delivery_wanted.emit(),
            lambda _: None,
        )
        if outcome is Outcome.SOLVED:
            self.solved.emit()
