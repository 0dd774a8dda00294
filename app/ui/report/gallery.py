"""All pictures of one report: which one is looked at, which one's text counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from app.capture.frame import Frame
from app.capture.title_bar import title_bar
from app.system.base import Rect, Window
from app.ui.report.picture import Picture


@dataclass(frozen=True, slots=True)
class Gallery:
    """`main` is the monitor the employee works at, `shown` the one that is looked at; both count from 0."""

    pictures: tuple[Picture, ...] = ()
    main: int = 0
    shown: int = 0

    @classmethod
    def of(cls, frames: Sequence[Frame], default: Frame) -> Gallery:
        """One picture a frame; only the default one is sent."""
        number = next(index for index, frame in enumerate(frames) if frame is default)
        return cls(tuple(Picture.of(frame, is_sent=frame is default) for frame in frames), number, number)

    @property
    def read(self) -> Picture | None:
        """The picture whose text counts: the main one if it is sent, else the first that is; None without any."""
        sent = [picture for picture in self.pictures if picture.is_sent]
        if not sent:
            return None
        main = self.pictures[self.main]
        return main if main.is_sent else sent[0]

    @property
    def has_marks(self) -> bool:
        """Whether anything was drawn."""
        return any(picture.can_undo for picture in self.pictures)

    def looking_at(self, number: int) -> Gallery:
        """With another picture in view."""
        return replace(self, shown=number)

    def changed(self, how: Callable[[Picture], Picture], number: int | None = None) -> Gallery:
        """With one picture changed, the one in view unless told otherwise."""
        number = self.shown if number is None else number
        made = how(self.pictures[number])
        return replace(self, pictures=(*self.pictures[:number], made, *self.pictures[number + 1 :]))

    def with_title_of(self, window: Window | None) -> Gallery:
        """Knowing where the title of the window in front can be read."""
        return replace(
            self,
            pictures=tuple(replace(each, title_bar=title_bar(each.frame, window)) for each in self.pictures),
        )

    def beside(self, kept: Sequence[Picture]) -> Gallery:
        """These pictures behind others that stay; the main one and the one in view are still the same."""
        count = len(kept)
        return Gallery((*kept, *self.pictures), self.main + count, self.shown + count)

    def without(self, number: int) -> Gallery:
        """With one picture less. Raises ValueError for the last one."""
        if len(self.pictures) < 2:
            raise ValueError("a report of pictures needs one")
        left = (*self.pictures[:number], *self.pictures[number + 1 :])
        main = self.main - 1 if self.main > number else min(self.main, len(left) - 1)
        return Gallery(left, main, min(number, len(left) - 1))

    def with_found(self, found: Rect | None) -> Gallery:
        """With the dialog that was found on the picture that was read."""
        read = self.read
        number = next((index for index, picture in enumerate(self.pictures) if picture is read), None)
        return self if number is None else self.changed(lambda picture: replace(picture, found=found), number)
