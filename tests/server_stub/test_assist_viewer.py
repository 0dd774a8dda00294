"""The viewer's page in a real Chromium, against a host by script that sends real frames."""

from __future__ import annotations

import base64
import io
import json
from itertools import pairwise

import pytest
import zstandard
from PIL import Image, ImageChops, ImageDraw

from app.assist import seal
from app.protocol.session import Grade
from app.protocol.stream import (
    POINT_BODY,
    Frame,
    FromHost,
    FromViewer,
    Ink,
    InputEvent,
    Part,
    PartKind,
    Wanted,
    of_json,
    packed,
)
from server_stub.tickets.agent_view import load
from server_stub.uploads.tables import AttachmentRecord
from tests.browser import Tabs, until
from tests.server_stub.assist_desk import REASON, Machine, ScriptedHost
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_fixtures import browser, desk, sign_in, tabs

__all__ = ["browser", "desk", "tabs"]
pytestmark = pytest.mark.browser

WIDTH, HEIGHT = 640, 400
TWO_FRAMES = "() => new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))"
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


def decoded(read: tuple[int, int, str]) -> Image.Image:
    """What READ has found on the canvas."""
    width, height, data = read
    return Image.frombytes("RGBA", (width, height), base64.b64decode(data)).convert("RGB")


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
        assert told.viewer_public is not None
        assert told.nonce is not None
        self.viewer_public = seal.as_bytes(told.viewer_public)
        assert seal.is_committed(seal.as_bytes(told.commitment), self.viewer_public, seal.as_bytes(told.nonce))
        return seal.phrase(self.session, self.viewer_public, self.machine.keys.public)

    def allow(self) -> None:
        answer = self.machine.answer(self.session)
        assert answer.status_code == 200, answer.text
        self.host = ScriptedHost(self.desk, self.machine, self.session, answer.json()["token"], self.viewer_public)
        assert self.host.complete.wait(20)

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
        """What is on the canvas, once the page has shown what the worker drew."""
        self.page.evaluate(TWO_FRAMES)
        self.page.wait_for_timeout(60)
        return decoded(self.page.evaluate(READ))

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
    assert watching.host.wait_for(FromViewer.ACK)
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


def inputs(host: ScriptedHost, count: int) -> list[dict[str, object]]:
    """The first so many deeds of the remote hand, without their defaults."""
    found = [of_json(InputEvent, each.body) for each in host.wait_for(FromViewer.INPUT, count)]
    return [each.model_dump(exclude_defaults=True, mode="json") for each in found]


