"""Messages as programs of particular kinds show them: Electron, Swing, sites, GNOME, macOS, Windows 11, tills."""

# ruff: noqa: E501 - a line of markup is easier to read in one piece
from __future__ import annotations

import random

from tests.benchmarks.elsewhere.looks import ACCENTS, Drawn, Message, icon, part


def _lines(message: Message) -> str:
    return "".join(f"<div>{part('msg', line)}</div>" for line in message.lines)


def _row(message: Message, style: str, first: str = "") -> str:
    return "".join(
        f'<div style="{style}{first if number == 0 else ""}">{part("button", text)}</div>'
        for number, text in enumerate(message.buttons)
    )


def electron(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """A desktop program made of a page: flat, a bar of its own or none, one filled button."""
    ground, ink, line = ("#252526", "#ccc", "#3c3c3c") if dark else ("#f8f8f8", "#3b3b3b", "#e0e0e0")
    accent = dice.choice(("#0e639c", "#4f46e5", "#5865f2", "#36c5f0", "#007acc"))
    title = part("title", message.title)
    bar = f'<div style="height:30px;line-height:30px;padding:0 10px;font-size:.92em">{title}</div>'
    inner = (
        "" if dice.random() < 0.5 else f'<div style="font-size:1.2em;font-weight:600;margin-bottom:8px">{title}</div>'
    )
    button = "padding:4px 12px;margin-left:8px;border-radius:2px;background:" + ("#3a3d41;" if dark else "#e5e5e5;")
    edge = dice.choice((f"border:1px solid {line}", "box-shadow:0 0 8px 2px rgba(0,0,0,.36)"))
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(400, 560)}px;background:{ground};color:{ink};{edge};border-radius:{dice.choice((0, 5, 10))}px">'
        f'{"" if inner else bar}<div style="display:flex;gap:12px;padding:18px">{icon(dice, 24)}<div style="flex:1;min-width:0">{inner}{_lines(message)}</div></div>'
        f'<div style="display:flex;justify-content:flex-end;padding:0 14px 14px">{_row(message, button, f"background:{accent};color:#fff;")}</div></div>'
    )


def swing(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """Java: Metal with its ridged bar, or Nimbus, buttons in the middle."""
    if dice.random() < 0.5:
        ground, bar, button = (
            "#eeeeee",
            "repeating-linear-gradient(90deg,#a3b8cc 0 2px,#b8cfe5 2px 4px)",
            "border:1px solid #7a8a99;background:linear-gradient(#e5eef8,#fff 40%,#dce7f2);",
        )
    else:
        ground, bar, button = (
            "#d6d9df",
            "linear-gradient(#eceff3,#c9d0da)",
            "border:1px solid #8f949c;border-radius:5px;background:linear-gradient(#fbfbfc,#d2d6dd);",
        )
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(280, 620)}px;background:{ground};color:#333;border:{dice.choice((2, 4))}px solid #8fa3b8">'
        f'<div style="background:{bar};padding:3px 6px;font-weight:700;color:#222"><span style="background:{ground if "repeat" in bar else "transparent"};padding:0 4px">{part("title", message.title)}</span></div>'
        f'<div style="display:flex;gap:14px;padding:14px 12px 12px">{icon(dice, 32)}<div style="flex:1">{_lines(message)}</div></div>'
        f'<div style="display:flex;justify-content:center;gap:6px;padding:0 0 10px">{_row(message, button + "padding:3px 16px;font-weight:700;")}</div></div>'
    )


def site(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """A site's dialog over its own dimmed page, right under the browser's bars."""
    ground, ink = ("#23272f", "#e6e9ee") if dark else ("#fff", "#212529")
    accent = dice.choice(ACCENTS)
    cross = '<span style="float:right;color:#888">×</span>' if dice.random() < 0.6 else ""
    rule = dice.choice(("border-bottom:1px solid #8883;", ""))
    button = "padding:8px 18px;border-radius:6px;margin-left:8px;"
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(420, 700)}px;background:{ground};color:{ink};border-radius:{dice.choice((4, 8, 20))}px">'
        f'<div style="padding:16px 20px;{rule}font-size:1.3em">{part("title", message.title)}{cross}</div>'
        f'<div style="padding:16px 20px;line-height:1.6">{_lines(message)}</div>'
        f'<div style="display:flex;justify-content:{dice.choice(("flex-end", "center", "flex-start"))};padding:12px 16px;{rule.replace("bottom", "top")}">{_row(message, button + "color:" + accent + ";", f"background:{accent};color:#fff;")}</div></div>'
    )


