"""People's names in text that leaves the computer unseen: beside a label, after a greeting, or as an account."""

from __future__ import annotations

import re
from collections.abc import Iterator

# The hundred commonest family names, nine tenths of all people.
_FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏"
    "韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_ROLE = (
    r"(?:用户|员工|会员|顾客|客户|操作员|收银员|营业员|店员|店长|经办人|收货人|收件人|发件人|联系人"
    r"|申请人|审批人|负责人|姓名)"
)
_LABEL = (
    rf"(?:{_ROLE}名?|登录名|登录[帐账]户|[帐账]号名?|(?<![A-Za-z])(?:user(?: ?name| ?id)?|log[io]n(?: name)?"
    r"|account(?: name)?|employee|cashier|operator|customer|member|contact|recipient|sender"
    r"|(?:requested|created|changed) by))"
)
_HAN_NAME = rf"[{_FAMILY}][\u4e00-\u9fff]{{1,2}}"
_OPENING = r"[ \t]*[\"'“「【\[]?"
_PATTERNS = (
    # 用户名：zhangwei, Operator: Li Na
    re.compile(
        rf"(?i:{_LABEL})[ \t]*[:：=]{_OPENING}"
        r"(?P<name>[A-Z][\w'-]+(?: [A-Z][\w'-]+){1,2}|[^\s,，;；。、\"'”」()（）]{1,40})"
    ),
    re.compile(
        r"(?<![A-Za-z])(?i:signed in as|logged (?:in|on) as|dear|hello|welcome back,?)[ \t]+"
        r"(?P<name>[A-Z][\w.'-]+(?: [A-Z][\w'-]+){0,2})"
    ),
    re.compile(rf"{_ROLE}{_OPENING}(?P<name>{_HAN_NAME})(?![\u4e00-\u9fff])"),
    re.compile(rf"{_ROLE}{_OPENING}(?P<name>{_HAN_NAME}?)(?=[的已未无没不被在正您你余账帐])"),
    # CORP\zhang.wei, but no path
    re.compile(r"(?<![\w\\/:.])[A-Za-z][A-Za-z0-9-]{1,15}\\(?P<name>[A-Za-z][\w.-]{1,40})(?![\w.-]*\\)"),
)


def names(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every name in a text, in no order; they may overlap."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield match.span("name")
