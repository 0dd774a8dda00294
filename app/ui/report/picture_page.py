"""The first page: the picture with everything drawn on it, and the answers beside it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QImage, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.capture.annotation import operations
from app.capture.annotation.document import Hide, Highlight, Unknown
from app.system.base import Rect
from app.system.fonts import letters_file
from app.ui.buttons import Button, IconButton
from app.ui.language import tr
from app.ui.messages import announce
from app.ui.report import picture_keys
from app.ui.report.answers import AnswersPanel
from app.ui.report.capture_menu import CaptureButton
from app.ui.report.footer import Footer
from app.ui.report.mark_strip import MarkStrip, described
from app.ui.report.monitor_strip import MonitorStrip
from app.ui.report.picture import Picture
from app.ui.report.picture_tools import PictureTools
from app.ui.report.picture_view import PictureView
from app.ui.report.tool import Style, Tool, restyled
from app.ui.report.zoom_view import STEP
from app.ui.theme import LARGE, MEDIUM, SMALL, TIGHT


class PicturePage(QWidget):
    """Keeps no decisions: it shows Pictures and tells what the employee drew."""

    edited = Signal(object, str, bool)
    """Document, gesture and whether it goes on with the one before, for the picture in view."""
    region_drawn = Signal(object)
    """Rect or None, for the picture in view."""
    hide_drawn = Signal(object)
    hide_all = Signal()
    """Hide everything that is proposed; look for it first where that was not done yet."""
    undone = Signal()
    redone = Signal()
    chosen = Signal(int)
    ticked = Signal(int, bool)
    removed = Signal()
    """The picture in view shall go."""
    cancelled = Signal()
    forward = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "page")
        self._pictures: tuple[Picture, ...] = ()
        self._images: tuple[QImage, ...] = ()
        self._shown = 0
        self._proposals: tuple[Rect, ...] = ()
        self.view = PictureView(letters_file())
        self.answers = AnswersPanel()
        self.tools = PictureTools()
        self.capture = CaptureButton()
        self.marks = MarkStrip()
        self.strip = MonitorStrip()
        self.private = Button("private", "hint")
        self._status = QLabel()
        self._status.setProperty("part", "quiet")
        self._status.setWordWrap(True)
        self._farther, self._fit, self._closer = (IconButton(each) for each in ("zoom-out", "fit", "zoom-in"))
        self._cancel = Button(part="link")
        self.go_on = Button("next", "primary")
        self._lay_out()
        self.view.ink_style = self.tools.style_in_use
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        frame = QFrame()
        frame.setProperty("part", "panel")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.view)
        self._above, self._below = QWidget(), QWidget()
        above = QHBoxLayout(self._above)
        above.setContentsMargins(0, 0, 0, 0)
        above.setSpacing(TIGHT)
        above.addWidget(self.tools, 1)
        above.addWidget(self.capture)
        below = QHBoxLayout(self._below)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(TIGHT)
        below.addWidget(self._status, 1)
        for each in (self.private, self._farther, self._fit, self._closer):
            below.addWidget(each)
        left = QVBoxLayout()
        left.setSpacing(SMALL)
        left.addWidget(self._above)
        left.addWidget(frame, 1)
        left.addWidget(self._below)
        left.addWidget(self.marks)
        left.addWidget(self.strip)
        self._body = QHBoxLayout()
        self._body.setContentsMargins(LARGE, MEDIUM, LARGE, MEDIUM)
        self._body.setSpacing(LARGE)
        self._body.addLayout(left, 1)
        self._body.addWidget(self.answers)
        footer = Footer()
        footer.add_left(self._cancel)
        footer.add_right(self.go_on)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._body, 1)
        column.addWidget(footer)

    def _connect(self) -> None:
        self.view.edited.connect(self.edited)
        self.view.hide_wanted.connect(self.hide_drawn)
        self.view.selected.connect(self._selected)
        self.view.tool_wanted.connect(self.use)
        self.view.accepted.connect(self.go_on.setFocus)
        self.view.monitor_asked.connect(self._digit)
        self.view.zoomed.connect(self._word_status)
        self.tools.chosen.connect(self.use)
        self.tools.styled.connect(self._restyle)
        self.tools.undo.connect(self.undone)
        self.tools.redo.connect(self.redone)
        self.tools.whole.connect(lambda: self.region_drawn.emit(None))
        self.tools.done.connect(self._done)
        self.private.clicked.connect(self.hide_all)
        self._closer.clicked.connect(lambda: self.view.zoom_by(STEP))
        self._farther.clicked.connect(lambda: self.view.zoom_by(1 / STEP))
        self._fit.clicked.connect(self.view.fit)
        self.marks.picked.connect(self.view.select)
        self.marks.edit.connect(self._edit)
        self.marks.delete.connect(self._delete)
        self.marks.raised.connect(self._raise)
        self.strip.chosen.connect(self.chosen)
        self.strip.ticked.connect(self.ticked)
        self.strip.removed.connect(self.removed)
        self.answers.article_shown.connect(self._widen)
        self._cancel.clicked.connect(self.cancelled)
        self.go_on.clicked.connect(self._forward)
        QShortcut(QKeySequence.StandardKey.Undo, self, self.undone.emit)
        for keys in dict.fromkeys(("Ctrl+Y", "Ctrl+Shift+Z")):
            QShortcut(QKeySequence(keys), self, self.redone.emit)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):  # as on the page that follows
            QShortcut(QKeySequence(keys), self, self.go_on.click)

    # What is shown

    def show_pictures(self, pictures: Sequence[Picture], images: Sequence[QImage], shown: int) -> None:
        """Begin with these frames (`images` are their pixels) and look at one of them."""
        self._pictures, self._images = tuple(pictures), tuple(images)
        sent, steps = [each.is_sent for each in pictures], [each.step for each in pictures]
        self.strip.show_monitors(self._images, shown, sent, steps)
        self._look_at(shown)
        self.view.setFocus()

    @property
    def images(self) -> tuple[QImage, ...]:
        """The pixels of the pictures."""
        return self._images

    @property
    def found(self) -> Rect | None:
        """The dialog that is offered as a region on the picture in view."""
        return self._pictures[self._shown].found if self._pictures else None

    def update_pictures(self, pictures: Sequence[Picture], shown: int) -> None:
        """Show what became of the pictures, and perhaps another one of them."""
        self._pictures = tuple(pictures)
        for number, picture in enumerate(self._pictures):
            self.strip.tick(number, picture.is_sent)
        if shown != self._shown:
            self._look_at(shown)
        else:
            self._show_marks()

    def propose(self, areas: Sequence[Rect]) -> None:
        """Show what looks private on the picture in view."""
        before, self._proposals = self._proposals, tuple(areas)
        if self._pictures and before != self._proposals:
            self._show_marks()
            if areas:
                announce(self, self.private.text())

    def forget(self) -> None:
        """Let go of the pictures."""
        self._pictures, self._images = (), ()
        self.view.show_picture(QImage())
        self.strip.show_monitors((), 0, ())

    def _look_at(self, shown: int) -> None:
        self._shown, self._proposals = shown, ()
        self.strip.choose(shown)
        self.view.show_picture(self._images[shown])
        self._show_marks()

    def _show_marks(self) -> None:
        picture = self._pictures[self._shown]
        self.view.show_document(picture.document, picture.found, self._proposals)
        self.marks.show_marks(picture.document, self.view.chosen)
        self._word_status()

    # What is done

    def use(self, tool: Tool) -> None:
        """Draw with another tool from now on."""
        self.view.use(tool)
        self.tools.show_tool(tool)
        self.view.setFocus()
        self._word_status()

    def _selected(self, mark_id: UUID | None) -> None:
        self.marks.show_marks(self.view.document, mark_id)
        mark = next((each for each in self.view.document.marks if each.id == mark_id), None)
        styled = mark is not None and not isinstance(mark, Hide | Highlight | Unknown)
        self.tools.show_style(Style(mark.colour, mark.weight) if mark is not None and styled else self.view.ink_style)
        if mark is not None:
            announce(self, described(mark, self.view.document))

    def _restyle(self, style: Style) -> None:
        self.view.ink_style = style
        if self.view.chosen is not None:
            document = operations.change(self.view.document, self.view.chosen, lambda mark: restyled(mark, style))
            self.view.commit(document, "style")

    def _edit(self, mark_id: UUID) -> None:
        self.view.select(mark_id)
        self.view.edit_chosen()

    def _delete(self, mark_id: UUID) -> None:
        self.view.select(mark_id)
        picture_keys.delete(self.view)

    def _raise(self, mark_id: UUID, by: int) -> None:
        document = self.view.document
        place = next(index for index, mark in enumerate(document.marks) if mark.id == mark_id)
        self.view.commit(operations.raise_to(document, mark_id, place + by), "order", mark_id)

    def _done(self) -> None:
        self.view.field.end()
        self.view.select(None)
        self.go_on.setFocus()

    def _forward(self) -> None:
        self.view.field.end()
        self.forward.emit()

    def _digit(self, number: int) -> None:
        if number < len(self._pictures):
            self.chosen.emit(number)

    # Room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widen(self.answers.is_reading_article)

    def _widen(self, article: bool) -> None:
        """Cards need a column; an article gets half of the window while it is read.

        Where the tools do not fit beside an article they are away as long as it is read: a window that grew beyond
        the screen would take the way to IT with it.
        """
        room = self.width()
        share = round(room * (0.5 if article else 0.3))
        left = room - 3 * LARGE - share
        fits = max(self._above.minimumSizeHint().width(), self._below.minimumSizeHint().width()) <= left
        shown = fits or not article
        if shown:
            self.answers.setFixedWidth(max(272, share))
        for row in (self._above, self._below):
            row.setVisible(shown)
        if not shown:
            self.answers.setFixedWidth(max(272, share))

    # Words

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._cancel.setText(tr("Cancel"))
        self.go_on.setText(tr("Ask IT"))
        self._farther.name(tr("Smaller"))
        self._fit.name(tr("Fit into the window"))
        self._closer.name(tr("Larger"))
        self.private.setToolTip(tr("Looks for card, phone and identity numbers, e-mail addresses, passwords and codes"))
        self.view.setAccessibleDescription(
            tr(
                "Letters choose a tool, Space places it, arrow keys move it, Ctrl and arrow keys size it, "
                "Tab goes from mark to mark, Delete removes one, Esc lets go. Digits choose the screen."
            )
        )
        self._word_status()

    def _word_status(self) -> None:
        if not self._pictures:
            return
        picture = self._pictures[self._shown]
        count = len(self._proposals)
        self.private.setText(tr("Hide all ({count})", count=count) if count else tr("Hide what looks private"))
        self.tools.can(undo=picture.can_undo, redo=picture.can_redo, whole=picture.region is not None)
        self._fit.setEnabled(not self.view.is_fitted)
        self._farther.setEnabled(not self.view.is_fitted)
        status = self._status_text(picture)
        if status != self._status.text():
            self._status.setText(status)
            announce(self, status)
        self.view.setAccessibleName(tr("Picture of screen {number}", number=self._shown + 1))

    def _status_text(self, picture: Picture) -> str:
        if self._proposals:
            return tr("Tap what shall be hidden, or hide all of it.")
        if self.view.tool is Tool.HIDE:
            return tr(
                "Draw over what nobody should see. Hidden areas are removed from the file and cannot be restored."
            )
        if not picture.is_sent:
            return tr("This picture is not sent.")
        if picture.step and picture.region is None:
            return tr("Step {number}: {title}", number=self._shown + 1, title=picture.step)
        region: Rect | None = picture.region
        if region is not None:
            return tr("Only this part is sent: {width} × {height} pixels.", width=region.width, height=region.height)
        if picture.found is not None:
            return tr("Tap the dashed box to send only the message, or draw around the problem.")
        return tr("Draw around the problem. The whole screen is sent.")
