"""The dialog is found on desktops, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from PIL import Image

from app.capture.dialog import likely_dialogs
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

    assert overlap(likely_dialogs(image)[0].rect, rect) > 0.8


@pytest.mark.parametrize("seed", range(6))
def test_a_desktop_without_a_dialog_has_none(seed: int) -> None:
    image, _ = drawn.desktop(None, seed=seed)

    assert likely_dialogs(image) == []


@pytest.mark.parametrize("look", drawn.LOOKS)
def test_a_picture_that_is_the_dialog_is_not_cut(look: str) -> None:
    shown = drawn.dialog(*MESSAGES[0], look=look, size=20)

    assert likely_dialogs(shown.image) == []


@pytest.mark.parametrize("size", [(1, 1), (8, 2000), (2000, 8), (300, 100), (1920, 1080)])
def test_an_empty_picture_has_no_dialog(size: tuple[int, int]) -> None:
    assert likely_dialogs(Image.new("RGB", size, "#336699")) == []


def test_noise_has_no_dialog() -> None:
    assert likely_dialogs(Image.effect_noise((1280, 800), 90).convert("RGB")) == []
