"""Boxes that are drawn large, round, or of several panes are found as a whole, on the screens they really stand on."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from app.capture import boxes
from app.capture.dialog import Candidate, coarse_outlines, likely_dialogs, outlines
from app.capture.engine import Deadline
from app.capture.rapid import RapidEngine
from app.capture.reading import Line, Reading
from app.capture.salience import read_picture
from app.capture.wire import Request
from app.system.base import Rect
from tests.capture import drawn


@pytest.fixture(scope="module")
def engine() -> RapidEngine:
    return RapidEngine()


def read(engine: RapidEngine, image: Image.Image) -> Reading:
    return read_picture(engine, Request(1, engine.name, *image.size), image.tobytes(), Deadline())


def overlap(one: Rect, other: Rect) -> float:
    common = one.intersection(other).area
    return common / (one.area + other.area - common)


def test_a_box_drawn_twice_as_large_is_found_in_spite_of_its_very_round_corners(engine: RapidEngine) -> None:
    image, _ = drawn.desktop(None, seed=5)
    rect = Rect(700, 300, 760, 500)
    drawn.round_box(image, rect, 30, ("Try again", "Cancel"))

    reading = read(engine, image)

    assert not any(overlap(one.rect, rect) > 0.8 for one in likely_dialogs(image))
    assert reading.is_dialog
    assert overlap(reading.region, rect) > 0.9
    assert "E1023" in reading.text


def test_buttons_one_over_the_other_are_no_table() -> None:
    image, _ = drawn.desktop(None, seed=8)
    rect = Rect(800, 300, 400, 330)
    drawn.round_box(image, rect, 15, ("Try again", "Skip", "Cancel", "Help"))

    assert overlap(likely_dialogs(image)[0].rect, rect) > 0.8


def till_box(image: Image.Image, rect: Rect) -> None:
    """A box with a thick bar and border of one colour, and buttons for fingers in it."""
    draw = ImageDraw.Draw(image)
    draw.rectangle((rect.x, rect.y, rect.right, rect.bottom), fill="#ef6c00")
    draw.text((rect.x + 20, rect.y + 16), "Payment", font=drawn.font(22, chinese=False), fill="white")
    draw.rectangle((rect.x + 6, rect.y + 60, rect.right - 6, rect.bottom - 6), fill="#222222")
    draw.text(
        (rect.x + 40, rect.y + 90), "The card was refused: E1023", font=drawn.font(18, chinese=False), fill="white"
    )
    half = (rect.width - 36) // 2
    for number, text in enumerate(("Retry", "Cancel")):
        box = Rect(rect.x + 12 + number * (half + 12), rect.bottom - 72, half, 58)
        drawn.labelled(draw, box, text, fill="#ef6c00", ink="white", size=18)


@pytest.mark.parametrize("seed", [1, 7])
def test_a_box_is_read_with_the_bar_above_its_pane(engine: RapidEngine, seed: int) -> None:
    image, _ = drawn.desktop(None, seed=seed)
    rect = Rect(740, 380, 520, 230)
    till_box(image, rect)

    reading = read(engine, image)

    assert reading.is_dialog
    assert overlap(reading.region, rect) > 0.9
    assert reading.title == "Payment"
    assert "E1023" in reading.text


def test_letters_close_together_are_no_edge_of_a_box_at_half_the_size() -> None:
    image = Image.new("RGB", (1920, 1080), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((300, 560, 1500, 1000), fill="#1e1e1e")
    rect = Rect(620, 420, 540, 345)  # white on white but for its lower part
    draw.rectangle((rect.x, rect.y, rect.right, rect.bottom), fill="white")
    draw.rectangle((rect.x, rect.y, rect.right, rect.y + 60), fill="#ef6c00")
    letters = drawn.font(18, chinese=False)
    for row in range(4):
        place = rect.x + rect.width / 2, rect.y + 96 + row * 24
        draw.text(place, "nmunmznuxnmnauvnzmnuznmnaunmnzanumn", font=letters, fill="#222222", anchor="mm")
    for number, text in enumerate(("Retry", "Cancel")):
        box = Rect(rect.x + 12 + number * 264, rect.bottom - 76, 252, 60)
        drawn.labelled(draw, box, text, fill="#ef6c00", ink="white", size=18)

    found = coarse_outlines(image)

    assert not any(rect.y + 62 < one.rect.y < rect.y + 200 for one in found if one.score >= 0), found


def test_a_window_around_a_message_that_tells_of_no_trouble_is_not_the_box(engine: RapidEngine) -> None:
    image, _ = drawn.desktop(None, seed=5, busy=False)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((500, 200, 1300, 700), radius=30, fill="#eceff4", outline="#8a8a8a")
    draw.text((530, 640), "Branches", font=drawn.font(18, chinese=False), fill="black")
    box = drawn.dialog("Teams", "Keep this payment card?", ("OK", "Cancel"), size=14, width=300).image
    image.paste(box, (680, 500))  # too narrow to be seen at half the size

    reading = read(engine, image)

    assert "Keep this payment card?" in reading.text
    assert "Branches" not in "".join(line.text for line in reading.message)


def test_a_line_across_a_page_is_not_the_lower_edge_of_a_box() -> None:
    image = Image.new("RGB", (1920, 1080), "#2a5a7a")
    draw = ImageDraw.Draw(image)
    draw.rectangle((240, 200, 1400, 900), fill="white")
    draw.rectangle((260, 400, 1380, 401), fill="#888888")
    draw.text((270, 300), "Request failed", font=drawn.font(36, chinese=False), fill="black")
    draw.text((270, 440), "The card was refused: E1023", font=drawn.font(24, chinese=False), fill="black")

    found = coarse_outlines(image)

    assert [one.rect.bottom for one in found if one.rect.bottom < 500] == []


def candidates(*rects: Rect) -> list[Candidate]:
    return [Candidate(rect, 1.5) for rect in rects]


def line(text: str, rect: Rect) -> Line:
    return Line(text, rect, 0.9)


def test_the_smallest_outline_a_row_of_buttons_stands_in_is_the_box() -> None:
    row, box, window = Rect(120, 240, 360, 70), Rect(100, 100, 400, 220), Rect(0, 0, 1200, 800)
    beside = Rect(600, 200, 400, 200)

    assert boxes.around_buttons(row, candidates(beside, window, box), 1e6) == Candidate(box, 1.5)


def test_a_window_is_no_box_around_buttons_in_its_upper_half_nor_one_that_is_too_large() -> None:
    row = Rect(120, 140, 360, 70)

    assert boxes.around_buttons(row, candidates(Rect(100, 100, 400, 400)), 1e6) is None
    assert boxes.around_buttons(row, candidates(Rect(100, 0, 400, 230)), 50_000) is None


def test_a_bar_belongs_to_a_pane_of_the_same_width_only() -> None:
    pane = Rect(106, 160, 388, 200)

    assert boxes.with_bar(pane, candidates(Rect(100, 110, 400, 256))) == Candidate(Rect(100, 110, 400, 256), 1.5)
    assert boxes.with_bar(pane, candidates(Rect(110, 110, 380, 242))) == Candidate(Rect(106, 110, 388, 250), 1.5)
    assert boxes.with_bar(pane, candidates(Rect(20, 110, 480, 256), Rect(100, 0, 400, 366))) is None
    assert boxes.with_bar(pane, candidates(pane, Rect(104, 158, 392, 204))) is None


def test_two_outlines_around_one_message_are_one() -> None:
    said = (line("2 pieces", Rect(20, 300, 60, 18)), line("The order could not be saved", Rect(220, 320, 300, 18)))

    assert boxes.is_told_within(said, Rect(200, 280, 400, 160))
    assert not boxes.is_told_within(said, Rect(0, 0, 200, 160))


def test_a_table_is_still_no_dialog() -> None:
    image = Image.new("RGB", (1920, 1080), "#5c6bc0")
    draw = ImageDraw.Draw(image)
    draw.rectangle((600, 300, 1100, 700), fill="white", outline="#888888")
    for row in range(10):
        draw.line((600, 300 + 40 * row, 1100, 300 + 40 * row), fill="#888888")
        draw.text((620, 310 + 40 * row), f"Order {row}", font=drawn.font(14, chinese=False), fill="black")

    assert likely_dialogs(image) == []
    assert all(one.score < 2 for one in outlines(image))
