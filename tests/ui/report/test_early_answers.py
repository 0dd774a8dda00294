"""Answers come as soon as something is known, and stay where they are while more becomes known."""

from __future__ import annotations

from app.capture.reading import Line, Reading
from app.protocol.knowledge import Fit, Reason, ReasonKind, Suggestion
from app.system.base import Rect
from app.ui.report.answers import steady

from .conftest import DIALOG, Shop

EARLY = Reading((Line("Error code: E1023", Rect(210, 200, 150, 20), 1.0),), DIALOG, "early", 1.0, is_dialog=True)
SAYS_NOTHING = Reading((Line("Please wait", Rect(210, 200, 150, 20), 1.0),), DIALOG, "early", 1.0, is_dialog=True)


def test_answers_for_what_is_known_early_are_there_before_the_picture_is_read(shop: Shop) -> None:
    shop.reader.early = EARLY
    shop.reader.open.clear()

    flow = shop.report()
    answers = flow.window.picture.answers
    shop.wait(lambda: len(answers.cards) == 2)
    cards = list(answers.cards)
    shop.reader.open.set()
    shop.wait(lambda: len(shop.answers.asked) == 2)
    shop.wait(lambda: "E1023" in (flow.reading.known.reading.text if flow.reading.known.reading else ""))

    assert answers.cards == cards
    assert shop.answers.asked[1].engine == "fake"


def test_that_nothing_fits_is_not_said_before_everything_is_read(shop: Shop) -> None:
    shop.reader.early = SAYS_NOTHING
    shop.reader.open.clear()

    flow = shop.report()
    shop.wait(lambda: shop.answers.asked == [SAYS_NOTHING])
    shop.qtbot.wait(1)

    assert flow.window.picture.answers.heading == "Looking for an answer…"
    shop.reader.open.set()
    shop.wait(lambda: len(flow.window.picture.answers.cards) == 2)


def suggestion(name: str) -> Suggestion:
    return Suggestion(id=name, title=name, score=1, fit=Fit.GOOD, reason=Reason(kind=ReasonKind.WORDS, evidence=()))


A, B, C, D = map(suggestion, "abcd")


def test_a_card_under_the_pointer_stays_where_it_is() -> None:
    assert steady((A, B, C), (C, D, B), "b") == (C, B, D)
    assert steady((A, B, C), (B, A), "a") == (A, B)


def test_without_a_card_in_use_or_when_it_no_longer_fits_the_best_comes_first() -> None:
    assert steady((A, B, C), (C, D, B), "") == (C, D, B)
    assert steady((A, B, C), (C, D), "b") == (C, D)
    assert steady((), (C, D), "c") == (C, D)