def adwaita(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """GNOME of today: no bar, very round, pills of buttons one over the other or side by side."""
    ground, ink, pill = ("#36363a", "#fff", "#4a4a4e") if dark else ("#fafafb", "#333338", "#e8e8ea")
    stacked = len(message.buttons) > 2 or dice.random() < 0.3
    button = f"background:{pill};border-radius:9px;padding:9px 14px;font-weight:700;text-align:center;" + (
        "margin-top:6px;" if stacked else "flex:1;"
    )
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(300, 440)}px;background:{ground};color:{ink};border-radius:18px;box-shadow:0 1px 12px 3px rgba(0,0,0,.22)">'
        f'<div style="padding:28px 24px 6px;text-align:center;font-weight:800;font-size:1.25em">{part("title", message.title)}</div>'
        f'<div style="padding:4px 24px 20px;text-align:center">{_lines(message)}</div>'
        f'<div style="display:{"block" if stacked else "flex"};gap:10px;padding:0 18px 20px">{_row(message, button, dice.choice(("", "background:#3584e4;color:#fff;", "color:#c01c28;")))}</div></div>'
    )


def alert(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """macOS since 11: a narrow sheet with a sign above and wide buttons, translucent; text in the middle or at the left."""
    ground, ink, plain = (
        ("rgba(50,50,52,.97)", "#f2f2f2", "#636366") if dark else ("rgba(240,240,242,.97)", "#1d1d1f", "#dcdce0")
    )
    if dice.random() < 0.5:
        buttons = f'<div style="display:flex;flex-direction:column;gap:6px;margin-top:14px">{_row(message, f"background:{plain};border-radius:6px;padding:5px;text-align:center;", "background:#007aff;color:#fff;")}</div>'
    else:
        buttons = f'<div style="display:flex;flex-direction:row-reverse;gap:8px;margin-top:14px">{_row(message, f"background:{plain};border-radius:6px;padding:5px;flex:1;text-align:center;", "background:#007aff;color:#fff;")}</div>'
    side = dice.choice(("center", "left"))
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(228, 300)}px;background:{ground};color:{ink};border-radius:{dice.choice((10, 16))}px;padding:18px 16px 16px;'
        f'text-align:{side};border:.5px solid {"#0008" if dark else "#0003"};box-shadow:0 10px 36px rgba(0,0,0,.35)">{icon(dice, 52)}'
        f'<div style="font-weight:700;margin:10px 0 6px">{part("title", message.title)}</div><div style="font-size:.86em">{_lines(message)}</div>{buttons}</div>'
    )


def notification(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """Windows 11: a card above the clock with the program's name, a heading and a line or two."""
    ground, ink, edge = ("#1f1f1f", "#fff", "#3a3a3a") if dark else ("#f3f3f3", "#1b1b1b", "#d0d0d0")
    program = dice.choice(("Microsoft Store", "Teams", "收银台", "OneDrive", "Outlook", "Printer"))
    buttons = (
        _row(
            message,
            f"flex:1;text-align:center;border-radius:4px;padding:5px;border:1px solid {edge};background:{'#2d2d2d' if dark else '#fbfbfb'};",
        )
        if dice.random() < 0.5
        else ""
    )
    return Drawn(
        f'<div id="dialog" style="width:364px;background:{ground};color:{ink};border:1px solid {edge};border-radius:8px;box-shadow:0 6px 14px rgba(0,0,0,.25)">'
        f'<div style="padding:10px 14px 4px;font-size:.9em;opacity:.85">▣ {program}<span style="float:right">⋯ ✕</span></div>'
        f'<div style="padding:6px 14px 14px"><div style="font-weight:600">{part("title", message.title)}</div><div style="opacity:.85">{_lines(message)}</div>'
        f'<div style="display:flex;gap:8px;margin-top:{10 if buttons else 0}px">{buttons}</div></div></div>'
    )


def till_box(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """A till's own box: large letters, a thick coloured frame or head, buttons for fingers."""
    colour = dice.choice(("#c62828", "#1565c0", "#ef6c00", "#2e7d32", "#37474f"))
    button = f"flex:1;padding:18px 8px;text-align:center;background:{colour};color:#fff;font-size:1.2em;"
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(420, 640)}px;background:{"#222" if dark else "#fff"};color:{"#fff" if dark else "#222"};border:{dice.choice((0, 3, 6))}px solid {colour}">'
        f'<div style="background:{colour};color:#fff;padding:14px;font-size:1.4em">{part("title", message.title)}</div>'
        f'<div style="padding:26px 20px;font-size:1.25em;text-align:{dice.choice(("left", "center"))}">{_lines(message)}</div>'
        f'<div style="display:flex;gap:10px;padding:10px">{_row(message, button)}</div></div>'
    )


