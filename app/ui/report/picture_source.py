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
from app.ui.background import CAPTURE, NET, OCR
from app.ui.report.errands import Errands
from app.ui.report.services import Services
from app.ui.report.trigger import Trigger

TAKE = "take"
Taken = tuple[tuple[Frame, ...], tuple[QImage, ...]]


class PictureSource(QObject):
    """Gives frames together with their pixels for Qt; everything slow happens on a lane."""

    taken = Signal(object, object)
    """Frames, and a QImage for each."""
    asking = Signal()
    """The desktop will ask the employee first; call `ask` with a window of ours in front."""
    hiding = Signal()
    """It is known which window is in front; ours are being hidden."""
    hidden = Signal()
    """Our windows are gone; the picture is taken when the desktop has repainted itself."""
    clear = Signal()
    """The desktop has repainted itself; the picture is taken now."""
    failed = Signal(object)
    """HelpdeskError: why there is no picture."""

    def __init__(self, services: Services, journey: Journey, errands: Errands, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._journey, self._errands = services, journey, errands
        self._only: Window | None = None
        self._from_menu = False
        self.desktop: tuple[Frame, ...] = ()
        """The monitors as they were without our windows, when they were taken last."""
        self._trigger = Trigger(self)
        self._trigger.clear.connect(self._take)
        self._trigger.gone.connect(self.hidden)

    def capture(self, only: Window | None = None, *, from_menu: bool = False) -> None:
        """Hide our windows, wait until they are gone, and take every monitor, or `only` one window.

        The window in front is asked for first, before a change of ours moves the focus; the reading process starts
        at the same moment, so that it is warm when the picture is there.
        """
        self._only = only
        self._from_menu = from_menu
        self._warm()
        delay = self._services.settings.settle_delay
        self._errands.run(
            "foreground",
            CAPTURE,
            self._look,
            lambda must_ask: self.asking.emit() if must_ask else self._pull(delay, from_menu),
            lambda _: self._pull(delay, from_menu),
        )

    def ask(self) -> None:
        """Let the desktop ask its question, then take the picture that was wanted."""

        def allowed(_: None) -> None:
            self.capture(self._only, from_menu=self._from_menu)

        self._errands.run("ask", CAPTURE, self._services.screen.ask, allowed, self.failed.emit)

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

    def _pull(self, delay: int, from_menu: bool) -> None:
        self.hiding.emit()
        self._trigger.pull(delay, from_menu=from_menu)
        self._errands.run("prepare", CAPTURE, self._prepare, lambda _: None, lambda _: None)

    def _look(self) -> bool:
        """Notice the window in front; whether the desktop has to ask first."""
        self._journey.notice()
        return self._services.screen.must_ask()

    def _prepare(self) -> None:
        if self._only is not None:
            WindowPictures(self._services.system, tuple, self._services.now).uncover(self._only)
        self._services.screen.prepare()

    @Slot()
    def _take(self) -> None:
        self.clear.emit()
        self._run(self._captured)

    def _captured(self) -> tuple[Frame, ...]:
        self.desktop = frames = self._journey.capture()
        if self._only is None:
            return frames
        self._journey.window = self._only  # that is what the report is about now
        return (WindowPictures(self._services.system, lambda: frames, self._services.now).take(self._only),)

    def _run(self, task: Callable[[], tuple[Frame, ...]]) -> None:
        def with_pixels() -> Taken:
            frames = task()
            return frames, tuple(pixels(frame) for frame in frames)

        self._errands.run(TAKE, CAPTURE, with_pixels, lambda taken: self.taken.emit(*taken), self.failed.emit)
        self._errands.run("release", CAPTURE, self._services.screen.release, lambda _: None, lambda _: None)

    def begin_context(self) -> None:
        """Look at the computer, now that the picture is on the screen: a dozen probes would hold it up."""
        self._errands.run("context", NET, self._journey.begin_context, lambda _: None, lambda _: None)


def pixels(frame: Frame) -> QImage:
    """A frame's pixels for Qt."""
    width, height = frame.image.size
    data = frame.bgrx if frame.bgrx is not None else frame.image.tobytes("raw", "BGRX")
    return QImage(data, width, height, width * 4, QImage.Format.Format_RGB32)


def png_of(image: QImage) -> bytes:
    """A QImage as the bytes of a PNG file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stub forgets devices
    return bytes(buffer.data().data())
