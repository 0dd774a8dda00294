"""Words that stand in for each other are learned from the articles and used by the search box."""

from __future__ import annotations

import time

import pytest

from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.synonyms import MOST_PAIRS, SynonymMiner
from app.protocol.knowledge import Article


def mined(*bodies: str, ids: tuple[str, ...] = (), titles: tuple[str, ...] = ()) -> dict[frozenset[str], int]:
    miner = SynonymMiner()
    for number, body in enumerate(bodies, 1):
        identity = ids[number - 1] if ids else f"a{number}"
        miner.add(number, Article(id=identity, title=titles[number - 1] if titles else "Title", body=body))
    return {frozenset((first, second)): count for first, second, count in miner.pairs()}


@pytest.mark.parametrize(
    ("text", "short", "long"),
    [
        ("Sign in to Azure Active Directory (AAD) first.", "aad", "azure active directory"),
        ("The AAD (Azure Active Directory) tenant", "aad", "azure active directory"),
        ("Open the **Exchange admin center** (EAC).", "eac", "exchange admin center"),
        ("one of the organizational units (OUs) is gone", "ou", "organizational units"),
        ("the Microsoft Support and Recovery Assistant (SaRA)", "sara", "support and recovery assistant"),
        ("Simple Mail Transfer Protocol (“SMTP”)", "smtp", "simple mail transfer protocol"),
    ],
)
def test_an_abbreviation_beside_its_long_form_is_told_by_one_article(text: str, short: str, long: str) -> None:
    assert mined(text) == {frozenset((short, long)): 1}


def test_the_same_abbreviation_counts_once_an_article_and_a_plural_with_its_singular() -> None:
    found = mined("a group policy object (GPO), the group policy object (GPO)", "all group policy objects (GPOs)")

    assert found == {frozenset(("gpo", "group policy object")): 2}


@pytest.mark.parametrize(
    ("bodies", "pair"),
    [
        (("在销售点 (POS) 中", "打开销售点（POS）", "- 销售点 (POS)"), ("销售点", "pos")),
        (("配置打印机(printer)。", "连接打印机 (printer)"), ("打印机", "printer")),
        (
            ("启用 Azure 信息保护 (AIP)", "关于 Azure 信息保护 (AIP)", "用Azure 信息保护 (AIP)"),
            ("azure 信息保护", "aip"),
        ),
        (("绕过邮件流规则（也称为传输规则）", "由邮件流规则，也称为传输规则。"), ("邮件流规则", "传输规则")),
        (
            ("to Skype for Business (formerly Lync) and", "in Skype for Business (formerly known as Lync)"),
            ("skype for business", "lync"),
        ),
    ],
)
def test_a_gloss_is_told_by_articles_that_differ_before_it(bodies: tuple[str, ...], pair: tuple[str, str]) -> None:
    assert mined(*bodies) == {frozenset(pair): len(bodies)}
    assert mined(bodies[0]) == {}


@pytest.mark.parametrize(
    "bodies",
    [
        ("添加对一个相当长的内容交付网络 (CDN)",) * 12,  # one sentence copied tells not where the name begins
        ("选择省略号 (...)", "按省略号 (...)"),
        ("Use the file menu (optional)", "Open the other menu (optional)"),
        ("the DWORD (32-bit) value", "a DWORD (32-bit) value"),
        ("数据库镜像 (SQL Server)", "数据库备份 (SQL Server)", "复制表 (SQL Server)"),
        ("Disk full (E1023)", "Paper jam (E1023)"),
        ("",),
    ],
)
def test_what_only_stands_in_brackets_is_no_synonym(bodies: tuple[str, ...]) -> None:
    assert mined(*bodies) == {}


def test_titles_of_translations_tell_words_and_their_translation() -> None:
    titles = ("Printer is offline", "打印机脱机", "Printer jams", "修复打印机卡纸", "Add a printer", "添加打印机")
    ids = tuple(f"kb/{name}-{locale}.md" for name in ("off", "jam", "add") for locale in ("en", "zh"))

    assert mined(*[""] * 6, ids=ids, titles=titles) == {frozenset(("printer", "打印机")): 3}
    assert mined(*[""] * 4, ids=ids, titles=titles[:4]) == {}


def test_hostile_articles_cost_no_time_and_make_no_table_too_large() -> None:
    began = time.process_time()
    hostile = ["(" * 100_000, "a (" * 30_000, "称" * 100_000, "(also known as " * 8_000, " " * 100_000 + "(AB)"]
    assert mined(*hostile) == {}
    many = " ".join(
        f"{a.upper()}lpha {b.upper()}eta {c.upper()}amma {a}x ({a.upper()}{b.upper()}{c.upper()}{a.upper()})."
        for a in "bcdfghjklmnp"
        for b in "bcdfghjklmnp"
        for c in "bcdfghjklmnp"
    )

    assert len(mined(many)) == MOST_PAIRS
    assert time.process_time() - began < 10


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    articles = [
        Article(id="long", title="Can't open the Exchange admin center", body="Clear the cache."),
        Article(id="short", title="EAC shows a blank page", body="Use the exchange admin center (EAC)."),
        Article(id="body", title="A blank page", body="Sometimes the EAC is blank."),
        Article(id="zh", title="单一登录失败", body="配置单一登录 (SSO)", locale="zh-CN"),
        Article(id="en", title="SSO no longer works", body="About SSO."),
        Article(id="told", title="帮助", body="关于单一登录 (SSO)", locale="zh-CN"),
        *(Article(id=f"other{n}", title=f"Something else {n}", body="other words") for n in range(30)),
    ]
    path = tmp_path_factory.mktemp("synonyms") / "base.sqlite"
    build(articles, path, "1")
    return KnowledgeBase.open(path)


@pytest.mark.parametrize(
    ("typed", "first", "also", "shown"),
    [
        ("eac", "short", "long", "exchange admin center"),
        ("exchange admin center", "long", "short", "eac"),
        ("Exchange Admin Center blank ", "long", "body", "eac"),
        ("sso", "en", "zh", "单一登录"),
        ("单一登录", "zh", "en", "sso"),
        ("单一登录怎么配置", "zh", "en", "sso"),
    ],
)
def test_the_search_box_finds_what_is_said_in_other_words_and_shows_which(
    base: KnowledgeBase, typed: str, first: str, also: str, shown: str
) -> None:
    found = {each.id: each for each in base.search(typed)}

    assert next(iter(found)) == first
    assert shown in found[also].reason.evidence
    assert found[also].score < found[first].score
    assert not any(each.startswith("other") for each in found)


def test_the_pack_says_how_many_articles_tell_a_pair(base: KnowledgeBase) -> None:
    rows = base._store.rows("SELECT form, other, articles FROM synonyms ORDER BY form")

    assert rows == [
        ("eac", "exchange admin center", 1),
        ("exchange admin center", "eac", 1),
        ("sso", "单一登录", 2),
        ("单一登录", "sso", 2),
    ]
