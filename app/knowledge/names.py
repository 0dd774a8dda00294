"""People's names in text: beside a label, after a greeting, or as an account. They are nobody's business but theirs,
and say nothing of a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator

# The hundred commonest family names, nine tenths of all people.
_FAMILY = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏"
    "韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_DOUBLE_FAMILY = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|南宫|独孤|长孙|宇文"
_ROLE = (
    r"(?:用户|员工|会员|顾客|客户|操作员|收银员|营业员|店员|店长|经办人|收货人|收件人|发件人|联系人"
    r"|申请人|审批人|负责人|姓[ \t]{0,3}名)(?!许可|方[案式法面]|余额|金[额卡币]|任[务何]|白名|高级|向[你您])"
)
_LABEL = (
    rf"(?:{_ROLE}名?|登录名|登录[帐账]户|[帐账]号名?|(?<![A-Za-z_])(?:user(?: ?name| ?id)?|log[io]n(?: name)?"
    r"|account(?: name)?|employee|cashier|operator|customer|member|contact|recipient|sender"
    r"|(?:requested|created|changed) by))"
)
_HAN_NAME = rf"(?:{_DOUBLE_FAMILY}|[{_FAMILY}]) ?[\u4e00-\u9fff]{{1,2}}"
_OPENING = r"[ \t]*[\"'“「【\[]?"
# What may follow besides a name: "user profile cannot be loaded", "用户 ID".
_ORDINARY = """
id ids vip name names account accounts profile profiles session interface interfaces data input policy policies group
groups right rights setting settings mode agent control certificate certificates password passwords credential
credentials token role roles permission permissions license licence licenses licences access file files folder folders
database type list lists service server information management manager error action experience used must may will can
cannot could not already app mailbox mailboxes recipient recipients subscription subscriptions object objects
principal device devices request requests context store record records details status state number limit quota
creation registration authentication security move locked disabled expired attribute attributes address addresses
entry value field form page domain directory logon login lockout expiration key assignment synchronization sync
provisioning is was has does did been being be who that which and or of the your this except but for to in on with
from by also only crm erp api sdk ui web windows outlook office
"""
_NO_NAME = rf"(?!(?:{'|'.join(_ORDINARY.split())})(?![A-Za-z0-9]))"
_PERSON = r"[A-Z][a-z'-]+ [A-Z][a-z'-]+"
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
    # 用户 zhangwei 登录失败, user 'jsmith', User ZHANGW is locked
    re.compile(
        rf"{_ROLE}名?{_OPENING}(?i:{_NO_NAME})(?P<name>[A-Za-z][A-Za-z0-9._-]{{2,30}})"
        r"(?=[\s\"'”」\]]*(?:[\u4e00-\u9fff，。,;：:]|$))",
        re.MULTILINE,
    ),
    re.compile(
        r"(?<![A-Za-z])(?i:user|account|log-?in|member|employee|cashier|customer|operator)(?i: name| id)?"
        r"[ \t]*(?:'(?!s\b)|[\"‘“])(?P<name>[^'\"’”\\@\r\n]{1,40})['\"’”]"
    ),
    re.compile(
        rf"(?<![A-Za-z_-])(?i:user|account|employee|cashier|member) (?i:{_NO_NAME})"
        r"(?P<name>[A-Za-z][A-Za-z0-9._-]{1,30})"
        r"(?= (?:is|was|has|does|did|cannot|can|could|failed|not|already|locked)(?![A-Za-z]))"
    ),
    re.compile(rf"(?<![A-Za-z])(?i:employee|cashier|operator) (?P<name>{_PERSON})(?![A-Za-z])"),
    re.compile(
        rf"(?<![A-Za-z])(?:From|To|Cc|Bcc|CC)[:：][ \t]*(?P<name>{_PERSON}(?:[;,] ?{_PERSON}){{0,20}})(?![A-Za-z])"
    ),
    # 尊敬的李娜女士, 您好，张三丰
    re.compile(
        rf"(?:您好|你好|欢迎(?:您|你|回来)?|尊敬的)[，,！!：: \t]{{0,3}}(?P<name>{_HAN_NAME}?)"
        r"(?=[ \t]?(?:先生|女士|小姐|[，,！!：:。]|$))",
        re.MULTILINE,
    ),
    # CORP\zhang.wei, but no path
    re.compile(r"(?<![\w\\/:.])[A-Za-z][A-Za-z0-9-]{1,15}\\(?P<name>[A-Za-z][\w.-]{1,40})(?![\w.-]*\\)"),
)


def names(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every name in a text, in no order; they may overlap."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield match.span("name")
