"""The conversation of a ticket: who said what when, with pictures, and what has not been sent yet."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt, Signal
from PySide6.QtGui import QImage, QImageReader, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.helpdesk.outbox_items import ItemKind, OutboxItem, SendState, Trouble
from app.protocol.language import Language
from app.protocol.tickets import AttachmentState, Entry, EntryKind, FieldName, TicketView
from app.ui import wording
from app.ui.article import ArticleView
from app.ui.language import error_texts, spoken, tr
from app.ui.sheet import Chip, empty, label
from app.ui.theme import LARGE, MEDIUM, SMALL, TIGHT, Tone

THUMBNAIL = QSize(220, 150)
MOST_PIXELS = 64_000_000
"""A picture that claims to be larger is not decoded."""


def decoded(content: bytes) -> QImage:
    """The picture in the bytes; a null image when there is none or it is unreasonably large."""
    held = QByteArray(content)
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    if size.width() * size.height() > MOST_PIXELS:
        return QImage()
    return reader.read()


class Thumbnail(QPushButton):
    """A small picture that opens large."""

    opened = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = QImage()
        self.setAutoDefault(True)  # Enter opens it, as Space does
        self.setProperty("part", "thumbnail")
        self.setFixedSize(THUMBNAIL + QSize(8, 8))
        self.setText(tr("Loading…"))
        self.setAccessibleName(tr("Picture: {name}", name=name))
        self.setEnabled(False)
        self.clicked.connect(lambda: self.opened.emit(self._image))

    def show_image(self, image: QImage) -> None:
        """Show the picture, or say that there is none."""
        self._image = image
        if image.isNull():
            self.setText(tr("No preview"))
            return
        scale = self.devicePixelRatioF()
        small = image.scaled(
            THUMBNAIL * scale, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        small.setDevicePixelRatio(scale)
        self.setText("")
        self.setIconSize(THUMBNAIL)
        self.setIcon(QPixmap.fromImage(small))
        self.setEnabled(True)

    def show_missing(self) -> None:
        """Say that the picture cannot be fetched now."""
        self.setText(tr("Not available offline"))


class Bubble(QFrame):
    """One contribution to the conversation; the employee's own stand at the right."""

    def __init__(self, author: str, when: str, body: str, *, own: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "bubble")
        self.setProperty("own", "true" if own else "false")
        head = QHBoxLayout()
        who, time = label("strong", wraps=False), label("small", wraps=False)
        who.setText(author)
        time.setText(when)
        head.addWidget(who)
        head.addStretch()
        head.addWidget(time)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(LARGE - 4, MEDIUM, LARGE - 4, MEDIUM)
        self.column.setSpacing(TIGHT)
        self.column.addLayout(head)
        if body and own:
            text = label()
            text.setText(body)
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self.column.addWidget(text)
        elif body:
            view = ArticleView()
            view.show_plain(body)
            view.fit_height()
            view.setAccessibleName(body)
            self.column.addWidget(view)
        self.setAccessibleName(f"{author}, {when}: {body}")


