"""Messages in the clothes of other toolkits, as HTML: none of them is in the benchmark data."""

# ruff: noqa: E501 - a line of markup is easier to read in one piece
from __future__ import annotations

import html
import random
from dataclasses import dataclass

LATIN_FONTS = (
    "Liberation Sans", "DejaVu Sans", "Roboto", "Open Sans", "Lato", "Inter", "Cantarell", "Noto Sans",
    "DejaVu Sans Condensed", "Liberation Serif",
)  # fmt: skip
CHINESE_FONTS = (
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans CJK SC", "AR PL UMing CN", "Droid Sans Fallback",
    "Noto Serif CJK SC", "AR PL UKai CN",
)  # fmt: skip
ACCENTS = ("#0078d4", "#1677ff", "#409eff", "#0a84ff", "#3584e4", "#3daee9", "#c2185b", "#2e7d32", "#e67e22", "#6200ee")


@dataclass(frozen=True, slots=True)
class Message:
    """What a screen says; `name` is its entry in the truth it was taken from."""

    name: str
    language: str
    title: str
    lines: tuple[str, ...]
    buttons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A message as HTML. `is_framed`: it is a dialog with an outline of its own; `fills`: it is the whole screen."""

    markup: str
    is_framed: bool = True
    fills: bool = False


def fonts(message: Message, dice: random.Random) -> str:
    """A font family for the message's language."""
    latin = dice.choice(LATIN_FONTS)
    if message.language != "zh":
        return f"'{latin}'"
    chinese = dice.choice(CHINESE_FONTS)
    return f"'{chinese}'" if dice.random() < 0.5 else f"'{latin}','{chinese}'"


def part(role: str, text: str, style: str = "", tag: str = "span") -> str:
    """One text whose place is measured."""
    return f'<{tag} data-role="{role}" style="{style}">{html.escape(text)}</{tag}>'


def _body(message: Message, style: str = "") -> str:
    return "".join(f"<div>{part('msg', line, style)}</div>" for line in message.lines)


def _buttons(message: Message, style: str, main: str = "") -> str:
    drawn = []
    for number, text in enumerate(message.buttons):
        looks = style + (main if number == 0 else "")
        drawn.append(f'<div style="display:inline-block;text-align:center;{looks}">{part("button", text)}</div>')
    return "".join(drawn)


ICONS = {
    "error": '<svg width="{s}" height="{s}" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#d32f2f"/>'
    '<path d="M10 10L22 22M22 10L10 22" stroke="#fff" stroke-width="3"/></svg>',
    "warning": '<svg width="{s}" height="{s}" viewBox="0 0 32 32"><path d="M16 2L31 30H1Z" fill="#fbc02d" '
    'stroke="#795548"/><path d="M16 11V21M16 24V27" stroke="#222" stroke-width="3"/></svg>',
    "info": '<svg width="{s}" height="{s}" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#1976d2"/>'
    '<path d="M16 8V11M16 14V25" stroke="#fff" stroke-width="3"/></svg>',
}


def icon(dice: random.Random, size: int = 32) -> str:
    """An error, warning or information sign."""
    return dice.choice(list(ICONS.values())).format(s=size)


def windows(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """Windows 10 and 11: white body, grey button row, thin or no border."""
    ground, ink, row, edge = ("#2b2b2b", "#fff", "#202020", "#454545") if dark else ("#fff", "#000", "#f0f0f0", "#aaa")
    radius = dice.choice((0, 8))
    accent = dice.choice(ACCENTS)
    button = f"border:1px solid {'#9b9b9b' if dark else '#adadad'};padding:3px 10px;min-width:60px;margin-left:8px;"
    button += f"border-radius:{radius // 2}px;background:{'#333' if dark else '#e1e1e1'};"
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(340, 560)}px;background:{ground};color:{ink};'
        f"border:1px solid {edge};border-radius:{radius}px;box-shadow:0 {dice.choice((0, 4, 10))}px "
        f'{dice.choice((0, 12, 28))}px rgba(0,0,0,.4)">'
        f'<div style="padding:8px 12px;display:flex;justify-content:space-between">{part("title", message.title)}'
        f'<span>✕</span></div><div style="display:flex;gap:14px;padding:16px 14px 22px">{icon(dice)}'
        f'<div style="flex:1">{_body(message)}</div></div>'
        f'<div style="background:{row};padding:10px 12px;text-align:right;border-radius:0 0 {radius}px {radius}px">'
        f"{_buttons(message, button, f'border-color:{accent};')}</div></div>"
    )


