"""Finding private data in pictures: recall and precision through the real reader, on screens drawn for it.

`python -m tests.benchmarks.private_areas [--screens N] [--misses]`

Every screen is drawn from its number alone: forms, tables, chats and receipts in several fonts, sizes and colours, half
of them with private data, all of them with numbers that only look like it. A value counts as found when at least 90 %
of its pixels are proposed for hiding; a proposal is right when at least half of its width lies on private data.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from app.capture.private_areas import private_areas
from app.capture.reader import Reader
from app.private import Kind, is_chinese_id, luhn
from app.system import current
from app.system.base import Rect

FONTS = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf",
)
CJK_FONTS = ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc")
THEMES = (
    ((255, 255, 255), (20, 20, 20)),
    ((240, 242, 245), (33, 37, 41)),
    ((32, 34, 40), (232, 234, 238)),
    ((12, 46, 88), (250, 250, 250)),
)
SIZE = (760, 420)
LABELS = {
    Kind.BANK_CARD: ("Card number", "Card", "Bank account", "银行卡号", "卡号", ""),
    Kind.IDENTITY_NUMBER: ("ID number", "身份证号", "证件号码", ""),
    Kind.PHONE: ("Phone", "Mobile", "手机号", "联系电话", ""),
    Kind.EMAIL: ("E-mail", "Contact", "邮箱"),
    Kind.PASSWORD: ("Password", "密码", "PIN"),
    Kind.LICENCE_KEY: ("Licence key", "Product key", "产品密钥"),
}
MEASURED = (Kind.BANK_CARD, Kind.IDENTITY_NUMBER, Kind.PHONE)


@dataclass
class Screen:
    """A picture and where private values stand in it."""

    image: Image.Image
    truth: list[tuple[Kind, str, Rect]] = field(default_factory=list)


def card(dice: random.Random) -> str:
    digits = dice.choice(("4", "51", "6222", "6217", "3528")) + "".join(str(dice.randrange(10)) for _ in range(11))
    digits = digits[: dice.choice((15, 15, 18)) if digits.startswith("62") else 15]
    whole = next(digits + str(last) for last in range(10) if luhn(digits + str(last)))
    if dice.random() < 0.6:
        return " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))
    return whole


def identity(dice: random.Random) -> str:
    born = f"{dice.randrange(1950, 2008)}{dice.randrange(1, 13):02}{dice.randrange(1, 29):02}"
    body = dice.choice(("110101", "310104", "440305", "510107")) + born + f"{dice.randrange(1000):03}"
    return next(body + last for last in "0123456789X" if is_chinese_id(body + last))


def phone(dice: random.Random) -> str:
    start, rest = f"1{dice.randrange(3, 10)}{dice.randrange(10)}", f"{dice.randrange(10**8):08}"
    form = dice.choice(("{a}{b}{c}", "{a} {b} {c}", "{a}-{b}-{c}", "+86 {a} {b} {c}"))
    return form.format(a=start, b=rest[:4], c=rest[4:])


def mail(dice: random.Random) -> str:
    return f"{dice.choice(('li.na', 'wang.wei', 'anna.berg', 'm.chen'))}{dice.randrange(100)}@example.com"


def password(dice: random.Random) -> str:
    return "".join(dice.choice("abcdefghkmnpqrstuvwxyz23456789") for _ in range(9)) + dice.choice("!#7")


def licence(dice: random.Random) -> str:
    letters = "BCDFGHJKMPQRTVWXY2346789"
    return "-".join("".join(dice.choice(letters) for _ in range(5)) for _ in range(5))


VALUES: dict[Kind, Callable[[random.Random], str]] = {
    Kind.BANK_CARD: card,
    Kind.IDENTITY_NUMBER: identity,
    Kind.PHONE: phone,
    Kind.EMAIL: mail,
    Kind.PASSWORD: password,
    Kind.LICENCE_KEY: licence,
}


def harmless(dice: random.Random) -> str:
    """Something that stands on every screen and is nobody's secret."""
    number = dice.randrange(10**15)
    broken = next(str(number + step) for step in range(20) if not luhn(str(number + step)))
    return dice.choice(
        (
            f"Order 2026-{dice.randrange(10**6):06}",
            f"订单编号 {dice.randrange(10**9):09}",
            f"Error 0x8007{dice.randrange(65536):04X}",
            f"金额 ¥{dice.randrange(9999)}.{dice.randrange(100):02}",
            f"2026-{dice.randrange(1, 13):02}-{dice.randrange(10, 29)} 0{dice.randrange(10)}:{dice.randrange(10, 60)}",
            f"10.{dice.randrange(256)}.{dice.randrange(256)}.{dice.randrange(256)}",
            f"Receipt {broken}",
            "The terminal does not answer",
            "网络连接失败，请稍后重试",
            f"Version {dice.randrange(20)}.{dice.randrange(10)}.{dice.randrange(99999)}",
            f"EAN {dice.randrange(10**12):012}",
            "Forgot your password?",
        )
    )


