"""What lies around a message: pages, tables, editors, chats and several windows on photographs and patterns."""

# ruff: noqa: E501 - a line of markup is easier to read in one piece
from __future__ import annotations

import base64
import io
import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

WORDS = [
    "order",
    "invoice",
    "customer",
    "total",
    "pending",
    "shipped",
    "report",
    "meeting",
    "budget",
    "region",
    "manager",
    "approve",
    "draft",
    "review",
    "summary",
    "stock",
    "return",
    "supplier",
    "price",
    "discount",
    "policy",
    "travel",
    "request",
    "schedule",
    "contact",
    "account",
    "branch",
    "target",
    "quarter",
]
CHINESE_WORDS = [
    "订单",
    "发票",
    "客户",
    "合计",
    "待处理",
    "已发货",
    "报表",
    "会议",
    "预算",
    "区域",
    "经理",
    "审批",
    "草稿",
    "汇总",
    "库存",
    "退货",
    "供应商",
    "价格",
    "折扣",
    "制度",
    "出差",
    "申请",
    "排班",
    "联系人",
    "账户",
    "门店",
    "目标",
    "季度",
    "收银",
    "会员",
]
PHOTOGRAPHS = Path("/usr/share/backgrounds")


def sentence(dice: random.Random, chinese: bool, length: int = 8) -> str:
    """Words without any trouble in them."""
    return ("" if chinese else " ").join(dice.choice(CHINESE_WORDS if chinese else WORDS) for _ in range(length))


def wallpaper(dice: random.Random) -> str:
    """CSS of a ground: one colour, a gradient, an installed photograph or one that is made up."""
    kind = dice.random()
    if kind < 0.2:
        return dice.choice(("#008080", "#1d3557", "#222", "#f3f3f3", "#fff", "#5c6bc0"))
    if kind < 0.35:
        return f"linear-gradient({dice.randrange(360)}deg,hsl({dice.randrange(360)},60%,30%),hsl({dice.randrange(360)},60%,70%))"
    found = sorted(path for path in PHOTOGRAPHS.rglob("*") if path.suffix in {".jpg", ".png", ".webp"})
    picture = _opened(dice.choice(found)) if found and kind < 0.65 else landscape(dice)
    stored = io.BytesIO()
    picture.save(stored, "JPEG", quality=88)
    return f"url(data:image/jpeg;base64,{base64.b64encode(stored.getvalue()).decode()}) center/cover"


def _opened(path: Path) -> Image.Image:
    with Image.open(path) as opened:
        return opened.convert("RGB").resize((1920, 1080))


def landscape(dice: random.Random) -> Image.Image:
    """Sky, ridges, houses with windows and grain: straight edges and texture where a photograph has them."""
    size = (960, 540)
    noise = Image.new("RGB", (8, 5))
    noise.putdata([tuple(dice.randrange(60, 220) for _ in range(3)) for _ in range(40)])
    picture = noise.resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(picture)
    for ridge in range(3):
        height, points = 200 + ridge * 80, []
        for x in range(0, 980, 20):
            height += dice.randrange(-16, 17)
            points.append((x, height))
        draw.polygon([*points, (980, 540), (0, 540)], fill=tuple(dice.randrange(30, 150) for _ in range(3)))
    for _ in range(dice.randrange(0, 9)):
        x, y, wide, high = (
            dice.randrange(900),
            dice.randrange(150, 380),
            dice.randrange(50, 200),
            dice.randrange(60, 300),
        )
        draw.rectangle((x, y, x + wide, y + high), fill=tuple(dice.randrange(40, 230) for _ in range(3)))
        for row in range(y + 8, y + high - 12, 20):
            for column in range(x + 6, x + wide - 10, 16):
                draw.rectangle(
                    (column, row, column + 8, row + 11), fill=(250, 240, 180) if dice.random() < 0.5 else (40, 50, 60)
                )
    grain = Image.effect_noise(size, 40).convert("RGB")
    return Image.blend(picture.filter(ImageFilter.GaussianBlur(0.6)), grain, 0.15).resize((1920, 1080))


