"""Puts the report together, keeps it, and follows it until IT has it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from app.capture.annotation.document import Document
from app.errors import HelpdeskError
from app.helpdesk.outbox import Outbox
from app.helpdesk.outbox_export import write_items
from app.helpdesk.outbox_items import ItemKind, OutboxFile, OutboxItem, SendState
from app.helpdesk.privacy import Manifest, scrub
from app.helpdesk.ticket import Attachment
from app.protocol.tickets import FieldName
from app.report import Journey, Known
from app.system.fonts import letters_file
from app.ui.background import DISK, NET
from app.ui.language import spoken
from app.ui.report.errands import Errands
from app.ui.report.picture import Picture

TYPING_PAUSE = 250
LOOK_EVERY = 900
SAID = (f"field.{FieldName.SUBJECT}", f"field.{FieldName.DESCRIPTION}")
"""The items that follow the sentence."""
Built = tuple[Manifest, dict[UUID, QImage]]


class SendingStep(QObject):
    """Ticks and own words are kept by item, so that they stay when a text or an answer is added to the report."""

    preparing = Signal()
    """There is nothing that could be sent until it is put together."""
    prepared = Signal(object, object)
    """Manifest, and QImage by file id."""
    not_prepared = Signal(object)
    saved = Signal()
    """The report is durable."""
    not_saved = Signal(object)
    exported = Signal(object)
    """Path of the folder."""
    moved = Signal(object)
    """OutboxItem: how far the report is."""
    delivery_wanted = Signal()
    """Whoever delivers should do it now."""

    def __init__(
        self,
        journey: Journey,
        errands: Errands,
        outbox: Callable[[], Outbox],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._journey, self._errands, self._outbox = journey, errands, outbox
        self._pictures: tuple[Picture, ...] = ()
        self._hides_title = self._is_hiding = False
        self._known = Known()
        self._sentence = ""
        self._ticks: dict[str, bool] = {}
        self._words: dict[str, str] = {}
        self.shown: Manifest | None = None
        self._images: dict[UUID, QImage] = {}
        self._sealed: dict[tuple[int, Document], tuple[bytes, QImage]] = {}
        self._save_when_ready = False
        self._draft_id: UUID | None = None
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(TYPING_PAUSE)
        self._typing.timeout.connect(self._build)
        self._look = QTimer(self)
        self._look.setInterval(LOOK_EVERY)
        self._look.timeout.connect(self.look)

    # Putting together

    def prepare(self, pictures: Sequence[Picture], known: Known) -> None:
        """Put the report together from these pictures and what is known of them; the one before counts no more."""
        self.shown = None
        self.preparing.emit()
        self._pictures = tuple(picture for picture in pictures if picture.is_sent)
        self._hides_title = any(picture.hides_title for picture in pictures if picture.step is None)
        self._is_hiding = any(picture.hidden for picture in pictures)
        self.learn(known)

    def learn(self, known: Known) -> None:
        """Add what has become known meanwhile.

        Own words for a text that was read are dropped with it: they may hold what is hidden now.
        """
        if known.reading != self._known.reading:
            self._words.clear()
        self._known = known
        self._build()

    def say(self, sentence: str) -> None:
        """The employee's own words, as far as they are written."""
        self._sentence = sentence
        self._typing.start()

    def tick(self, item_id: str, on: bool) -> None:
        """Send an item, or do not."""
        self._ticks[item_id] = on
        self._show(lambda manifest: manifest.ticked(item_id, on))

    def word(self, item_id: str, text: str) -> None:
        """Send other words for an item."""
        self._words[item_id] = text
        self._show(lambda manifest: manifest.worded(item_id, text))

    def _show(self, change: Callable[[Manifest], Manifest]) -> None:
        if self.shown is not None:
            self.shown = change(self.shown)
            self.prepared.emit(self.shown, self._images)

    @Slot()
    def _build(self) -> None:
        self._typing.stop()
        pictures, known, sentence = self._pictures, self._known, self._sentence
        self._journey.language = spoken()
        self._errands.run("build", NET, lambda: self._built(pictures, known, sentence), self._have, self._have_not)

    def _built(self, pictures: Sequence[Picture], known: Known, sentence: str) -> Built:
        """The manifest and the pictures as decoded from the bytes that will leave; on a lane."""
        sealed = [self._seal(picture) for picture in pictures]
        attachments = [Attachment(content, "image/png") for content, _ in sealed]
        manifest = self._journey.manifest(
            sentence,
            attachments,
            known,
            told_steps(pictures),
            hides_title=self._hides_title,
            is_hiding=self._is_hiding,
        )
        images = {id(content): image for content, image in sealed}
        return manifest, {file.id: images[id(file.content)] for file in manifest.files}

    def _seal(self, picture: Picture) -> tuple[bytes, QImage]:
        """The bytes of a picture and what they decode to; made once for each state of its marks."""
        state = (picture.frame.serial, picture.document)
        if state not in self._sealed:
            content = picture.png(letters_file())
            self._sealed[state] = (content, QImage.fromData(content))
        return self._sealed[state]

    def _have(self, built: Built) -> None:
        manifest, images = built
        if self._save_when_ready and self.shown is not None:
            manifest = with_sentence(self.shown, manifest)
        else:
            self._images = images
        for item_id, text in self._words.items():
            if any(item.id == item_id for item in manifest.items):
                manifest = manifest.worded(item_id, text)
        for item_id, on in self._ticks.items():
            if any(item.id == item_id for item in manifest.items):
                manifest = manifest.ticked(item_id, on)
        self.shown = manifest
        self.prepared.emit(manifest, self._images)
        if self._save_when_ready:
            self._save_when_ready = False
            self._keep(manifest)

    def _have_not(self, error: HelpdeskError) -> None:
        self._save_when_ready = False
        self.not_prepared.emit(error)

    # Keeping

    def save(self) -> None:
        """Keep exactly what is shown; the sentence may be newer by the last few keystrokes."""
        if self.shown is None:
            return
        if self._typing.isActive():
            self._save_when_ready = True
            self._build()
        else:
            self._errands.drop("build")
            self._keep(self.shown)

    def _keep(self, manifest: Manifest) -> None:
        self._errands.run("save", DISK, lambda: self._journey.send(manifest), self._was_saved, self.not_saved.emit)

    def _was_saved(self, draft_id: UUID) -> None:
        self._draft_id = draft_id
        self._sealed.clear()
        self.saved.emit()
        self._wake()

    def export(self, folder: Path) -> None:
        """Write the report into a folder, for when this computer cannot keep it otherwise."""
        manifest = self.shown
        if manifest is not None:
            self._errands.run(
                "export", DISK, lambda: write_report(folder, manifest), self.exported.emit, self.not_saved.emit
            )

    # Following

    def try_again(self) -> None:
        """Send although it was refused, or before the next attempt is due."""
        draft_id = self._draft_id
        if draft_id is not None:
            self._errands.run(
                "retry",
                DISK,
                lambda: self._outbox().retry(draft_id),
                lambda _: self._wake(),
                lambda _: self.look(),  # the outbox keeps why, and shows it
            )

    def _wake(self) -> None:
        self._look.start()
        self.delivery_wanted.emit()
        self.look()

    @Slot()
    def look(self) -> None:
        """Look how far the report is."""
        draft_id = self._draft_id
        if draft_id is not None and not self._errands.is_busy("look"):
            self._errands.run("look", DISK, lambda: self._outbox().get(draft_id), self._looked, lambda _: None)

    def _looked(self, item: OutboxItem) -> None:
        self.moved.emit(item)
        if item.state is SendState.DELIVERED and all(file.state is SendState.DELIVERED for file in item.files):
            self._look.stop()


