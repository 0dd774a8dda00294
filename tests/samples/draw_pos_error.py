"""Draws app/samples/pos-error.png: a till in Chinese whose card reader cannot read the card.

Run it with the path to write to; the shop, its goods and its people are invented.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1024, 768
FONT_FOLDERS = (
    Path("/usr/share/fonts/opentype/noto"),
    Path("C:/Windows/Fonts"),
    Path("/System/Library/Fonts"),
)
FONT_FILES = {
    "regular": ("NotoSansCJK-Regular.ttc", "msyh.ttc", "PingFang.ttc"),
    "bold": ("NotoSansCJK-Bold.ttc", "msyhbd.ttc", "PingFang.ttc"),
}
SIMPLIFIED_CHINESE = 2  # the face inside Noto's collection

INK, PAPER, SHADE = "#1d2733", "#ffffff", "#eef2f6"
BLUE, DARK_BLUE, GREY, LINE, RED, GREEN = "#1f5fae", "#16447d", "#5d6b7a", "#c9d3dd", "#c62828", "#2e7d32"

GOODS = (
    ("6901234500017", "纯牛奶 250ml×12", 1, "58.90"),
    ("6901234500024", "全麦吐司 400g", 2, "25.60"),
    ("6901234500031", "鲜鸡蛋 30 枚", 1, "32.80"),
    ("6901234500048", "矿泉水 550ml", 6, "12.00"),
    ("6901234500055", "洗衣液 3kg", 1, "49.90"),
    ("6901234500062", "苹果 红富士", 1, "18.36"),
    ("6901234500079", "购物袋（大）", 2, "1.00"),
)
KEYS = (("7", "8", "9"), ("4", "5", "6"), ("1", "2", "3"), ("0", "00", "."))


def font(size: int, weight: str = "regular") -> ImageFont.FreeTypeFont:
    """A Chinese font of this machine. Raises FileNotFoundError when there is none."""
    for folder in FONT_FOLDERS:
        for name in FONT_FILES[weight]:
            if (folder / name).exists():
                face = SIMPLIFIED_CHINESE if name.startswith("Noto") else 0
                return ImageFont.truetype(str(folder / name), size, index=face)
    raise FileNotFoundError("no Chinese font: install fonts-noto-cjk")


def draw_head(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((0, 0, WIDTH, 52), fill=DARK_BLUE)
    pen.text((20, 12), "惠邻超市 收银系统 V5.2", font=font(20, "bold"), fill=PAPER)
    pen.text((WIDTH - 20, 16), "门店 0217　收银台 03　收银员 李敏", font=font(16), fill="#d6e4f5", anchor="ra")
    pen.rectangle((0, HEIGHT - 34, WIDTH, HEIGHT), fill="#dfe6ee")
    pen.text((20, HEIGHT - 28), "流水号 20260302-0317", font=font(14), fill=GREY)
    pen.text((WIDTH - 20, HEIGHT - 28), "2026-03-02 18:42　网络正常　打印机就绪", font=font(14), fill=GREY, anchor="ra")


def draw_goods(pen: ImageDraw.ImageDraw) -> None:
    pen.rectangle((16, 68, 640, 612), fill=PAPER, outline=LINE)
    pen.rectangle((17, 69, 639, 104), fill=SHADE)
    columns = ((32, "条码", "la"), (190, "商品名称", "la"), (500, "数量", "ra"), (620, "金额", "ra"))
    for x, title, anchor in columns:
        pen.text((x, 78), title, font=font(16, "bold"), fill=GREY, anchor=anchor)
    for row, (code, name, count, price) in enumerate(GOODS):
        y = 114 + row * 44
        pen.text((32, y + 4), code, font=font(15), fill=GREY)
        pen.text((190, y), name, font=font(18), fill=INK)
        pen.text((500, y), str(count), font=font(18), fill=INK, anchor="ra")
        pen.text((620, y), price, font=font(18), fill=INK, anchor="ra")
        pen.line((24, y + 34, 632, y + 34), fill=LINE)
    pen.text((32, 630), "会员 138****2756　可用积分 1,240", font=font(16), fill=GREY)
    pen.rectangle((16, 662, 640, 724), fill=PAPER, outline=LINE)
    pen.text((32, 676), "应收", font=font(22, "bold"), fill=INK)
    pen.text((620, 668), "¥ 198.56", font=font(34, "bold"), fill=RED, anchor="ra")


def draw_keys(pen: ImageDraw.ImageDraw) -> None:
    for row, labels in enumerate(KEYS):
        for column, label in enumerate(labels):
            left, top = 660 + column * 117, 68 + row * 92
            pen.rounded_rectangle((left, top, left + 107, top + 82), 6, fill=PAPER, outline=LINE)
            pen.text((left + 53, top + 41), label, font=font(28), fill=INK, anchor="mm")
    for row, (label, colour) in enumerate((("刷卡支付", BLUE), ("扫码支付", GREEN), ("现金", GREY))):
        top = 444 + row * 96
        pen.rounded_rectangle((660, top, WIDTH - 23, top + 84), 6, fill=colour)
        pen.text((830, top + 42), label, font=font(24, "bold"), fill=PAPER, anchor="mm")


def draw_dialog(picture: Image.Image) -> None:
    veil = Image.new("RGBA", picture.size, (20, 30, 40, 110))
    picture.paste(veil, (0, 0), veil)
    pen = ImageDraw.Draw(picture)
    left, top, right, bottom = 232, 232, 792, 522
    pen.rectangle((left + 6, top + 8, right + 6, bottom + 8), fill="#3c4854")
    pen.rectangle((left, top, right, bottom), fill=PAPER, outline=DARK_BLUE, width=2)
    pen.rectangle((left + 2, top + 2, right - 2, top + 44), fill=DARK_BLUE)
    pen.text((left + 18, top + 10), "支付失败 - 收银系统", font=font(19, "bold"), fill=PAPER)
    pen.ellipse((left + 28, top + 72, left + 84, top + 128), fill=RED)
    pen.text((left + 56, top + 99), "×", font=font(40, "bold"), fill=PAPER, anchor="mm")
    pen.text((left + 108, top + 66), "读卡失败，请重新刷卡或插卡", font=font(22, "bold"), fill=INK)
    pen.text((left + 108, top + 106), "错误代码：E1023", font=font(20), fill=RED)
    pen.text((left + 108, top + 142), "本次交易未完成，顾客未被扣款。", font=font(18), fill=INK)
    pen.text((left + 108, top + 170), "设备：PINPAD-03　流水号 0317", font=font(18), fill=INK)
    buttons = (("重试", BLUE, PAPER), ("取消交易", SHADE, INK))
    for place, (label, fill, ink) in enumerate(buttons):
        start = right - 24 - (2 - place) * 150
        pen.rounded_rectangle((start + 10, bottom - 68, start + 150, bottom - 20), 5, fill=fill, outline=LINE)
        pen.text((start + 80, bottom - 44), label, font=font(19), fill=ink, anchor="mm")


def draw() -> Image.Image:
    """The whole screen, 1024 x 768."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#e7ecf1")
    pen = ImageDraw.Draw(picture)
    draw_head(pen)
    draw_goods(pen)
    draw_keys(pen)
    draw_dialog(picture)
    return picture


if __name__ == "__main__":
    draw().save(sys.argv[1], optimize=True)
