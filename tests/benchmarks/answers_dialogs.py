"""Dialogs made from the messages that articles quote: what the ranking's weights are learned from.

An article's message becomes a dialog with a title, buttons, misread letters and, now and then, the rest of a screen
around it; the article is its right answer. Articles that answer one of the dialogs with known text are left out, so
that those dialogs stay unseen.
"""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.capture.trouble import STRONG, WEAK
from app.knowledge.tokens import is_han, squeezed
from app.protocol.knowledge import Article

MOST_PER_ARTICLE = 3
_ENGLISH_TITLES = {
    "Exchange": "Exchange Admin Center",
    "Outlook": "Microsoft Outlook",
    "SharePoint": "SharePoint",
    "Microsoft365": "Microsoft 365",
    "SkypeforBusiness": "Skype for Business",
    "Teams": "Microsoft Teams",
    "Office": "Microsoft Office",
    "/access/": "Microsoft Access",
    "/excel/": "Microsoft Excel",
    "/word/": "Microsoft Word",
}
_CHINESE_TITLES = ("系统提示", "错误", "提示", "Microsoft Outlook", "Microsoft Teams", "Microsoft Office")
_WINDOWS_TITLES = (
    "Windows Update",
    "Component Services",
    "Microsoft Management Console",
    "setup.exe - Application Error",
)
_TILL_TITLES = ("收银前台", "打印服务", "Windows Update", "用户账户控制", "文件资源管理器", "金税开票软件", "mmc.exe")
_BUTTONS = (
    ("OK",), ("OK", "Cancel"), ("Yes", "No"), ("Close",), ("Retry", "Cancel"),
    ("确定",), ("确定", "取消"), ("是(Y)", "否(N)"), ("重试", "取消"), ("关闭",),
)  # fmt: skip
_AROUND = (
    "This PC", "Recycle Bin", "Network", "File", "Edit", "View", "Help", "Inbox - Outlook", "Sales", "Purchasing",
    "Reports", "SO-215269", "此电脑", "回收站", "网络", "文件", "编辑", "销售订单", "库存", "收件箱 - Outlook",
    "张伟", "采购", "10:24", "2023/11/8", "Search", "搜索",
)  # fmt: skip
_ALIKE = dict(zip("0O1lIS8B5，。：（）m己未人日", "O0lIl5B8S,.:()n已末入曰", strict=True))
_NOISE = ((0.0, 0.0), (0.008, 0.02), (0.008, 0.02), (0.008, 0.02), (0.03, 0.08))
_QUOTE = re.compile(r"(?:^> ?[^\n]*\n?)+", re.MULTILINE)
_INTRODUCED = re.compile(
    r"(?:error|message|following)[^\n]{0,80}:\s*\n+(?:adoc|output|console|asciidoc|text)?\s*\n*([^\n]{20,300})\n"
)
_ENGLISH_QUOTED = re.compile(r'"([A-Z][^"\n]{24,250})"')
_CHINESE_QUOTED = re.compile(r'[“"]\s*([^“”"\n]{8,120})[”"]')
_FRAGMENT = re.compile(
    r"选项卡|复选框|然后选择|然后单击|单击|窗格|下拉|按钮|^[，。：、；\s)）]|[（(]$|选择$|[的时和或在]$"
)  # pieces of an instruction between two quotation marks
_FEWEST_WORDS, _FEWEST_HAN = 4, 6
_ASIDE = re.compile(r"(?:Note|Important|\[!|Warning|Tip|Caution)")
_CODED = ("sql_zh", "drv_zh", "winerr", "hr", "nt")
_STEP = re.compile(r"(?:\d\.|-|#|In |To |If )")


@dataclass(frozen=True, slots=True)
class Dialog:
    """Lines as an engine would read them; `quoted` are the article's own words, empty when the base must keep them.

    `telling` when the message is one of an error, as far as its words say; the others are notes and instructions.
    """

    kind: str
    lines: tuple[str, ...]
    right: str
    quoted: tuple[str, ...]
    turn: int
    telling: bool

    @property
    def language(self) -> str:
        """`zh` or `en`, by where the article comes from, or as it was made."""
        return "zh" if self.kind in ("alch_zh", "d365_zh", "sql_zh", "drv_zh", "winerr", "cross_zh") else "en"


