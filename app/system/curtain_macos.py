"""Notifications and secret prompts of a Mac, by who owns a window.

While some program takes keys in secret, which password fields do, the window in front is covered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress

from app.system.base import Window
from app.system.curtain import Concealed, Kind

NOTIFIERS = frozenset({"Notification Center", "NotificationCenter", "UserNotificationCenter", "通知中心"})
SECRETS = frozenset({"SecurityAgent", "CoreServicesUIAgent", "loginwindow", "pinentry-mac", "UserNotificationCenter"})
COVERS_ALL = 0.9
"""Share of a display: Notification Center keeps an empty window of this size over everything."""


class MacCurtain:
    """The window list and the state of secure input are asked for each time."""

    def __init__(
        self,
        windows: Callable[[], Iterable[tuple[int, Window]]] | None = None,
        is_secret: Callable[[], bool] | None = None,
    ) -> None:
        """`windows` gives (layer, window) pairs, frontmost first. Raises OSError when a framework is missing."""
        from app.system import coregraphics

        self._windows = windows or coregraphics.layered_windows
        self._is_secret = is_secret or coregraphics.takes_keys_in_secret

    def areas(self) -> tuple[Concealed, ...]:
        found: list[Concealed] = []
        with suppress(OSError):
            listed = tuple(self._windows())
            largest = max((window.rect.area for _, window in listed), default=0)
            front = next((window for layer, window in listed if layer == 0), None)
            for _, window in listed:
                if window.application in SECRETS:
                    found.append(Concealed(Kind.SECRET, window.rect))
                elif window.application in NOTIFIERS and window.rect.area < COVERS_ALL * largest:
                    found.append(Concealed(Kind.NOTIFICATION, window.rect))
            if front is not None and self._is_secret():
                found.append(Concealed(Kind.SECRET, front.rect))
        return tuple(found)

    def leave(self) -> None:
        pass

    def close(self) -> None:
        pass
