"""What counts as a message, and what makes a framed part of a screen worth believing."""

from __future__ import annotations

import pytest
from PIL import Image

from app.capture.engine import Deadline
from app.capture.rapid import RapidEngine
from app.capture.reading import Line, Reading
from app.capture.salience import read_picture
from app.capture.trouble import is_convincing, tells_trouble
from app.capture.wire import Request
from app.system.base import Rect
from tests.capture import drawn


def lines(*texts: str) -> tuple[Line, ...]:
    return tuple(Line(text, Rect(0, 20 * row, 100, 18), 0.9) for row, text in enumerate(texts))


@pytest.mark.parametrize(
    "texts",
    [
        ("Outlook", "Cannot connect to the server.", "OK"),
        ("提示", "支付失败，请重新扫码。", "确定"),
        ("Setup", "The system cannot find the file specified.", "Close"),
        ("金蝶", "库存不足，单据保存不成功", "确定"),
        ("Payment", "Terminal says E1023", "OK"),
        ("SAP", "DBIF_RSQL_SQL_ERROR", "Exit"),
        ("Wi-Fi", "You're not connected", "Retry"),
    ],
)
def test_trouble_is_recognised(texts: tuple[str, ...]) -> None:
    assert tells_trouble(lines(*texts))


@pytest.mark.parametrize(
    "texts",
    [
        ("Customer", "Street and number", "Save"),
        ("Orders today", "SO-215269 Northwind Traders 450.00", "Open"),
        ("个人资料", "姓名：李娜 部门：财务部", "保存"),
        ("OK", "Cancel"),
        ("Error",),
        (),
    ],
)
def test_forms_cards_and_single_labels_tell_no_trouble(texts: tuple[str, ...]) -> None:
    assert not tells_trouble(lines(*texts))


def test_a_few_words_make_a_message_and_two_buttons_do_not() -> None:
    assert is_convincing(lines("Save changes?", "Your document has unsaved changes."))
    assert is_convincing(lines("提示", "是否保存修改"))
    assert not is_convincing(lines("OK", "Cancel"))


@pytest.fixture(scope="module")
def engine() -> RapidEngine:
    return RapidEngine()


def read(engine: RapidEngine, image: Image.Image) -> Reading:
    return read_picture(engine, Request(1, engine.name, *image.size), image.tobytes(), Deadline())


def test_of_two_messages_alike_both_are_meant_and_none_is_the_dialog(engine: RapidEngine) -> None:
    page = Image.new("RGB", (1366, 768), "#f6f7f9")
    page.paste(drawn.dialog("Backup", "The disk is full.\nError code: 0x80070070", look="gtk").image, (100, 300))
    page.paste(drawn.dialog("Print", "The printer failed.\nError code: E1023", look="gtk").image, (800, 300))

    reading = read(engine, page)

    assert not reading.is_dialog
    said = " ".join(line.text for line in reading.message)
    assert "0x80070070" in said
    assert "E1023" in said


def test_a_page_of_cards_with_buttons_has_no_dialog(engine: RapidEngine) -> None:
    page = Image.new("RGB", (1366, 768), "#eceff4")
    draw = drawn.ImageDraw.Draw(page)
    for column in range(3):
        for row in range(2):
            x, y = 40 + column * 440, 60 + row * 330
            draw.rounded_rectangle((x, y, x + 400, y + 280), radius=8, fill="white", outline="#d8dee9")
            draw.text((x + 24, y + 24), "Report of the day", font=drawn.font(22, chinese=False), fill="#222222")
            draw.rounded_rectangle((x + 260, y + 220, x + 376, y + 256), radius=4, fill="#5e81ac")
            draw.text((x + 290, y + 226), "Open", font=drawn.font(16, chinese=False), fill="white")

    reading = read(engine, page)

    assert not reading.is_dialog
    assert sum(line.text == "Report of the day" for line in reading.lines) == 6


def test_what_is_most_likely_meant_is_told_while_the_rest_is_looked_over(engine: RapidEngine) -> None:
    shown = drawn.dialog("Mail", "There are rules made with a different version.\nThey are not shown.", ("OK",))
    image, rect = drawn.desktop(shown, seed=4, width=1366, height=768)
    assert rect is not None
    heard: list[Reading] = []
    request = Request(1, engine.name, *image.size)

    final = read_picture(engine, request, image.tobytes(), Deadline(), heard.append)

    assert [reading.is_dialog for reading in heard] == [True]
    assert "There are rules made with a different version." in heard[0].text
    assert "There are rules made with a different version." in "\n".join(line.text for line in final.message)


def test_a_notice_without_frame_or_buttons_is_found_by_what_it_says(engine: RapidEngine) -> None:
    image, _ = drawn.desktop(None, seed=2, width=1366, height=768)
    notice = Image.new("RGB", (360, 84), "#fef0f0")
    draw = drawn.ImageDraw.Draw(notice)
    draw.text((20, 14), "收银系统", font=drawn.font(16, chinese=True), fill="#c45656")
    draw.text((20, 46), "支付失败，请重新扫码，错误代码E1023", font=drawn.font(16, chinese=True), fill="#c45656")
    image.paste(notice, (960, 40))

    reading = read(engine, image)

    assert reading.is_dialog
    assert reading.title == "收银系统"
    assert "E1023" in reading.text
    assert Rect(950, 30, 380, 104).intersection(reading.region) == reading.region


def test_a_message_in_a_page_is_told_from_what_stands_around_it(engine: RapidEngine) -> None:
    page = Image.new("RGB", (1280, 768), "white")
    draw = drawn.ImageDraw.Draw(page)
    for row in range(12):
        draw.text((700, 60 + row * 40), f"SO-{row}215 Northwind", font=drawn.font(15, chinese=False), fill="black")
    draw.text((60, 300), "This page cannot be opened", font=drawn.font(20, chinese=False), fill="black")
    draw.text((60, 332), "ERR_CONNECTION_TIMED_OUT", font=drawn.font(15, chinese=False), fill="#666666")

    reading = read(engine, page)

    assert [line.text for line in reading.message] == ["This page cannot be opened", "ERR_CONNECTION_TIMED_OUT"]
    assert "SO-3215 Northwind" in reading.text
