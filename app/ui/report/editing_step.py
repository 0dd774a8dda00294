"""What the employee makes of the pictures, gesture by gesture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from app.capture.annotation.document import Document
from app.system.base import Rect
from app.ui.report.gallery import Gallery
from app.ui.report.picture import Picture
from app.ui.report.picture_page import PicturePage
from app.ui.report.private_step import PrivateStep


class EditingStep(QObject):
    """Keeps the gallery; the page shows it and tells what was drawn."""

    changed = Signal()
    """The gallery is another one."""
    removed = Signal(object)
    """A picture was taken out; call what comes with it to bring it back."""

    def __init__(self, private: PrivateStep, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.gallery = Gallery()
        self._private = private
        self._page: PicturePage | None = None
        private.proposed.connect(self._propose)
        private.certain.connect(self._hide)

    def attach(self, page: PicturePage) -> None:
        """Listen to the page that shows the pictures."""
        self._page = page
        page.chosen.connect(self._look_at)
        page.edited.connect(self._edited)
        page.region_drawn.connect(lambda region: self.change(lambda p: p.with_region(region).sent()))
        page.hide_drawn.connect(lambda area: self.change(lambda p: p.with_hidden(area).sent()))
        page.hide_all.connect(self._hide_all)
        page.undone.connect(lambda: self.change(lambda p: p.undone()))
        page.redone.connect(lambda: self.change(lambda p: p.redone()))
        page.ticked.connect(lambda number, on: self.change(lambda p: replace(p, is_sent=on), number))
        page.removed.connect(self._remove)

    def begin(self, gallery: Gallery, images: Sequence[QImage]) -> None:
        """Show new pictures; `images` are their pixels."""
        self.gallery = gallery
        if self._page is not None:
            self._page.show_pictures(gallery.pictures, images, gallery.shown)
        self._propose()

    def marked(self) -> tuple[int, ...]:
        """Which pictures stay when another one is taken: those somebody has put work into."""
        return tuple(number for number, each in enumerate(self.gallery.pictures) if each.is_marked)

    def forget(self) -> None:
        """Let go of the pictures."""
        self.gallery = Gallery()

    def change(self, how: Callable[[Picture], Picture], number: int | None = None) -> None:
        """Change one picture, the one in view unless told otherwise, and everything that follows from it."""
        self.gallery = self.gallery.changed(how, number)
        self._show()
        self.changed.emit()

    def dialog_found(self, found: Rect | None) -> None:
        """Offer the dialog that was found on the picture that was read."""
        self.gallery = self.gallery.with_found(found)
        self._show()

    def _remove(self) -> None:
        """Take the picture in view out; what was taken out can be brought back as long as nothing else is done."""
        before, page = self.gallery, self._page
        if page is None or len(before.pictures) < 2:
            return
        images = page.images
        left = tuple(image for number, image in enumerate(images) if number != before.shown)
        self.begin(before.without(before.shown), left)
        self.changed.emit()

        def back() -> None:
            self.begin(before, images)
            self.changed.emit()

        self.removed.emit(back)

    def _edited(self, document: Document, label: str, merge: bool) -> None:
        self.change(lambda p: p.edited(document, label, merge=merge).sent())

    def _look_at(self, number: int) -> None:
        self.gallery = self.gallery.looking_at(number)
        self._show()
        self.changed.emit()

    def _hide_all(self) -> None:
        picture = self._in_view()
        if picture is None:
            return
        areas = self._private.areas(picture)
        if areas:
            self.change(lambda p: p.with_hidden(*areas).sent())
        else:
            self._private.look_closely(picture)

    def proposed(self) -> int:
        """How many places look private on what is sent."""
        return sum(len(self._private.areas(each)) for each in self.gallery.pictures if each.is_sent)

    def hide_everywhere(self) -> None:
        """Hide everything that is proposed on the pictures that are sent."""
        for number, picture in enumerate(self.gallery.pictures):
            areas = self._private.areas(picture) if picture.is_sent else ()
            if areas:
                self.change(lambda p, areas=areas: p.with_hidden(*areas), number)  # type: ignore[misc]  # bound at once

    def _hide(self, picture: Picture) -> None:
        """The organisation wants what looks private hidden without being asked."""
        number = next((n for n, each in enumerate(self.gallery.pictures) if each.frame is picture.frame), None)
        if number is not None:
            areas = self._private.areas(self.gallery.pictures[number])
            if areas:
                self.change(lambda p: p.with_hidden(*areas), number)

    def _propose(self) -> None:
        picture = self._in_view()
        if self._page is not None and picture is not None:
            self._page.propose(self._private.areas(picture))

    def _in_view(self) -> Picture | None:
        pictures = self.gallery.pictures
        return pictures[self.gallery.shown] if pictures else None

    def _show(self) -> None:
        if self._page is not None and self.gallery.pictures:
            self._page.update_pictures(self.gallery.pictures, self.gallery.shown)
            self._propose()
