"""Dialogs in the other language than the articles that answer them: by a code, or by a message that is known."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from app.knowledge import codes, known
from app.knowledge.codes import Code, CodeKind
from app.knowledge.tokens import is_han, squeezed
from app.protocol.knowledge import Article
from tests.benchmarks.answers_dialogs import Dialog, misread

MOST_SHARING = 6  # articles with one code; more are about something else
_NAMING = frozenset({CodeKind.HEX, CodeKind.SYMBOL, CodeKind.VENDOR, CodeKind.LETTERED})
_LINES = 60  # of an article that are searched for codes
_SHARE = {"hr": 0.05, "nt": 0.05, "winerr": 0.12, "drv_zh": 0.2}
_CHINESE = (
    ("提示", "操作失败，请联系管理员。"), ("错误", "无法完成此操作。"), ("系统提示", "出现问题，请稍后重试。"),
    ("应用程序错误", "应用程序无法正常启动。"), ("服务", "无法启动服务，原因可能是已被禁用。"),
    ("更新", "安装更新时出现问题。"), ("打印机", "打印失败，请检查打印机。"), ("登录", "登录失败，请重试。"),
    ("Microsoft Outlook", "无法发送邮件。"), ("网络", "网络连接失败。"), ("收银系统", "交易失败，请重新操作。"),
    ("共享文件夹", "无法打开文件。"),
)  # fmt: skip
_ENGLISH = (
    ("Error", "The operation failed. Contact your administrator."), ("Warning", "The request could not be completed."),
    ("Setup", "Something went wrong. Please try again later."), ("Services", "The service could not be started."),
    ("Application Error", "The application was unable to start correctly."), ("Printer", "Printing failed."),
    ("Windows Update", "There were problems installing some updates."), ("Sign in", "We could not sign you in."),
    ("Microsoft Outlook", "The message could not be sent."), ("Network", "The connection failed."),
    ("Shared folder", "The file cannot be opened."), ("Point of Sale", "The payment was not completed."),
)  # fmt: skip
_SAYS = 4  # letters of a meaning that is looked for in titles
_NOISE = (0.0, 0.0, 0.008, 0.02)

Pair = tuple[Dialog, frozenset[str]]


def is_chinese(article: Article) -> bool:
    """Whether the article is for people who read Chinese."""
    return article.locale.startswith("zh")


def translated(articles: Sequence[Article], held_out: frozenset[str], seed: int = 12) -> list[Pair]:
    """Dialogs with the articles that answer them, one in another language at least; the same for the same seed."""
    chance = random.Random(seed)
    found = {article.id: _codes_of(article) for article in articles}
    holders: dict[str, set[str]] = defaultdict(set)
    for identity, each in found.items():
        for code in each:
            for key in code.keys:
                holders[key].add(identity)
    made = list(_by_code(articles, found, holders, chance))
    made += _by_message({article.id: article for article in articles}, holders, chance)
    return [pair for pair in made if not pair[1] & held_out]


def _codes_of(article: Article) -> list[Code]:
    source = article.id.split(":")[0]
    lines = [article.title, *([] if source in _SHARE else article.body.splitlines()[:_LINES])]
    return [code for code in codes.find(line[:1_000] for line in lines) if code.kind in _NAMING and code.telling]


def _by_code(
    articles: Sequence[Article],
    found: Mapping[str, Sequence[Code]],
    holders: Mapping[str, set[str]],
    chance: random.Random,
) -> Iterator[Pair]:
    for article in articles:
        named = [code for code in found[article.id] if len(holders[code.keys[0]]) <= MOST_SHARING]
        if not named or chance.random() > _SHARE.get(article.id.split(":")[0], 0.6):
            continue
        code = chance.choice(named)
        text = code.text
        if article.id.startswith("winerr:") and chance.random() < 0.5:
            text = f"0x{0x80070000 + int(article.id.split(':')[1]):08X}"
        right = frozenset(each for key in code.keys for each in holders[key])
        if is_chinese(article):
            title, said = chance.choice(_ENGLISH)
            named_as = chance.choice((f"Error code: {text}", f"({text})", text))
        else:
            title, said = chance.choice(_CHINESE)
            named_as = chance.choice((f"错误代码：{text}", f"（{text}）", text))
        yield _dialog(article.id, [title, said, named_as], right, chance)


def _by_message(articles: Mapping[str, Article], holders: Mapping[str, set[str]], chance: random.Random) -> list[Pair]:
    titles = {identity: squeezed(article.title) for identity, article in articles.items()}
    made = []
    for row in known.every():
        means = [squeezed(text) for text in (row.english, row.chinese)]
        titled = {each for each, title in titles.items() if any(text in title for text in means if len(text) >= _SAYS)}
        right = frozenset(titled.union(*(holders.get(key, set()) for key in row.keys)))
        for meaning, chinese in ((row.english, False), (row.chinese, True)):
            other = [each for each in sorted(right) if is_chinese(articles[each]) != chinese]
            if len(right) > 3 * MOST_SHARING:
                continue
            sentence = meaning[:1].upper() + meaning[1:]
            for each in chance.sample(other, min(2, len(other))):
                title = chance.choice(_CHINESE if chinese else _ENGLISH)[0]
                chinese_said = chance.choice((f"{meaning}。", f"操作失败：{meaning}。"))
                english_said = chance.choice((f"{sentence}.", f"The operation failed: {meaning}."))
                made.append(_dialog(each, [title, chinese_said if chinese else english_said], right, chance))
    return made


def _dialog(identity: str, lines: Sequence[str], right: frozenset[str], chance: random.Random) -> Pair:
    rate = chance.choice(_NOISE)
    chinese = any(map(is_han, lines))
    read = tuple(misread(line, rate, rate, chance) for line in (*lines, "确定" if chinese else "OK"))
    return Dialog("cross_zh" if chinese else "cross_en", read, identity, (), 0, telling=True), right
