"""Dragging on a 4K picture with 100 marks: paints a second and memory, against repainting the frame alone.

`python -m tests.benchmarks.editor [--seconds S] [--marks N]`

Every paint is a mouse move that reaches the view and a synchronous repaint of its viewport, as the platform does for
each frame at the most. The baseline is the same view without any mark, repainted as often as it can.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from uuid import UUID

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import psutil
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from app.capture.annotation.document import (
    Area,
    Arrow,
    Box,
    Document,
    Ellipse,
    Hide,
    Highlight,
    Mark,
    Point,
    Step,
    Text,
)
from app.ui.report.picture_view import PictureView

WIDTH, HEIGHT = 3840, 2160
FRAME = WIDTH * HEIGHT * 4


def marks(count: int) -> tuple[Mark, ...]:
    """Marks of every kind all over the picture."""
    made: list[Mark] = []
    for number in range(count):
        x, y = 120 + (number * 367) % 3200, 100 + (number * 211) % 1700
        area, name = Area(x, y, 420, 240), UUID(int=number + 1)
        kinds: tuple[Mark, ...] = (
            Box(id=name, area=area),
            Arrow(id=name, start=Point(x, y), tip=Point(x + 500, y + 260)),
            Ellipse(id=name, area=area),
            Step(id=name, centre=Point(x, y)),
            Text(id=name, corner=Point(x, y), width=600, words="The payment fails here"),
            Highlight(id=name, area=Area(x, y, 400, 50)),
            Hide(id=name, area=Area(x, y, 300, 40)),
        )
        made.append(kinds[number % len(kinds)])
    return tuple(made)


def dragged(view: PictureView, seconds: float) -> float:
    """Paints a second while the first mark (a box) is carried about."""
    corner = view.look().place(Area(120, 220, 0, 0)).topLeft()
    view.hand.begin(view, corner, 12)
    assert view.hand.is_busy
    paints, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        view.hand.drag_to(view, QPointF(corner.x() + paints % 300, corner.y() + paints % 160))
        view.viewport().repaint()
        paints += 1
    rate = paints / (time.perf_counter() - began)
    view.hand.give_up(view)
    return rate


def drawing(view: PictureView, seconds: float) -> float:
    """Paints a second while a new box is drawn."""
    view.select(None)
    start = QPointF(view.viewport().width() - 30.0, view.viewport().height() - 30.0)
    view.hand.begin(view, start, 12)
    paints, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        view.hand.drag_to(view, QPointF(start.x() - paints % 400, start.y() - paints % 300))
        view.viewport().repaint()
        paints += 1
    rate = paints / (time.perf_counter() - began)
    view.hand.give_up(view)
    return rate


def frame_alone(view: PictureView, seconds: float) -> float:
    """Paints a second of the picture without marks, nothing kept between them."""
    paints, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        view._still = None
        view.viewport().repaint()
        paints += 1
    return paints / (time.perf_counter() - began)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--marks", type=int, default=100)
    options = parser.parse_args(arguments)
    application = QApplication.instance() or QApplication([])
    process = psutil.Process()
    view = PictureView()
    view.resize(1280, 760)
    view.show()
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    application.processEvents()
    empty = process.memory_info().rss
    image.fill(Qt.GlobalColor.darkCyan)
    view.show_picture(image)
    application.processEvents()
    view.viewport().repaint()
    baseline = frame_alone(view, options.seconds)
    began = time.perf_counter()
    view.show_document(Document(WIDTH, HEIGHT, 2.0, marks(options.marks)), None)
    view.viewport().repaint()
    first = (time.perf_counter() - began) * 1000
    rates = {"fitted": dragged(view, options.seconds), "fitted, drawing a box": drawing(view, options.seconds)}
    view.zoom_to(1.0)
    view.centerOn(300, 300)
    view.viewport().repaint()
    rates["one to one"] = dragged(view, options.seconds)
    more = process.memory_info().rss - empty
    print(f"{options.marks} marks on {WIDTH} x {HEIGHT}, view {view.viewport().width()} x {view.viewport().height()}")
    print(f"  frame alone, nothing kept  {baseline:8.0f} paints/s (baseline)")
    for name, rate in rates.items():
        print(f"  {name:<25}  {rate:8.0f} paints/s, {rate / baseline:.2f} of the baseline (wanted: over 60)")
    print(f"  first paint of all marks   {first:8.0f} ms")
    print(f"  memory beyond the empty view {more / 2**20:.0f} MB = {more / FRAME:.2f} frames (wanted: under 3)")
    return 0 if min(rates.values()) >= 60 and more < 3 * FRAME else 1


if __name__ == "__main__":
    sys.exit(main())
