"""Keeps an encrypted draft of the report while it is being made, and none afterwards."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Slot

from app.capture.annotation.document import Document
from app.capture.annotation.history import History
from app.capture.drafts import Draft, Drafts, Note
from app.capture.frame import Frame
from app.errors import HelpdeskError
from app.ui.background import DISK, Background
from app.ui.report.gallery import Gallery

PAUSE = 500
"""Milliseconds after the last gesture until the draft is written again."""


class DraftStep(QObject):
    """Everything happens on the disk lane, in order; without a safe place for the key nothing happens at all."""

    def __init__(
        self, drafts: Callable[[], Drafts | None], background: Background, draft_id: UUID, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._drafts, self._background, self._id = drafts, background, draft_id
        self._documents: tuple[Document, ...] = ()
        self._draft: Draft | None = None
        self._begun = False
        self._old: UUID | None = None
        self.sentence = ""
        self._notes: tuple[Note, ...] = ()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._write)

    def open(self, draft_id: UUID) -> tuple[Frame, ...]:
        """The pictures of a draft; its marks follow with `resumed`. On a lane. Raises HelpdeskError."""
        drafts = self._drafts()
        if drafts is None:
            raise HelpdeskError("An unsent report cannot be read any more.", "Take the picture again.")
        draft = drafts.open(draft_id)
        self._documents, self.sentence, self._old = draft.documents, draft.sentence, draft_id
        self._notes = draft.notes
        return draft.frames

    def take_over(self, documents: Sequence[Document], notes: Sequence[Note]) -> None:
        """Marks for pictures that come with them."""
        self._documents, self._notes = tuple(documents), tuple(notes)

    def resumed(self, gallery: Gallery) -> Gallery:
        """The pictures with the marks that were on them, all of those sent that were to be sent or were marked."""
        documents, self._documents = self._documents, ()
        notes, self._notes = self._notes, ()
        for number, document in enumerate(documents):
            marked = bool(document.marks) or document.crop is not None
            gallery = gallery.changed(
                lambda picture, document=document, marked=marked: replace(  # type: ignore[misc]  # bound at once
                    picture, history=History(document), is_sent=picture.is_sent or marked
                ),
                number,
            )
        for number, note in enumerate(notes[: len(gallery.pictures)]):
            gallery = gallery.changed(
                lambda picture, note=note: replace(  # type: ignore[misc]  # bound at once
                    picture, is_sent=note.is_sent, step=note.step, title_bar=note.title_bar or picture.title_bar
                ),
                number,
            )
        return gallery

    def begin(self, gallery: Gallery) -> None:
        """Keep these pictures, in place of what was kept before."""
        self._discard(self._id)
        self._begun = True
        self._draft = draft = self._made(gallery, self.sentence)
        self._run(lambda drafts: drafts.begin(draft))
        if self._old is not None:
            self._discard(self._old)

    def keep(self, gallery: Gallery, sentence: str) -> None:
        """A gesture has ended, or words were typed."""
        if self._begun:
            self._draft = self._made(gallery, sentence)
            self._pause.start()

    def discard(self) -> None:
        """Nothing of the pictures stays on the disk."""
        self._pause.stop()
        if self._begun:
            self._begun, self._draft = False, None
            self._discard(self._id)

    @Slot()
    def _write(self) -> None:
        draft = self._draft
        if draft is not None:
            self._run(lambda drafts: drafts.update(draft))

    def _discard(self, draft_id: UUID) -> None:
        self._run(lambda drafts: drafts.discard(draft_id))

    def _made(self, gallery: Gallery, sentence: str) -> Draft:
        frames = tuple(picture.frame for picture in gallery.pictures)
        documents = tuple(picture.document for picture in gallery.pictures)
        notes = tuple(Note(each.is_sent, each.step, each.title_bar) for each in gallery.pictures)
        return Draft(self._id, frames, documents, sentence, notes)

    def _run(self, what: Callable[[Drafts], None]) -> None:
        def task() -> None:
            drafts = self._drafts()
            if drafts is not None:
                what(drafts)

        self._background.run(DISK, task, lambda _: None, not_kept)


def not_kept(error: HelpdeskError) -> None:
    """A draft that cannot be kept costs nothing but its safety net; the log says so."""
    logging.getLogger(__name__).info("no draft is kept: %s", error)
