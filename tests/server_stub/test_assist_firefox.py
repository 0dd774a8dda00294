"""The viewer's page in a real Firefox: exact pixels, photographs, films where it plays them, input, and a cut line."""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from app.assist import seal
from app.protocol.session import Grade
from app.protocol.stream import POINT_BODY, FromViewer, InputEvent, Part, PartKind, Wish, of_json
from app.system.base import Rect
from tests.firefox import Firefox
from tests.server_stub.assist_desk import REASON, Machine, ScriptedHost
from tests.server_stub.test_assist_film import film_of
from tests.server_stub.test_assist_viewer import HEIGHT, READ, TWO_FRAMES, WIDTH, screen
from tests.server_stub.workbench_desk import PASSWORD, Desk
from tests.server_stub.workbench_fixtures import desk

__all__ = ["desk"]
pytestmark = pytest.mark.browser


class Watched:
    """A viewer's page in Firefox, with a host by script behind it."""

    def __init__(self, desk: Desk, firefox: Firefox) -> None:
        self.firefox = firefox
        machine = Machine(desk)
        ticket = machine.send_ticket("Card reader does not answer")
        firefox.goto(f"{desk.url}/workbench/sign-in?to=/workbench/tickets/{ticket}/assist")
        firefox.fill("[name=login]", "wang")
        firefox.fill("[name=password]", PASSWORD)
        firefox.run("document.querySelector('[name=password]').form.requestSubmit()")
        firefox.until("document.querySelector('[data-invite] button.first:enabled')")
        firefox.fill("[data-invite] [name=reason]", REASON)
        firefox.click("[data-invite] button.first")
        firefox.until("!document.querySelector('[data-calling]').hidden")
        session = machine.invited(10)
        assert machine.show(session).status_code == 200
        told = machine.invitation(session, wait=10)
        answer = machine.answer(session)
        assert answer.status_code == 200
        public = seal.as_bytes(str(told.viewer_public))
        self.host = ScriptedHost(desk, machine, session, answer.json()["token"], public)
        assert self.host.complete.wait(10)

    def status(self, grade: Grade = Grade.VIEW) -> None:
        self.host.status(grade, screens=(("1", "Display 1", WIDTH, HEIGHT),))

    def show(self, *parts: Part) -> Image.Image:
        """Send a frame; the canvas once it is drawn."""
        number = self.host.frame(*parts)
        self.firefox.until(f'document.querySelector("[data-assist]").dataset.drawn === "{number}"')
        return self.seen()

    def seen(self) -> Image.Image:
        """What the canvas shows; Firefox may be some frames behind the thread that draws."""
        self.firefox.run(f"return ({TWO_FRAMES})()")
        width, height, data = self.firefox.run(f"return ({READ})()")
        return Image.frombytes("RGBA", (width, height), base64.b64decode(data)).convert("RGB")

    def shows(self, image: Image.Image) -> bool:
        """Send a whole picture; whether it is shown, pixel for pixel, before patience ends."""
        self.show(self.host.pixels(0, 0, *image.size, image.tobytes()))
        deadline = time.monotonic() + 10
        while self.seen().tobytes() != image.tobytes():
            if time.monotonic() > deadline:
                return False
        return True

    def spot(self, x: int, y: int) -> tuple[float, float]:
        """Where a pixel of the shared screen is on the page."""
        box = self.firefox.run(
            "const box = document.querySelector('[data-sheet]').getBoundingClientRect();"
            "return [box.x, box.y, box.width, box.height]"
        )
        return box[0] + (x + 0.5) * box[2] / WIDTH, box[1] + (y + 0.5) * box[3] / HEIGHT


@pytest.fixture
def firefox(tmp_path: Path) -> Iterator[Firefox]:
    with Firefox(tmp_path / "profile") as running:
        yield running


def test_everything_the_viewer_does_works_in_firefox(desk: Desk, firefox: Firefox) -> None:
    watched = Watched(desk, firefox)
    host = watched.host
    watched.status()
    image = screen()
    photograph = Image.effect_mandelbrot((64, 48), (-2, -1, 1, 1), 60).convert("RGB")
    stored = io.BytesIO()
    photograph.save(stored, "JPEG", quality=90)

    assert watched.shows(image)
    shown = watched.show(
        Part(PartKind.COPY, 20, 20, 300, 200, (100).to_bytes(2) + (100).to_bytes(2)),
        Part(PartKind.JPEG, 500, 300, 64, 48, stored.getvalue()),
    )
    assert shown.crop((20, 20, 320, 220)).tobytes() == image.crop((100, 100, 400, 300)).tobytes()
    assert is_near(shown.crop((500, 300, 564, 348)), photograph, 24)

    plays = of_json(Wish, host.wait_for(FromViewer.WISH)[0].body).films
    print(f"this Firefox plays films: {plays}")
    if plays:
        colour = Image.new("RGB", (WIDTH, HEIGHT), "#c04020")
        shown = watched.show(*film_of(colour, Rect(64, 256, 128, 64)))
        assert is_near(shown.crop((64, 256, 96, 320)), colour.crop((64, 256, 96, 320)), 6)

    watched.status(Grade.POINT)
    firefox.until("document.querySelector('[data-draws]').hidden === false")
    firefox.mouse(*watched.spot(321, 123))
    pointed = [POINT_BODY.unpack(each.body) for each in host.wait_for(FromViewer.POINT)]
    assert abs(pointed[-1][0] - 321) <= 1
    assert abs(pointed[-1][1] - 123) <= 1

    watched.status(Grade.CONTROL)
    firefox.until("document.querySelector('[data-assist]').dataset.hold === 'control'")
    firefox.mouse(*watched.spot(200, 150), click=True)
    firefox.keys("o", "K")
    host.wait_for(FromViewer.INPUT, 5)
    told = [of_json(InputEvent, each.body) for each in host.of(FromViewer.INPUT)]
    assert [each.kind.value for each in told][:3] == ["move", "down", "up"]
    assert any(each.text == "o" or each.code == "KeyO" for each in told)

    host.close()
    firefox.until("document.querySelector('[data-curtain] p').textContent.includes('cut')")
    host.open()
    assert host.complete.wait(15)
    watched.status()
    assert watched.shows(screen(text="Back again"))


def is_near(one: Image.Image, other: Image.Image, most: int) -> bool:
    """Whether no channel differs by more than that."""
    return all(high <= most for _, high in ImageChops.difference(one, other).getextrema())
