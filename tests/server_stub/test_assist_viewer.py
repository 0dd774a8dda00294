"""The viewer's page in a real Chromium, against a host by script that sends real frames."""

from __future__ import annotations

import base64
import io
import json
import time
from pathlib import Path

import pytest
import zstandard
from PIL import Image, ImageDraw

from app.assist import seal
from app.protocol.assist import FromHost, FromViewer, Ink, InputEvent, Part, PartKind, of_json, packed
from app.protocol.session import Grade
from tests.browser import Tabs, until
from tests.server_stub.assist_desk import REASON, Machine, ScriptedHost
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_fixtures import browser, desk, sign_in, tabs

__all__ = ["browser", "desk", "tabs"]
pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 640, 400
SHOTS = Path("/tmp/assist-shots")
READ = """() => {
  const screen = document.querySelector("[data-screen]");
  const copy = document.createElement("canvas");
  copy.width = screen.width;
  copy.height = screen.height;
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(screen, 0, 0);
  const { data } = context.getImageData(0, 0, copy.width, copy.height);
  let text = "";
  for (let at = 0; at < data.length; at += 32768) text += String.fromCharCode(...data.subarray(at, at + 32768));
  return [copy.width, copy.height, btoa(text)];
}"""


def screen(width: int = WIDTH, height: int = HEIGHT, text: str = "Card reader") -> Image.Image:
    """A desktop with a window and some text."""
    image = Image.new("RGB", (width, height), "#2d6a8f")
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((width // 6, height // 6, width * 5 // 6, height * 5 // 6), fill="#fafafa", outline="#555555")
    drawing.rectangle((width // 6, height // 6, width * 5 // 6, height // 6 + 24), fill="#e6e6e6")
    drawing.text((width // 6 + 10, height // 6 + 6), text, fill="#111111")
    for row in range(8):
        drawing.text(
            (width // 6 + 20, height // 6 + 40 + row * 22), f"{text}: line {row}, 0x8007{row:04x}", fill="#222222"
        )
    return image


class Watching:
    """A viewer's page with a host behind it, connected."""

    def __init__(self, desk: Desk, tabs: Tabs, *, size: tuple[int, int] = (WIDTH, HEIGHT), **options: object) -> None:
        self.desk = desk
        self.size = size
        self.machine = Machine(desk)
        self.ticket = self.machine.send_ticket("Card reader does not answer")
        self.page = tabs.open(**options)
        sign_in(self.page, desk, to=f"/workbench/tickets/{self.ticket}/assist")

    def invite(self) -> None:
        self.page.fill("[name=reason]", REASON)
        self.page.click("[data-invite] button.first")
        self.page.locator("[data-calling]").wait_for()
        self.session = self.machine.invited()

    def show(self) -> str:
        """Show the question; the phrase that the machine computes."""
        assert self.machine.show(self.session).status_code == 200
        told = self.machine.invitation(self.session, wait=10)
        assert told.viewer_public is not None and told.nonce is not None
        self.viewer_public = seal.as_bytes(told.viewer_public)
        assert seal.is_committed(seal.as_bytes(told.commitment), self.viewer_public, seal.as_bytes(told.nonce))
        return seal.phrase(self.session, self.viewer_public, self.machine.keys.public)

    def allow(self) -> None:
        answer = self.machine.answer(self.session)
        assert answer.status_code == 200, answer.text
        self.host = ScriptedHost(self.desk, self.machine, self.session, answer.json()["token"], self.viewer_public)
        assert self.host.complete.wait(5)

    def connect(self, grade: Grade = Grade.VIEW) -> ScriptedHost:
        """Go all the way to a first picture."""
        self.invite()
        self.show()
        self.allow()
        self.begin(grade)
        return self.host

    def begin(self, grade: Grade = Grade.VIEW) -> None:
        self.status(grade)
        self.image = screen(*self.size)
        self.paint(self.image)
        self.drawn(self.host.frames)

    def status(self, grade: Grade = Grade.VIEW, **more: object) -> None:
        self.host.status(grade, screens=(("1", "Display 1", *self.size),), **more)

    def paint(self, image: Image.Image, x: int = 0, y: int = 0) -> None:
        self.host.frame(self.host.pixels(x, y, *image.size, image.tobytes()))

    def drawn(self, number: int) -> None:
        until(self.page, f'document.querySelector("[data-assist]").dataset.drawn === "{number}"')

    def pixels(self) -> Image.Image:
        """What is on the canvas."""
        self.page.wait_for_timeout(60)
        width, height, data = self.page.evaluate(READ)
        return Image.frombytes("RGBA", (width, height), base64.b64decode(data)).convert("RGB")

    def spot(self, x: int, y: int) -> tuple[float, float]:
        """Where a pixel of the shared screen is on the page."""
        box = self.page.locator("[data-sheet]").bounding_box()
        return box["x"] + (x + 0.5) * box["width"] / self.size[0], box["y"] + (y + 0.5) * box["height"] / self.size[1]


def test_from_the_offer_to_the_picture(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)

    watching.invite()
    phrase = watching.show()
    watching.page.locator("[data-phrase]", has_text=phrase).wait_for()
    watching.allow()
    watching.begin()

    assert watching.pixels().tobytes() == watching.image.tobytes()
    assert watching.host.wait_for(FromViewer.ACK)[0].number == 0
    print("first frame after", watching.page.locator("[data-assist]").get_attribute("data-first-frame"), "ms")
    assert tabs.watched.complaints == []


def test_copies_photographs_and_new_streams_come_out_exactly(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    host = watching.connect()
    expected = watching.image.copy()
    photograph = Image.effect_mandelbrot((64, 48), (-2, -1, 1, 1), 60).convert("RGB")
    stored = io.BytesIO()
    photograph.save(stored, "JPEG", quality=90)
    patch = screen(90, 70, "E1023")

    host.frame(
        Part(PartKind.COPY, 100, 120, 300, 200, (100).to_bytes(2) + (100).to_bytes(2)),
        host.pixels(11, 13, 90, 70, patch.tobytes()),
        Part(PartKind.JPEG, 500, 300, 64, 48, stored.getvalue()),
        Part(PartKind.COPY, 20, 300, 64, 48, (500).to_bytes(2) + (300).to_bytes(2)),
    )
    host.zstd = zstandard.ZstdCompressor(level=9).compressobj()
    host.frame(Part(PartKind.RESET, 0, 0, 0, 0), host.pixels(300, 10, 90, 70, patch.tobytes()))
    watching.drawn(host.frames)
    shown = watching.pixels()

    expected.paste(expected.crop((100, 100, 400, 300)), (100, 120))
    expected.paste(patch, (11, 13))
    expected.paste(patch, (300, 10))
    assert shown.crop((0, 0, 500, 300)).tobytes() == expected.crop((0, 0, 500, 300)).tobytes()
    assert shown.crop((500, 300, 564, 348)).tobytes() == shown.crop((20, 300, 84, 348)).tobytes()
    assert tabs.watched.complaints == []
