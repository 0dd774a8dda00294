"""The search box: unfinished words, slips of the fingers, pinyin and filters."""

from __future__ import annotations

import pytest

from app.knowledge.base import KnowledgeBase
from app.knowledge.pinyin import spelt_part, syllables
from app.knowledge.spelling import close_to
from app.protocol.knowledge import Fit


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("打印机缺纸", "receipt-printer-paper-zh"),
        ("小票", "receipt-printer-paper-zh"),
        ("outl", "outlook-profile-en"),
        ("outlok passw", "outlook-password-en"),
        ("691", "vpn-en"),
        ("0x80070005", "access-denied-en"),
        ("E1023", "pos-card-read-zh"),
        ("xiaopiao", "receipt-printer-paper-zh"),
        ("xpdyj", "receipt-printer-paper-zh"),
        ("lanping", "blue-screen-zh"),
        ("logon", "account-locked-en"),
    ],
)
def test_the_article_is_among_the_first_while_typing(starter: KnowledgeBase, typed: str, wanted: str) -> None:
    found = starter.search(typed, 6)

    assert wanted in [each.id for each in found]


def test_words_found_are_named_for_highlighting(starter: KnowledgeBase) -> None:
    best = starter.search("xpdyj")[0]

    assert best.reason.evidence == ("小票打印机",)


def test_a_filter_keeps_one_language(starter: KnowledgeBase) -> None:
    found = starter.search("ERR_NAME_NOT_RESOLVED", locale="zh")

    assert [each.id for each in found][:1] == ["browser-dns-zh"]
    assert {each.locale for each in found} == {"zh-CN"}


def test_a_filter_keeps_a_tag_and_an_application(starter: KnowledgeBase) -> None:
    tagged = starter.search("password", topic="outlook")
    used = starter.search("打印", topic="收银系统")

    assert {each.id.split("-")[0] for each in tagged} == {"outlook"}
    assert used
    assert all(each.id.startswith(("receipt", "cash", "pos", "scanner", "wechat", "alipay", "till")) for each in used)


def test_the_limit_is_kept(starter: KnowledgeBase) -> None:
    assert len(starter.search("打印机", 3)) == 3
    assert starter.search("打印机", 0) == ()


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("打印机缺纸", "da yin ji que zhi"),
        ("银行卡", "yin hang ka"),
        ("重新启动", "chong xin qi dong"),
        ("旅行分辨率", "lv xing fen bian lv"),
        ("POS 机", "ji"),
        ("", ""),
    ],
)
def test_chinese_is_read_aloud(text: str, read: str) -> None:
    assert " ".join(syllables(text)) == read


def test_pinyin_points_at_its_characters() -> None:
    assert spelt_part("修复蓝牙打印机", "dyj") == "打印机"
    assert spelt_part("修复蓝牙打印机", "dayinj") == "打印机"
    assert spelt_part("修复蓝牙打印机", "xyz") == ""


@pytest.mark.parametrize("slip", ["outlok", "outllook", "otulook", "outlopk"])
def test_one_slip_is_close(slip: str) -> None:
    assert close_to(slip, "outlook")


@pytest.mark.parametrize("other", ["outlook", "output", "lookout", "out"])
def test_another_word_is_not_close(other: str) -> None:
    assert not close_to("outlook", other)


def test_only_what_has_every_word_typed_is_called_a_good_fit(starter: KnowledgeBase) -> None:
    found = starter.search("打印机 缺纸", 20)

    assert found[0].fit is Fit.GOOD
    assert found[-1].fit is Fit.POSSIBLE
    assert [each.fit for each in starter.search("0x80070005", 1)] == [Fit.GOOD]
