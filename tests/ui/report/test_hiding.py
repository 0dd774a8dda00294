"""What is hidden is gone: two secrets below the same area leave no trace of which one it was."""

from __future__ import annotations

import io
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.capture.annotation.document import Area, Arrow, Box, Document, Ellipse, Hide, Highlight, Mark, Point, Step
from app.capture.annotation.history import History
from app.capture.frame import Frame
from app.capture.reading import Line, Reading, Word
from app.capture.redaction import visible
from app.errors import HelpdeskError
from app.helpdesk.outbox_items import ItemKind
from app.knowledge.signature import extract
from app.report import without_private
from app.system.base import Rect
from app.ui.report.picture import Picture
from app.ui.report.picture_source import pixels
from tests.ui.report import conftest
from tests.ui.report.conftest import Shop, frame, shop_screen

WIDTH, HEIGHT, CELL = 320, 200, 16


def read(image: Image.Image) -> Reading:
    """A reader whose words depend on every pixel: one word for each cell, made of the cell's levels."""
    lines = []
    for y in range(0, HEIGHT - CELL + 1, CELL):
        words = []
        for x in range(0, WIDTH - CELL + 1, CELL):
            cell = image.crop((x, y, x + CELL, y + CELL))
            sums = [sum(cell.getchannel(channel).tobytes()) for channel in "RGB"]
            words.append(Word("E" + "".join(f"{each:x}" for each in sums), Rect(x, y, CELL, CELL)))
        text = " ".join(word.text for word in words)
        lines.append(Line(text, Rect(0, y, WIDTH, CELL), 0.9, tuple(words)))
    return Reading(tuple(lines), Rect(0, 0, WIDTH, HEIGHT), "pixels", 0.0)


def leaves(picture: Picture) -> tuple[bytes, tuple[str, ...], str, object]:
    """Everything that can leave: the file, the search query, the title, the signature."""
    seen = visible(read(picture.frame.image), picture.hidden, picture.frame.size, picture.frame.scale)
    seen = without_private(seen)
    query = tuple(line.text for line in seen.lines)
    return picture.png(), query, seen.title, extract(query, seen.title, "")


def secret(base: Image.Image, hidden: Rect, colour: tuple[int, int, int], seed: int) -> Image.Image:
    """The same picture with another secret inside the hidden area."""
    image = base.copy()
    for step in range(0, hidden.width, 3):
        level = tuple((each + step * seed) % 256 for each in colour)
        image.paste(level, (hidden.x + step, hidden.y, min(hidden.x + step + 2, hidden.right), hidden.bottom))
    return image


places = st.builds(Point, st.integers(0, WIDTH), st.integers(0, HEIGHT))
sizes = st.builds(Area, st.integers(0, 250), st.integers(0, 150), st.integers(4, 60), st.integers(4, 40))


@st.composite
def marks(draw: st.DrawFn) -> tuple[Mark, ...]:
    made: list[Mark] = []
    for number in range(draw(st.integers(0, 4))):
        name = UUID(int=number + 1)
        kind = draw(st.integers(0, 4))
        area, start, end = draw(sizes), draw(places), draw(places)
        made.append(
            (
                Box(id=name, area=area),
                Ellipse(id=name, area=area),
                Highlight(id=name, area=area),
                Arrow(id=name, start=start, tip=end),
                Step(id=name, centre=start),
            )[kind]
        )
    return tuple(made)


@settings(max_examples=40, deadline=None)
@given(
    hidden=st.builds(Rect, st.integers(0, 240), st.integers(0, 150), st.integers(5, 70), st.integers(5, 40)),
    others=marks(),
    crop=st.none()
    | st.builds(Area, st.integers(0, 100), st.integers(0, 60), st.integers(60, 200), st.integers(40, 120)),
    scale=st.sampled_from((1.0, 1.5, 2.0)),
    colours=st.tuples(*(st.tuples(*[st.integers(0, 255)] * 3) for _ in range(2))),
)
def test_two_secrets_below_one_area_leave_the_same_bytes_and_the_same_query(
    hidden: Rect,
    others: tuple[Mark, ...],
    crop: Area | None,
    scale: float,
    colours: tuple[tuple[int, int, int], tuple[int, int, int]],
) -> None:
    base = Image.linear_gradient("L").resize((WIDTH, HEIGHT)).convert("RGB")
    hide = Hide(id=UUID(int=99), area=Area(hidden.x, hidden.y, hidden.width, hidden.height))
    document = Document(WIDTH, HEIGHT, scale, (*others, hide), crop)

    left = []
    for seed, colour in enumerate(colours, 1):
        image = secret(base, hidden, colour, seed)
        shown = Picture(replaced(frame(image), scale), History(document), is_sent=True)
        left.append(leaves(shown))

    assert left[0] == left[1]


def replaced(made: Frame, scale: float) -> Frame:
    return replace(made, scale=scale)