def dialogs(articles: Sequence[Article], held_out: frozenset[str], seed: int = 11) -> list[Dialog]:
    """The dialogs of all articles but the ones held out; the same for the same seed."""
    chance = random.Random(seed)
    titles = [article.title.split("|")[0].strip() for article in articles]
    made = []
    for article in articles:
        if article.id in held_out:
            continue
        drafts = list(drafted(article, chance))[:MOST_PER_ARTICLE]
        for turn, (title, message, quoted) in enumerate(drafts):
            lines = _around(title, message, titles, chance)
            rate, spaces = chance.choice(_NOISE)
            read = tuple(misread(line, rate, spaces, chance) for line in lines)
            kind = article.id.split(":")[0]
            telling = kind in _CODED or _is_telling(" ".join(message))
            made.append(Dialog(kind, read, article.id, tuple(quoted), turn, telling))
    return made


def _is_telling(message: str) -> bool:
    if not (STRONG.search(message) or WEAK.search(message)):
        return False
    if is_han(message):
        return sum(map(is_han, message)) >= _FEWEST_HAN and not _FRAGMENT.search(message)
    return len(message.split()) >= _FEWEST_WORDS


Draft = tuple[str, Sequence[str], Sequence[str]]


def drafted(article: Article, chance: random.Random) -> Iterator[Draft]:
    """Title, message and, where the message can be taken out of the article, the words to take out."""
    source = article.id.split(":")[0]
    if source == "off_en":
        title = next((name for part, name in reversed(_ENGLISH_TITLES.items()) if part in article.id), "Error")
        if chance.random() < 0.08:
            yield title, [article.title.split("|")[0].strip()], ()
        messages = list(_english_messages(article.body))
        chance.shuffle(messages)
        yield from ((title, message, message) for message in messages)
    elif source in ("alch_zh", "d365_zh"):
        if chance.random() < (0.12 if source == "alch_zh" else 0.05):
            yield chance.choice(_CHINESE_TITLES), [article.title.split("|")[-1].strip()], ()
        quoted = [match.group(1).strip() for match in _CHINESE_QUOTED.finditer(article.body)]
        messages = [[text] for text in quoted if len(re.findall(r"[\u4e00-\u9fff]", text)) >= 5]
        chance.shuffle(messages)
        yield from ((chance.choice(_CHINESE_TITLES), message, message) for message in messages[:2])
    elif source == "sql_zh":
        yield from _sql(article, chance)
    elif source in ("drv_zh", "winerr", "hr", "nt"):
        yield from _coded(article, source, chance)


def _english_messages(body: str) -> Iterator[list[str]]:
    seen: set[str] = set()
    for match in _QUOTE.finditer(body):
        lines = [line.lstrip("> ").strip() for line in match.group().splitlines()]
        lines = [line for line in lines if 15 <= len(line) <= 400 and not _ASIDE.match(line)]
        if lines and lines[0] not in seen:
            seen.add(lines[0])
            yield lines[:3]
    for pattern in (_INTRODUCED, _ENGLISH_QUOTED):
        for match in pattern.finditer(body):
            line = match.group(1).strip("> *")
            if line not in seen and not _STEP.match(line):
                seen.add(line)
                yield [line]


def _sql(article: Article, chance: random.Random) -> Iterator[Draft]:
    text = re.search(r"消息正文\|(.{6,300}?)\|", article.body)
    number = re.search(r"MSSQLSERVER_(\d+)", article.title)
    if not text or not number:
        return
    said = re.sub(r"%\.?\*?l?s|%[dux]|%ld", "dbo.Orders", text.group(1))
    if chance.random() < 0.5:
        state = f"级别 {chance.randint(14, 20)}，状态 {chance.randint(1, 9)}，第 {chance.randint(1, 40)} 行"
        yield "消息", [f"消息 {number.group(1)}，{state}", said], [text.group(1)]
    else:
        head = "执行 Transact-SQL 语句或批处理时发生了异常。 (Microsoft.SqlServer.ConnectionInfo)"
        tail = f"{said} (Microsoft SQL Server，错误: {number.group(1)})"
        yield "Microsoft SQL Server Management Studio", [head, tail], [text.group(1)]


