"""From the click to the editable frame, part by part, beside `mss` alone in the same run; and what export costs.

`python -m tests.benchmarks.capture [--rounds N]` on this desktop; without one on an X server of its own.

Every round is a real report with the real reader, drafts and probes. A window of ours is on the screen and must be gone
in the picture. The parts: asking which window is in front, hiding ours until the system says it is not exposed, the
settle delay that lets the desktop repaint, taking the picture, and showing it in the editor until it is painted.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import cast
from uuid import UUID

import mss
from PIL import Image, ImageChops, ImageDraw
from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QLabel

from app.assembly import assemble
from app.capture.annotation.document import Area, Arrow, Box, Document, Hide, Point
from app.capture.annotation.export import sealed
from app.ui.application import with_displays
from app.ui.background import Background
from app.ui.displays import Displays
from app.ui.language import LanguageSwitch
from app.ui.report import start_report
from app.ui.report.spare import Spare
from app.ui.services import Services
from app.ui.theme import Theme
from tests.xvfb import Xvfb

POLLUTED = "our window in the picture"
PARTS = ("ask", "hide", "settle", "capture", "show")
FLOOR = "mss alone"
OURS = (255, 0, 254)
"""The colour of our window, which must not be in any picture."""


class Painted(QObject):
    """Says when the editor has painted its picture for the first time after `begin`."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = False

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.seen = self.seen or event.type() is QEvent.Type.Paint
        return False


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args(arguments)
    with contextlib.ExitStack() as stack:
        if "DISPLAY" not in os.environ and "WAYLAND_DISPLAY" not in os.environ:
            os.environ.update(stack.enter_context(Xvfb(1920, 1080)).environment())
        measure(options.rounds)
    return 0


