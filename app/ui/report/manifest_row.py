"""One thing that will be sent: a tick, what it is, its value, and who it comes from."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from app.protocol.tickets import Origin
from app.ui.language import tr
from app.ui.report.tick_box import TickBox
from app.ui.sheet import Chip
from app.ui.theme import SMALL, TARGET, TIGHT, Tone

LABEL_WIDTH = 150
THUMBNAIL = QSize(148, 88)
EDITOR_HEIGHT = 132


class ManifestRow(QFrame):
    """Tells when its tick or its text changed; a touch anywhere on it ticks it."""

    ticked = Signal(str, bool)
    edited = Signal(str, str)

    def __init__(self, item_id: str, origin: Origin, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.item_id = item_id
        self._origin = origin
        self._tick = TickBox()
        self._tick.toggled.connect(lambda on: self.ticked.emit(self.item_id, on))
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setProperty("part", "quiet")
        self._label.setFixedWidth(LABEL_WIDTH)
        self._chip = Chip()
        self._values = QVBoxLayout()
        self._values.setSpacing(TIGHT)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, TIGHT, SMALL, TIGHT)
        row.setSpacing(SMALL)
        row.addWidget(self._tick)
        row.addWidget(self._label)
        row.addLayout(self._values, 1)
        row.addWidget(self._chip, alignment=Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(TARGET)

    @property
    def origin_text(self) -> str:
        """Who the value comes from, as it is shown."""
        return self._chip.text()

    @property
    def is_ticked(self) -> bool:
        """Whether the thing is sent."""
        return self._tick.isChecked()

    @property
    def is_required(self) -> bool:
        """Whether the tick cannot be removed."""
        return not self._tick.isEnabled()

    def tick(self, on: bool) -> None:
        """Show whether the thing is sent, without telling anybody."""
        self._tick.blockSignals(True)
        self._tick.setChecked(on)
        self._tick.blockSignals(False)

    def require(self, required: bool) -> None:
        """A thing without which there is no report cannot be unticked."""
        self._tick.setEnabled(not required)
        self._tick.setToolTip(tr("There is no report without this.") if required else "")

    def come_from(self, origin: Origin) -> None:
        """Show who the value comes from; it changes when the employee rewords it."""
        self._origin = origin

    def name(self, label: str, value: str) -> None:
        """What the thing is called, in the language in use; screen readers hear the value with it."""
        self._label.setText(label)
        self._chip.say(origin_word(self._origin), origin_tone(self._origin))
        self._tick.setAccessibleName(tr("Send {thing}", thing=label))
        self._tick.setAccessibleDescription(f"{value} ({origin_word(self._origin)})")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._tick.click()

    def add_value(self, widget: QWidget) -> None:
        """Put the value beside the label."""
        self._values.addWidget(widget)


class LineRow(ManifestRow):
    """A value of one line or a few."""

    def __init__(self, item_id: str, origin: Origin, parent: QWidget | None = None) -> None:
        super().__init__(item_id, origin, parent)
        self._value = QLabel()
        self._value.setWordWrap(True)
        self._value.setTextFormat(Qt.TextFormat.PlainText)
        self._value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.add_value(self._value)

    def show_value(self, value: str) -> None:
        """Show another value."""
        self._value.setText(value)


class TextRow(ManifestRow):
    """Text that may be changed before it is sent."""

    def __init__(self, item_id: str, origin: Origin, parent: QWidget | None = None) -> None:
        super().__init__(item_id, origin, parent)
        self._editor = QPlainTextEdit()
        self._editor.setFixedHeight(EDITOR_HEIGHT)
        self._editor.setTabChangesFocus(True)
        self._editor.textChanged.connect(lambda: self.edited.emit(self.item_id, self._editor.toPlainText()))
        self.add_value(self._editor)

    def show_value(self, value: str) -> None:
        """Show another text; the same text leaves the cursor where it is."""
        if value != self._editor.toPlainText():
            self._editor.blockSignals(True)
            self._editor.setPlainText(value)
            self._editor.blockSignals(False)

    def name(self, label: str, value: str) -> None:
        super().name(label, value)
        self._editor.setAccessibleName(label)


class PictureRow(ManifestRow):
    """A picture as it will be sent."""

    def __init__(self, item_id: str, origin: Origin, parent: QWidget | None = None) -> None:
        super().__init__(item_id, origin, parent)
        self._thumbnail = QLabel()
        self._thumbnail.setFixedSize(THUMBNAIL)
        self._thumbnail.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._facts = QLabel()
        self._facts.setProperty("part", "small")
        self._facts.setWordWrap(True)
        self.add_value(self._thumbnail)
        self.add_value(self._facts)

    def show_picture(self, image: QImage) -> None:
        """Show the picture that was decoded from the bytes to be sent."""
        ratio = self.devicePixelRatioF()
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        small = QPixmap.fromImage(image.scaled(THUMBNAIL * ratio, keep, smooth))
        small.setDevicePixelRatio(ratio)
        self._thumbnail.setPixmap(small)

    def show_facts(self, facts: str) -> None:
        """Size in pixels and bytes."""
        self._facts.setText(facts)


def origin_word(origin: Origin) -> str:
    """Who a value comes from, as the employee sees it."""
    words = {
        Origin.EMPLOYEE: tr("You"),
        Origin.DEVICE: tr("This computer"),
        Origin.OCR: tr("Read from the picture"),
        Origin.RULE: tr("Rule"),
        Origin.AGENT: tr("IT"),
    }
    return words[origin]


def origin_tone(origin: Origin) -> Tone:
    """The colour of an origin; the word always stands in it."""
    tones = {Origin.EMPLOYEE: Tone.GOOD, Origin.OCR: Tone.ACCENT, Origin.RULE: Tone.WAITING}
    return tones.get(origin, Tone.QUIET)
