"""One frame of a report and what the employee made of it: sent or not, a region, hidden areas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
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
    """A frame with its marks. `found` is the dialog that was found on it, in pixels of the frame.

    `step` is the title of the window that was clicked in when the picture is a recorded step, None when it is none.
    `title_bar` is where the title of the window in front can be read on the picture.
    """

    frame: Frame
    history: History
    is_sent: bool
    found: Rect | None = None
    step: str | None = None
    title_bar: Rect | None = None

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
    def hides_title(self) -> bool:
        """Whether the title of the window in front is hidden on the picture, so that nothing may tell it."""
        bar = self.title_bar
        return bar is not None and any(not each.intersection(bar).is_empty for each in self.filled)

    @property
    def is_marked(self) -> bool:
        """Whether somebody has put work into it."""
        return self.can_undo or bool(self.document.marks)

    @property
    def can_undo(self) -> bool:
        """Whether there is a gesture to take back."""
        return bool(self.history.before)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone gesture to bring back."""
        return bool(self.history.after)

    def edited(self, document: Document, label: str, *, merge: bool = False) -> Picture:
        """The picture after a gesture; `merge` lets a key held down be one gesture with the ones before."""
        if merge and self.history.label == label and self.history.before and document != self.document:
            return replace(self, history=replace(self.history, document=document, after=()))
        return self._done(document, label)

    def with_region(self, region: Rect | None) -> Picture:
        """The same picture with another region sent."""
        area = None if region is None else area_of(region)
        return self._done(operations.crop(self.document, area), "region")

    def with_hidden(self, *areas: Rect) -> Picture:
        """The same picture with more areas hidden, in one gesture."""
        document = self.document
        for area in areas:
            document = operations.add(document, Hide(id=uuid4(), area=area_of(area)))
        return self._done(document, "hide")

    def shows(self, area: Rect) -> bool:
        """Whether any of an area is still to be seen in what is sent."""
        inside = area.intersection(self.document.visible())
        return not inside.is_empty and not any(each.intersection(inside) == inside for each in self.filled)

    def sent(self) -> Picture:
        """The same picture, sent: somebody who draws on it means it."""
        return replace(self, is_sent=True)

    def undone(self) -> Picture:
        """The picture before the last gesture."""
        return replace(self, history=self.history.undo())

    def redone(self) -> Picture:
        """The picture after the gesture that was undone last."""
        return replace(self, history=self.history.redo())

    def png(self, font: Path | None = None) -> bytes:
        """Exactly the bytes that are sent. Raises HelpdeskError when hiding cannot be proven.

        `font` is a file with the letters of the employee's language for words on the picture.
        """
        return sealed(self.document, self.frame.image, font)

    def _done(self, document: Document, label: str) -> Picture:
        return replace(self, history=self.history.done(document, label))


def area_of(rect: Rect) -> Area:
    return Area(rect.x, rect.y, rect.width, rect.height)
