"""Pictures that cannot show the problem are recognised."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PIL import Image, ImageDraw

from app.capture.frame import Frame
from app.capture.judgement import Complaint, judge
from app.system.base import Rect, Window

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SIZE = (1024, 768)
WINDOW = Window("Bank", "bank", Rect(200, 150, 600, 400), False, 1)


def frame(image: Image.Image) -> Frame:
    area = Rect(0, 0, *image.size)
    return Frame(image, area, area, 1.0, "DP-1", NOON, "test", True)


def desktop(colour: str = "#f0f0f0") -> Image.Image:
    image = Image.linear_gradient("L").resize(SIZE).convert("RGB")
    canvas = ImageDraw.Draw(image)
    canvas.rectangle((200, 150, 800, 550), fill=colour)
    canvas.text((240, 200), "Payment failed E1023", fill="#202020")
    return image


def test_an_ordinary_desktop_is_good() -> None:
    assert judge(frame(desktop()), WINDOW) is None
    assert judge(frame(desktop()), None) is None


def test_a_dark_theme_is_not_taken_for_a_protected_window() -> None:
    assert judge(frame(desktop("#101010")), WINDOW) is None


def test_a_black_terminal_with_text_is_not_taken_for_a_protected_window() -> None:
    image = desktop("#000000")
    canvas = ImageDraw.Draw(image)
    for row in range(160, 540, 14):
        canvas.text((210, row), "root@till:~# systemctl status pos-agent --no-pager -l " * 2, fill="#cccccc")

    assert judge(frame(image), WINDOW) is None


@pytest.mark.parametrize("window", [WINDOW, None])
def test_a_window_that_is_black_inside_is_protected(window: Window | None) -> None:
    image = desktop()
    ImageDraw.Draw(image).rectangle((200, 150, 799, 549), fill="#000000")

    assert judge(frame(image), window) is Complaint.PROTECTED


@pytest.mark.parametrize(
    ("colour", "complaint"),
    [("#000000", Complaint.BLACK), ("#ffffff", Complaint.ONE_COLOUR), ("#0078d7", Complaint.ONE_COLOUR)],
)
def test_a_picture_of_one_colour_is_explained(colour: str, complaint: Complaint) -> None:
    assert judge(frame(Image.new("RGB", SIZE, colour))) is complaint


def test_a_background_without_windows_is_explained_where_the_system_says_so() -> None:
    assert judge(frame(desktop()), None, may_see_windows=False) is Complaint.WITHOUT_WINDOWS


def test_a_tiny_picture_is_judged_too() -> None:
    assert judge(frame(Image.effect_noise((3, 2), 90).convert("RGB"))) is None
