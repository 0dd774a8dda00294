"""Our zstd decoder in a real browser: every stream of the reference encoder comes out, and no damaged one hangs."""

from __future__ import annotations

import base64
import json
import random
import time
from pathlib import Path

import pytest
import zstandard
from PIL import Image, ImageDraw

from tests.browser import Tabs
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_fixtures import browser, desk, sign_in, tabs

__all__ = ["browser", "desk", "tabs"]
pytestmark = pytest.mark.browser

SOURCES = sorted((Path(__file__).parent.parent.parent / "server_stub").glob("*.py"))
DECODE = """async ([address, pieces]) => {
  const { Decoder } = await import(address);
  const decoder = new Decoder();
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const given = pieces.map(([packed, length]) => [bytes(packed), length]);
  const sums = [];
  let spent = 0;
  try {
    for (const [packed, length] of given) {
      const began = performance.now();
      const out = decoder.decode(packed, length);
      spent += performance.now() - began;
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", out));
      sums.push(Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""));
    }
  } catch (error) {
    return { sums, spent, broken: error.constructor.name };
  }
  return { sums, spent, broken: null };
}"""

Pieces = list[tuple[bytes, bytes]]


def stream(parts: list[bytes], level: int = 3, window: int = 23) -> Pieces:
    """Parts as one flushed stream: (packed, plain)."""
    parameters = zstandard.ZstdCompressionParameters.from_level(level, window_log=window)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return [(packer.compress(part) + packer.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK), part) for part in parts]


def mixture(seed: int) -> Pieces:
    """Runs, noise, skewed letters and repetitions of odd lengths."""
    chance = random.Random(seed)
    letters = bytes(chance.sample(range(256), chance.choice([1, 2, 3, 8, 50, 255])))
    weights = [1.6 ** -min(place, 60) for place in range(len(letters))]
    parts: list[bytes] = []
    for _ in range(15):
        length = int(10 ** chance.uniform(0, 4.8))
        match chance.randrange(5):
            case 0:
                parts.append(chance.randbytes(length))
            case 1:
                parts.append(bytes([chance.choice(letters)]) * length)
            case 2 if parts:
                parts.append(chance.choice(parts)[:length])
            case 3:
                parts.append(bytes(chance.choices(letters, weights, k=length)))
            case _:
                parts.append(bytes(chance.choices(letters, k=length)))
    return stream(parts, chance.choice([-5, 1, 3, 3, 7, 16]), chance.choice([10, 17, 20, 23]))


def screens(count: int) -> Pieces:
    """Whole screens of text, 1920 x 1080."""
    chance = random.Random(1)
    words = SOURCES[0].read_text("utf-8").split() + SOURCES[1].read_text("utf-8").split()
    parts = []
    for _ in range(count):
        image = Image.new("RGB", (1920, 1080), "#fafafa")
        drawing = ImageDraw.Draw(image)
        for row in range(0, 1080, 14):
            drawing.text((10, row), " ".join(chance.choices(words, k=40)), fill=(20, 20, chance.randrange(90)))
        parts.append(image.tobytes())
    return stream(parts)


class Decoding:
    """The decoder as the page's own origin serves it."""

    def __init__(self, desk: Desk, tabs: Tabs) -> None:
        self.page = tabs.open()
        sign_in(self.page, desk)
        script = self.page.locator("script[type=module]").get_attribute("src")
        self.address = desk.url + script.replace("workbench.js", "assist/zstd.js")

    def __call__(self, pieces: list[tuple[bytes, int]]) -> dict[str, object]:
        given = [(base64.b64encode(packed).decode(), length) for packed, length in pieces]
        return self.page.evaluate(DECODE, [self.address, given])


def sums(pieces: Pieces) -> list[str]:
    import hashlib

    return [hashlib.sha256(plain).hexdigest() for _, plain in pieces]


def test_every_kind_of_block_comes_out(desk: Desk, tabs: Tabs):
    decode = Decoding(desk, tabs)
    text = b"".join(path.read_bytes() for path in SOURCES)
    streams = [mixture(seed) for seed in range(25)]
    streams += [
        stream([text[at : at + 5000] for at in range(0, len(text), 5000)], level) for level in (1, 3, 12, 19, 22)
    ]
    streams.append(stream([b"", b"a", b"ab" * 70_000, text * 3, text[::-1]]))

    for number, pieces in enumerate(streams):
        found = decode([(packed, len(plain)) for packed, plain in pieces])
        assert (found["broken"], found["sums"]) == (None, sums(pieces)), number
    assert tabs.watched.complaints == []


def test_whole_screens_come_out_fast(desk: Desk, tabs: Tabs):
    decode = Decoding(desk, tabs)
    pieces = screens(4)

    found = decode([(packed, len(plain)) for packed, plain in pieces])

    speed = sum(len(plain) for _, plain in pieces) / 1000 / float(str(found["spent"]))
    print(f"{speed:.0f} MB/s")
    assert found["sums"] == sums(pieces)
    # A twentieth of what an idle machine does.
    assert speed > 6


def test_damaged_streams_are_refused_and_never_hang(desk: Desk, tabs: Tabs):
    decode = Decoding(desk, tabs)
    chance = random.Random(7)
    refused = 0
    began = time.monotonic()
    for seed in range(60):
        damaged = [(bytearray(packed), len(plain)) for packed, plain in mixture(seed)[:6]]
        for packed, _ in damaged:
            packed[chance.randrange(len(packed))] ^= 1 << chance.randrange(8)
        found = decode([(bytes(packed), length) for packed, length in damaged])
        refused += found["broken"] is not None
        assert found["broken"] in (None, "Broken"), json.dumps(found)

    assert refused > 30
    assert time.monotonic() - began < 60
    assert tabs.watched.complaints == []