def aero(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """Windows 7 and classic: a coloured frame around a grey body."""
    bar = dice.choice(("linear-gradient(#b8d2ee,#8fb0d6)", "linear-gradient(90deg,#0a246a,#a6caf0)", "#4a6ea9"))
    ink = "#fff" if "0a246a" in bar or bar == "#4a6ea9" else "#000"
    body = dice.choice(("#f0f0f0", "#d4d0c8", "#fff"))
    button = "border:2px outset #eee;background:#e6e3da;padding:2px 14px;min-width:56px;margin:0 4px;color:#000;"
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(320, 520)}px;background:{bar};padding:2px 6px 6px;'
        f'border:1px solid #333;border-radius:{dice.choice((0, 6))}px">'
        f'<div style="padding:5px 4px;color:{ink}">{part("title", message.title)}</div>'
        f'<div style="background:{body};color:#000;padding:16px"><div style="display:flex;gap:14px">{icon(dice)}'
        f'<div style="flex:1">{_body(message)}</div></div><div style="text-align:center;margin-top:18px">'
        f"{_buttons(message, button)}</div></div></div>"
    )


def glass(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """Windows 7: a frame of glass with a thick bar, its title on a light cloud, a white body and a grey row."""
    bar = dice.choice(
        ("linear-gradient(#d9e7f5,#a9c3df)", "linear-gradient(#9db9d6cc,#7f9fbfcc)", "rgba(120,150,180,.7)")
    )
    cross = "position:absolute;right:6px;top:0;width:46px;text-align:center;background:#c75050;color:#fff;"
    button = "border:1px solid #707070;border-radius:3px;background:linear-gradient(#f2f2f2,#cfcfcf);padding:3px 12px;"
    button += "min-width:62px;margin-left:8px;color:#000;"
    return Drawn(
        f'<div id="dialog" style="position:relative;width:{dice.randrange(320, 540)}px;background:{bar};padding:0 8px 8px;'
        f'border:1px solid #2b3a4a;border-radius:7px 7px 0 0">'
        f'<div style="padding:{dice.choice((7, 9, 12))}px 4px;color:#000;text-shadow:0 0 8px #fff,0 0 8px #fff;text-align:'
        f'{dice.choice(("left", "center"))}">{part("title", message.title)}<span style="{cross}">✕</span></div>'
        f'<div style="background:#fff;color:#000;border:1px solid #68788a"><div style="display:flex;gap:14px;padding:22px 16px">'
        f'{icon(dice)}<div style="flex:1">{_body(message)}</div></div><div style="background:#f0f0f0;padding:10px;'
        f'text-align:right">{_buttons(message, button)}</div></div></div>'
    )


def gnome(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """GTK: large round corners, centred bold heading, buttons across the whole width."""
    ground, ink, line = ("#383838", "#fff", "#4c4c4c") if dark else ("#fafafa", "#2e3436", "#d0d0d0")
    button = f"flex:1;padding:11px;border-top:1px solid {line};font-weight:600;"
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(340, 480)}px;background:{ground};color:{ink};text-align:center;'
        f'border-radius:13px;box-shadow:0 5px 24px rgba(0,0,0,.45);border:1px solid {line}">'
        f'<div style="padding:22px 24px 10px;font-weight:700;font-size:1.15em">{part("title", message.title)}</div>'
        f'<div style="padding:0 24px 22px">{_body(message)}</div>'
        f'<div style="display:flex">{_buttons(message, button)}</div></div>'
    )


