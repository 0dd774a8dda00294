"""Where the employee answers: text and pictures, attached, pasted, dropped or taken from the screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QEvent, QIODevice, QMimeData, QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.errors import HelpdeskError
from app.ui.buttons import Button, IconButton
from app.ui.language import tr
from app.ui.reply import LARGEST, MOST, Enclosure
from app.ui.sheet import empty
from app.ui.theme import SMALL, TARGET, TIGHT
from app.ui.tickets.conversation import decoded

MOST_LINES = 6
PICTURE_NAMES = "*.png *.jpg *.jpeg *.bmp *.gif *.webp"


class ReplyText(QPlainTextEdit):
    """Grows with the text; takes pictures from the clipboard and from dropping too; Ctrl+Enter sends."""

    pictures_given = Signal(object)
    send_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        lines = max(1, min(MOST_LINES, round(self.document().size().height())))
        around = 2 * (SMALL + 2) + 2 * round(self.document().documentMargin()) + 2
        self.setFixedHeight(max(TARGET + 2, lines * self.fontMetrics().lineSpacing() + around))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasImage() or source.hasUrls() or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        files = [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]
        if files or source.hasImage():
            self.pictures_given.emit(files or [QImage(source.imageData())])
        else:
            super().insertFromMimeData(source)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.send_asked.emit()
        else:
            super().keyPressEvent(event)


class ReplyBox(QFrame):
    """Text, enclosed pictures as small previews, and Send."""

    sent = Signal(str, object)
    failed = Signal(object)
    screen_asked = Signal()
    edit_asked = Signal(object)
    """An Enclosure shall be seen in full, to mark or hide something on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "reply")
        self._enclosures: list[Enclosure] = []
        self._text = ReplyText()
        self._text.setTabChangesFocus(True)
        self._text.pictures_given.connect(self._add_given)
        self._text.send_asked.connect(self._send)
        self._text.textChanged.connect(self._enable)
        self._attach = IconButton("attach")
        self._attach.clicked.connect(self._choose_files)
        self._paste = IconButton("paste")
        self._paste.clicked.connect(self._paste_picture)
        self._take = IconButton("camera")
        self._take.clicked.connect(self.screen_asked)
        self._send_button = Button("send", "primary")
        self._send_button.clicked.connect(self._send)
        self._previews = QHBoxLayout()
        self._previews.setSpacing(SMALL)
        self._tray = QWidget()
        self._tray.setLayout(self._previews)
        self._previews.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.setSpacing(TIGHT)
        for button in (self._attach, self._paste, self._take):
            row.addWidget(button, alignment=Qt.AlignmentFlag.AlignBottom)
        row.addSpacing(TIGHT)
        row.addWidget(self._text, 1)
        row.addSpacing(TIGHT)
        row.addWidget(self._send_button, alignment=Qt.AlignmentFlag.AlignBottom)
        column = QVBoxLayout(self)
        column.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        column.setSpacing(SMALL)
        column.addWidget(self._tray)
        column.addLayout(row)
        self.setFocusProxy(self._text)
        self._show_previews()
        self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._text.setPlaceholderText(tr("Write a reply…"))
        self._text.setAccessibleName(tr("Your reply"))
        self._attach.name(tr("Attach a picture from a file"))
        self._paste.name(tr("Paste a picture from the clipboard"))
        self._take.name(tr("Take a picture of the screen as it is now"))
        self._send_button.setText(tr("Send"))
        self._send_button.setToolTip(QKeySequence("Ctrl+Return").toString(QKeySequence.SequenceFormat.NativeText))

    def offer_screen(self, *, possible: bool) -> None:
        """Whether a picture of the screen can be taken here."""
        self._take.setVisible(possible)

    def add_picture(self, image: QImage, name: str = "") -> None:
        """Enclose a picture; it is written as PNG without metadata."""
        content = png_of(image)
        if image.isNull() or not content:
            self.failed.emit(HelpdeskError("That is not a picture.", "Choose a PNG or JPEG file."))
        elif len(content) > LARGEST:
            self.failed.emit(HelpdeskError("The picture is too large to be sent.", "Cut out the part that matters."))
        elif len(self._enclosures) >= MOST:
            self.failed.emit(HelpdeskError("A reply can carry {count} pictures.", "Send another reply.", count=MOST))
        else:
            stem = Path(name).stem[:80] or f"picture-{len(self._enclosures) + 1}"
            self._enclosures.append(Enclosure(f"{stem}.png", "image/png", content))
            self._show_previews()

    def exchange(self, enclosure: Enclosure, content: bytes) -> None:
        """Send other bytes in the place of an enclosed picture; nothing happens when it was removed meanwhile."""
        self._enclosures = [replace(each, content=content) if each is enclosure else each for each in self._enclosures]
        self._show_previews()

    def clear(self) -> None:
        """Start afresh, after the reply is safe."""
        self._text.clear()
        self._enclosures.clear()
        self._show_previews()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to send."""
        return not self._text.toPlainText().strip() and not self._enclosures

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    @Slot()
    def _send(self) -> None:
        if not self.is_empty:
            self.sent.emit(self._text.toPlainText().strip(), tuple(self._enclosures))

    @Slot()
    def _enable(self) -> None:
        self._send_button.setEnabled(not self.is_empty)

    @Slot(object)
    def _add_given(self, given: list[object]) -> None:
        for each in given:
            if isinstance(each, QImage):
                self.add_picture(each)
            elif isinstance(each, Path):
                self._add_file(each)

    @Slot()
    def _paste_picture(self) -> None:
        self._add_given([QGuiApplication.clipboard().image()])

    @Slot()
    def _choose_files(self) -> None:
        dialog = QFileDialog(self, tr("Attach a picture from a file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter(f"{tr('Pictures')} ({PICTURE_NAMES})")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self._add_given([Path(name) for name in names]))
        dialog.open()

    def _add_file(self, path: Path) -> None:
        try:
            image = decoded(path.read_bytes()) if path.stat().st_size <= 4 * LARGEST else QImage()
        except OSError as error:
            reason = error.strerror or ""
            self.failed.emit(HelpdeskError("{name} cannot be read: {reason}", name=path.name, reason=reason))
        else:
            self.add_picture(image, path.name)

    def _remove(self, enclosure: Enclosure) -> None:
        self._enclosures = [each for each in self._enclosures if each is not enclosure]
        self._show_previews()
        self._text.setFocus()

    def _show_previews(self) -> None:
        empty(self._previews)
        for enclosure in self._enclosures:
            self._previews.addWidget(self._preview(enclosure))
        self._previews.addStretch()
        self._tray.setVisible(bool(self._enclosures))
        self._enable()

    def _preview(self, enclosure: Enclosure) -> QWidget:
        shown = QFrame()
        shown.setProperty("part", "card")
        row = QHBoxLayout(shown)
        row.setContentsMargins(TIGHT, TIGHT, 0, TIGHT)
        picture = Button(part="thumbnail")
        size = QSize(96, 56)
        small = decoded(enclosure.content).scaled(
            size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        picture.setIcon(QPixmap.fromImage(small))
        picture.setIconSize(small.size())
        picture.setFixedSize(size + QSize(8, 8))
        picture.setAutoDefault(True)  # Enter opens it, as Space does
        picture.setAccessibleName(tr("Picture: {name}", name=enclosure.name))
        picture.setToolTip(tr("Look at it, mark or hide something"))
        picture.setAccessibleDescription(picture.toolTip())
        picture.clicked.connect(lambda: self.edit_asked.emit(enclosure))
        remove = IconButton("close")
        remove.name(tr("Remove {name}", name=enclosure.name))
        remove.clicked.connect(lambda: self._remove(enclosure))
        row.addWidget(picture)
        row.addWidget(remove)
        return shown


def png_of(image: QImage) -> bytes:
    """The picture as PNG, pixels only; empty when that is not possible."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    for key in plain.textKeys():
        plain.setText(key, "")
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    written = plain.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs ask for bytes, the binding for str
    return bytes(held.data()) if written and not image.isNull() else b""
