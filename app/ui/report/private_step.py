"""Looks for what seems private on the pictures and remembers what was found."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.capture.barcodes import codes
from app.capture.private_areas import PrivateArea, private_areas
from app.capture.reading import Reading
from app.errors import HelpdeskError
from app.system.base import Rect
from app.ui.background import CAPTURE, OCR
from app.ui.report.errands import Errands
from app.ui.report.picture import Picture

Read = Callable[[Picture], Reading]


class PrivateStep(QObject):
    """Proposals only: nothing is hidden unless the employee, or the organisation's policy, says so."""

    proposed = Signal()
    """`areas` may answer something else now."""
    nothing = Signal()
    """A close look has found nothing."""
    certain = Signal(object)
    """Picture on which everything that was found is to be hidden at once."""
    failed = Signal(object)
    """HelpdeskError: the picture could not be looked through."""

    def __init__(self, read: Read, errands: Errands, *, at_once: bool = False, parent: QObject | None = None) -> None:
        """`read` reads the whole visible picture; `at_once` hides without being asked."""
        super().__init__(parent)
        self._read, self._errands, self._at_once = read, errands, at_once
        self._found: dict[int, tuple[PrivateArea, ...]] = {}
        self._looked: set[int] = set()

    def areas(self, picture: Picture) -> tuple[Rect, ...]:
        """What is proposed for a picture: everything found that can still be seen."""
        return tuple(each.area for each in self._found.get(id(picture.frame), ()) if picture.shows(each.area))

    def was_read(self, picture: Picture, reading: Reading) -> None:
        """The picture's text is known, all of it or a dialog's."""
        key = id(picture.frame)
        if key not in self._looked:
            self._errands.run(
                f"codes {key}",
                CAPTURE,
                lambda: codes(picture.frame.image),
                lambda found: self._add(picture, found),
                self.failed.emit,
            )
            self._looked.add(key)
        self._add(picture, private_areas(reading.lines))
        if self._at_once and reading.region != picture.frame.size:
            self.look_closely(picture)

    def look_closely(self, picture: Picture) -> None:
        """Read the whole picture for it."""

        def read(reading: Reading) -> None:
            found = (*self._found.get(id(picture.frame), ()), *private_areas(reading.lines))
            self._add(picture, found)
            if not self.areas(picture):
                self.nothing.emit()

        def failed(error: HelpdeskError) -> None:
            self.failed.emit(error)

        self._errands.run(f"closely {id(picture.frame)}", OCR, lambda: self._read(picture), read, failed)

    def _add(self, picture: Picture, found: tuple[PrivateArea, ...]) -> None:
        key = id(picture.frame)
        before = self._found.get(key, ())
        fresh = [each for each in found if all(known.area.intersection(each.area).is_empty for known in before)]
        self._found[key] = (*before, *fresh)
        if fresh:
            self.proposed.emit()
            if self._at_once:
                self.certain.emit(picture)