def table(dice: random.Random, chinese: bool, dark: bool) -> str:
    """A list with a head, in a program with a menu."""
    ground, ink, rule = ("#1e1e1e", "#ccc", "#444") if dark else ("#fff", "#222", dice.choice(("#ddd", "#bbb", "#fff")))
    rows = "".join(
        "<tr>"
        + "".join(f'<td style="border:1px solid {rule};padding:4px 8px">{_cell(dice, chinese)}</td>' for _ in range(6))
        + "</tr>"
        for _ in range(30)
    )
    menu = "　".join(sentence(dice, chinese, 1) for _ in range(7))
    return f'<div style="background:{ground};color:{ink}"><div style="padding:6px">{menu}</div><table style="border-collapse:collapse;width:100%">{rows}</table></div>'


def _cell(dice: random.Random, chinese: bool) -> str:
    return dice.choice(
        (
            sentence(dice, chinese, 2),
            str(dice.randrange(10_000)),
            f"{dice.random() * 900:.2f}",
            f"SO-{dice.randrange(900000)}",
        )
    )


def page(dice: random.Random, chinese: bool, dark: bool) -> str:
    """A web page with cards, some of them with buttons."""
    ground, card, ink = ("#121212", "#1e1e1e", "#ddd") if dark else ("#f0f2f5", "#fff", "#333")
    frame = dice.choice(("border:1px solid #ccc", "box-shadow:0 1px 3px rgba(0,0,0,.2)", "border:1px solid #8884"))
    cards = "".join(
        f'<div style="background:{card};{frame};padding:16px;width:{dice.randrange(220, 420)}px;border-radius:6px">'
        f"<h3>{sentence(dice, chinese, 3)}</h3><p>{sentence(dice, chinese, 18)}</p>"
        + (
            f'<span style="border:1px solid #888;padding:4px 14px">{sentence(dice, chinese, 1)}</span>'
            if dice.random() < 0.5
            else ""
        )
        + "</div>"
        for _ in range(8)
    )
    return f'<div style="background:{ground};color:{ink};padding:24px;height:100%"><h2>{sentence(dice, chinese, 4)}</h2><div style="display:flex;flex-wrap:wrap;gap:18px">{cards}</div></div>'


def editor(dice: random.Random, chinese: bool, dark: bool) -> str:
    """Lines of a text or program."""
    ground, ink = ("#1e1e1e", "#d4d4d4") if dark else ("#fff", "#222")
    lines = "".join(
        f'<div style="padding-left:{dice.randrange(0, 4) * 28}px">{sentence(dice, chinese, dice.randrange(2, 14))}</div>'
        for _ in range(40)
    )
    return f'<div style="background:{ground};color:{ink};padding:12px;height:100%;line-height:1.6">{lines}</div>'


def form(dice: random.Random, chinese: bool, dark: bool) -> str:
    """Labels, fields and a group box: frames that are no dialogs."""
    ground, field = ("#2b2b2b", "#383838") if dark else ("#f0f0f0", "#fff")
    rows = "".join(
        f'<div style="margin:8px"><span style="display:inline-block;width:120px">{sentence(dice, chinese, 1)}</span>'
        f'<span style="display:inline-block;width:{dice.randrange(140, 320)}px;border:1px solid #999;background:{field};padding:4px">'
        f"{_cell(dice, chinese)}</span></div>"
        for _ in range(7)
    )
    button = f'<span style="border:1px solid #777;padding:4px 18px;margin:12px;display:inline-block">{sentence(dice, chinese, 1)}</span>'
    box = f'<div style="border:1px solid #999;margin:16px;padding:12px;width:{dice.randrange(420, 560)}px">{rows}{button}</div>'
    return f'<div style="background:{ground};color:{"#ddd" if dark else "#222"};height:100%;display:flex;flex-wrap:wrap">{box}{box}</div>'


def till(dice: random.Random, chinese: bool, dark: bool) -> str:
    """Large coloured buttons in a grid and a receipt beside it."""
    keys = "".join(
        f'<div style="background:hsl({dice.randrange(360)},45%,{dice.randrange(35, 70)}%);color:#fff;width:120px;height:78px;'
        f'margin:5px;border-radius:5px;display:inline-flex;align-items:center;justify-content:center">{sentence(dice, chinese, 1)}</div>'
        for _ in range(32)
    )
    lines = "".join(
        f"<div>{sentence(dice, chinese, 2)} × {dice.randrange(1, 9)}　{dice.random() * 90:.2f}</div>" for _ in range(14)
    )
    return f'<div style="background:#263238;height:100%;display:flex"><div style="background:#fff;width:30%;padding:12px;color:#222">{lines}</div><div style="flex:1">{keys}</div></div>'


