"""Proposals for hiding what looks private."""

from __future__ import annotations

import pytest

from app.capture.private_areas import private_areas
from app.capture.reading import Line, Word
from app.private import Kind, passages
from app.system.base import Rect


def line(text: str, x: int = 100, y: int = 50, width: int | None = None) -> Line:
    wide = sum(2 if ord(character) > 0x2E80 else 1 for character in text)
    return Line(text, Rect(x, y, width or wide * 10, 20), 0.99)


def kinds(*lines: Line) -> list[Kind]:
    return [area.kind for area in private_areas(lines)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Card 4111 1111 1111 1111", Kind.BANK_CARD),
        ("身份证 11010519491231002X", Kind.IDENTITY_NUMBER),
        ("电话 138 1234 5678", Kind.PHONE),
        ("Mail li.lei@example.com.cn", Kind.EMAIL),
        ("密码: Winter2026!", Kind.PASSWORD),
        ("Key XXXXX-12345-YYYYY-67890-ZZZZZ", Kind.LICENCE_KEY),
        ("C:\\Users\\li.lei\\Desktop", Kind.USER_NAME),
        ("Error 0x80070005 in module 4.2.1", None),
        ("订单号 20261122000123", None),
        ("The password is wrong", None),
    ],
)
def test_what_looks_private_is_proposed_and_codes_are_not(text: str, kind: Kind | None) -> None:
    assert kinds(line(text)) == ([] if kind is None else [kind])


def test_only_the_private_part_of_a_line_is_covered() -> None:
    (found,) = private_areas([line("Card 4111111111111111 declined")])

    assert found.area.x == pytest.approx(100 + 5 * 10, abs=6)
    assert found.area.right == pytest.approx(100 + 21 * 10, abs=6)


def test_chinese_letters_count_twice_when_a_place_is_estimated() -> None:
    (found,) = private_areas([line("银行卡号4111111111111111")])

    assert found.area.x == pytest.approx(100 + 8 * 10, abs=6)


def test_the_places_of_words_are_used_where_they_are_known() -> None:
    words = (Word("Card", Rect(100, 50, 30, 20)), Word("4111111111111111", Rect(400, 50, 200, 20)))
    (found,) = private_areas([Line("Card 4111111111111111", Rect(100, 50, 500, 20), 0.9, words)])

    assert (found.area.x, found.area.right) == (396, 604)


def test_a_password_right_of_its_label_or_below_it_is_found() -> None:
    assert kinds(line("密码:", 100, 50), line("Winter2026!", 300, 52)) == [Kind.PASSWORD]
    assert kinds(line("Password:", 100, 50), line("Winter2026!", 100, 90)) == [Kind.PASSWORD]


def test_lines_may_come_in_any_order() -> None:
    lines = [line("Winter2026!", 300, 52), line("密码:", 100, 50), line("ok", 100, 10)]

    assert kinds(*lines) == [Kind.PASSWORD]


def test_overlapping_finds_are_one_passage_that_covers_both() -> None:
    text = "password: li.lei@example.com"

    (passage,) = passages(text)

    assert text[passage.start : passage.end] == "li.lei@example.com"


def test_an_empty_picture_proposes_nothing() -> None:
    assert private_areas([]) == ()
