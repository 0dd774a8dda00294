"""The row of tools: styles that stay, and a page that does not jump."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.capture.annotation.document import Area, Box, Colour, Weight
from app.ui.report.picture_tools import LastStyle
from app.ui.report.tool import Style
from tests.ui.report.conftest import Shop


@pytest.fixture(autouse=True)
def last_style() -> Iterator[None]:
    before = LastStyle.style
    yield
    LastStyle.style = before


def draw_box(shop: Shop, colour: Colour):
    """A report with one selected box in a colour."""
    flow = shop.report()
    page = flow.window.picture
    page.tools._restyle(Style(colour))
    page.view.hand.begin(page.view, page.view.to_view(page.view.bounds).center(), 5)
    page.view.hand.drag_to(page.view, page.view.to_view(page.view.bounds).bottomRight())
    page.view.hand.finish(page.view, page.view.to_view(page.view.bounds).bottomRight())
    return flow


def test_another_weight_leaves_the_colour_of_a_mark(shop: Shop) -> None:
    flow = draw_box(shop, Colour.BLUE)
    page = flow.window.picture
    chosen = page.view.chosen
    page.view.select(None)
    page.tools._restyle(Style(Colour.GREEN))

    page.view.select(chosen)
    next(each for each in page.tools._weights.actions() if each.data() == "thick").trigger()

    (mark,) = flow.editing.gallery.pictures[0].document.marks
    assert isinstance(mark, Box)
    assert isinstance(mark.area, Area)
    assert (mark.colour, mark.weight) == (Colour.BLUE, Weight.THICK)


def test_the_style_chosen_last_is_there_in_the_next_report(shop: Shop) -> None:
    draw_box(shop, Colour.PURPLE).cancel()

    page = shop.report().window.picture

    assert page.view.ink_style.colour is Colour.PURPLE
    (ticked,) = (each for each in page.tools._colours.actions() if each.isChecked())
    assert ticked.data() == Colour.PURPLE.value


def test_the_picture_stays_where_it_is_when_the_first_mark_is_drawn(shop: Shop) -> None:
    flow = shop.report()
    view = flow.window.picture.view
    before = (view.zoom, view.to_view(view.bounds), view.size())

    box = Box(id=flow.journey.draft_id, area=Area(10, 10, 50, 50))
    view.commit(flow.editing.gallery.pictures[0].document.__class__(800, 600, 1.0, (box,)), "box")
    shop.qtbot.wait(1)

    assert (view.zoom, view.to_view(view.bounds), view.size()) == before
    assert flow.window.picture.marks.entries.count() == 1