class Conversation(QWidget):
    """All contributions of one ticket, oldest first."""

    picture_opened = Signal(object)

    def __init__(
        self, fetch: Callable[[UUID, Callable[[QImage], None], Callable[[], None]], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._images: dict[UUID, QImage] = {}
        self._shown: tuple[TicketView, tuple[OutboxItem, ...], Language] | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(MEDIUM)

    def show_ticket(self, view: TicketView, unsent: tuple[OutboxItem, ...]) -> None:
        """Replace everything by the ticket's present conversation and what is still on its way."""
        shown = (view, unsent, spoken())
        if shown == self._shown:
            return
        self._shown = shown
        empty(self._column)
        self._add_report(view)
        for entry in view.entries:
            self._add_entry(entry)
        for waiting in unsent:
            self._add_waiting(waiting)

    def _add_report(self, view: TicketView) -> None:
        texts = {field.name: field.value for field in view.fields}
        body = texts.get(FieldName.DESCRIPTION, "") or texts.get(FieldName.SUBJECT, "")
        bubble = Bubble(tr("You reported"), wording.moment_text(view.summary.created_at), body, own=True)
        self._add_pictures(bubble, view.attachments)
        self._add(bubble, own=True)

    def _add_entry(self, entry: Entry) -> None:
        when = wording.moment_text(entry.at)
        if entry.kind is EntryKind.SYSTEM:
            line = label("small")
            line.setAlignment(Qt.AlignmentFlag.AlignCenter)
            line.setText(f"{entry.body or entry.author} · {when}")
            self._column.addWidget(line)
            return
        own = entry.kind is EntryKind.REQUESTER_REPLY
        bubble = Bubble(tr("You") if own else entry.author or tr("Helpdesk"), when, entry.body, own=own)
        self._add_pictures(bubble, entry.attachments)
        self._add(bubble, own=own)

    def _add_waiting(self, item: OutboxItem) -> None:
        bubble = Bubble(tr("You"), wording.moment_text(item.created_at), _wish(item), own=True)
        trouble = _refusal(item)
        chip = Chip()
        chip.say(tr("Not accepted") if trouble else _how_far(item), Tone.DANGER if trouble else Tone.WAITING)
        bubble.column.addWidget(chip)
        if trouble is not None:
            reason = label("small")
            reason.setText(" ".join(error_texts(trouble.error())).strip())
            bubble.column.addWidget(reason)
        total = sum(file.size for file in item.files)
        if total and trouble is None:
            bubble.column.addWidget(_bar(sum(file.sent for file in item.files) / total))
        self._add(bubble, own=True)

    def _add_pictures(self, bubble: Bubble, attachments: tuple[AttachmentState, ...]) -> None:
        row = QHBoxLayout()
        row.setSpacing(SMALL)
        for each in attachments:
            if not each.media_type.startswith("image/"):
                name = label("small")
                name.setText(each.name)
                bubble.column.addWidget(name)
            elif each.stored:
                row.addWidget(self._thumbnail(each))
            else:
                waiting = label("small")
                waiting.setText(tr("{name}: still on its way", name=each.name or tr("Picture")))
                bubble.column.addWidget(waiting)
        if row.count():
            row.addStretch()
            bubble.column.addLayout(row)

    def _thumbnail(self, attachment: AttachmentState) -> QWidget:
        shown = Thumbnail(attachment.name)
        shown.opened.connect(self.picture_opened)
        if attachment.id in self._images:
            shown.show_image(self._images[attachment.id])
            return shown

        def arrived(image: QImage) -> None:
            self._images[attachment.id] = image
            if _lives(shown):
                shown.show_image(image)

        def missing() -> None:
            self._shown = None  # worth another try with the next change
            if _lives(shown):
                shown.show_missing()

        self._fetch(attachment.id, arrived, missing)
        return shown

    def _add(self, bubble: Bubble, *, own: bool) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        if own:
            row.addStretch(1)
        row.addWidget(bubble, 6)
        if not own:
            row.addStretch(1)
        self._column.addWidget(holder)


def _lives(widget: QLabel | QPushButton) -> bool:
    from shiboken6 import isValid

    return isValid(widget)


def _wish(item: OutboxItem) -> str:
    wishes = {
        ItemKind.TICKET: "",
        ItemKind.URGE: tr("Asked to hurry"),
        ItemKind.CONFIRM: tr("Said that it works again"),
        ItemKind.REOPEN: tr("Asked to open the ticket again"),
    }
    return wishes.get(item.kind, item.subject)


def _how_far(item: OutboxItem) -> str:
    if item.state is SendState.DELIVERED:
        return tr("Pictures on their way")
    return tr("Waiting to be sent")


def _refusal(item: OutboxItem) -> Trouble | None:
    """Why the helpdesk will not have the item or one of its files; None while everything may still go."""
    if item.state is SendState.REFUSED:
        return item.trouble
    return next((file.trouble for file in item.files if file.state is SendState.REFUSED), None)


def _bar(part: float) -> QProgressBar:
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setRange(0, 100)
    bar.setValue(round(100 * part))
    bar.setAccessibleName(tr("Sent so far"))
    return bar
