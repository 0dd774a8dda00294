"""A dialog in one language answered by an article in the other: by its code, or by a message that is known."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.intake import read_folder
from app.protocol.knowledge import Article
from tests.knowledge.conftest import STARTER


def beside_the_starter(path: Path, *articles: Article) -> KnowledgeBase:
    build([*articles, *read_folder(STARTER)], path / "base.kb", "1")
    return KnowledgeBase.open(path / "base.kb")


ENGLISH = Article(
    id="right", title="The scanner does not start", body="Error 0x80070422 says it is disabled. Enable it."
)
CHINESE = Article(id="right", title="扫描仪起不来", body="错误 0x80070422 表示该服务被禁用，请启用它。", locale="zh-CN")


@pytest.mark.parametrize(
    ("article", "lines"),
    [
        (ENGLISH, ["服务", "操作没有完成，请联系管理员。", "错误代码：0x80070422"]),
        (ENGLISH, ["扫描", "操作没有完成，请联系管理员。(-2147023838)"]),
        (CHINESE, ["Services", "The operation was not completed.", "Error code: 0x80070422"]),
        (CHINESE, ["Scanner", "It did not work out. Contact your administrator. (-2147023838)"]),
    ],
    ids=["zh asks en", "zh asks en in decimal", "en asks zh", "en asks zh in decimal"],
)
def test_a_code_leads_to_an_article_in_the_other_language(tmp_path: Path, article: Article, lines: list[str]) -> None:
    base = beside_the_starter(tmp_path, article)

    assert base.suggest(lines).suggestions[0].id == "right"


@pytest.mark.parametrize(
    ("title", "locale", "lines"),
    [
        ("The disk has errors: data error, cyclic redundancy check", "en", ["复制文件", "数据错误，循环冗余检查。"]),
        ("复制到磁盘时数据错误，循环冗余检查", "zh-CN", ["Copying", "Data error, cyclic redundancy check."]),
    ],
    ids=["zh asks en", "en asks zh"],
)
def test_a_known_message_leads_to_an_article_that_says_it_in_the_other_language(
    tmp_path: Path, title: str, locale: str, lines: list[str]
) -> None:
    base = beside_the_starter(tmp_path, Article(id="right", title=title, body="…", locale=locale))

    assert "right" in [each.id for each in base.suggest(lines).suggestions]


@pytest.mark.parametrize(("asked", "first"), [("zh-CN", "zh"), ("en", "en")])
def test_of_two_articles_on_one_symbol_the_readers_language_comes_first(tmp_path: Path, asked: str, first: str) -> None:
    base = beside_the_starter(
        tmp_path,
        Article(id="en", title="ERR_TILL_LOCKED", body="The till is locked. Unlock it.", locale="en"),
        Article(id="zh", title="ERR_TILL_LOCKED", body="收银机已锁定，请解锁。", locale="zh-CN"),
    )

    found = [each.id for each in base.suggest(["ERR_TILL_LOCKED"], language=asked).suggestions]

    assert found[0] == first
    assert {"en", "zh"} <= set(found)


def test_an_article_with_the_very_words_comes_before_one_that_means_the_same_in_the_other_language(
    tmp_path: Path,
) -> None:
    base = beside_the_starter(
        tmp_path,
        Article(id="hex", title="ERROR_CRC (0x80070017)", body="Data error, cyclic redundancy check.", locale="en"),
        Article(id="own", title="U 盘常见问题", body="提示“数据错误，循环冗余检查”时，请换一个 U 盘。", locale="zh-CN"),
    )

    assert base.suggest(["复制文件", "数据错误，循环冗余检查。"]).suggestions[0].id == "own"