@pytest.fixture
def telephone(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The dialog shows somebody's number below that of the card."""
    shown = type(shop.reader).read.__globals__  # the plugin that holds the reader is not the module imported here
    monkeypatch.setitem(shown, "LINES", (*conftest.LINES, conftest.line("Phone 13912345678", 220, 240)))


@pytest.mark.usefixtures("telephone")
def test_proposals_are_shown_and_hidden_together(shop: Shop) -> None:
    flow = shop.advised()
    page = flow.window.picture
    shop.wait(lambda: page.private.text() == "Hide all (2)")

    page.private.click()

    picture = flow.editing.gallery.read
    assert picture is not None
    assert len(picture.hidden) == 2
    assert page.private.text() == "Hide what looks private"
    shop.wait(lambda: "13912345678" not in flow.reading.known.signature.codes)


@pytest.mark.usefixtures("telephone")
def test_one_undo_shows_everything_again_that_was_hidden_together(shop: Shop) -> None:
    flow = shop.advised()
    page = flow.window.picture
    shop.wait(lambda: page.private.text() == "Hide all (2)")
    page.private.click()

    page.undone.emit()

    assert flow.editing.gallery.pictures[0].hidden == ()
    page.redone.emit()
    assert len(flow.editing.gallery.pictures[0].hidden) == 2


def test_hidden_areas_of_another_picture_do_not_count_here(shop: Shop) -> None:
    shop.screen.frames = (
        shop.screen.frames[0],
        frame(Image.new("RGB", (640, 480), (200, 200, 200)), Rect(800, 0, 640, 480), "two", primary=False),
    )
    flow = shop.advised()
    flow.window.picture.chosen.emit(1)
    flow.window.picture.hide_drawn.emit(Rect(10, 10, 50, 50))

    assert flow.editing.gallery.pictures[0].hidden == ()
    assert flow.editing.gallery.pictures[1].is_sent
    assert not pixels(flow.editing.gallery.pictures[1].frame).isNull()


@pytest.mark.usefixtures("telephone")
def test_the_page_with_send_says_what_looks_private_and_hides_it(shop: Shop) -> None:
    """The short way on a till never shows the proposals on the picture."""
    flow = shop.report(quick=True)
    page = flow.window.check
    shop.wait(page.private.isVisible)
    assert page.private.text() == "Looks private: hide 2 places"

    page.private.click()

    assert len(flow.editing.gallery.pictures[0].hidden) == 2
    assert not page.private.isVisible()
    shop.wait(page.go.isEnabled)
    shop.send(flow)
    assert "13912345678" not in everything_sent(shop)
    assert is_black(sent_picture(shop), flow.editing.gallery.pictures[0].filled[0])


@pytest.mark.usefixtures("telephone")
def test_what_the_organisation_wants_hidden_is_hidden_before_anything_can_be_sent(shop: Shop) -> None:
    shop.use(hide_private=True)
    shop.reader.open.clear()
    flow = shop.report(quick=True)
    page = flow.window.check
    shop.wait(lambda: flow.sending.shown is not None)
    assert not page.go.isEnabled()

    shop.reader.open.set()

    shop.wait(page.go.isEnabled)
    card, phone = flow.editing.gallery.pictures[0].filled
    shop.send(flow)
    assert "13912345678" not in everything_sent(shop)
    assert "6222021234567890" not in everything_sent(shop)
    assert is_black(sent_picture(shop), card)
    assert is_black(sent_picture(shop), phone)


def test_a_picture_that_cannot_be_looked_through_is_said_and_does_not_hold_the_report_up(shop: Shop) -> None:
    shop.use(hide_private=True)
    shop.reader.error = HelpdeskError("The text could not be read.")
    flow = shop.report(quick=True)

    shop.wait(flow.window.check.go.isEnabled)

    assert flow.window.banner.isVisible()


def test_what_was_found_on_one_picture_is_not_taken_for_another(shop: Shop) -> None:
    one, other = frame(shop_screen()), frame(shop_screen())

    assert one.serial != other.serial
    assert one.crop(Rect(0, 0, 50, 50)).serial != one.serial


def test_what_is_hidden_at_one_place_is_not_told_from_another(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    twice = (conftest.line("Phone 13912345678", 220, 240), conftest.line("SMS to 13912345678 failed E1023", 220, 272))
    monkeypatch.setitem(type(shop.reader).read.__globals__, "LINES", (*conftest.LINES, *twice))
    flow = shop.advised()

    flow.window.picture.hide_drawn.emit(Rect(260, 241, 100, 10))

    shop.checking(flow)
    shop.send(flow)
    told = everything_sent(shop)
    assert "13912345678" not in told
    assert "SMS to" in told


def test_a_private_title_is_masked_as_soon_as_something_is_hidden(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        type(shop.services.system), "foreground", lambda _: replace(conftest.NOTICED, title="CRM: anna@example.com")
    )
    flow = shop.advised()
    flow.window.picture.hide_drawn.emit(Rect(255, 498, 130, 20))

    shop.checking(flow)
    shop.send(flow)

    assert "anna@example.com" not in everything_sent(shop)
    assert "CRM" in everything_sent(shop)


def everything_sent(shop: Shop) -> str:
    (item,) = (each for each in shop.services.outbox.items() if each.kind is ItemKind.TICKET)
    return item.message


def sent_picture(shop: Shop) -> Image.Image:
    (item,) = (each for each in shop.services.outbox.items() if each.kind is ItemKind.TICKET)
    (file,) = item.files
    return Image.open(io.BytesIO(shop.services.outbox.content(file.id))).convert("RGB")


def is_black(image: Image.Image, area: Rect) -> bool:
    return image.crop((area.x, area.y, area.right, area.bottom)).getextrema() == ((0, 0),) * 3