def with_sentence(shown: Manifest, fresh: Manifest) -> Manifest:
    """The manifest that was shown with the newer sentence, and nothing else that nobody has seen."""
    newer = {item.id: item for item in fresh.items if item.id in SAID}
    kept = tuple(newer.pop(item.id, item) if item.id in SAID else item for item in shown.items)
    dropped = {item_id for item_id in SAID if item_id not in {item.id for item in fresh.items}}
    items = (*(item for item in kept if item.id not in dropped), *newer.values())
    return replace(shown, items=items)


def write_report(folder: Path, manifest: Manifest) -> Path:
    """Write what is ticked as plain files, the way the outbox is exported. Raises StorageError."""
    parcel = manifest.parcel()
    draft = parcel.draft
    files = tuple(
        OutboxFile(each.id, draft.id, each.kind, each.name, each.size, each.sha256, SendState.WAITING, 0, 0, None)
        for each in draft.attachments
    )
    item = OutboxItem(
        id=draft.id,
        kind=ItemKind.TICKET,
        state=SendState.WAITING,
        subject=draft.value(FieldName.SUBJECT),
        message=draft.model_dump_json(),
        created_at=draft.created_at,
        attempts=0,
        next_attempt_at=draft.created_at,
        files=files,
    )
    return write_items(folder, (item,), lambda file_id: parcel.files[file_id])[0]


def told_steps(pictures: Sequence[Picture]) -> dict[int, str]:
    """The titles of recorded steps by the number of their picture in the report, those left out that are hidden."""
    return {
        number: scrub(picture.step) if picture.hidden else picture.step
        for number, picture in enumerate(pictures, 1)
        if picture.step and not picture.hides_title
    }