def drawn(number: int) -> Screen:
    """The screen of a number."""
    dice = random.Random(number)
    back, ink = dice.choice(THEMES)
    screen = Screen(Image.new("RGB", SIZE, back))
    canvas = ImageDraw.Draw(screen.image)
    size = dice.choice((14, 16, 18, 20))
    latin = ImageFont.truetype(dice.choice(FONTS), size)
    cjk = ImageFont.truetype(dice.choice(CJK_FONTS), size)
    kinds: list[Kind | None] = [None] * dice.randrange(4, 7)
    if number % 2 == 0:
        kinds += dice.sample(list(VALUES), 2) if number % 4 else dice.sample(list(MEASURED), 2)
    dice.shuffle(kinds)
    canvas.rectangle((0, 0, SIZE[0], 34), fill=dice.choice(((49, 85, 198), (200, 60, 50), (70, 74, 82))))
    canvas.text((14, 8), dice.choice(("Checkout", "会员信息", "Customer record", "支付失败")), font=cjk, fill="white")
    y = 52
    for kind in kinds:
        x = dice.choice((20, 36, 60))
        if kind is None:
            text = harmless(dice)
            canvas.text((x, y), text, font=face(text, latin, cjk), fill=ink)
        else:
            value, label = VALUES[kind](dice), dice.choice(LABELS[kind])
            if label:
                label += dice.choice((":", "：")) if ord(label[0]) > 127 else ":"
                canvas.text((x, y), label, font=face(label, latin, cjk), fill=ink)
                x += round(canvas.textlength(label, font=face(label, latin, cjk))) + dice.choice((8, 24))
            canvas.text((x, y), value, font=latin, fill=ink)
            left, top, right, bottom = canvas.textbbox((x, y), value, font=latin)
            screen.truth.append((kind, value, Rect(int(left), int(top), int(right - left), int(bottom - top))))
        y += size + dice.choice((14, 20, 26))
    return screen


def face(text: str, latin: ImageFont.FreeTypeFont, cjk: ImageFont.FreeTypeFont) -> ImageFont.FreeTypeFont:
    return cjk if any(ord(letter) > 0x2E7F for letter in text) else latin


def is_covered(truth: Rect, areas: list[Rect]) -> bool:
    """Whether at least 90 % of a value's width lies under proposals on its height."""
    covered = set()
    for area in areas:
        part = area.intersection(truth)
        if not part.is_empty and part.height >= truth.height * 0.7:
            covered.update(range(part.x, part.right))
    return len(covered) >= truth.width * 0.9


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screens", type=int, default=240)
    parser.add_argument("--misses", action="store_true", help="print what was missed or wrongly proposed")
    options = parser.parse_args(arguments)
    if not all(Path(each).is_file() for each in (*FONTS, *CJK_FONTS)):
        print("the fonts dejavu, noto-cjk and wqy-zenhei are needed", file=sys.stderr)
        return 1
    there: Counter[Kind] = Counter()
    found: Counter[Kind] = Counter()
    proposed = right = 0
    began = time.monotonic()
    reader = Reader(current(), "auto")
    for number in range(options.screens):
        screen = drawn(number)
        whole = Rect(0, 0, *SIZE)
        reading = reader.read(screen.image, region=whole, deadline=60)
        areas = private_areas(reading.lines)
        for kind, value, truth in screen.truth:
            there[kind] += 1
            hit = is_covered(truth, [each.area for each in areas])
            found[kind] += hit
            if options.misses and not hit:
                print(f"  missed on {number}: {kind} {value!r} in {[line.text for line in reading.lines]}")
        for each in areas:
            on = max((each.area.intersection(truth).width for _, _, truth in screen.truth), default=0)
            proposed += 1
            right += on >= each.area.width * 0.5
            if options.misses and on < each.area.width * 0.5:
                print(f"  wrong on {number}: {each} in {[line.text for line in reading.lines]}")
    reader.close()
    print(f"{options.screens} screens, {sum(there.values())} private values, {time.monotonic() - began:.0f} s")
    for kind in VALUES:
        print(f"  {kind:<16} {found[kind]:>4} of {there[kind]:>4}  recall {found[kind] / max(there[kind], 1):.3f}")
    both, all_of = sum(found[kind] for kind in MEASURED), sum(there[kind] for kind in MEASURED)
    recall, precision = both / max(all_of, 1), right / max(proposed, 1)
    print(f"cards, identity numbers and phones: recall {recall:.3f} (wanted 0.98)")
    print(f"all proposals: precision {precision:.3f} (wanted 0.95), {right} of {proposed}")
    return 0 if recall >= 0.98 and precision >= 0.95 else 1


if __name__ == "__main__":
    sys.exit(main())
