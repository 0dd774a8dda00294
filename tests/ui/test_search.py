"""Search: results as one types, by keyboard or finger, and the article opened in place."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextDocument
from PySide6.QtWidgets import QComboBox, QMessageBox
from pytestqt.qtbot import QtBot

from app.knowledge.build import build
from app.protocol.knowledge import Article
from app.ui.answers import excerpt, marks
from app.ui.article import ArticleView
from app.ui.desk import Desk
from app.ui.row_painter import occurrences
from app.ui.search import FOUND, SearchPage

ARTICLES = (
    Article(
        id="printer-en",
        title="The office printer is offline",
        body="# The office printer is offline\n\nPaper, toner or cable.\n\n## Steps\n\n1. Look at the display.",
        tags=("printing",),
    ),
    Article(id="printer-zh", title="办公打印机脱机", body="打印机脱机时，请检查电源和网线。", locale="zh-CN"),
    Article(
        id="vpn-en",
        title="VPN error 809",
        body="The VPN answers `809`. [Status](https://status.example.com)",
        tags=("network",),
    ),
)


@pytest.fixture
def knowing(desk: Desk, tmp_path: Path) -> Desk:
    """A desk with a pack of three articles."""
    file = tmp_path / "pack.sqlite"
    build(ARTICLES, file, "v1")
    desk.services.pack.from_file(file)
    return desk


@pytest.fixture
def page(knowing: Desk, qtbot: QtBot) -> SearchPage:
    made = SearchPage(knowing)
    qtbot.addWidget(made)
    made.resize(800, 600)
    made.show()
    return made


def titles(page: SearchPage) -> list[str]:
    model = page._model
    return [model.index(row, 0).data(FOUND).suggestion.title for row in range(model.rowCount())]


@pytest.mark.parametrize(
    ("typed", "title"),
    [("printer", ARTICLES[0].title), ("打印机", ARTICLES[1].title), ("809", ARTICLES[2].title)],
)
def test_results_come_while_one_types(page: SearchPage, qtbot: QtBot, typed: str, title: str) -> None:
    for letter in typed:
        page.field.insert(letter)

    qtbot.waitUntil(lambda: titles(page)[:1] == [title])


def test_nothing_found_is_said(page: SearchPage, qtbot: QtBot) -> None:
    page.search_for("zzzz")

    qtbot.waitUntil(lambda: page._nothing._title.text() == "Nothing found for “zzzz”")


def test_the_keyboard_goes_through_the_results_and_opens_one(page: SearchPage, qtbot: QtBot) -> None:
    page.search_for("office printer error")
    qtbot.waitUntil(lambda: len(titles(page)) >= 2)
    second = titles(page)[1]

    qtbot.keyClick(page.field, Qt.Key.Key_Down)
    qtbot.keyClick(page.field, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: page._article.accessibleName() == second)
    assert page._article.isVisible()


def test_back_leads_from_the_article_to_the_results(page: SearchPage, qtbot: QtBot) -> None:
    page.search_for("809")
    qtbot.waitUntil(lambda: len(titles(page)) >= 1)
    page._open_current()
    qtbot.waitUntil(lambda: page._article.isVisible())

    assert page.back()

    assert page._list.isVisible()
    assert not page.back()


def test_an_answer_to_an_older_question_is_dropped(page: SearchPage, qtbot: QtBot) -> None:
    page.search_for("printer")
    page.search_for("809")

    qtbot.waitUntil(lambda: titles(page)[:1] == [ARTICLES[2].title])
    assert ARTICLES[0].title not in titles(page)


def test_without_pack_and_helpdesk_the_page_says_why(desk: Desk, qtbot: QtBot) -> None:
    page = SearchPage(desk)
    qtbot.addWidget(page)
    page.show()

    page.search_for("printer")

    qtbot.waitUntil(lambda: page._banner.isVisible())
    assert page._banner.accessibleName() == "There are no answers on this computer yet."


@pytest.mark.parametrize(
    ("words", "marked"),
    [
        ("printer offline", {"printer", "offline"}),
        ("打印机脱机", {"打印机脱机", "打印", "印机", "机脱", "脱机"}),
        ("a E1023", {"E1023"}),
    ],
)
def test_what_is_set_off_follows_from_the_words(words: str, marked: set[str]) -> None:
    assert set(marks(words)) == marked


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("The Printer is offline", ("printer", "offline"), [(4, 7), (15, 7)]),
        ("办公打印机脱机", ("打印", "印机", "脱机"), [(2, 5)]),
        ("nothing", ("printer",), []),
        ("a.b", (".",), [(1, 1)]),
    ],
)
def test_words_are_found_in_a_line(text: str, words: tuple[str, ...], found: list[tuple[int, int]]) -> None:
    assert occurrences(text, words) == found


def test_an_excerpt_shows_the_place_without_markup() -> None:
    body = "# Title\n\n" + "Filler words. " * 30 + "Press **Reset** on the [terminal](https://x.example)."

    shown = excerpt(body, ("Reset",))

    assert "Press Reset on the terminal." in shown
    assert "Title" not in shown
    assert shown.startswith("… ")


def test_an_article_loads_nothing_from_outside(qtbot: QtBot) -> None:
    view = ArticleView()
    qtbot.addWidget(view)

    view.show_article("Title", "![tracker](https://evil.example/x.png) <img src='https://evil.example/y.png'>")

    assert "<img" not in view.toHtml()
    kind = QTextDocument.ResourceType.ImageResource.value
    assert view.loadResource(kind, QUrl("https://evil.example/x.png")) is None


def test_a_link_shows_its_address_before_it_is_opened(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    view = ArticleView()
    qtbot.addWidget(view)
    view.show()

    view.anchorClicked.emit(QUrl("https://status.example.com/a"))
    box = view.findChildren(QMessageBox)[0]
    assert box.informativeText() == "https://status.example.com/a"
    assert opened == []

    next(each for each in box.buttons() if each.text() == "Open").click()
    assert opened == [QUrl("https://status.example.com/a")]


@pytest.mark.parametrize("address", ["file:///etc/passwd", "javascript:alert(1)", "ssh://host", "deskbell:x"])
def test_other_kinds_of_address_are_not_opened(qtbot: QtBot, address: str) -> None:
    view = ArticleView()
    qtbot.addWidget(view)

    view.anchorClicked.emit(QUrl(address))

    assert view.findChildren(QMessageBox) == []


def choose(box: QComboBox, data: str) -> None:
    box.setCurrentIndex(box.findData(data))
    box.activated.emit(box.currentIndex())


def test_results_are_narrowed_to_a_language_and_back(page: SearchPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(page._filters.isVisible)
    page.search_for("打印机 printer")
    qtbot.waitUntil(lambda: len(titles(page)) == 2)

    choose(page._filters._language, "zh")
    qtbot.waitUntil(lambda: titles(page) == [ARTICLES[1].title])
    choose(page._filters._language, "")

    qtbot.waitUntil(lambda: len(titles(page)) == 2)


def test_results_are_narrowed_to_a_topic_and_nothing_found_says_so(page: SearchPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(page._filters.isVisible)
    choose(page._filters._topic, "network")
    page.search_for("809")
    qtbot.waitUntil(lambda: titles(page) == [ARTICLES[2].title])

    choose(page._filters._topic, "printing")

    qtbot.waitUntil(lambda: "all languages and topics" in page._nothing._more.text())


def test_what_was_found_by_pinyin_is_set_off_in_chinese(page: SearchPage, qtbot: QtBot) -> None:
    page.search_for("dayinji")

    qtbot.waitUntil(lambda: titles(page)[:1] == [ARTICLES[1].title])
    found = page._model.index(0, 0).data(FOUND)
    assert "打印机" in found.suggestion.reason.evidence


def test_where_there_is_nothing_to_choose_no_filters_are_shown(desk: Desk, qtbot: QtBot, tmp_path: Path) -> None:
    build(ARTICLES[:1], tmp_path / "one", "v1")
    desk.services.pack.from_file(tmp_path / "one")
    alone = SearchPage(desk)
    qtbot.addWidget(alone)
    alone.show()
    alone.search_for("printer")
    qtbot.waitUntil(lambda: bool(titles(alone)))

    assert not alone._filters.isVisible()
