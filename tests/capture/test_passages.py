"""The texts of a whole screen, each by itself."""

from __future__ import annotations

from app.capture.passages import passages, quiet, troubled
from app.capture.reading import Line, Reading, Role
from app.system.base import Rect

SCREEN = Rect(0, 0, 1920, 1080)


def line(text: str, x: int, y: int, width: int = 300, height: int = 20, role: Role = Role.TEXT) -> Line:
    return Line(text, Rect(x, y, width, height), 0.9, role=role)


def texts(found: list[tuple[Line, ...]]) -> list[list[str]]:
    return [[each.text for each in passage] for passage in found]


def test_lines_below_one_another_are_one_passage_and_columns_are_two() -> None:
    lines = [
        line("The file could not", 100, 100),
        line("Reports", 900, 101),
        line("be opened.", 100, 128, 120),
        line("Budget", 900, 129),
    ]

    assert texts(passages(lines)) == [["The file could not", "be opened."], ["Reports", "Budget"]]


def test_a_gap_or_another_size_of_letters_ends_a_passage() -> None:
    lines = [line("Heading", 100, 100, height=44), line("Text below it", 100, 150), line("Far below", 100, 240)]

    assert texts(passages(lines)) == [["Heading"], ["Text below it"], ["Far below"]]


def test_a_line_that_touches_two_passages_makes_them_one() -> None:
    lines = [line("left above", 100, 100), line("right above", 500, 100), line("wide below", 100, 126, 700)]

    assert texts(passages(lines)) == [["left above", "right above", "wide below"]]


def test_the_passages_with_the_most_trouble_come_first_and_labels_are_none() -> None:
    lines = (
        line("OK", 100, 900, 40),
        line("Meeting of the branch on Monday", 100, 100),
        line("The supplier is locked", 100, 300),
        line("Error: the invoice cannot be saved", 100, 500),
        line("Loading of the page has failed", 100, 700, role=Role.AROUND),
    )
    reading = Reading(lines, SCREEN, "test", 1.0)

    assert texts(troubled(reading)) == [[lines[3].text], [lines[4].text], [lines[2].text]]
    assert texts(quiet(reading)) == [[lines[1].text]]


def test_the_one_text_of_a_screen_is_no_passage_of_it() -> None:
    reading = Reading((line("Error: the invoice cannot", 100, 500), line("be saved", 100, 526)), SCREEN, "test", 1.0)

    assert troubled(reading) == quiet(reading) == []