def snack(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """A strip that slides in at an edge of a page, as wide as it is low, with one word to press at most."""
    ground, ink = dice.choice(
        (("#313033", "#f4eff4"), ("#ffebee", "#b71c1c"), ("#b00020", "#fff"), ("#fff8e1", "#5d4037"))
    )
    word = (
        f'<span style="color:{"#ffb74d" if ground in {"#313033", "#b00020"} else "#1565c0"};font-weight:700">{part("button", message.buttons[0])}</span>'
        if dice.random() < 0.5
        else ""
    )
    return Drawn(
        f'<div id="dialog" style="width:{dice.randrange(420, 760)}px;background:{ground};color:{ink};border-radius:{dice.choice((2, 4, 24))}px;display:flex;gap:16px;align-items:center;padding:12px 20px;{dice.choice(("", "box-shadow:0 2px 6px rgba(0,0,0,.3);"))}">'
        f'<div style="flex:1"><b>{part("title", message.title)}</b> {_lines(message)}</div>{word}</div>'
    )


def till_screen(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """A till that shows nothing but the message, with keys below."""
    ground, ink = dice.choice(
        (("#0d1b2a", "#fff"), ("#eceff1", "#263238"), ("#004d61", "#fff"), ("#000", "#ffd600"), ("#fff", "#b71c1c"))
    )
    key = "display:inline-block;padding:22px 46px;margin:10px;background:#546e7a;color:#fff;font-size:1.3em;"
    return Drawn(
        f'<div style="position:absolute;inset:0;background:{ground};color:{ink};text-align:center"><div style="margin-top:{dice.randrange(60, 200)}px;font-size:2.2em">{part("title", message.title)}</div>'
        f'<div style="font-size:1.5em;margin:24px 10%">{_lines(message)}</div><div>{_row(message, key)}</div>'
        f'<div style="position:absolute;left:0;bottom:0;right:0;padding:8px;background:#0004;font-size:.9em">POS-{dice.randrange(1, 40):02d}　{dice.randrange(24):02d}:{dice.randrange(60):02d}</div></div>',
        is_framed=False,
        fills=True,
    )


def browser_page(message: Message, dice: random.Random, *, dark: bool) -> Drawn:
    """A server's or a browser's page that says the error, small in an empty page."""
    ground, ink = ("#1b1b1d", "#c8c8cc") if dark else ("#fff", "#3c4043")
    big = part("title", message.title, f"font-size:{dice.choice((1.2, 1.8, 2.6))}em")
    rule = "<hr>" if dice.random() < 0.5 else ""
    return Drawn(
        f'<div style="position:absolute;inset:0;background:{ground};color:{ink};padding:{dice.choice((12, 60, 120))}px {dice.choice((12, 80, 200))}px"><div>{big}</div>{rule}{_lines(message)}{rule}</div>',
        is_framed=False,
        fills=True,
    )


FRAMED = (electron, swing, site, adwaita, alert, notification, till_box, snack)
UNFRAMED = (till_screen, browser_page)
IN_CORNER = (notification, snack)