def measure(rounds: int) -> None:
    """All rounds on the display there is, then the exports, printed."""
    with tempfile.TemporaryDirectory() as home:
        application = QApplication([])
        built = assemble({}, {**os.environ, "DESKBELL_HOME": home})
        services = with_displays(cast(Services, built), Displays(application))
        LanguageSwitch("en")
        Theme(application, "light")
        background = Background()
        spare = Spare(background)
        parts: dict[str, list[float]] = {name: [] for name in (*PARTS, "beyond", FLOOR, POLLUTED)}
        for number in range(rounds + 1):
            spare.make()  # as the tray does when it has nothing else to do
            quiet(application, background)
            taken = one_round(application, services, background)
            for name, value in taken.items() if number else ():  # the first one imports everything
                parts[name].append(value)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        spare.close()
        background.close()
        services.close()
    report(parts, rounds, memory, services.settings.settle_delay)
    for width, height in ((1920, 1080), (3840, 2160)):
        export(width, height)
    print(f"peak memory with exports {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def report(parts: dict[str, list[float]], rounds: int, memory: float, settle: int) -> None:
    """Print what was measured."""
    print(f"click to editable frame, {rounds} rounds, milliseconds (p50 / p95)")
    polluted = parts.pop(POLLUTED)
    for name, taken in parts.items():
        print(f"  {name:<12} {statistics.median(taken):7.1f} / {percentile(taken):7.1f}")
    ratios = [beyond / floor for beyond, floor in zip(parts["beyond"], parts[FLOOR], strict=True)]
    print(f"  everything beyond the settle delay of {settle} ms, in turns of {FLOOR} in the same round:")
    print(f"  {statistics.median(ratios):.2f} / {percentile(ratios):.2f} (wanted: 1.5)")
    print(f"{POLLUTED}: {sum(polluted):.0f} of {len(polluted)} rounds")
    print(f"peak memory of this process {memory:.0f} MB")


def one_round(application: QApplication, services: Services, background: Background) -> dict[str, float]:
    """One report from the click to the painted editor, called off again; and one picture by mss alone."""
    ours = QLabel("ours")
    ours.setStyleSheet(f"background: rgb{OURS}")
    ours.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
    ours.resize(400, 300)
    ours.show()
    wait_for(application, lambda: ours.windowHandle() is not None and ours.windowHandle().isExposed())
    clock, at, painted = QElapsedTimer(), {}, Painted()

    def now(name: str) -> Callable[..., None]:
        return lambda *_: at.__setitem__(name, clock.nsecsElapsed() / 1e6)

    clock.start()
    flow = start_report(services, background, quick=False)
    flow.source.hiding.connect(now("ask"))
    flow.source.hidden.connect(now("hide"))
    flow.source.clear.connect(now("settle"))
    flow.source.taken.connect(now("capture"))
    wait_for(application, lambda: "settle" in at)
    view = flow.window.picture.view.viewport()
    view.installEventFilter(painted)
    wait_for(application, lambda: "capture" in at and painted.seen and not view.visibleRegion().isEmpty())
    now("show")()
    ends = [0.0, *(at[name] for name in PARTS)]
    times = {name: end - begin for name, begin, end in zip(PARTS, ends, ends[1:], strict=False)}
    times["beyond"] = at["show"] - services.settings.settle_delay
    times[POLLUTED] = float(any(has_colour(each.frame.image) for each in flow.editing.gallery.pictures))
    flow.cancel()
    ours.close()
    ours.deleteLater()
    quiet(application, background)
    return {**times, FLOOR: floor()}


def has_colour(image: Image.Image) -> bool:
    """Whether anything of our window is to be seen."""
    return bool(ImageChops.difference(image, Image.new("RGB", image.size, OURS)).convert("L").point(is_same).getbbox())


def is_same(level: int) -> int:
    return 255 if level == 0 else 0


def floor() -> float:
    """Milliseconds that mss needs for every monitor as an image of Pillow."""
    began = time.perf_counter()
    with mss.MSS() as bare:
        for monitor in bare.monitors[1:]:
            grabbed = bare.grab(monitor)
            Image.frombytes("RGB", grabbed.size, grabbed.bgra, "raw", "BGRX")
    return (time.perf_counter() - began) * 1000


def quiet(application: QApplication, background: Background) -> None:
    """Wait until nothing of a report is under way any more, so that the floor has the machine for itself."""
    open_lanes = {"capture", "ocr", "disk", "net"}
    for lane in tuple(open_lanes):
        background.run(lane, lambda: None, lambda _, lane=lane: open_lanes.discard(lane), lambda _: None)  # type: ignore[misc]
    wait_for(application, lambda: not open_lanes)
    began = time.perf_counter()
    wait_for(application, lambda: time.perf_counter() - began > 0.3)


def wait_for(application: QApplication, condition: Callable[[], bool]) -> None:
    began = time.perf_counter()
    while not condition():
        application.processEvents()
        if time.perf_counter() - began > 90:
            raise SystemExit("nothing happens on this desktop")


def export(width: int, height: int) -> None:
    """Time and size of what is sent, with a few marks and a hidden area, over a screen full of text."""
    image = Image.new("RGB", (width, height), (240, 242, 245))
    canvas = ImageDraw.Draw(image)
    for y in range(20, height, 24):
        canvas.text((30, y), f"Line {y}: the quick brown fox jumps over the lazy dog " * 3, fill=(40, 40, 40 + y % 100))
    document = Document(
        width,
        height,
        width / 1920,
        (
            Box(id=UUID(int=1), area=Area(300, 200, 600, 300)),
            Arrow(id=UUID(int=2), start=Point(1200, 800), tip=Point(900, 500)),
            Hide(id=UUID(int=3), area=Area(100, 700, 300, 40)),
        ),
    )
    taken = []
    for _ in range(3):
        began = time.perf_counter()
        data = sealed(document, image)
        taken.append((time.perf_counter() - began) * 1000)
    print(f"export of {width} x {height}: {statistics.median(taken):.0f} ms, {len(data) / 1024:.0f} kB, proven")


def percentile(values: Sequence[float]) -> float:
    """The 95th percentile."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


if __name__ == "__main__":
    sys.exit(main())
