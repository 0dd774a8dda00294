"""Colours follow the system and the setting, stay readable, and yield to contrast themes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.ui import theme
from app.ui.drawings import BELL_SIZES, FOLDER, app_icon, bell, drawing
from app.ui.theme import DARK, LIGHT, Shades, Theme, Tone, contrast, decide


def palette(window: str, base: str, text: str) -> QPalette:
    made = QPalette()
    for role, colour in (
        (QPalette.ColorRole.Window, window),
        (QPalette.ColorRole.Base, base),
        (QPalette.ColorRole.Button, window),
        (QPalette.ColorRole.WindowText, text),
        (QPalette.ColorRole.Highlight, "#1aebff"),
        (QPalette.ColorRole.HighlightedText, "#000000"),
    ):
        made.setColor(role, QColor(colour))
    return made


ORDINARY = palette("#efefef", "#ffffff", "#000000")


@pytest.mark.parametrize(
    ("setting", "scheme", "shades"),
    [
        ("auto", Qt.ColorScheme.Light, LIGHT),
        ("auto", Qt.ColorScheme.Dark, DARK),
        ("auto", Qt.ColorScheme.Unknown, LIGHT),
        ("light", Qt.ColorScheme.Dark, LIGHT),
        ("dark", Qt.ColorScheme.Light, DARK),
    ],
)
def test_light_or_dark_is_decided(setting: str, scheme: Qt.ColorScheme, shades: Shades) -> None:
    assert decide(setting, scheme, ORDINARY) == shades


def test_a_contrast_theme_keeps_its_own_colours() -> None:
    chosen = decide("light", Qt.ColorScheme.Dark, palette("#000000", "#000000", "#ffffff"))

    assert chosen.is_high_contrast
    assert (chosen.window, chosen.text, chosen.accent) == ("#000000", "#ffffff", "#1aebff")


@pytest.mark.parametrize("shades", [LIGHT, DARK], ids=["light", "dark"])
def test_every_pair_of_colours_can_be_read(shades: Shades) -> None:
    pairs = [
        (shades.text, shades.window),
        (shades.text, shades.surface),
        (shades.quiet, shades.window),
        (shades.quiet, shades.surface),
        (shades.on_accent, shades.accent),
        (shades.on_accent, shades.accent_hover),
        (shades.text, shades.accent_soft),
        *(shades.of(tone) for tone in Tone),
    ]

    worst = min(pairs, key=lambda pair: contrast(QColor(pair[0]), QColor(pair[1])))

    assert contrast(QColor(worst[0]), QColor(worst[1])) >= 4.5, worst


def test_open_windows_change_their_colours_at_once(qapp: QApplication, qtbot: QtBot) -> None:
    dressed = Theme(qapp, "light")
    button = QPushButton("Send")
    qtbot.addWidget(button)

    dressed.use("dark")

    assert theme.shades() == DARK
    assert button.palette().color(QPalette.ColorRole.ButtonText).name() == DARK.text
    dressed.use("light")
    assert theme.shades() == LIGHT


def test_the_font_knows_chinese(qapp: QApplication) -> None:
    Theme(qapp, "light")

    assert set(theme.CJK_FAMILIES) <= set(qapp.font().families())


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.svg")), ids=lambda path: path.stem)
def test_every_drawing_can_be_drawn(qapp: QApplication, path) -> None:
    image = drawing(path.stem, "#204080", 24).toImage()

    assert any(image.pixelColor(x, y).alpha() > 0 for x in range(24) for y in range(24))


@pytest.mark.parametrize("size", BELL_SIZES)
def test_the_badge_covers_a_corner_of_the_bell_only(qapp: QApplication, size: int) -> None:
    plain = bell(on_dark=True).pixmap(size, size).toImage()
    badged = bell(on_dark=True, count=3).pixmap(size, size).toImage()

    changed = [(x, y) for x in range(size) for y in range(size) if plain.pixel(x, y) != badged.pixel(x, y)]

    assert changed
    assert min(x for x, _ in changed) >= size * 0.25
    assert min(y for _, y in changed) >= size * 0.25
    reds = sum(1 for x, y in changed if badged.pixelColor(x, y).red() > 180 > 100 > badged.pixelColor(x, y).green())
    assert reds > len(changed) / 4


def test_the_program_has_an_icon_in_every_size(qapp: QApplication) -> None:
    assert {size.width() for size in app_icon().availableSizes()} >= {16, 32, 48, 256}
