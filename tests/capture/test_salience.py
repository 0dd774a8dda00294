"""What counts as a message, and what makes a framed part of a screen worth believing."""

from __future__ import annotations

import pytest
from PIL import Image

from app.capture.engine import Deadline
from app.capture.rapid import RapidEngine
from app.capture.reading import Line, Reading
from app.capture.salience import read_picture
from app.capture.trouble import has_button, is_convincing, tells_trouble
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
    assert not is_convincing(lines("中止(A)", "重试(R)", "忽略(l)"))


@pytest.mark.parametrize(
    "text", ["OK", "√OK", "√ OK", "OK)(Cancel)", "OK Cancel", "(OK", "确定", "✓ 确定(Y)", "Try again", "否(N)  取消"]
)
def test_buttons_are_known_with_their_signs_and_their_neighbours(text: str) -> None:
    assert has_button(lines("Title", text))


@pytest.mark.parametrize("text", ["Save the order", "OK then", "取消订单", "2024", "--", ""])
def test_other_words_are_no_button(text: str) -> None:
    assert not has_button(lines("Title", text))


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


def logged(width: int, height: int, *, across: bool = True) -> Image.Image:
    """A screen full of a log that tells of trouble in every fourth line."""
    page = Image.new("RGB", (width, height), "#101010")
    draw = drawn.ImageDraw.Draw(page)
    for row in range(height // 22):
        text = (
            "ERROR connection refused, order could not be saved" if row % 4 == 0 else "order of the branch was shipped"
        )
        draw.text(
            (10, row * 22),
            f"{row:04} {text} {'and paid' * 4 if across else ''}",
            font=drawn.font(14, chinese=False),
            fill="#ccc",
        )
    return page


@pytest.mark.parametrize("look", drawn.LOOKS)
def test_a_box_in_front_of_a_log_is_meant_although_only_the_log_tells_of_trouble(
    engine: RapidEngine, look: str
) -> None:
    page = logged(1366, 768)
    box = drawn.dialog("Microsoft Teams", "Keep this card for the next payment?", ("OK", "Cancel"), look=look).image
    page.paste(box, (240, 300))

    reading = read(engine, page)

    assert reading.is_dialog
    assert "Keep this card for the next payment?" in reading.text
    assert "refused" not in reading.text


def test_a_box_whose_buttons_are_mere_words_is_meant_when_it_lies_in_front(engine: RapidEngine) -> None:
    page = Image.linear_gradient("L").resize((1366, 768)).rotate(90).resize((1366, 768)).convert("RGB")
    page.paste(logged(560, 768, across=False), (0, 0))
    draw = drawn.ImageDraw.Draw(page)
    draw.rounded_rectangle((400, 260, 760, 450), radius=13, fill="#fafafa", outline="#d0d0d0")
    draw.text((530, 290), "Teams", font=drawn.font(18, chinese=False), fill="#202020")
    draw.text((450, 330), "Keep this card for the next payment?", font=drawn.font(14, chinese=False), fill="#202020")
    draw.line((400, 400, 760, 400), fill="#d0d0d0")
    draw.text((480, 416), "OK", font=drawn.font(14, chinese=False), fill="#202020")
    draw.text((640, 416), "Cancel", font=drawn.font(14, chinese=False), fill="#202020")

    reading = read(engine, page)

    assert reading.is_dialog
    assert "Keep this card for the next payment?" in reading.text
    assert "refused" not in reading.text


def test_a_small_window_in_front_is_believed_without_being_modal(engine: RapidEngine) -> None:
    page = logged(1366, 768, across=False)
    box = drawn.dialog("Teams", "Keep this card for the next payment?", ("OK", "Cancel"), look="contrast").image
    page.paste(box, (700, 300))
    front = Rect(700, 300, *box.size)
    request = Request(1, engine.name, *page.size, window=front)

    reading = read_picture(engine, request, page.tobytes(), Deadline())

    assert reading.is_dialog
    assert reading.region == front


def test_a_small_window_in_front_without_a_message_is_not_taken_for_one(engine: RapidEngine) -> None:
    page = logged(1366, 768)
    page.paste(Image.new("RGB", (300, 200), "#eeeeee"), (700, 300))
    draw = drawn.ImageDraw.Draw(page)
    draw.text((720, 320), "Calculator", font=drawn.font(14, chinese=False), fill="black")
    request = Request(1, engine.name, *page.size, window=Rect(700, 300, 300, 200))

    reading = read_picture(engine, request, page.tobytes(), Deadline())

    assert not reading.is_dialog
    assert "connection refused" in reading.text


def test_a_window_full_of_trouble_is_never_taken_for_the_dialog(engine: RapidEngine) -> None:
    screen = Image.new("RGB", (1366, 768), "#2a5a7a")
    log = logged(900, 560)
    drawn.ImageDraw.Draw(log).rectangle((0, 0, 899, 559), outline="#888888")
    screen.paste(log, (60, 60))

    reading = read(engine, screen)

    assert not reading.is_dialog
    assert "connection refused" in reading.text


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
    shown = drawn.dialog("Mail", "There are rules made with a different version.\nThey are not shown.", ("Show them",))
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
