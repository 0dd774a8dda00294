"""Reading an answer never pushes the way to IT off a small screen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from app.ui.language import LanguageSwitch
from app.ui.report.flow import ReportFlow
from app.ui.report.tool import Tool
from app.ui.theme import Theme
from tests.ui.report.conftest import Shop

SCREENS = [(1024, 728), (1280, 740), (1366, 720), (1920, 1020)]


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    """The real style: paddings and borders are what takes the room."""
    Theme(qapp, "light")


def opened(shop: Shop, width: int, height: int) -> ReportFlow:
    """A report on a screen of that size, its first answer opened."""
    flow = shop.advised()
    flow.window.setGeometry(0, 0, width, height)
    shop.wait(lambda: not flow.window.picture.answers.is_settling)
    flow.window.picture.answers.cards[0].click()
    shop.wait(flow.window.picture.answers.reader.helped.isEnabled)
    return flow


def right_edge(widget: QWidget, window: QWidget) -> int:
    return widget.mapTo(window, QPoint(widget.width(), 0)).x()


@pytest.mark.parametrize(("width", "height"), SCREENS)
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_an_opened_answer_leaves_every_button_on_the_screen(
    shop: Shop, english: LanguageSwitch, language: str, width: int, height: int
) -> None:
    english.use(language)
    flow = opened(shop, width, height)
    window, page = flow.window, flow.window.picture

    shop.wait(lambda: page.answers.reader.did_not_help.width() > 100)

    assert window.width() == width
    assert window.minimumSizeHint().width() <= width
    for button in (page.answers.reader.helped, page.answers.reader.did_not_help, page.go_on):
        assert right_edge(button, window) <= width
    assert page.answers.width() >= 400  # wide enough to read in


@pytest.mark.parametrize(("width", "height"), SCREENS)
def test_the_tools_are_back_when_the_answer_is_closed(shop: Shop, width: int, height: int) -> None:
    flow = opened(shop, width, height)
    page = flow.window.picture

    page.answers.reader.did_not_help.click()

    shop.wait(lambda: page.tools.isVisible() and page.private.isVisible())
    assert flow.window.minimumSizeHint().width() <= width
    assert right_edge(page.go_on, flow.window) <= width


def whole(button: QToolButton) -> bool:
    """Whether the name is not shown, or all of it."""
    icon_only = button.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonIconOnly
    return icon_only or button.fontMetrics().horizontalAdvance(button.text()) < button.width()


def test_a_tool_shows_its_whole_name_or_only_its_drawing(shop: Shop) -> None:
    flow = shop.report()
    window = flow.window
    buttons = [window.picture.tools.button(tool) for tool in Tool if tool is not Tool.ELLIPSE]

    for width in (1024, 980, 1100, 1366, 1600):
        window.setGeometry(0, 0, width, 728)
        shop.wait(lambda: all(whole(button) for button in buttons))
        assert all(button.accessibleName() == button.text() for button in buttons)

    assert all(button.toolButtonStyle() is Qt.ToolButtonStyle.ToolButtonTextUnderIcon for button in buttons)
