"""A window comes back where it was, and always where it can be reached."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

import app.ui
from app.ui.placement import Placement, clamped, screen_of

USUAL = QSize(900, 700)
MAIN = QRect(0, 0, 1920, 1040)
LEFT = QRect(-1280, 100, 1280, 1024)
TILL = QRect(0, 0, 1024, 768)


@pytest.mark.parametrize(
    ("wanted", "screens", "expected"),
    [
        (None, [MAIN], QRect(510, 170, 900, 700)),
        (None, [TILL], QRect(62, 34, 900, 700)),
        (QRect(100, 50, 800, 600), [MAIN], QRect(100, 50, 800, 600)),
        (QRect(-1200, 200, 800, 600), [MAIN, LEFT], QRect(-1200, 200, 800, 600)),
        (QRect(-1200, 200, 800, 600), [MAIN], QRect(510, 170, 900, 700)),
        (QRect(1800, 900, 800, 600), [MAIN], QRect(1120, 440, 800, 600)),
        (QRect(0, 0, 1900, 1000), [TILL], QRect(0, 0, 1024, 768)),
    ],
)
def test_a_place_is_kept_on_the_screens_that_are_there(wanted, screens, expected) -> None:
    assert clamped(wanted, USUAL, screens) == expected


def test_a_place_is_remembered_from_one_start_to_the_next(tmp_path: Path, qtbot: QtBot) -> None:
    first, second = QWidget(), QWidget()
    qtbot.addWidget(first)
    qtbot.addWidget(second)
    first.setGeometry(30, 40, 420, 330)

    Placement(tmp_path / "windows.ini", "help_window", USUAL).keep(first)
    Placement(tmp_path / "windows.ini", "help_window", USUAL).restore(second)

    assert second.geometry() == QRect(30, 40, 420, 330)


def test_a_spoilt_file_costs_nothing_but_the_place(tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "windows.ini").write_bytes(b"\x00\xff[General\nhelp_window=@Rect(x)")
    window = QWidget()
    qtbot.addWidget(window)

    Placement(tmp_path / "windows.ini", "help_window", QSize(500, 400)).restore(window)

    assert window.size() == QSize(500, 400)


def test_a_window_is_on_the_screen_it_covers_most_and_on_the_main_one_when_on_none(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    main = QGuiApplication.primaryScreen()

    for place in (QRect(10, 10, 200, 100), QRect(90_000, 0, 10, 10)):
        window.setGeometry(place)
        assert screen_of(window) is main


def test_no_window_is_asked_for_its_screen() -> None:
    sources = Path(app.ui.__file__).parent.rglob("*.py")
    asking = re.compile(r"(?<!QWidget)\.screen\(\)")

    found = {path.name for path in sources if asking.search(path.read_text(encoding="utf-8"))}

    assert found == set()