def test_nothing_is_sent_that_the_grade_does_not_allow(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    host = watching.connect()
    x, y = watching.spot(100, 100)

    watching.page.mouse.move(x, y)
    watching.page.mouse.click(x, y)
    watching.page.keyboard.type("hello")
    watching.page.click('[data-grade="2"]')
    asked = host.wait_for(FromViewer.EVENT)

    assert {each.kind for each in host.received} == {FromViewer.WISH, FromViewer.ACK, FromViewer.EVENT}
    assert json.loads(asked[0].body) == {"event": "ask_grade", "grade": 2}
    assert tabs.watched.complaints == []


def test_a_grade_the_employees_desktop_cannot_give_is_not_offered(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    host = watching.connect()
    control = watching.page.locator('[data-grade="3"]')
    assert control.is_enabled()

    watching.status(highest=Grade.POINT)
    until(watching.page, """document.querySelector('[data-grade="3"]').disabled""", 10)

    assert "does not tell when" in control.get_attribute("title")
    assert watching.page.locator('[data-grade="2"]').is_enabled()
    host.send(packed(FromHost.NOTICE, {"secret": False, "untyped": True}))
    watching.page.get_by_text("Offer the text for the clipboard").wait_for()


def test_pointing_and_drawing_arrive_in_pixels_of_the_screen(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    host = watching.connect()
    watching.host.epoch = 1
    watching.status(Grade.POINT)
    page = watching.page
    page.locator('[data-draw="arrow"]').wait_for()

    page.mouse.move(*watching.spot(320, 200))
    pointed = host.wait_for(FromViewer.POINT)[-1]
    page.click('[data-draw="arrow"]')
    page.mouse.move(*watching.spot(50, 60))
    page.mouse.down()
    page.mouse.move(*watching.spot(150, 160), steps=5)
    page.mouse.up()
    arrow = of_json(Ink, host.wait_for(FromViewer.INK)[0].body)
    page.click('[data-draw="ink"]')
    page.mouse.move(*watching.spot(10, 10))
    page.mouse.down()
    page.mouse.move(*watching.spot(200, 40), steps=30)
    page.mouse.up()
    page.click("[data-clear]")
    until_cleared = [of_json(Ink, each.body) for each in host.wait_for(FromViewer.INK, 3)]
    while until_cleared[-1].shape != "clear":
        until_cleared = [of_json(Ink, each.body) for each in host.wait_for(FromViewer.INK, len(until_cleared) + 1)]

    assert pointed.epoch == 1
    assert POINT_BODY.unpack(pointed.body) == (320, 200, 1)
    assert (arrow.shape, arrow.points) == ("arrow", ((50, 60), (150, 160)))
    strokes = [each.points for each in until_cleared if each.shape == "ink"]
    assert strokes[0][0] == (10, 10)
    assert strokes[-1][-1] == (200, 40)
    assert all(before[-1] == after[0] for before, after in pairwise(strokes))
    numbers = [each.number for each in host.received]
    assert numbers == sorted(set(numbers))
    assert tabs.watched.complaints == []


def test_mouse_keys_and_text_arrive_in_order_and_nothing_stays_pressed(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    host = watching.connect()
    watching.status(Grade.CONTROL)
    page = watching.page
    page.locator('[data-draw="hand"]').wait_for()
    page.mouse.move(*watching.spot(100, 120))
    host.wait_for(FromViewer.INPUT)
    page.mouse.down()
    page.mouse.up()
    page.mouse.wheel(0, 300)
    page.keyboard.press("Enter")
    page.keyboard.insert_text("你好，é")
    page.keyboard.press("Control+KeyC")
    page.keyboard.press("Shift+ArrowLeft")

    place = {"x": 100, "y": 120}
    assert inputs(host, 15) == [
        {"kind": "move", **place},
        {"kind": "down", **place},
        {"kind": "up", **place},
        {"kind": "wheel", **place, "dy": 3},
        {"kind": "key_down", "code": "Enter"},
        {"kind": "key_up", "code": "Enter"},
        {"kind": "text", "text": "你好，é"},
        {"kind": "key_down", "code": "ControlLeft"},
        {"kind": "key_down", "code": "KeyC"},
        {"kind": "key_up", "code": "KeyC"},
        {"kind": "key_up", "code": "ControlLeft"},
        {"kind": "key_down", "code": "ShiftLeft"},
        {"kind": "key_down", "code": "ArrowLeft"},
        {"kind": "key_up", "code": "ArrowLeft"},
        {"kind": "key_up", "code": "ShiftLeft"},
    ]
    page.keyboard.down("Control")
    page.keyboard.down("KeyA")
    page.keyboard.down("Alt")
    page.keyboard.down("Shift")
    host.wait_for(FromViewer.INPUT, 18)
    until(page, '!document.querySelector("[data-assist]").hasAttribute("data-keys-held")')
    assert inputs(host, 18)[-1] == {"kind": "release_all"}
    assert tabs.watched.complaints == []


def test_words_are_exchanged_and_kept(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    host = watching.connect()
    page = watching.page

    host.send(packed(FromHost.CHAT, {"text": "<b>Which</b> one?"}))
    page.locator("[data-lines] li", has_text="<b>Which</b> one?").wait_for()
    page.fill("[data-say] textarea", "The blue one 蓝色的")
    page.press("[data-say] textarea", "Enter")
    said = host.wait_for(FromViewer.CHAT)[0]
    page.locator("[data-lines] li[data-party=agent]").wait_for()

    assert json.loads(said.body) == {"text": "The blue one 蓝色的"}
    for _ in range(100):
        entries = watching.machine.get(f"/tickets/{watching.ticket}").json()["entries"]
        if entries:
            break
        page.wait_for_timeout(20)
    assert entries[-1]["body"] == "Wang Fang: The blue one 蓝色的"
    assert tabs.watched.complaints == []


def test_a_picture_goes_to_the_ticket(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    watching.connect()

    watching.page.click("[data-picture]")
    watching.page.locator("[data-toast].shown").wait_for()

    with desk.services.database.read() as session:
        (file,) = load(session, watching.ticket).files
        kept = session.get_one(AttachmentRecord, file.id)
        assert kept.blob_sha256 is not None
        stored = Image.open(desk.services.blobs.path(kept.blob_sha256)).convert("RGB")
    assert stored.tobytes() == watching.image.tobytes()
    assert tabs.watched.complaints == []


def test_after_a_cut_the_picture_comes_back_by_itself(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    host = watching.connect()

    host.close()
    watching.page.locator("[data-curtain] p", has_text="The connection is cut").wait_for()
    host.open()
    assert host.complete.wait(10)
    watching.status()
    image = screen(text="Back again")
    watching.paint(image)
    watching.drawn(host.frames)

    assert host.number > 1
    assert watching.pixels().tobytes() == image.tobytes()
    assert tabs.watched.complaints == []


@pytest.mark.parametrize("kind", ["changed", "repeated", "nonsense", "outside", "zstd"])
def test_what_is_broken_ends_the_session_with_words(desk: Desk, tabs: Tabs, kind: str):
    watching = Watching(desk, tabs)
    host = watching.connect()
    sealed = host.sealer.seal(Frame(2, ()).pack())
    match kind:
        case "changed":
            host.link.send(sealed[:-1] + bytes([sealed[-1] ^ 1]))
        case "repeated":
            host.link.send(sealed)
            host.link.send(sealed)
        case "nonsense":
            host.link.send(b"short")
        case "outside":
            host.sealer._next -= 1
            host.frame(host.pixels(WIDTH - 2, 0, 4, 1, bytes(12)))
        case "zstd":
            host.sealer._next -= 1
            host.frame(Part(PartKind.ZSTD, 0, 0, 4, 1, b"not a block"))

    watching.page.locator("[data-over] h2", has_text="did not belong").wait_for()

    assert host.gone.wait(20)
    assert tabs.watched.complaints == []


@pytest.mark.parametrize("who", ["agent", "employee"])
def test_it_ends_on_both_sides_whoever_stops(desk: Desk, tabs: Tabs, who: str):
    watching = Watching(desk, tabs)
    host = watching.connect()

    if who == "agent":
        watching.page.click(".assist-head [data-stop]")
        assert json.loads(host.wait_for(FromViewer.EVENT)[0].body) == {"event": "stop"}
    else:
        host.tell(ended="stopped_by_employee")

    watching.page.locator("[data-over] h2", has_text=who).wait_for()
    assert host.gone.wait(20)
    assert {"ended": f"stopped_by_{who}"} in host.texts
    assert tabs.watched.complaints == []


def test_another_screen_is_asked_for_and_the_choice_stays_with_the_employee(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    host = watching.connect()
    page = watching.page
    both = (("1", "Display 1", *watching.size), ("2", "Display 2", 300, 200))
    host.status(screens=both)
    page.locator("[data-screens] option").nth(1).wait_for(state="attached")

    page.select_option("[data-screens]", "2")
    asked = of_json(Wanted, host.wait_for(FromViewer.EVENT)[0].body)
    assert (asked.event, asked.screen) == ("ask_screen", "2")
    assert page.input_value("[data-screens]") == "1"

    host.status(screens=both, screen_asked="2")
    page.locator("[data-screens][data-asked]:disabled").wait_for()
    host.status(screens=both)
    page.locator(".toast", has_text="The employee does not show another screen").wait_for()

    host.status(screens=both, screen_asked="2")
    host.status(screens=both, is_turning=True)
    host.status(screens=both, screen="2")
    page.locator(".toast", has_text="The employee shows screen 2 now").wait_for()
    assert watching.pixels().size == (300, 200)


def test_a_coarse_picture_is_shown_until_the_sharp_one_is_there(desk: Desk, tabs: Tabs):
    watching = Watching(desk, tabs)
    watching.invite()
    watching.show()
    watching.allow()
    watching.status()
    sharp = screen()
    stored = io.BytesIO()
    sharp.reduce(2).save(stored, "JPEG", quality=35)

    watching.host.frame(Part(PartKind.COARSE, 0, 0, *watching.size, stored.getvalue()))
    watching.drawn(watching.host.frames)
    seen = watching.pixels()
    assert seen.size == sharp.size
    difference = ImageChops.difference(seen, sharp).convert("L").resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert difference < 12
    assert seen.tobytes() != sharp.tobytes()

    watching.paint(sharp)
    watching.drawn(watching.host.frames)
    assert watching.pixels().tobytes() == sharp.tobytes()
    assert tabs.watched.complaints == []
