"""Reads with the PP-OCRv6 models of the rapidocr wheel through ONNX Runtime, without the wheel's own program.

Its program needs OpenCV, Shapely, Clipper and OmegaConf; the two networks need numpy and Pillow.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from app.capture import layout, models
from app.capture.engine import Deadline, Interest
from app.capture.reading import Line
from app.system.base import Rect

if TYPE_CHECKING:
    from PIL import Image

    from app.capture.detection import Detector, TextBox
    from app.capture.recognition import Recogniser

LEAST_CONFIDENCE = 0.5
DETECTION_RATIO = 0.75  # lines are found at this scale and read at full resolution
SMALLEST_DETECTION = 480
FULL_SCREEN_DETECTION = 1280
LARGEST_DETECTION = 1920
COARSE = 0.75  # of that scale is enough for finding out where to look
FINEST_DETECTION = 2560
BATCH = 3_000  # pixels of line width that are read at a time while looking for something
BUDGET = 26_000  # pixels of line width at the network's height: about two seconds of one core


class RapidEngine:
    """One detector and one recogniser, loaded once."""

    name = "rapidocr"
    install_hint = models.REINSTALL

    def __init__(self, threads: int = 0) -> None:
        """`threads` 0 means two, or one on a machine with one core."""
        self._threads = threads or min(2, _cores())
        self._detector: Detector | None = None
        self._recogniser: Recogniser | None = None

    def is_installed(self) -> bool:
        """Whether ONNX Runtime and both models are there."""
        return importlib.util.find_spec("onnxruntime") is not None and models.present()

    def load(self) -> None:
        """Verify and load both networks, at the same time."""
        if self._recogniser is not None:
            return
        from app.capture.detection import Detector
        from app.capture.recognition import Recogniser

        with ThreadPoolExecutor(2) as pool:
            detector = pool.submit(_session, models.Models.DETECTOR, self._threads)
            recogniser = pool.submit(_session, models.Models.RECOGNISER, 1, keeps_memory=True)
            self._detector, self._recogniser = Detector(detector.result()), Recogniser(recogniser.result())

    def read(self, image: Image.Image, deadline: Deadline, interest: Interest | None = None) -> tuple[Line, ...]:
        """All lines of a dialog; of a full screen the most prominent ones, or what `interest` looks for."""
        self.load()
        if self._detector is None or self._recogniser is None:
            raise RuntimeError("load() did not load")
        recogniser = self._recogniser
        boxes = self._detector.find(image, _side(image, interest))
        if interest is None:
            read = self._lines(recogniser, image, prominent(boxes, image.width, image.height), deadline)
            return layout.in_reading_order(read)
        places = [Rect(round(box.left), round(box.top), round(box.width), round(box.height)) for box in boxes]
        read = []
        spent = 0.0
        for batch in _batches(interest.order(places), boxes):
            spent += sum(_cost(box) for box in batch)
            found = self._lines(recogniser, image, batch, deadline)
            read += found
            if interest.is_enough(found) or spent > BUDGET or deadline.over:
                break
        return layout.in_reading_order(read)

    def _lines(
        self, recogniser: Recogniser, image: Image.Image, boxes: Sequence[TextBox], deadline: Deadline
    ) -> list[Line]:
        def read_box(box: TextBox) -> list[Line]:
            if deadline.over:
                return []
            found = recogniser.read(image, box)
            if found.confidence < LEAST_CONFIDENCE:
                return []
            return layout.lines_of(found.text, found.places, found.confidence, box.left, box.top, box.right, box.bottom)

        # Two lines at a time use two cores better than two threads within one short line; long ones go first.
        ordered = sorted(boxes, key=_cost, reverse=True)
        with ThreadPoolExecutor(self._threads) as pool:
            return [line for lines in pool.map(read_box, ordered) for line in lines]


def _batches(groups: list[list[int]], boxes: Sequence[TextBox]) -> Iterator[list[TextBox]]:
    """Groups together until there is enough work for all threads."""
    batch: list[TextBox] = []
    for group in groups:
        batch += [boxes[index] for index in group]
        if sum(map(_cost, batch)) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _cost(box: TextBox) -> float:
    """Pixels of width at the network's height."""
    from app.capture.recognition import HEIGHT

    return box.width * HEIGHT / max(box.height, 1.0)


def _side(image: Image.Image, interest: Interest | None) -> int:
    if interest is None or interest.is_coarse:
        return round(detection_side(image.width, image.height) * (1.0 if interest is None else COARSE))
    return min(FINEST_DETECTION, max(image.size))


def detection_side(width: int, height: int) -> int:
    """The longest side for finding lines: fine enough for 9 pt at 100 %, coarse enough to be quick."""
    side = max(width, height)
    limit = FULL_SCREEN_DETECTION if side <= 1920 else LARGEST_DETECTION
    return min(limit, max(SMALLEST_DETECTION, round(side * DETECTION_RATIO)))


def prominent(boxes: tuple[TextBox, ...], width: int, height: int) -> list[TextBox]:
    """As many boxes as the budget allows, large text near the middle of the picture first."""

    def weight(box: TextBox) -> float:
        aside = abs((box.left + box.right) / 2 / width - 0.5) + abs((box.top + box.bottom) / 2 / height - 0.5)
        return box.height * (1.3 - aside)

    chosen: list[TextBox] = []
    spent = 0.0
    for box in sorted(boxes, key=weight, reverse=True):
        spent += _cost(box)
        if spent > BUDGET and chosen:
            break
        chosen.append(box)
    return chosen


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Windows and macOS
        return os.cpu_count() or 1


def _session(model: models.Models, threads: int, *, keeps_memory: bool = False) -> Any:
    """A loaded network. One that keeps its memory between two runs is a tenth quicker on a line of text; for whole
    pictures that would be the memory of the largest one seen.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = keeps_memory
    options.enable_mem_pattern = False  # every picture and every line has another size
    # Spinning threads would triple the processor time on a busy machine and gain nothing.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        str(models.verified(model)), sess_options=options, providers=["CPUExecutionProvider"]
    )
