"""Shows one screen to the viewer: looks when it changed, encodes what the viewer lacks, keeps to the line's pace."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Lock
from typing import TYPE_CHECKING

import numpy as np

from app import system as systems
from app.assist.encoder import STILL, Encoder
from app.assist.film import has_encoder
from app.assist.pace import Pace
from app.assist.source import Moved, ScreenSource
from app.assist.tiles import around
from app.protocol.stream import PART_HEAD, Frame, Part
from app.system.base import Rect

if TYPE_CHECKING:
    from app.assist.source import Pixels

INTERVAL = 1 / 60
"""Seconds between frames at the least."""
IDLE = 0.25
"""Seconds the screen is slept on when nothing happens; damage wakes it at once."""
RELEASE = 1.0
"""Seconds between two times memory is given back."""
MOST_PARTS, MOST_BYTES = 200, 512 * 1024
"""What one message may hold at most: parts are counted in a byte, and the server carries a megabyte."""
COVER = 0x60
"""Grey level of what is covered."""


class Show:
    """The pixels of one session's screen. `covers` gives the areas that must not be seen, in its own pixels."""

    def __init__(self, source: ScreenSource, covers: Callable[[], tuple[Rect, ...]]) -> None:
        self._covers = covers
        self._system = systems.current()
        self._released_at = 0.0
        self._open(source)
        self._pace = Pace()
        self._lock = Lock()
        self._acknowledged = Event()
        self._covered: tuple[Rect, ...] = ()
        self._number = 0
        self._last_at = 0.0
        self._plays_films = False
        self._lacks = False

    def _open(self, source: ScreenSource) -> None:
        self._source = source
        self._whole = Rect(0, 0, source.width, source.height)
        self._moves: tuple[Moved, ...] = ()
        self._now: Pixels = np.full((source.height, source.width, 4), COVER, np.uint8)  # in memory before it is needed
        self._encoder = Encoder(source.width, source.height)
        self._pending: Rect | None = self._whole

    def turn_to(self, source: ScreenSource) -> None:
        """Another screen from now on, over the same line: nothing of the one before is kept."""
        self._open(source)
        self._covered = ()
        self.begin(is_same_line=True)

    @property
    def line_rate(self) -> float:
        """Bytes a second the line carries."""
        return self._pace.rate

    def begin(self, *, is_same_line: bool = False) -> None:
        """A viewer who has nothing, or who lacks something that was encoded: everything is sent again."""
        self._encoder.reset(is_told=is_same_line)
        with self._lock:
            self._pace.forget()
        self._pending = self._whole

    def play_films(self, *, is_possible: bool) -> None:
        """Whether the viewer plays H.264; may come from another thread. One who no longer does lacks what was sent."""
        is_possible = is_possible and has_encoder()
        if is_possible != self._plays_films:
            self._plays_films = is_possible
            self._lacks = self._lacks or not is_possible

    def acknowledged(self, number: int) -> None:
        """The viewer has drawn a frame; may come from another thread."""
        with self._lock:
            self._pace.acknowledged(number, time.monotonic())
        self._acknowledged.set()

    def next_frames(self, patience: float = IDLE) -> tuple[bytes, ...]:
        """What brings the viewer up to date, as messages, when there is something to show and room on the line; empty
        after `patience` seconds.

        Raises Gone when the screen went away.
        """
        wait = patience if self._encoder.is_exact else STILL / 4
        has_work = self._pending is not None or self._encoder.is_blank
        self._source.wait(0 if has_work else min(wait, patience))
        rest = self._last_at + INTERVAL - time.monotonic()
        if rest > 0:
            time.sleep(rest)
        changed = self._source.changed()
        if changed is not None:
            self._pending = changed if self._pending is None else around(self._pending, changed)
        with self._lock:
            has_room = self._pace.may_send()
            self._acknowledged.clear()
        if not has_room:
            self._acknowledged.wait(0.05)
            return ()
        return self._encoded()

    def _encoded(self) -> tuple[bytes, ...]:
        if self._lacks:
            self._lacks = False
            self.begin(is_same_line=True)
        self._encoder.film.can_play = self._plays_films
        area = self._look()
        shape, place = self._source.cursor(), self._source.pointer()
        clock = time.monotonic()
        with self._lock:
            budget = self._pace.budget()
        parts = self._encoder.parts(self._now, area, self._moves, budget, clock)
        self._moves = ()
        most = min(MOST_BYTES, max(2 * budget, 32 * 1024))  # what is long is drawn piece by piece
        pieces = portions((*parts, *self._encoder.cursor_parts(shape, place)), most)
        if not pieces:
            return ()
        messages = tuple(Frame((self._number + step) & 0xFFFFFFFF, each).pack() for step, each in enumerate(pieces, 1))
        self._number = (self._number + len(messages)) & 0xFFFFFFFF
        with self._lock:
            self._pace.sent(self._number, sum(len(message) for message in messages), clock)
        self._last_at = clock
        if clock - self._released_at >= RELEASE:
            self._released_at = clock
            self._system.release_memory()  # what pictures needed on the way, which takes a millisecond
        return messages

    def _look(self) -> Rect | None:
        """Bring the changed part of our picture up to date; private areas are covered before anything sees them.

        Their places are asked for before and after the grab, so that a window caught while moving is covered at both.
        """
        before = self._covers()
        area, self._pending = self._pending, None
        if before != self._covered:
            area = self._whole
        if area is None:
            return None
        self._now[area.y : area.bottom, area.x : area.right] = self._source.grab(area)
        self._moves = self._source.moved()
        after = self._covers()
        for cover in {*before, *after}:
            hidden = cover.intersection(area)
            if not hidden.is_empty:
                self._now[hidden.y : hidden.bottom, hidden.x : hidden.right] = COVER
        if after != before:
            self._pending = self._whole
        self._covered = after
        return area


def portions(parts: tuple[Part, ...], most: int = MOST_BYTES) -> list[tuple[Part, ...]]:
    """The parts in order, as few messages of about `most` bytes as hold them."""
    found: list[list[Part]] = []
    size = 0
    for part in parts:
        if not found or len(found[-1]) >= MOST_PARTS or size + len(part.data) > most:
            found.append([])
            size = 0
        found[-1].append(part)
        size += len(part.data) + PART_HEAD.size
    return [tuple(each) for each in found]
