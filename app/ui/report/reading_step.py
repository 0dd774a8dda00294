"""Reads the picture that matters and looks for answers, while the employee goes on.

What is known is kept here and not in the journey, whose latest reading may be one that an area was hidden from or
a region cut away from meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal, Slot

from app.capture.reading import Reading
from app.capture.redaction import visible
from app.report import Advice, Journey, Known, without_private
from app.system.base import Rect
from app.ui.background import NET, OCR
from app.ui.report.errands import Errands
from app.ui.report.picture import Picture

PAUSE = 400
"""Milliseconds a region must stay as it is before it is read: arrow keys change it many times a second."""
PATIENCE = 1_500
"""Milliseconds after which a reading nobody waits for is ended; before, starting the engine anew would take longer."""
READ, SUGGEST = "read", "suggest"


class ReadingStep(QObject):
    """Keeps what was read of each region; what is hidden is never passed on."""

    begun = Signal()
    """The answers known so far may no longer fit."""
    found = Signal(object)
    """Rect of the dialog that was found on the picture (pixels of the frame), or None."""
    advised = Signal(object)
    """Advice for what is visible of the picture."""
    unreadable = Signal(object)
    """HelpdeskError: there is no text."""
    unreached = Signal(object)
    """HelpdeskError: there is text, but nobody could be asked."""
    changed = Signal()
    """`known` is another one."""
    read = Signal(object, object)
    """Picture and Reading: all that was read of it, whatever is hidden."""

    def __init__(
        self, journey: Journey, errands: Errands, cancel: Callable[[], None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._journey, self._errands, self._cancel = journey, errands, cancel
        self._picture: Picture | None = None
        self.known = Known()
        self._readings: dict[tuple[int, Rect | None], Reading] = {}
        self._since = QElapsedTimer()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._read)

    def look(self, picture: Picture | None) -> None:
        """This is the picture that matters now, with its region and hidden areas."""
        before, self._picture = self._picture, picture
        if picture is None or (before is not None and key(before) == key(picture) and before.hidden == picture.hidden):
            return
        if before is not None and key(before) == key(picture) and self._pause.isActive():
            return
        self._errands.drop(SUGGEST)  # an early answer would tell what has been hidden meanwhile
        self._know(Known())
        self.begun.emit()
        if key(picture) in self._readings:
            self._pause.stop()
            self._errands.drop(READ)
            self._suggest(picture, self._readings[key(picture)])
        elif before is None:
            self._read()
        else:
            self._pause.start()

    def again(self) -> None:
        """Read once more after it failed."""
        if self._picture is not None:
            self.begun.emit()
            known = self._readings.get(key(self._picture))
            if known is not None:
                self._suggest(self._picture, known)
            else:
                self._read()

    def stop(self) -> None:
        """Nobody needs the text any more."""
        self._pause.stop()
        if self._errands.is_busy(READ):
            self._cancel()
        self._errands.drop(READ)
        self._errands.drop(SUGGEST)

    @Slot()
    def _read(self) -> None:
        picture = self._picture
        if picture is None:
            return
        if self._errands.is_busy(READ) and self._since.elapsed() > PATIENCE:
            self._cancel()
        self._since.start()

        def read(tell: Callable[[Reading], None]) -> Reading:
            return self._journey.read(picture.frame, picture.region, tell)

        def early(known: Reading) -> None:
            self._was_read_early(key(picture), known)

        self._errands.run_with_news(
            READ,
            OCR,
            read,
            early,
            lambda reading: self._was_read(key(picture), reading),
            self.unreadable.emit,
        )

    def _was_read(self, read: tuple[int, Rect | None], reading: Reading) -> None:
        self._readings[read] = reading
        picture = self._picture
        if picture is None or key(picture) != read:
            return
        self.read.emit(picture, reading)
        if picture.region is None:
            self.found.emit(reading.region if reading.is_dialog else None)
        picture = self._picture  # whoever heard of the text may have hidden some of it meanwhile
        if picture is not None and key(picture) == read:
            self._suggest(picture, reading)

    def _was_read_early(self, read: tuple[int, Rect | None], reading: Reading) -> None:
        """Answers for what is known already; that there are none yet is not worth telling."""
        picture = self._picture
        if picture is None or key(picture) != read or picture.hidden:
            return  # early readings are too coarse to tell what lies under a hidden area

        def advised(advice: Advice) -> None:
            if advice.suggestions:
                self._know(Known(reading, advice.signature))
                self.advised.emit(advice)

        self._errands.run(SUGGEST, NET, lambda: self._journey.suggest(reading), advised, lambda _: None)

    def _suggest(self, picture: Picture, reading: Reading) -> None:
        seen = visible(reading, picture.hidden, picture.frame.size, picture.frame.scale)
        if picture.hidden:
            seen = without_private(seen)
        self._know(Known(seen))

        def advised(advice: Advice) -> None:
            self._know(Known(seen, advice.signature))
            self.advised.emit(advice)

        self._errands.run(SUGGEST, NET, lambda: self._journey.suggest(seen), advised, self.unreached.emit)

    def _know(self, known: Known) -> None:
        """What the report may tell from now on; answers of older tasks change nothing any more."""
        if known != self.known:
            self.known = known
            self.changed.emit()


def key(picture: Picture) -> tuple[int, Rect | None]:
    """What decides the text of a picture: the frame and the region."""
    return picture.frame.serial, picture.region
