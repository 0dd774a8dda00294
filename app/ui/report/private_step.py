"""Looks for what seems private on the pictures: in the text that was read, and for codes that could be scanned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

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
    looked = Signal()
    """`is_looking` may answer something else now."""

    def __init__(self, read: Read, errands: Errands, *, at_once: bool = False, parent: QObject | None = None) -> None:
        """`read` reads the whole visible picture; `at_once` hides without being asked."""
        super().__init__(parent)
        self._read, self._errands, self._at_once = read, errands, at_once
        self._found: dict[int, tuple[PrivateArea, ...]] = {}
        self._scanned: set[int] = set()
        self._watched: set[int] = set()
        self._busy: Counter[int] = Counter()

    def areas(self, picture: Picture) -> tuple[Rect, ...]:
        """What is proposed for a picture: everything found that can still be seen."""
        return tuple(each.area for each in self._found.get(picture.frame.serial, ()) if picture.shows(each.area))

    def is_looking(self, pictures: Sequence[Picture]) -> bool:
        """Whether one of these is still looked through for what the organisation wants hidden."""
        keys = [each.frame.serial for each in pictures]
        return self._at_once and any(self._busy[key] or key not in self._watched for key in keys)

    def watch(self, pictures: Sequence[Picture]) -> None:
        """Look through every one of these once, where the organisation wants it."""
        for picture in pictures if self._at_once else ():
            if picture.frame.serial not in self._watched:
                self._watched.add(picture.frame.serial)
                self.look_closely(picture)

    def was_read(self, picture: Picture, reading: Reading) -> None:
        """The picture's text is known, all of it or a dialog's."""
        self._scan(picture)
        self._add(picture, private_areas(reading.lines))

    def look_closely(self, picture: Picture) -> None:
        """Read the whole picture for it."""
        key = picture.frame.serial
        self._scan(picture)
        if self._errands.is_busy(f"closely {key}"):
            return
        self._busy[key] += 1

        def read(reading: Reading) -> None:
            self._add(picture, private_areas(reading.lines))
            if not self.areas(picture) and not self._at_once:
                self.nothing.emit()
            self._done(key)

        self._errands.run(
            f"closely {key}", OCR, lambda: self._read(picture), read, lambda error: self._failed(key, error)
        )

    def _scan(self, picture: Picture) -> None:
        """Look for codes, once."""
        key = picture.frame.serial
        if key in self._scanned:
            return
        self._scanned.add(key)
        self._busy[key] += 1

        def found(areas: tuple[PrivateArea, ...]) -> None:
            self._add(picture, areas)
            self._done(key)

        image = picture.frame.image
        self._errands.run(f"codes {key}", CAPTURE, lambda: codes(image), found, lambda error: self._failed(key, error))

    def _failed(self, key: int, error: HelpdeskError) -> None:
        self.failed.emit(error)
        self._done(key)

    def _done(self, key: int) -> None:
        self._busy[key] -= 1
        self.looked.emit()

    def _add(self, picture: Picture, found: tuple[PrivateArea, ...]) -> None:
        key = picture.frame.serial
        before = self._found.get(key, ())
        fresh = [each for each in found if all(known.area.intersection(each.area).is_empty for known in before)]
        self._found[key] = (*before, *fresh)
        if fresh:
            self.proposed.emit()
            if self._at_once:
                self.certain.emit(picture)
