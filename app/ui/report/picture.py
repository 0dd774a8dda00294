"""One frame of a report and what the employee made of it: sent or not, a region, hidden areas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import uuid4

from app.capture.annotation import operations
from app.capture.annotation.document import Area, Document, Hide
from app.capture.annotation.export import sealed
from app.capture.annotation.history import History
from app.capture.frame import Frame
from app.capture.redaction import covered
from app.system.base import Rect


@dataclass(frozen=True, slots=True)
class Picture:
    """A frame with its marks. `found` is the dialog that was found on it, in pixels of the frame."""

    frame: Frame
    history: History
    is_sent: bool
    found: Rect | None = None

    @classmethod
    def of(cls, frame: Frame, *, is_sent: bool) -> Picture:
        """A frame with nothing drawn on it yet."""
        width, height = frame.image.size
        return cls(frame, History(Document(width, height, frame.scale)), is_sent)

    @property
    def document(self) -> Document:
        """The marks as they are now."""
        return self.history.document

    @property
    def region(self) -> Rect | None:
        """The part that is sent; None for the whole frame."""
        return None if self.document.crop is None else self.document.visible()

    @property
    def hidden(self) -> tuple[Rect, ...]:
        """The areas that are removed from the file, in pixels of the frame."""
        return tuple(mark.area.pixels() for mark in self.document.hidden())

    @property
    def filled(self) -> tuple[Rect, ...]:
        """What is really filled for the hidden areas: a little more than was drawn."""
        return tuple(covered(area, self.frame.size, self.frame.scale) for area in self.hidden)

    @property
    def can_undo(self) -> bool:
        """Whether there is a gesture to take back."""
        return bool(self.history.before)

    def with_region(self, region: Rect | None) -> Picture:
        """The same picture with another region sent."""
        area = None if region is None else area_of(region)
        return self._done(operations.crop(self.document, area), "region")

    def with_hidden(self, area: Rect) -> Picture:
        """The same picture with one more area hidden."""
        return self._done(operations.add(self.document, Hide(id=uuid4(), area=area_of(area))), "hide")

    def without_hidden(self, index: int) -> Picture:
        """The same picture with one area, counted from 0, shown again."""
        return self._done(operations.delete(self.document, self.document.hidden()[index].id), "show again")

    def sent(self) -> Picture:
        """The same picture, sent: somebody who draws on it means it."""
        return replace(self, is_sent=True)

    def undone(self) -> Picture:
        """The picture before the last gesture."""
        return replace(self, history=self.history.undo())

    def png(self) -> bytes:
        """Exactly the bytes that are sent. Raises HelpdeskError when hiding cannot be proven."""
        return sealed(self.document, self.frame.image)

    def _done(self, document: Document, label: str) -> Picture:
        return replace(self, history=self.history.done(document, label))


def area_of(rect: Rect) -> Area:
    return Area(rect.x, rect.y, rect.width, rect.height)
