"""Background tasks of one report: a newer task of a name replaces the older one, and none outlives the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from app.errors import HelpdeskError
from app.ui.background import Background

T = TypeVar("T")
N = TypeVar("N")


class Errands:
    """Runs tasks on the lanes of Background and forgets answers that nobody waits for any more."""

    def __init__(self, background: Background) -> None:
        self._background = background
        self._latest: Counter[str] = Counter()
        self._busy: Counter[str] = Counter()
        self._closed = False

    def run(
        self,
        name: str,
        lane: str,
        task: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[HelpdeskError], None],
    ) -> None:
        """Run `task`; call `done` or `failed` unless another task of this name was begun or all were dropped."""
        self._latest[name] += 1
        ticket = self._latest[name]
        self._busy[name] += 1

        def wanted() -> bool:
            self._busy[name] -= 1
            return not self._closed and self._latest[name] == ticket

        self._background.run(
            lane,
            task,
            lambda result: done(result) if wanted() else None,
            lambda error: failed(error) if wanted() else None,
        )

    def run_with_news(
        self,
        name: str,
        lane: str,
        task: Callable[[Callable[[N], None]], T],
        news: Callable[[N], None],
        done: Callable[[T], None],
        failed: Callable[[HelpdeskError], None],
    ) -> None:
        """As `run`, for a task that has something to tell before it ends: what it is given brings that to `news`."""
        ticket = self._latest[name] + 1

        def tell(item: N) -> None:
            self._background.post(lambda: news(item) if not self._closed and self._latest[name] == ticket else None)

        self.run(name, lane, lambda: task(tell), done, failed)

    def is_busy(self, name: str) -> bool:
        """Whether a task of this name is under way or waits for its lane."""
        return self._busy[name] > 0

    def drop(self, name: str) -> None:
        """Nobody waits for tasks of this name any more; one that runs ends unheard."""
        self._latest[name] += 1

    def close(self) -> None:
        """Nobody waits for anything any more."""
        self._closed = True
