"""The first page: the picture, what part of it is sent, and the answers beside it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QImage, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.system.base import Rect
from app.ui.buttons import Button
from app.ui.language import tr
from app.ui.messages import announce
from app.ui.report.answers import AnswersPanel
from app.ui.report.footer import Footer
from app.ui.report.monitor_strip import MonitorStrip
from app.ui.report.picture import Picture
from app.ui.report.picture_tools import PictureTools
from app.ui.report.picture_view import PictureView, Tool
from app.ui.report.zoom_view import STEP
from app.ui.theme import LARGE, MEDIUM, SMALL


class PicturePage(QWidget):
    """Keeps no decisions: it shows Pictures and tells what the employee drew."""

    region_drawn = Signal(object)
    """Rect or None, for the picture in view."""
    hide_drawn = Signal(object)
    hide_clicked = Signal(int)
    undone = Signal()
    chosen = Signal(int)
    ticked = Signal(int, bool)
    cancelled = Signal()
    forward = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "page")
        self._pictures: tuple[Picture, ...] = ()
        self._images: tuple[QImage, ...] = ()
        self._shown = 0
        self.view = PictureView()
        self.answers = AnswersPanel()
        self.tools = PictureTools()
        self.strip = MonitorStrip()
        self._status = QLabel()
        self._status.setProperty("part", "quiet")
        self._status.setWordWrap(True)
        self._cancel = Button(part="link")
        self.go_on = Button("next", "primary")
        self._lay_out()
        self._connect()
        self.retranslate()

    def _lay_out(self) -> None:
        frame = QFrame()
        frame.setProperty("part", "panel")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.view)
        left = QVBoxLayout()
        left.setSpacing(SMALL)
        left.addWidget(self.tools)
        left.addWidget(frame, 1)
        left.addWidget(self._status)
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
        self.view.region_drawn.connect(self.region_drawn)
        self.view.hide_drawn.connect(self.hide_drawn)
        self.view.hide_clicked.connect(self.hide_clicked)
        self.view.accepted.connect(self.go_on.setFocus)
        self.view.monitor_asked.connect(self._digit)
        self.view.zoomed.connect(self._word_status)
        self.tools.chosen.connect(self._use)
        self.tools.undo.connect(self.undone)
        self.tools.whole.connect(lambda: self.region_drawn.emit(None))
        self.tools.closer.connect(lambda: self.view.zoom_by(STEP))
        self.tools.farther.connect(lambda: self.view.zoom_by(1 / STEP))
        self.tools.fitted.connect(self.view.fit)
        self.strip.chosen.connect(self.chosen)
        self.strip.ticked.connect(self.ticked)
        self.answers.article_shown.connect(self._widen)
        self._cancel.clicked.connect(self.cancelled)
        self.go_on.clicked.connect(self.forward)
        QShortcut(QKeySequence.StandardKey.Undo, self, self.undone.emit)

    # What is shown

    def show_pictures(self, pictures: Sequence[Picture], images: Sequence[QImage], shown: int) -> None:
        """Begin with these frames (`images` are their pixels) and look at one of them."""
        self._pictures, self._images = tuple(pictures), tuple(images)
        self.strip.show_monitors(self._images, shown, [picture.is_sent for picture in pictures])
        self._look_at(shown)
        self.view.setFocus()

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

    def forget(self) -> None:
        """Let go of the pictures."""
        self._pictures, self._images = (), ()
        self.view.show_picture(QImage())
        self.strip.show_monitors((), 0, ())

    def _look_at(self, shown: int) -> None:
        self._shown = shown
        self.strip.choose(shown)
        self.view.show_picture(self._images[shown])
        self._show_marks()

    def _show_marks(self) -> None:
        picture = self._pictures[self._shown]
        self.view.show_marks(picture.region, picture.found, picture.filled)
        self._word_status()

    def _use(self, tool: Tool) -> None:
        self.view.use(tool)
        self.view.setFocus()
        self._word_status()

    def _digit(self, number: int) -> None:
        if number < len(self._pictures):
            self.chosen.emit(number)

    # Room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._widen(self.answers.is_reading_article)

    def _widen(self, article: bool) -> None:
        """Cards need a column; an article gets half of the window while it is read."""
        room = self.width()
        self.answers.setFixedWidth(max(340, round(room * (0.5 if article else 0.31))))

    # Words

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._cancel.setText(tr("Cancel"))
        self.go_on.setText(tr("Ask IT"))
        self.view.setAccessibleDescription(
            tr(
                "Arrow keys place a part, Ctrl and arrow keys size it, Enter takes it, Esc clears it. "
                "Digits choose the screen."
            )
        )
        self._word_status()

    def _word_status(self) -> None:
        if not self._pictures:
            return
        picture = self._pictures[self._shown]
        self.tools.can(undo=picture.can_undo, whole=picture.region is not None, fit=not self.view.is_fitted)
        status = self._status_text(picture)
        if status != self._status.text():
            self._status.setText(status)
            announce(self, status)
        self.view.setAccessibleName(tr("Picture of screen {number}", number=self._shown + 1))

    def _status_text(self, picture: Picture) -> str:
        if self.view.tool is Tool.HIDE:
            return tr(
                "Draw over what nobody should see. Hidden areas are removed from the file and cannot be restored."
            )
        if not picture.is_sent:
            return tr("This screen is not sent.")
        region: Rect | None = picture.region
        if region is not None:
            return tr("Only this part is sent: {width} × {height} pixels.", width=region.width, height=region.height)
        if picture.found is not None:
            return tr("The whole screen is sent. Tap the dashed box to send only the message, or draw a part yourself.")
        return tr("The whole screen is sent. Draw over the picture to send only a part of it.")
