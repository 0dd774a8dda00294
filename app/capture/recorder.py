"""Steps to a problem: one still for each click, with the place of the click and the window's title.

Nothing typed is ever recorded: no key is read, and a still is taken only at a click. The recorder has no clock and no
thread of its own; whoever owns it calls `click` often (every 15 ms) and `record` for each click it reports.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.capture.annotation.document import Area, Document, Ellipse
from app.capture.frame import Frame
from app.capture.title_bar import title_bar
from app.system.base import Rect, Window
from app.system.pointer import Pointer

MOST_STEPS = 25
BLANK = (128, 128, 128)
"""Where a window of ours was on a still: it is no part of the problem."""
RING = 26.0
"""Radius of the ring around a click in logical pixels: a fingertip's width."""


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One click: the monitor it happened on, the ring drawn there, the window's title and the moment."""

    id: UUID
    frame: Frame
    document: Document
    title: str
    at: datetime
    title_bar: Rect | None = None
    """Pixels of the frame that show the title; None when they are not on it."""


class Recorder:
    """Collects steps while it is neither paused nor full."""

    def __init__(
        self,
        capture: Callable[[], tuple[Frame, ...]],
        foreground: Callable[[], Window | None],
        is_ours: Callable[[int, int], bool],
        new_id: Callable[[], UUID],
        now: Callable[[], datetime],
    ) -> None:
        """`is_ours` tells whether a desktop point lies on one of our own windows: those clicks are not steps."""
        self._capture = capture
        self._foreground = foreground
        self._is_ours = is_ours
        self._new_id = new_id
        self._now = now
        self._was_pressed = False
        self._steps: tuple[RecordedStep, ...] = ()
        self.is_paused = False

    @property
    def steps(self) -> tuple[RecordedStep, ...]:
        """The steps so far, oldest first."""
        return self._steps

    @property
    def is_full(self) -> bool:
        """Whether no further step is taken."""
        return len(self._steps) >= MOST_STEPS

    def click(self, pointer: Pointer) -> Pointer | None:
        """The pointer when a button has just gone down on another program's window; None otherwise."""
        began = pointer.is_pressed and not self._was_pressed
        self._was_pressed = pointer.is_pressed
        if not began or self.is_paused or self.is_full or self._is_ours(pointer.x, pointer.y):
            return None
        return pointer

    def record(self, pointer: Pointer, ours: Sequence[Rect] = ()) -> RecordedStep | None:
        """Take the still of a click and add it; None when the recorder is full or no monitor has the place.

        `ours` is where windows of ours are on the desktop; the still shows nothing there. There is no time to hide
        them: a menu or a message may be gone a moment after the click.

        Raises HelpdeskError when no picture can be taken.
        """
        if self.is_full:
            return None
        window = self._foreground()
        at = self._now()
        for frame in self._capture():
            if frame.desktop.contains(pointer.x, pointer.y):
                step = self._step(without(frame, ours), pointer, window, at)
                self._steps = (*self._steps, step)
                return step
        return None

    def delete(self, step_id: UUID) -> None:
        """Take one step out. Raises KeyError when there is none of that id."""
        kept = tuple(step for step in self._steps if step.id != step_id)
        if len(kept) == len(self._steps):
            raise KeyError(step_id)
        self._steps = kept

    def edit(self, step_id: UUID, document: Document) -> None:
        """Replace the marks on one step. Raises KeyError when there is none of that id."""
        if all(step.id != step_id for step in self._steps):
            raise KeyError(step_id)
        self._steps = tuple(replace(each, document=document) if each.id == step_id else each for each in self._steps)

    def clear(self) -> None:
        """Forget every step."""
        self._steps = ()

    def _step(self, frame: Frame, pointer: Pointer, window: Window | None, at: datetime) -> RecordedStep:
        place = frame.local(Rect(pointer.x, pointer.y, 1, 1))
        x, y = (place.x, place.y) if place else (0, 0)
        radius = RING * frame.scale
        ring = Ellipse(id=self._new_id(), area=Area(x - radius, y - radius, 2 * radius, 2 * radius))
        document = Document(frame.image.width, frame.image.height, frame.scale, (ring,))
        title = window.title if window else ""
        return RecordedStep(self._new_id(), frame, document, title, at, title_bar(frame, window))


def without(frame: Frame, ours: Sequence[Rect]) -> Frame:
    """The frame with nothing to see where `ours` (desktop coordinates) lie on it."""
    areas = [area for area in (frame.local(each.grown(1)) for each in ours) if area is not None]
    if not areas:
        return frame
    image = frame.image.copy()
    for area in areas:
        image.paste(BLANK, (area.x, area.y, area.right, area.bottom))
    return replace(frame, image=image, bgrx=None)
