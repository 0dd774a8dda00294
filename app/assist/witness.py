"""Keeps the server's copy of the session true: what was judged on this machine is told there, in order, once."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING

from app.assist.link import Cut
from app.protocol.session import RECORDED, Event, Grade, Party, Reason

if TYPE_CHECKING:
    from app.assist.link import Link

ACTIVE_EVERY = 60.0
"""Seconds between two words that the agent is still at work."""


class Witness:
    """Used from several threads. While the line is cut, what happens is kept and told over the next one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._link: Link | None = None
        self._untold: deque[tuple[Event, Party, Grade | None, str]] = deque()
        self._lock = Lock()
        self._active_at = -ACTIVE_EVERY

    def connected(self, link: Link) -> None:
        """There is a line: tell what is left."""
        with self._lock:
            self._link = link
        self._tell()

    def saw(self, event: Event, party: Party, grade: Grade | None = None, detail: str = "") -> None:
        """Something was accepted here."""
        if event in RECORDED:
            self._untold.append((event, party, grade, detail))
            self._tell()
        elif party is Party.AGENT and self._clock() - self._active_at >= ACTIVE_EVERY:
            self._active_at = self._clock()
            # A word is allowed at every grade, so that an agent who only points is not taken for absent.
            self._untold.append((Event.CHAT, Party.AGENT, None, ""))
            self._tell()

    def ended(self, reason: Reason) -> None:
        """The session is over here; where no line is left, the tray tells the server."""
        self._tell()
        with self._lock:
            if self._link is not None:
                try:
                    self._link.tell_end(reason)
                except Cut:
                    self._link = None

    def _tell(self) -> None:
        with self._lock:
            while self._link is not None and self._untold:
                try:
                    self._link.tell(*self._untold[0])
                except Cut:
                    self._link = None
                else:
                    self._untold.popleft()