def log(dice: random.Random, chinese: bool, dark: bool) -> str:
    """A list of events or a console, some of which went wrong: none of it is what the employee means."""
    ground, ink = dice.choice((("#0c0c0c", "#ccc"), ("#fff", "#222"), ("#1e1e1e", "#9cdcfe")))
    told = TROUBLED_CHINESE if chinese else TROUBLED
    lines = "".join(
        f"<div>2026-03-{dice.randrange(10, 30)} {dice.randrange(10, 24)}:{dice.randrange(10, 60)} "
        f"{dice.choice(told) if dice.random() < 0.15 else sentence(dice, chinese, 7)}</div>"
        for _ in range(46)
    )
    mono = "font-family:'DejaVu Sans Mono','Noto Sans Mono CJK SC';" if dice.random() < 0.6 else ""
    return (
        f'<div style="background:{ground};color:{ink};{mono}padding:8px;height:100%;white-space:nowrap">{lines}</div>'
    )


def manual(dice: random.Random, chinese: bool, dark: bool) -> str:
    """A page about what may go wrong, in paragraphs."""
    ground, ink = ("#202124", "#ddd") if dark else ("#fff", "#333")
    told = TROUBLED_CHINESE if chinese else TROUBLED
    parts = "".join(
        f"<h3>{sentence(dice, chinese, 3)}</h3><p>{sentence(dice, chinese, 12)} {dice.choice(told)} {sentence(dice, chinese, 20)}</p>"
        for _ in range(9)
    )
    return f'<div style="background:{ground};color:{ink};padding:20px;height:100%;line-height:1.5">{parts}</div>'


TROUBLED = (
    "WARN retry 3 failed, giving up",
    "the error is shown when the order cannot be saved",
    "ERROR timeout while reading from branch 12",
    "what to do when a payment was refused",
    "connection lost, trying again",
)
TROUBLED_CHINESE = (
    "警告 第三次重试失败",
    "订单无法保存时会显示此错误",
    "错误 读取门店超时",
    "付款被拒绝时的处理办法",
    "连接已断开，正在重试",
)
Surface = Callable[[random.Random, bool, bool], str]
SURFACES: tuple[Surface, ...] = (table, page, editor, form, till, log, manual)


def window(
    dice: random.Random, chinese: bool, box: tuple[int, int, int, int], surfaces: tuple[Surface, ...] = SURFACES
) -> str:
    """A program's window with a title bar at `box` (left, top, width, height)."""
    dark = dice.random() < 0.3
    left, top, wide, high = box
    bar, ink = (
        ("#202020", "#eee") if dark else dice.choice((("#fff", "#000"), ("#dfe3e8", "#222"), ("#2b579a", "#fff")))
    )
    inside = dice.choice(surfaces)(dice, chinese, dark)
    return (
        f'<div style="position:absolute;left:{left}px;top:{top}px;width:{wide}px;height:{high}px;overflow:hidden;'
        f'box-shadow:0 2px {dice.choice((0, 16))}px rgba(0,0,0,.4);border:1px solid {dice.choice(("#888", "#444", "#ccc"))}">'
        f'<div style="background:{bar};color:{ink};padding:7px 10px">{sentence(dice, chinese, 3)}<span style="float:right">— ▢ ✕</span></div>'
        f'<div style="height:100%">{inside}</div></div>'
    )


def taskbar(dice: random.Random, chinese: bool) -> str:
    """A bar with programs and a clock at the lower edge."""
    ground, ink = dice.choice((("#101820", "#fff"), ("#eef3fa", "#222"), ("#1f1f1fcc", "#ddd")))
    items = "".join(f'<span style="padding:0 16px">{sentence(dice, chinese, 1)}</span>' for _ in range(5))
    return (
        f'<div style="position:absolute;left:0;right:0;bottom:0;height:42px;line-height:42px;background:{ground};color:{ink}">'
        f'{items}<span style="float:right;padding:0 12px">{dice.randrange(24)}:{dice.randrange(10, 60)}</span></div>'
    )
