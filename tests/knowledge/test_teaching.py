"""What an article is taught by an error it solved: codes and text as shown, nothing that varies or is private."""

from __future__ import annotations

import pytest

from app.knowledge import codes
from app.knowledge.teaching import is_code, lessons, taught
from app.protocol.knowledge import Article

SCALE = Article(id="scale", title="Plug the scale in again", body="Unplug it.", signatures=("E2001", "称重模块未响应"))


def test_codes_come_first_then_the_lines_of_the_message() -> None:
    shown = ["称重收银", "与电子秤的通信已经中断，请检查连接线。", "错误代码：E1023 (0x80070015)", "确定", "取消"]

    found = lessons(shown, "称重收银", SCALE)

    assert found == ("0x80070015", "E1023", "与电子秤的通信已经中断，请检查连接线。")


def test_what_the_article_has_already_is_not_proposed() -> None:
    shown = ["Scale", "错误代码：E2001", "称重模块未响应"]

    assert lessons(shown, "Scale", SCALE) == ()


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (r"Cannot open C:\Users\zhang.wei\prices.xls right now", "Cannot open right now"),
        ("Mail to li.na@example.com was not delivered", "Mail to was not delivered"),
        ("The user 'Li Na' was signed out at 10:42 by the server", "The user was signed out at by the server"),
        ("连接 192.168.3.7 上的打印机失败，请重试", "连接 上的打印机失败，请重试"),
    ],
)
def test_what_varies_or_is_private_is_left_out_of_a_line(line: str, told: str) -> None:
    assert lessons(["Till", line], "Till", SCALE) == (told,)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("交易失败，错误码：51，流水号 000123，终端号 12345678", ("错误码:51",)),
        ("errcode=60011, no privilege to access this user", ("errcode=60011", "no privilege to access this user")),
        ("502 Bad Gateway", ("HTTP 502",)),
        ("Message no. 00 398", ("Message no. 00 398",)),
        ("找不到报表“日销售”，请重新选择报表", ("找不到报表，请重新选择报表",)),
        ("服务器拒绝了用户 zhangwei 的请求", ("服务器拒绝了用户 的请求",)),
        ("服务器拒绝了用户 *** 的请求", ("服务器拒绝了用户 的请求",)),
    ],
)
def test_a_number_is_taught_with_its_name_and_clauses_that_only_number_are_not(
    line: str, told: tuple[str, ...]
) -> None:
    found = lessons(["Till", line], "Till", SCALE)

    assert found == told
    taught_codes = {key for code in codes.given(found) for key in code.keys}
    assert {key for code in codes.find([line]) for key in code.keys[:1]} <= taught_codes


def test_a_machines_name_is_no_code_to_teach() -> None:
    found = lessons(["Till", "The server WKS0147 cannot be reached by this till"], "Till", SCALE)

    assert not any(is_code(each) for each in found)


def test_hostile_and_empty_screens_teach_little_and_never_fail() -> None:
    assert lessons([], "", SCALE) == ()
    assert lessons(["OK", "", "\x00\u202e", "7"], "", SCALE) == ()
    found = lessons(["A" * 50_000, *(f"line number {n} of a long text" for n in range(500))], "", SCALE)
    assert len(found) <= 7
    assert all(len(each) <= 300 for each in found)


def test_teaching_twice_changes_nothing_more() -> None:
    once = taught(SCALE, ["E1023", " E1023 ", "E2001"])

    assert once.signatures == ("E2001", "称重模块未响应", "E1023")
    assert taught(once, ["E1023"]) == once


@pytest.mark.parametrize(
    "text", ["0x80070005", "E1023", "ORA-12541", "ERR_NAME_NOT_RESOLVED", "550 5.7.64", "错误码：51", "HTTP 500.19"]
)
def test_codes_are_told_from_text(text: str) -> None:
    assert is_code(text)


@pytest.mark.parametrize("text", ["Access is denied", "读卡失败", "Error 0x80070005 while printing", ""])
def test_text_is_told_from_codes(text: str) -> None:
    assert not is_code(text)
