"""Whether the pictures that are to be sent can show the problem at all."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.capture.judgement import Complaint, judge
from app.capture.screen import Screen
from app.system.base import Window
from app.ui.background import CAPTURE
from app.ui.report.errands import Errands
from app.ui.report.picture import Picture


class JudgingStep(QObject):
    """A black or empty picture is explained, not sent silently; each is judged once."""

    complained = Signal(object)
    """Complaint."""

    def __init__(self, screen: Screen, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._screen, self._errands = screen, errands
        self._judged: set[int] = set()

    def look(self, pictures: Sequence[Picture], window: Window | None) -> None:
        """Judge those that are to be sent; `window` was in front when they were taken."""
        for picture in pictures:
            if picture.is_sent and picture.frame.serial not in self._judged:
                self._judged.add(picture.frame.serial)
                self._judge(picture, window)

    def _judge(self, picture: Picture, window: Window | None) -> None:
        frame, screen = picture.frame, self._screen
        is_screen = frame.source not in ("file", "clipboard")

        def judged() -> Complaint | None:
            return judge(frame, window if is_screen else None, may_see_windows=not is_screen or screen.sees_windows())

        def told(complaint: Complaint | None) -> None:
            if complaint is not None:
                self.complained.emit(complaint)

        self._errands.run(f"judge {frame.serial}", CAPTURE, judged, told, lambda _: None)
