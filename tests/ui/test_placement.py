"""A window comes back where it was, and always where it can be reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.placement import Placement, clamped

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
