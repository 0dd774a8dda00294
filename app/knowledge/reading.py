"""Recognised lines as a question: buttons, icons and clocks dropped, hostile lengths cut."""

from __future__ import annotations

import re
from collections.abc import Iterable

from app.knowledge.tokens import is_han, plain
from app.protocol.message import one_line

_SHORTEST_WRAPPED, _SHORTEST_WRAPPED_HAN = 20, 10  # a line that was broken to fit the window
_ENDS = frozenset(".!?:;。！？：；…")
_MOST_LINES = 200
_LONGEST_LINE = 1_000
_MOST_CHARACTERS = 8_000
_ACCESS_KEY = re.compile(r"\s*[(（]?&?[A-Za-z0-9][)）]\s*$")
_CLOCK = re.compile(r"^\W*\d{1,2}[:：]\d{2}(?:[:：]\d{2})?\s*(?:[AaPp][Mm])?\W*$|^\W*\d{4}[/-]\d{1,2}[/-]\d{1,2}\W*$")

_ACCESS_KEYS = re.compile(r"[(（]&?[A-Za-z0-9][)）]")

# What stands on buttons, menus and title bars of nearly every window.
_CONTROL_WORDS = """
ok cancel yes no close retry abort ignore help details apply next back finish continue send dontsend debug restart
reload advanced backtosafety tryagain exit quit save open browse more less showdetails hidedetails skip stop
moreinformation learnmore gotit dismiss file edit view tools window minimize maximize signin signout
确定 取消 是 否 关闭 重试 中止 忽略 帮助 详细信息 详情 应用 下一步 上一步 完成 继续 发送 不发送 调试 重启 重新加载
高级 返回 退出 保存 打开 浏览 更多 跳过 停止 知道了 我知道了 重新登录 登录 签到 撤销 查询订单 跳过打印 检查解决方案
刷新 立即重启 稍后 好 好的 更多信息 了解更多 显示详细信息 文件 编辑 查看 工具 窗口 最小化 最大化 返回安全连接
结束程序 关闭程序 联机检查解决方案
"""
_CONTROLS = frozenset(_CONTROL_WORDS.split())
_PARTS = re.compile("|".join(sorted(_CONTROLS, key=len, reverse=True)) + r"|[^\W_]")


def tame(text: str, limit: int = _LONGEST_LINE) -> str:
    """One line of at most `limit` characters that every store and model takes."""
    return one_line(text[:limit].encode("utf-8", "replace").decode())


def is_control(line: str) -> bool:
    """Whether the line is only a button's or a menu's word."""
    text = plain(line)
    bare = re.sub(r"[\W_]+", "", _ACCESS_KEY.sub("", text).casefold())
    if bare in _CONTROLS:
        return True
    # Buttons that stand close together are often read as one line.
    parts = _PARTS.findall(_ACCESS_KEYS.sub(" ", text).casefold())
    return 1 < len(parts) <= 4 and all(part in _CONTROLS for part in parts)


def telling_lines(lines: Iterable[str]) -> list[str]:
    """The lines that say something about the error, in order; control words, lone glyphs and clocks are dropped."""
    kept: list[str] = []
    budget = _MOST_CHARACTERS
    for number, raw in enumerate(lines):
        if number >= _MOST_LINES or budget <= 0:
            break
        line = tame(raw, min(_LONGEST_LINE, budget))
        solid = re.sub(r"[\W_]+", "", line)
        if len(solid) < 2 or _CLOCK.match(line) or is_control(line):
            continue
        kept.append(line)
        budget -= len(line)
    return kept


def reads_on(line: str, after: str) -> bool:
    """Whether a line goes on in the one after it: long, without an end, and followed by no beginning."""
    if len(line) < (_SHORTEST_WRAPPED_HAN if is_han(line) else _SHORTEST_WRAPPED) or line[-1:] in _ENDS:
        return False
    return after[:1].islower() or (is_han(after[:1]) and is_han(line))
