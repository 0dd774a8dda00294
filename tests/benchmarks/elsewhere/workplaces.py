"""What lies behind the messages of `programs`: other windows than those of `desks`."""

# ruff: noqa: E501 - a line of markup is easier to read in one piece
from __future__ import annotations

import random

from tests.benchmarks.elsewhere.desks import Surface, sentence


def sheet(dice: random.Random, chinese: bool, dark: bool) -> str:
    """A spreadsheet: a ribbon, letters and numbers at the edges, fine lines."""

    def cell() -> str:
        return dice.choice((sentence(dice, chinese, 1), f"{dice.random() * 9000:.2f}", ""))

    head = '<th style="background:#f3f3f3;font-weight:400;width:30px">'
    cells = "".join(
        f"<tr>{head}{row}</th>{''.join(f'<td>{cell()}</td>' for _ in range(9))}</tr>" for row in range(1, 40)
    )
    ribbon = "".join(
        f'<span style="display:inline-block;width:64px;text-align:center;padding:8px 2px">▤<br>{sentence(dice, chinese, 1)}</span>'
        for _ in range(14)
    )
    return (
        f'<style>.sheet td,.sheet th{{border:1px solid #d4d4d4;padding:2px 6px;min-width:70px}}</style><div style="background:#fff;color:#222"><div style="background:#f3f2f1;white-space:nowrap;overflow:hidden">{ribbon}</div>'
        f'<table class="sheet" style="border-collapse:collapse">{cells}</table></div>'
    )


def browser(dice: random.Random, chinese: bool, dark: bool) -> str:
    """A browser: tabs, an address, a page with a picture, a column and text."""
    bar, page, ink = ("#202124", "#18191b", "#ddd") if dark else ("#dee1e6", "#fff", "#222")
    tabs = "".join(
        f'<span style="display:inline-block;width:150px;padding:7px;background:{page};border-radius:8px 8px 0 0;margin-right:3px">{sentence(dice, chinese, 2)} ×</span>'
        for _ in range(3)
    )
    text = "".join(f"<p>{sentence(dice, chinese, dice.randrange(12, 40))}</p>" for _ in range(8))
    return (
        f'<div style="background:{page};color:{ink};height:100%"><div style="background:{bar};padding:6px 8px 0">{tabs}</div>'
        f'<div style="padding:6px 12px">← → ⟳ <span style="display:inline-block;width:60%;background:{bar};border-radius:14px;padding:4px 14px">https://intranet.example/{dice.randrange(999)}</span></div>'
        f'<div style="display:flex;gap:20px;padding:20px"><div style="flex:2"><div style="height:150px;background:linear-gradient({dice.randrange(360)}deg,#5e81ac,#a3be8c)"></div>{text}</div>'
        f'<div style="flex:1">{"".join(f"<div style=padding:6px;border-bottom:1px-solid-#8883>{sentence(dice, chinese, 3)}</div>" for _ in range(12))}</div></div></div>'
    )


def mail(dice: random.Random, chinese: bool, dark: bool) -> str:
    """Mail in three columns; some of the letters are about things that failed."""
    ground, ink, rule = ("#262626", "#ddd", "#3d3d3d") if dark else ("#fff", "#222", "#e5e5e5")
    told = (
        ("服务器宕机通知：连接失败", "转发：付款失败", "系统警告")
        if chinese
        else ("RE: login failed again", "Alert: disk is full", "Delivery has failed")
    )
    letters = "".join(
        f'<div style="padding:7px 10px;border-bottom:1px solid {rule}"><b>{sentence(dice, chinese, 1)}</b><br>{dice.choice(told) if dice.random() < 0.25 else sentence(dice, chinese, 4)}</div>'
        for _ in range(16)
    )
    folders = "".join(
        f'<div style="padding:5px 12px">{sentence(dice, chinese, 1)} {dice.randrange(60)}</div>' for _ in range(14)
    )
    body = "".join(f"<p>{sentence(dice, chinese, dice.randrange(10, 30))}</p>" for _ in range(7))
    return f'<div style="display:flex;height:100%;background:{ground};color:{ink}"><div style="width:15%;background:#8881">{folders}</div><div style="width:27%;border-right:1px solid {rule}">{letters}</div><div style="flex:1;padding:16px"><h3>{sentence(dice, chinese, 4)}</h3>{body}</div></div>'


def files(dice: random.Random, chinese: bool, dark: bool) -> str:
    """A folder: signs with names in a grid."""
    ground, ink = ("#191919", "#eee") if dark else ("#fff", "#222")
    signs = "".join(
        f'<div style="width:96px;margin:8px;text-align:center"><div style="width:44px;height:34px;margin:auto;background:{dice.choice(("#ffca28", "#90caf9", "#fff59d"))};border:1px solid #8886"></div>{sentence(dice, chinese, 1)}</div>'
        for _ in range(40)
    )
    return f'<div style="background:{ground};color:{ink};height:100%;display:flex;flex-wrap:wrap;align-content:flex-start">{signs}</div>'


def chat(dice: random.Random, chinese: bool, dark: bool) -> str:
    """Bubbles to the left and right."""
    ground, other = ("#111b21", "#202c33") if dark else ("#efeae2", "#fff")
    bubbles = "".join(
        f'<div style="text-align:{side}"><span style="display:inline-block;max-width:60%;background:{other if side == "left" else "#95ec69"};color:{"#eee" if dark and side == "left" else "#111"};border-radius:8px;padding:8px 12px;margin:5px 16px;text-align:left">{sentence(dice, chinese, dice.randrange(2, 18))}</span></div>'
        for side in dice.choices(("left", "right"), k=16)
    )
    return f'<div style="background:{ground};height:100%;padding-top:8px">{bubbles}</div>'


def code(dice: random.Random, chinese: bool, dark: bool) -> str:
    """A program with files at the left and a list of problems below."""
    ground, ink, side = ("#1e1e1e", "#d4d4d4", "#252526") if dark else ("#fff", "#333", "#f3f3f3")
    lines = "".join(
        f'<div style="padding-left:{dice.randrange(0, 5) * 22}px"><span style="color:#c586c0">{dice.choice(("if", "return", "for", "raise ValueError", "def"))}</span> {sentence(dice, False, dice.randrange(1, 6))}</div>'
        for _ in range(34)
    )
    tree = "".join(f'<div style="padding:2px 14px">{sentence(dice, False, 1)}.py</div>' for _ in range(20))
    told = "".join(
        f'<div style="color:#f14c4c">error: {sentence(dice, False, 2)} is not defined</div>'
        for _ in range(dice.randrange(0, 4))
    )
    return f'<div style="display:flex;height:100%;background:{ground};color:{ink}"><div style="width:16%;background:{side}">{tree}</div><div style="flex:1;font-family:\'DejaVu Sans Mono\'">{lines}<div style="border-top:1px solid #8886;padding:6px">{told}</div></div></div>'


SURFACES: tuple[Surface, ...] = (sheet, browser, mail, files, chat, code)
