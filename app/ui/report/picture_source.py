"""Where the picture comes from: the screen, a file, the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage

from app.capture.frame import Frame
from app.capture.picture import picture_frame
from app.capture.window_picture import WindowPictures
from app.errors import HelpdeskError
from app.report import Journey
from app.system.base import Window
from app.ui.background import CAPTURE, OCR
from app.ui.report.errands import Errands
from app.ui.report.services import Services
from app.ui.report.trigger import Trigger

TAKE = "take"
Taken = tuple[tuple[Frame, ...], tuple[QImage, ...]]


class PictureSource(QObject):
    """Gives frames together with their pixels for Qt; everything slow happens on a lane."""

    taken = Signal(object, object)
    """Frames, and a QImage for each."""
    hidden = Signal()
    """Our windows are gone; the picture is taken when the desktop has repainted itself."""
    failed = Signal(object)
    """HelpdeskError: why there is no picture."""

    def __init__(self, services: Services, journey: Journey, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._journey, self._errands = services, journey, errands
        self._window: Window | None = None
        self._only: Window | None = None
        self._trigger = Trigger(self)
        self._trigger.clear.connect(self._take)
        self._trigger.gone.connect(self.hidden)

    def capture(self, only: Window | None = None, *, from_menu: bool = False) -> None:
        """Hide our windows, wait until they are gone, and take every monitor, or `only` one window.

        The window in front is asked for first, before a change of ours moves the focus; the reading process starts
        at the same moment, so that it is warm when the picture is there.
        """
        self._only = only
        self._warm()
        delay = self._services.settings.settle_delay
        self._errands.run(
            "foreground",
            CAPTURE,
            self._services.system.foreground,
            lambda window: self._remember(window, delay, from_menu),
            lambda _: self._remember(None, delay, from_menu),
        )

    def open(self, path: Path) -> None:
        """Take a picture from a file."""
        self._warm()
        self._run(lambda: (self._journey.open_picture(path),))

    @Slot()
    def paste(self) -> None:
        """Take the picture that is on the clipboard."""
        image = QGuiApplication.clipboard().image()
        if image.isNull():
            self.failed.emit(
                HelpdeskError(
                    "There is no picture on the clipboard.",
                    "Press the Print Screen key or copy a picture, then paste again.",
                )
            )
            return
        self._warm()
        now = self._services.now()
        self._run(lambda: (picture_frame(png_of(image), "clipboard", now, "clipboard"),))

    def resume(self, draft: Callable[[], tuple[Frame, ...]]) -> None:
        """Take the pictures of a draft."""
        self._warm()
        self._run(draft)

    def stop(self) -> None:
        """Take no picture any more."""
        self._trigger.stop()
        self._errands.drop(TAKE)

    def restore(self) -> None:
        """Bring the windows back that were hidden for the picture."""
        self._trigger.restore()

    def _warm(self) -> None:
        # An engine that is missing says so when it is asked to read; a report works without text.
        self._errands.run("warm", OCR, self._services.reader.warm, lambda _: None, lambda _: None)

    def _remember(self, window: Window | None, delay: int, from_menu: bool) -> None:
        self._window = window
        self._trigger.pull(delay, from_menu=from_menu)

    @Slot()
    def _take(self) -> None:
        self._run(self._captured)

    def _captured(self) -> tuple[Frame, ...]:
        frames = self._journey.capture()
        if self._window is not None:
            self._journey.window = self._window
        if self._only is None:
            return frames
        return (WindowPictures(self._services.system, lambda: frames, self._services.now).take(self._only),)

    def _run(self, task: Callable[[], tuple[Frame, ...]]) -> None:
        def with_pixels() -> Taken:
            frames = task()
            return frames, tuple(pixels(frame) for frame in frames)

        self._errands.run(TAKE, CAPTURE, with_pixels, lambda taken: self.taken.emit(*taken), self.failed.emit)


def pixels(frame: Frame) -> QImage:
    """A frame's pixels for Qt."""
    width, height = frame.image.size
    data = frame.image.tobytes()
    return QImage(data, width, height, width * 3, QImage.Format.Format_RGB888).convertToFormat(
        QImage.Format.Format_RGB32
    )


def png_of(image: QImage) -> bytes:
    """A QImage as the bytes of a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub forgets devices
    return bytes(buffer.data().data())
