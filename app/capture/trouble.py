"""Whether lines tell of something that went wrong, in Chinese or English: what makes a text the one that is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from app.capture.reading import Line

CLEAR = 2
"""The weight from which lines certainly tell of trouble."""
FEWEST_LETTERS, FEWEST_CHINESE = 12, 6
CHINESE = re.compile(r"[\u4e00-\u9fff]")
STRONG = re.compile(
    r"\b(?:errors?|fail(?:s|ed|ure|ures|ing)?|warning|can(?:not|'t|’t)|could ?n[o'’]t|unable|unexpected\w*|invalid|"
    r"incorrect|denied|refused|rejected|forbidden|expired|exceed\w*|timed?[- ]?out|unavailable|stopped working|"
    r"not (?:found|valid|supported|responding|allowed|permitted|connected|recogni[sz]ed|available|enough|authorized)|"
    r"crash\w*|corrupt\w*|damaged|insufficient|sufficient permissions?|exception|fatal|try again|went wrong|"
    r"(?:is|are|was|were|does|did|do|has|have)(?:n't|n’t| not) (?:exist|work|respond|have|been|found|allowed|support)|"
    r"trouble \w+ing|don[’']t have|disconnected|no longer|ran into a problem)\b"
    r"|错误|失败|无法|不能|异常|拒绝|超时|未找到|找不到|不存在|警告|重试|过期|无效|不足|断开|失效|冲突|损坏|中断|禁止"
    r"|不支持|不可用|未通过|不成功|\b消息 ?\d{3,}|\bmsg \d{3,}|未授权|没有权限|无权|丢失|崩溃|不正确|有误|校验错|未连接"
    r"|出错|出现问题|遇到问题|终止代码",
    re.IGNORECASE,
)
WEAK = re.compile(
    r"\b(?:alert|problem|trouble|wrong|missing|offline|stopped|conflict\w*|critical|retry|blocked|lost|must|need|already|"
    r"administrator|contact your|may not|permission|sorry|locked|unknown|limit|maximum)\b"
    r"|提示|问题|停止|缺|锁定|已满|联系|请检查|离线|请重新|管理员|必须|未能",
    re.IGNORECASE,
)
BUTTON = (
    r"(?:OK|Cancel|Yes|No|Close|Retry|Try again|Abort|Ignore|Continue|Help|Details|Dismiss|Got it|Quit|Exit|Restart|"
    r"Reload|Send|Don[’']t send|Not now|确定|确认|取消|是|否|关闭|重试|中止|忽略|继续|帮助|详细信息|我?知道了|"
    r"退出|重启|返回|签到|稍后)(?: ?[(（]&?[A-Z][)）])?[.…]{0,3}"
)
_BUTTONS = re.compile(rf"[\W_]*(?:{BUTTON}[\W_]*){{1,4}}", re.IGNORECASE)
"""Signs on a button and its outline are read as letters, and buttons close together as one line."""
CODE = re.compile(
    r"\b0x[0-9A-Fa-f]{4,}|-21\d{8}\b|\b(?:[A-Z]{2,}_){2,}[A-Z]{2,}\b|\bERR_[A-Z_]+"
    r"|\b(?:E|ERR|ORA|AADSTS|SQLSTATE|HTTP)[- ]?\d{3,}\b|\b5\d\d[ -]5\.\d\.\d"
)


def weight(lines: Iterable[Line]) -> int:
    """How much the lines tell of trouble: two for each strong word or code, one for a weak one, no word twice."""
    text = "\n".join(line.text for line in lines)
    strong = {found.group().casefold() for pattern in (STRONG, CODE) for found in pattern.finditer(text)}
    weak = {found.group().casefold() for found in WEAK.finditer(text)}
    return 2 * len(strong) + len(weak)


def is_convincing(lines: Sequence[Line]) -> bool:
    """Whether somebody could have meant these lines as a message: a few words, not just labels of buttons."""
    text = "".join(line.text for line in lines if not _BUTTONS.fullmatch(line.text))
    letters = sum(character.isalnum() for character in text)
    return letters >= FEWEST_LETTERS or len(CHINESE.findall(text)) >= FEWEST_CHINESE


def tells_trouble(lines: Sequence[Line]) -> bool:
    """Whether the lines are a message about something that went wrong."""
    return is_convincing(lines) and weight(lines) >= CLEAR


def has_button(lines: Iterable[Line]) -> bool:
    """Whether one of the lines is the label that buttons of messages have."""
    return any(_BUTTONS.fullmatch(line.text) for line in lines)
