"""The search box: unfinished words, slips of the fingers, pinyin and filters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.pinyin import is_pinyin, spelt_part, syllables
from app.knowledge.spelling import close_to
from app.knowledge.stretches import Held
from app.protocol.knowledge import Article, Fit


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


TITLES = {
    "printer": "修复蓝牙打印机",
    "offline": "脱机编辑列表的问题",
    "both": "收银台的打印机显示脱机怎么办",
    "certificate": "单一登录和证书",
    "expired": "系统证书已过期的处理",
    "wifi": "在Wi-Fi中查看网络",
    "excl": "EXCL_SEM_ALREADY_OWNED and excl",
    "excel": "Excel closes at once",
    "excel-two": "Excel cannot open a file",
    "password": "更改密码",
    "mim": "Configure MIM",
    "mail": "发送给打印员的邮件",
}


@pytest.fixture(scope="module")
def titled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    path: Path = tmp_path_factory.mktemp("titled") / "titled.kb"
    build((Article(id=each, title=title, body="") for each, title in TITLES.items()), path, "1")
    base = KnowledgeBase.open(path)
    yield base
    base.close()


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("打印机脱机", "both"),
        ("证书过期", "expired"),
        ("wifi", "wifi"),
        ("Wi-Fi", "wifi"),
        ("mima", "password"),
        ("dyj", "printer"),
    ],
)
def test_what_holds_most_of_what_was_typed_comes_first(titled: KnowledgeBase, typed: str, first: str) -> None:
    assert first in [each.id for each in titled.search(typed, 2)]


def test_a_run_of_chinese_is_whole_in_a_good_fit_only(titled: KnowledgeBase) -> None:
    found = {each.id: each for each in titled.search("打印机脱机")}

    assert found["both"].fit is Fit.GOOD
    assert found["both"].reason.evidence == ("打印机",)
    assert found["printer"].fit is found["offline"].fit is Fit.POSSIBLE


def test_the_commonest_of_the_words_so_close_was_meant(titled: KnowledgeBase) -> None:
    assert titled.search("exel")[0].id.startswith("excel")


@pytest.mark.parametrize(
    ("mask", "held"),
    [
        (0b1011, Held(0.75, "打印机", whole=True)),
        (0b1111, Held(1.0, "打印机脱机", whole=True)),
        (0b1000, Held(0.25, "脱机", whole=False)),
    ],
)
def test_pairs_tell_what_is_held_of_a_run(mask: int, held: Held) -> None:
    assert Held.of("打印机脱机", mask) == held


@pytest.mark.parametrize(("typed", "spelt"), [("mima", True), ("dayinji", True), ("outlok", False), ("ma", False)])
def test_syllables_are_told_from_misspelt_words(typed: str, spelt: bool) -> None:
    assert is_pinyin(typed) is spelt