def macos(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """A macOS alert: no title bar, stacked round buttons."""
    ground, ink, plain = ("#2d2d2f", "#eee", "#5a5a5d") if dark else ("#ececec", "#222", "#fff")
    accent = dice.choice(ACCENTS)
    button = f"display:block;border-radius:6px;padding:5px;margin-top:8px;background:{plain};"
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(260, 320)}px;background:{ground};color:{ink};padding:20px 16px;'
        f'text-align:center;border-radius:11px;box-shadow:0 12px 40px rgba(0,0,0,.5)">{icon(dice, 56)}'
        f'<div style="font-weight:700;margin:12px 0 8px">{part("title", message.title)}</div>'
        f'<div style="font-size:.9em;margin-bottom:10px">{_body(message)}</div>'
        f"{_buttons(message, button, f'background:{accent};color:#fff;')}</div>"
    )


def breeze(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """KDE, Tk and Java boxes: a centred title in a plain bar, flat grey body."""
    ground, ink, bar = ("#31363b", "#eff0f1", "#2a2e32") if dark else ("#eff0f1", "#232629", "#dee0e2")
    if dice.random() < 0.4 and not dark:
        ground, bar = "#d9d9d9", "#c8c8c8"
    button = f"border:1px solid #888;padding:4px 16px;margin-left:6px;border-radius:{dice.choice((0, 3))}px;"
    button += f"background:linear-gradient({'#3b4045,#31363b' if dark else '#fdfdfd,#e3e3e3'});"
    side = dice.choice(("right", "center"))
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(300, 600)}px;background:{ground};color:{ink};'
        f'border:1px solid {dice.choice(("#888", "#bbb", "#3daee9"))}">'
        f'<div style="background:{bar};padding:6px;text-align:center">{part("title", message.title)}</div>'
        f'<div style="display:flex;gap:16px;padding:18px">{icon(dice, 40)}<div style="flex:1">{_body(message)}</div>'
        f'</div><div style="padding:0 14px 14px;text-align:{side}">{_buttons(message, button)}</div></div>'
    )


def web_modal(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """Material, Ant and Element dialogs: no frame but a shadow, flat buttons."""
    ground, ink = ("#1f1f1f", "#e6e6e6") if dark else ("#fff", "#333")
    accent = dice.choice(ACCENTS)
    button = f"padding:6px 16px;margin-left:10px;border-radius:4px;border:1px solid {'#555' if dark else '#d9d9d9'};"
    kind = dice.choice((f"background:{accent};color:#fff;border-color:{accent};", "border-color:transparent;"))
    rule = f"border-bottom:1px solid {'#333' if dark else '#eee'};" if dice.random() < 0.4 else ""
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(380, 620)}px;background:{ground};color:{ink};'
        f'border-radius:{dice.choice((2, 4, 8, 16))}px;box-shadow:0 6px 24px rgba(0,0,0,{dice.choice((0.12, 0.3))})">'
        f'<div style="padding:18px 22px 12px;font-size:1.25em;{rule}">{part("title", message.title)}</div>'
        f'<div style="padding:12px 22px 20px;opacity:.9">{_body(message)}</div>'
        f'<div style="padding:0 22px 18px;text-align:right">{_buttons(message, button, kind)}</div></div>'
    )


def toast(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """A notification without frame or buttons, often on a coloured ground."""
    ground, ink = dice.choice(
        (("#323232", "#fff"), ("#fff", "#333"), ("#fef0f0", "#c45656"), ("#d32f2f", "#fff"), ("#1f1f1f", "#ddd"))
    )
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(300, 420)}px;background:{ground};color:{ink};padding:14px 18px;'
        f'border-radius:{dice.choice((0, 4, 8))}px;box-shadow:0 3px 14px rgba(0,0,0,.25);display:flex;gap:10px">'
        f'{icon(dice, 20)}<div><div style="font-weight:700;margin-bottom:4px">{part("title", message.title)}</div>'
        f"{_body(message)}</div></div>"
    )


