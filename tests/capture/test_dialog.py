"""The dialog is found on desktops, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from PIL import Image

from app.capture.dialog import find_dialog
from app.system.base import Rect
from tests.capture import drawn

MESSAGES = (
    ("Outlook", "Cannot connect to the server.\nError code: 0x8004010F", ("OK", "Help")),
    ("收银系统", "支付失败，请重试或更换支付方式。\n错误代码：E1023", ("重试", "取消")),
)


def overlap(one: Rect, other: Rect) -> float:
    common = one.intersection(other).area
    return common / (one.area + other.area - common)


@pytest.mark.parametrize("look", drawn.LOOKS)
@pytest.mark.parametrize("size", [12, 16, 24])
def test_a_dialog_on_a_busy_desktop_is_found(look: str, size: int) -> None:
    title, message, buttons = MESSAGES[size % 2]
    shown = drawn.dialog(title, message, buttons, look=look, size=size)
    image, rect = drawn.desktop(shown, seed=size, radius=drawn.LOOKS[look].radius)
    assert rect is not None

    found = find_dialog(image)

    assert found is not None
    assert overlap(found, rect) > 0.8


@pytest.mark.parametrize("seed", range(6))
def test_a_desktop_without_a_dialog_has_none(seed: int) -> None:
    image, _ = drawn.desktop(None, seed=seed)

    assert find_dialog(image) is None


def test_of_two_equal_cards_none_is_the_dialog() -> None:
    card = drawn.dialog(*MESSAGES[0], look="gtk").image
    page = Image.new("RGB", (1920, 1080), "#f6f7f9")
    page.paste(card, (200, 300))
    page.paste(card, (1000, 300))

    assert find_dialog(page) is None


def test_a_page_of_cards_with_buttons_has_no_dialog() -> None:
    page = Image.new("RGB", (1920, 1080), "#eceff4")
    draw = drawn.ImageDraw.Draw(page)
    for column in range(3):
        for row in range(3):
            x, y = 120 + column * 580, 60 + row * 330
            draw.rounded_rectangle((x, y, x + 520, y + 280), radius=8, fill="white", outline="#d8dee9")
            draw.text((x + 24, y + 24), "Report of the day", font=drawn.font(22, chinese=False), fill="#222222")
            draw.rounded_rectangle((x + 380, y + 220, x + 496, y + 256), radius=4, fill="#5e81ac")
            draw.text((x + 410, y + 226), "Open", font=drawn.font(16, chinese=False), fill="white")

    assert find_dialog(page) is None


@pytest.mark.parametrize("look", drawn.LOOKS)
def test_a_picture_that_is_the_dialog_is_not_cut(look: str) -> None:
    shown = drawn.dialog(*MESSAGES[0], look=look, size=20)

    assert find_dialog(shown.image) is None


@pytest.mark.parametrize("size", [(1, 1), (8, 2000), (2000, 8), (300, 100), (1920, 1080)])
def test_an_empty_picture_has_no_dialog(size: tuple[int, int]) -> None:
    assert find_dialog(Image.new("RGB", size, "#336699")) is None


def test_noise_has_no_dialog() -> None:
    assert find_dialog(Image.effect_noise((1280, 800), 90).convert("RGB")) is None
