"""From recognised strips to lines: spelling, columns, words, order, title."""

from __future__ import annotations

import pytest

from app.capture.layout import in_reading_order, is_icon, lines_of, spelled, with_title
from app.capture.reading import Line, Reading, Role
from app.system.base import Rect


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("Error code: Ox8004de4O", "Error code: 0x8004de40"),
        ("错误检查 0×0000016E", "错误检查 0x0000016E"),
        ("(0 x80070005)", "(0x80070005)"),
        ("code 0x8007OOO5.", "code 0x80070005."),
        ("BUYER _BALANCE_ NOT", "BUYER_BALANCE_NOT"),
        ("Microsoft.SqIServer.ConnectionInfo", "Microsoft.SqlServer.ConnectionInfo"),
        ("无法 连接 到 服务器", "无法连接到服务器"),
        ("无法打开 Outlook 窗口", "无法打开 Outlook 窗口"),
        ("Oxford Box OXO Oxygen", "Oxford Box OXO Oxygen"),
        ("The file  cannot be\topened", "The file cannot be opened"),
        ("Connectionlnfo lnvalid vulnerable", "ConnectionInfo Invalid vulnerable"),
        ("错误 0:000000C8, um 10:30:45", "错误 0x000000C8, um 10:30:45"),
        ("performinğ ărchive José", "performing archive José"),
        ("ErrorInfo HTTP 500", "ErrorInfo HTTP 500"),
        ("ERR_TOO_MANY_RÉDIRECTS ER_DRIVER_UNLOÃD Édouard", "ERR_TOO_MANY_REDIRECTS ER_DRIVER_UNLOAD Édouard"),
        ("ERR_DB_O1 A_1O USE_ONE", "ERR_DB_01 A_10 USE_ONE"),
    ],
)
def test_confusions_are_put_right_inside_codes_only(read: str, meant: str) -> None:
    assert spelled(read) == meant


@pytest.mark.parametrize(
    ("text", "icon"), [("X", True), ("区", True), ("×", True), ("i", True), ("是", False), ("5", False), ("OK", False)]
)
def test_icons_are_told_from_words(text: str, icon: bool) -> None:
    assert is_icon(text) is icon


def test_two_buttons_in_one_strip_are_two_lines() -> None:
    text = "OK Cancel"
    places = [0.05, 0.1, 0.4, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95]

    first, second = lines_of(text, places, 0.9, left=100, top=10, right=300, bottom=32)

    assert (first.text, second.text) == ("OK", "Cancel")
    assert first.box.right < second.box.x
    assert second.box.right == 300


def test_a_sentence_stays_one_line_with_its_words() -> None:
    text = "Disk is full"
    places = [(index + 0.5) / len(text) for index in range(len(text))]

    (line,) = lines_of(text, places, 0.9, left=0, top=0, right=120, bottom=20)

    assert line.text == text
    assert [word.text for word in line.words] == ["Disk", "is", "full"]
    assert line.words[0].box.x == 0
    assert line.words[-1].box.right == 120
    assert all(word.box.height == 20 for word in line.words)


def test_in_a_font_of_wide_letters_a_sentence_stays_one_line_too() -> None:
    text = "ping 10.0.0.1 failed"
    places = [(index + 0.5) / len(text) for index in range(len(text))]

    found = lines_of(text, places, 0.9, left=0, top=0, right=10.0 * len(text), bottom=26)

    assert [line.text for line in found] == [text]


def test_two_chinese_buttons_in_one_strip_are_two_lines() -> None:
    found = lines_of("确定 取消", [0.1, 0.2, 0.5, 0.8, 0.9], 0.9, left=0, top=0, right=160, bottom=16)

    assert [line.text for line in found] == ["确定", "取消"]


def test_an_empty_strip_is_no_line() -> None:
    assert lines_of("  ", [0.1, 0.2], 0.9, 0, 0, 10, 10) == []


def line(text: str, x: int, y: int) -> Line:
    return Line(text, Rect(x, y, 80, 20), 0.9)


def test_rows_are_read_from_left_to_right_and_top_to_bottom() -> None:
    shuffled = [line("Cancel", 200, 103), line("Title", 10, 5), line("OK", 100, 100), line("Message", 40, 50)]

    assert [one.text for one in in_reading_order(shuffled)] == ["Title", "Message", "OK", "Cancel"]


def test_the_top_line_of_a_dialog_is_its_title() -> None:
    lines = (line("Outlook", 20, 12), line("Cannot connect.", 20, 60))

    reading = Reading(with_title(lines, Rect(10, 4, 300, 120)), Rect(10, 4, 300, 120), "x", 1.0, is_dialog=True)

    assert reading.title == "Outlook"
    assert reading.lines[1].role is Role.TEXT
    assert reading.text == "Outlook\nCannot connect."


def test_a_line_far_below_the_top_is_no_title() -> None:
    lines = (line("Cannot connect.", 20, 90), line("Try again.", 20, 120))

    assert all(one.role is Role.TEXT for one in with_title(lines, Rect(10, 4, 300, 200)))
