"""What the agent has drawn and where it points, as it stands at a moment: no window, only geometry and time."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

HOLD, FADE = 6.0, 1.2
"""Seconds a drawing stays, and how long it takes to vanish."""
POINTER_REST = 12.0
"""Seconds after which a pointer that does not move fades."""
GLIDE = 0.045
"""Seconds in which the pointer goes two thirds of the way to its new place: smooth, and not felt as late."""
NEAR = 0.3
MOST = 400
"""Drawings kept at once; older ones go first."""


class Shape(StrEnum):
    """What may be drawn."""

    ARROW = "arrow"
    BOX = "box"
    INK = "ink"


@dataclass(frozen=True, slots=True)
class Mark:
    """A drawing in pixels of the shared screen."""

    shape: Shape
    points: tuple[tuple[float, float], ...]
    drawn_at: float

    def strength(self, now: float) -> float:
        """1 while it is fresh, then down to 0."""
        return faded(now - self.drawn_at, HOLD)


@dataclass(slots=True)
class Marks:
    """All drawings and the pointer. Times are seconds of one monotonic clock."""

    marks: list[Mark] = field(default_factory=list)
    place: tuple[float, float] | None = None
    _goal: tuple[float, float] | None = None
    _moved_at: float = 0.0
    _stepped_at: float = 0.0

    def draw(self, shape: str, points: tuple[tuple[int, int], ...], now: float) -> None:
        """Add a drawing, or remove all of them."""
        if shape == "clear":
            self.marks.clear()
        elif shape in set(Shape) and len(points) >= (1 if shape == Shape.INK else 2):
            self.marks.append(Mark(Shape(shape), tuple((float(x), float(y)) for x, y in points), now))
            del self.marks[:-MOST]

    def point(self, x: int, y: int, *, is_visible: bool, now: float) -> None:
        """The agent points somewhere, or nowhere any more."""
        if not is_visible:
            self.place = self._goal = None
            return
        self._goal, self._moved_at = (float(x), float(y)), now
        if self.place is None:
            self.place, self._stepped_at = self._goal, now

    def clear(self) -> None:
        """Nothing is drawn and nobody points."""
        self.marks.clear()
        self.place = self._goal = None

    def step(self, now: float) -> None:
        """Let time pass: the pointer glides on, and what has faded goes."""
        self.marks[:] = [mark for mark in self.marks if mark.strength(now) > 0]
        if self.place is None or self._goal is None:
            return
        if self.pointer_strength(now) <= 0:
            self.place = None
            return
        part = 1 - 2.718281828 ** (-(max(now - self._stepped_at, 0.0)) / GLIDE)
        self._stepped_at = now
        (x, y), (to_x, to_y) = self.place, self._goal
        nearer = x + (to_x - x) * part, y + (to_y - y) * part
        is_there = abs(nearer[0] - to_x) < NEAR and abs(nearer[1] - to_y) < NEAR
        self.place = self._goal if is_there else nearer

    def pointer_strength(self, now: float) -> float:
        """1 while the pointer is used, then down to 0."""
        return 0.0 if self.place is None else faded(now - self._moved_at, POINTER_REST)

    def is_moving(self, now: float) -> bool:
        """Whether the next picture will differ from this one by time alone."""
        fading = any(mark.strength(now) < 1 for mark in self.marks)
        return fading or self.place != self._goal or (self.place is not None and self.pointer_strength(now) < 1)

    def next_change(self, now: float) -> float | None:
        """Seconds until something begins to fade; None when nothing ever will."""
        starts = [mark.drawn_at + HOLD for mark in self.marks]
        if self.place is not None:
            starts.append(self._moved_at + POINTER_REST)
        return max(0.0, min(starts) - now) if starts else None


def faded(age: float, hold: float) -> float:
    """1 until `hold`, then an ease out to 0 within `FADE`."""
    if age <= hold:
        return 1.0
    left = max(0.0, 1 - (age - hold) / FADE)
    return left * left * (3 - 2 * left)