def inked(markup: str, dice: random.Random) -> tuple[str, str]:
    """The markup, and what was done to its message: selected with the mouse, faint, or nothing."""
    kind = dice.random()
    if kind < 0.08:
        ground, ink = dice.choice((("#0078d7", "#fff"), ("#316ac5", "#fff"), ("#b4d5fe", "inherit")))
        return f"<style>[data-role=msg]{{background:{ground};color:{ink}}}</style>{markup}", "selected"
    if kind < 0.16:
        return f"<style>[data-role=msg]{{opacity:{dice.uniform(0.35, 0.55):.2f}}}</style>{markup}", "faint"
    return markup, ""


def banner(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """A line of red or yellow inside of a page."""
    ground, ink = dice.choice((("#fdecea", "#611a15"), ("#fff4e5", "#663c00"), ("#f8d7da", "#842029"), ("", "#d00000")))
    return Drawn(
        f'<div id="dialog" style="width:100%;background:{ground};color:{ink};padding:10px 16px">'
        f"<b>{part('title', message.title)}</b>{_body(message)}</div>",
        is_framed=False,
    )


def full_page(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """A browser's own error page, a till's locked screen, or a page that is nothing but the error."""
    ground, ink = ("#202124", "#bdc1c6") if dark else dice.choice((("#fff", "#333"), ("#f7f7f7", "#5f6368")))
    if dice.random() < 0.4:
        ground, ink = dice.choice((("#0c2340", "#fff"), ("#0078d7", "#fff"), ("#b71c1c", "#fff"), ("#004d40", "#fff")))
    align = dice.choice(("left", "center"))
    button = f"padding:8px 20px;margin:24px 12px 0 0;background:{dice.choice(ACCENTS)};color:#fff;border-radius:4px;"
    return Drawn(
        f'<div style="position:absolute;inset:0;background:{ground};color:{ink}"><div style="margin:'
        f'{dice.randrange(90, 240)}px auto 0;width:min(640px,80%);text-align:{align}">{icon(dice, 64)}'
        f'<h1 style="font-size:1.8em;font-weight:500">{part("title", message.title)}</h1>{_body(message)}'
        f"<div>{_buttons(message, button)}</div></div></div>",
        is_framed=False,
        fills=True,
    )


def terminal(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """A console full of output that ends with the error."""
    ground, ink, bad = dice.choice(
        (
            ("#0c0c0c", "#ccc", "#e74856"),
            ("#012456", "#eee", "#f55"),
            ("#300a24", "#fff", "#ef2929"),
            ("#fff", "#111", "#c00"),
        )
    )
    before = "".join(f"<div>{dice.choice(OUTPUT)}</div>" for _ in range(dice.randrange(3, 16)))
    return Drawn(
        f'<div style="position:absolute;inset:0;background:{ground};color:{ink};padding:10px;'
        f"font-family:'DejaVu Sans Mono','Noto Sans Mono CJK SC'\">{before}"
        f'<div style="color:{dice.choice((bad, ink))}">{part("title", message.title)}: {_body(message)}</div><div>C:\\&gt; ▌</div></div>',
        is_framed=False,
        fills=True,
    )


OUTPUT = (
    "C:\\Users\\jane&gt; net use Z: \\\\fs01\\share", "Collecting package metadata ... done", "Pinging 10.0.0.1 with 32 bytes",
    "Reply from 10.0.0.1: time=2ms TTL=64", "$ make -j2", "gcc -O2 -c main.c -o main.o", "正在连接数据库 ... 成功",
    "2026-03-02 10:24:11 INFO started in 2.4 s", "PS C:\\&gt; Get-Service | more", "Step 3/7 : COPY . /app",
)  # fmt: skip

FRAMED = (windows, aero, glass, gnome, macos, breeze, web_modal, toast)
UNFRAMED = (banner, full_page, terminal)
