"""What counts as a message, and what makes a framed part of a screen worth believing."""

from __future__ import annotations

import pytest

from app.capture.reading import Line
from app.capture.salience import is_convincing, tells_trouble
from app.system.base import Rect


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