def _coded(article: Article, source: str, chance: random.Random) -> Iterator[Draft]:
    """Dialogs that a code names; a share of them, for there are thousands of such articles."""
    if chance.random() > {"drv_zh": 0.4, "winerr": 0.3, "hr": 0.07, "nt": 0.07}[source]:
        return
    code = article.id.split(":")[1]
    if source == "drv_zh":
        stop = re.search(r"0x([0-9A-Fa-f]+)[:：]? ?([A-Z][A-Z0-9_]{6,})", article.title)
        if stop:
            yield _stopped(stop.group(1), stop.group(2), chance)
    elif source == "winerr":
        meaning = re.search(r"含义：(.*)", article.body)
        said = meaning.group(1) if meaning else ""
        status = f"0x{0x80070000 + int(code):08X}"
        forms = (
            [said, f"错误 {code}"],
            [f"操作无法完成 (错误 {status})。", said],
            [f"安装更新时出现问题：{said} ({status})"],
            [f"操作无法完成 (错误 {status})。", "请重试操作。"],
        )
        yield chance.choice(_TILL_TITLES), chance.choice(forms), ()
    elif source == "hr":
        said = article.body.split(". ", 1)[-1][:250]
        yield chance.choice(_WINDOWS_TITLES), [said, "Error code: " + chance.choice([code, code.lower()])], ()
    else:
        said = f"The application was unable to start correctly ({code.lower()}). Click OK to close the application."
        yield "PosClient.exe - Application Error", [said], ()


def _stopped(number: str, symbol: str, chance: random.Random) -> Draft:
    if chance.random() < 0.5:
        said = ["你的设备遇到问题，需要重启。", "我们只收集某些错误信息，然后为你重新启动。", "20% 完成"]
        return "蓝屏", [*said, "如果致电支持人员，请向他们提供以下信息：", f"终止代码：{symbol}"], ()
    said = ["Windows 已从意外关机中恢复。", "问题事件名称: BlueScreen", "OS 版本: 10.0.19045.2.0.0.256.48"]
    return "Windows", [*said, f"BCCode: {number.lower()}", f"错误检查 0x{int(number, 16):08X} {symbol}"], ()


def _around(title: str, message: Sequence[str], titles: Sequence[str], chance: random.Random) -> list[str]:
    """The message with what stands around it: mostly its title, often buttons, sometimes half a desktop."""
    width = chance.randint(34, 110)
    broken = (_broken(line, width) for line in message) if chance.random() < 0.75 else ([line] for line in message)
    lines = [*([title] if chance.random() < 0.88 else []), *(piece for line in broken for piece in line)]
    if chance.random() < 0.1:
        lines[-1] = lines[-1][: max(12, int(len(lines[-1]) * 0.6))]
    if chance.random() < 0.5:
        lines += chance.choice(_BUTTONS)
    if chance.random() < 0.08:
        subjects = [chance.choice(titles)[:60] for _ in range(3)]
        lines = [*chance.sample(_AROUND, 8), *subjects, *lines, *chance.sample(_AROUND, 5)]
    return lines


def _broken(line: str, width: int) -> list[str]:
    """A line as a window of so many Latin letters shows it; a Chinese character takes the room of two."""
    if not is_han(line):
        return textwrap.wrap(line, width, break_long_words=True) or [line]
    return [line[start : start + width // 2] for start in range(0, len(line), width // 2)]


def misread(text: str, rate: float, spaces: float, chance: random.Random) -> str:
    read = []
    for sign in text:
        drawn = chance.random()
        if sign == " " and drawn < spaces:
            continue
        if drawn >= rate:
            read.append(sign)
            continue
        kind = chance.random()
        if kind < 0.2:
            continue
        if kind < 0.6 and sign in _ALIKE:
            read.append(_ALIKE[sign])
        elif sign.isascii() and sign.isalpha():
            read.append(chance.choice("abcdefghijklmnopqrstuvwxyz"))
        else:
            read.append(sign if kind < 0.8 else chance.choice("的一是在不了有和人这中大为上个国"))
    return "".join(read)


def answered_by(made: Sequence[Dialog], articles: Sequence[Article]) -> list[frozenset[str]]:
    """For every dialog its right article and all others that hold the same message word for word."""
    texts = {article.id: squeezed(article.title + article.body) for article in articles}
    found = []
    for dialog in made:
        message = [text for text in map(squeezed, dialog.quoted) if len(text) >= 12]
        same = {identity for identity, text in texts.items() if message and all(part in text for part in message)}
        found.append(frozenset({dialog.right, *same}))
    return found
