"""Marking and hiding on a picture that goes with a reply, with the tools of a report."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QFrame, QLabel, QVBoxLayout, QWidget

from app.capture.annotation import operations
from app.capture.annotation.document import Document
from app.capture.picture import picture_frame
from app.errors import HelpdeskError
from app.system.base import Rect
from app.system.fonts import letters_file
from app.ui import messages
from app.ui.background import CAPTURE
from app.ui.buttons import Button
from app.ui.desk import Desk
from app.ui.language import tr
from app.ui.placement import screen_of
from app.ui.reply import Enclosure
from app.ui.report.footer import Footer
from app.ui.report.picture import Picture
from app.ui.report.picture_tools import PictureTools
from app.ui.report.picture_view import PictureView
from app.ui.report.tool import Style, Tool, restyled
from app.ui.theme import LARGE, MEDIUM, SMALL
from app.ui.tickets.conversation import decoded


class EnclosureEditor(QDialog):
    """Shows a picture as large as the screen allows; what is hidden here is gone from the file that is sent."""

    drawn = Signal(bytes)
    """The picture as it shall be sent, as PNG."""

    def __init__(self, desk: Desk, enclosure: Enclosure, parent: QWidget | None = None) -> None:
        """Raises HelpdeskError when the picture cannot be read."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("part", "page")
        self._desk = desk
        self._is_busy = False
        frame = picture_frame(enclosure.content, enclosure.name, desk.services.now(), "reply")
        self.picture = Picture.of(frame, is_sent=True)
        self.view = PictureView(letters_file())
        self.tools = PictureTools()
        self._banner = messages.Banner()
        self._hint = QLabel()
        self._hint.setProperty("part", "quiet")
        self._hint.setWordWrap(True)
        self._cancel = Button(part="link")
        self.use_it = Button("check", "primary")
        self._lay_out()
        self._connect()
        self.view.show_picture(decoded(enclosure.content))
        self._show()
        self.retranslate()
        screen = screen_of(parent or self).availableGeometry()
        self.resize(screen.size() * 0.9)
        self.view.setFocus()

    def _lay_out(self) -> None:
        frame = QFrame()
        frame.setProperty("part", "panel")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.view)
        body = QVBoxLayout()
        body.setContentsMargins(LARGE, MEDIUM, LARGE, MEDIUM)
        body.setSpacing(SMALL)
        body.addWidget(self._banner)
        body.addWidget(self.tools)
        body.addWidget(frame, 1)
        body.addWidget(self._hint)
        footer = Footer()
        footer.add_left(self._cancel)
        footer.add_right(self.use_it)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(footer)

    def _connect(self) -> None:
        self.view.edited.connect(self._edited)
        self.view.tool_wanted.connect(self.use)
        self.view.accepted.connect(self.use_it.setFocus)
        self.tools.chosen.connect(self.use)
        self.tools.styled.connect(self._restyle)
        self.tools.undo.connect(lambda: self._change(Picture.undone))
        self.tools.redo.connect(lambda: self._change(Picture.redone))
        self.tools.whole.connect(lambda: self._change(lambda picture: picture.with_region(None)))
        self.tools.done.connect(self.use_it.setFocus)
        self._cancel.clicked.connect(self.close)
        self.use_it.clicked.connect(self._finish)
        QShortcut(QKeySequence.StandardKey.Undo, self, lambda: self._change(Picture.undone))
        for keys in ("Ctrl+Y", "Ctrl+Shift+Z"):
            QShortcut(QKeySequence(keys), self, lambda: self._change(Picture.redone))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.use_it.click)

    # What is done

    def use(self, tool: Tool) -> None:
        """Draw with another tool from now on."""
        self.view.use(tool)
        self.tools.show_tool(tool)
        self.view.setFocus()
        self._word()

    def _edited(self, document: Document, label: str, merge: bool) -> None:
        self._change(lambda picture: picture.edited(document, label, merge=merge))

    def _change(self, how: Callable[[Picture], Picture]) -> None:
        self.picture = how(self.picture)
        self._show()

    def _restyle(self, style: Style) -> None:
        self.view.ink_style = style
        if self.view.chosen is not None:
            document = operations.change(self.view.document, self.view.chosen, lambda mark: restyled(mark, style))
            self.view.commit(document, "style")

    def _finish(self) -> None:
        self.view.field.end()
        if not self.picture.is_marked:
            self.close()
            return
        self._occupy(True)
        picture = self.picture
        self._desk.background.run(CAPTURE, lambda: picture.png(letters_file()), self._sealed, self._failed)

    def _sealed(self, content: bytes) -> None:
        self._occupy(False)
        self.drawn.emit(content)
        self.close()

    def _failed(self, error: HelpdeskError) -> None:
        self._occupy(False)
        self._banner.error(error)

    def _occupy(self, busy: bool) -> None:
        """While the picture is drawn into the file there is nothing to press, and somebody has to receive it."""
        self._is_busy = busy
        self.setEnabled(not busy)

    def reject(self) -> None:
        if not self._is_busy:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_busy:
            event.ignore()
        else:
            super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    # What is shown

    def _show(self) -> None:
        picture = self.picture
        nothing: tuple[Rect, ...] = ()
        self.view.show_document(picture.document, None, nothing)
        self.tools.can(undo=picture.can_undo, redo=picture.can_redo, whole=picture.region is not None)

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self.setWindowTitle(tr("Mark or hide something"))
        self._cancel.setText(tr("Cancel"))
        self.use_it.setText(tr("Use this picture"))
        self.view.setAccessibleName(tr("Picture"))
        self._word()

    def _word(self) -> None:
        hiding = self.view.tool is Tool.HIDE
        told = tr("Draw over what nobody should see. Hidden areas are removed from the file and cannot be restored.")
        self._hint.setText(told if hiding else tr("Exactly this picture goes with your reply."))
