"""From the click to the editable frame, part by part, beside `mss` alone in the same run; and what export costs.

`python -m tests.benchmarks.capture [--rounds N]` on a desktop (or under Xvfb).

A window of ours is on the screen and must be gone in the picture. The parts: hiding it until the system says it is not
exposed, the settle delay that lets the desktop repaint, taking the picture, and showing it in the editor.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

import mss
from PIL import Image, ImageDraw
from PySide6.QtCore import QElapsedTimer, Qt
from PySide6.QtWidgets import QApplication, QLabel

from app.assembly import assemble
from app.capture.annotation.document import Area, Arrow, Box, Document, Hide, Point
from app.capture.annotation.export import sealed
from app.capture.screen import system_screen
from app.ui.displays import Displays
from app.ui.report.picture import Picture
from app.ui.report.picture_source import pixels
from app.ui.report.trigger import Trigger
from app.ui.report.window import ReportWindow


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args(arguments)
    application = QApplication([])
    services = replace(assemble({}), displays=Displays(application))  # type: ignore[arg-type]
    settle = services.settings.settle_delay
    screen = system_screen(services.system, services.now, services.displays)
    parts: dict[str, list[float]] = {name: [] for name in ("hide", "settle", "capture", "show", "mss alone")}
    for _ in range(options.rounds):
        one_round(application, screen, settle, parts)
    print(f"click to editable frame, {options.rounds} rounds, milliseconds (p50 / p95)")
    for name, taken in parts.items():
        print(f"  {name:<12} {statistics.median(taken):7.1f} / {percentile(taken):7.1f}")
    beyond = [
        hide + capture + show
        for hide, capture, show in zip(parts["hide"], parts["capture"], parts["show"], strict=True)
    ]
    floor = statistics.median(parts["mss alone"])
    print(f"  beyond the settle delay {statistics.median(beyond):.1f} / {percentile(beyond):.1f}")
    print(f"  taking the picture is {statistics.median(parts['capture']) / floor:.2f} of mss alone, all but settling")
    print(f"  {statistics.median(beyond) / floor:.2f} of it (wanted: 1.5)")
    for width, height in ((1920, 1080), (3840, 2160)):
        export(width, height)
    print(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


def one_round(application: QApplication, screen, settle: int, parts: dict[str, list[float]]) -> None:  # type: ignore[no-untyped-def]
    ours = QLabel("ours")
    ours.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
    ours.resize(400, 300)
    ours.show()
    wait_for(application, lambda: ours.windowHandle() is not None and ours.windowHandle().isExposed())
    trigger, clock, times = Trigger(), QElapsedTimer(), {}
    trigger.gone.connect(lambda: times.__setitem__("gone", clock.nsecsElapsed()))
    trigger.clear.connect(lambda: times.__setitem__("clear", clock.nsecsElapsed()))
    window = ReportWindow()
    window.ensurePolished()
    clock.start()
    trigger.pull(settle)
    wait_for(application, lambda: "clear" in times)
    frames = screen.capture()
    taken = clock.nsecsElapsed()
    images = tuple(pixels(frame) for frame in frames)
    shown = tuple(Picture.of(frame, is_sent=True) for frame in frames)
    window.picture.show_pictures(shown, images, 0)
    window.turn_to(window.picture)
    window.appear()
    wait_for(application, lambda: window.windowHandle() is not None and window.windowHandle().isExposed())
    window.picture.view.viewport().repaint()
    editable = clock.nsecsElapsed()
    parts["hide"].append(times["gone"] / 1e6)
    parts["settle"].append((times["clear"] - times["gone"]) / 1e6)
    parts["capture"].append((taken - times["clear"]) / 1e6)
    parts["show"].append((editable - taken) / 1e6)
    began = time.perf_counter()
    with mss.MSS() as bare:
        for monitor in bare.monitors[1:]:
            grabbed = bare.grab(monitor)
            Image.frombytes("RGB", grabbed.size, grabbed.bgra, "raw", "BGRX")
    parts["mss alone"].append((time.perf_counter() - began) * 1000)
    window.may_close = True
    window.close()
    window.deleteLater()
    ours.close()
    ours.deleteLater()
    application.processEvents()


def wait_for(application: QApplication, condition) -> None:  # type: ignore[no-untyped-def]
    began = time.perf_counter()
    while not condition():
        application.processEvents()
        if time.perf_counter() - began > 10:
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
