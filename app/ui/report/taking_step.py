"""Takes the picture that was ordered: at once or after a countdown, of a screen, a window, a file or the clipboard."""

from __future__ import annotations

from PIL.Image import Image
from PySide6.QtCore import QObject, Signal, Slot

from app.capture.window_picture import WindowPictures
from app.errors import HelpdeskError
from app.system.base import Rect, Window
from app.ui.background import CAPTURE
from app.ui.capture_menu import Order, Way
from app.ui.countdown import Countdown
from app.ui.report.errands import Errands
from app.ui.report.gallery import Gallery
from app.ui.report.picture_source import PictureSource
from app.ui.report.services import Services
from app.ui.report.window import ReportWindow
from app.ui.report.window_chooser import WindowChooser


class LastPart:
    """The part that was sent last, while the program runs: its screen and its pixels."""

    screen_id: str = ""
    region: Rect | None = None


class TakingStep(QObject):
    """Carries out one Order at a time."""

    file_wanted = Signal()
    steps_wanted = Signal()
    called_off = Signal()
    """The countdown was stopped: there is no other picture."""
    failed = Signal(object)
    """HelpdeskError: there is no list of windows."""

    def __init__(
        self, services: Services, source: PictureSource, errands: Errands, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._services, self._source, self._errands = services, source, errands
        self._countdown: Countdown | None = None
        self._window: ReportWindow | None = None
        self.order = Order(Way.SCREEN)

    @Slot(object)
    def take(self, order: Order, window: ReportWindow | None = None) -> None:
        """Take what is ordered; `window` is hidden meanwhile."""
        self._window = window or self._window
        if order.way is Way.FILE:
            self.file_wanted.emit()
        elif order.way is Way.PASTE:
            self._source.paste()
        elif order.way is Way.STEPS:
            self.steps_wanted.emit()
        elif order.way is Way.WINDOW and order.window is None:
            self._list_windows()
        else:
            self.order = order
            self._begin(order)

    def stop(self) -> None:
        """Take nothing any more."""
        if self._countdown is not None:
            self._countdown.stop()
            self._countdown.deleteLater()
            self._countdown = None

    def arranged(self, gallery: Gallery) -> Gallery:
        """The pictures as the order wants them sent."""
        if self.order.way is Way.ALL_SCREENS:
            for number in range(len(gallery.pictures)):
                gallery = gallery.changed(lambda picture: picture.sent(), number)
        if self.order.way is Way.LAST_REGION and LastPart.region is not None:
            names = [picture.frame.screen_id for picture in gallery.pictures]
            if LastPart.screen_id in names:
                number, region = names.index(LastPart.screen_id), LastPart.region
                gallery = gallery.looking_at(number)
                gallery = gallery.changed(lambda picture: picture.with_region(region).sent(), number)
        return gallery

    def remember(self, gallery: Gallery) -> None:
        """Keep the part that was sent for the next time."""
        picture = gallery.read
        if picture is not None and picture.region is not None:
            LastPart.screen_id, LastPart.region = picture.frame.screen_id, picture.region

    def _begin(self, order: Order) -> None:
        if self._window is not None:
            self._window.hide()
        if order.delay:
            self.stop()
            self._countdown = Countdown()
            self._countdown.over.connect(self._now)
            self._countdown.called_off.connect(self.called_off)
            self._countdown.start(order.delay)
        else:
            self._now()

    @Slot()
    def _now(self) -> None:
        self._source.capture(self.order.window)

    def _list_windows(self) -> None:
        system, screen, now = self._services.system, self._services.screen, self._services.now
        clean = self._source.desktop  # the screen now would show our own window above the others

        def listed() -> tuple[tuple[Window, ...], tuple[Image | None, ...]]:
            pictures = WindowPictures(system, (lambda: clean) if clean else screen.capture, now)
            windows = tuple(window for window in pictures.listed() if window.title)
            return windows, pictures.thumbnails(windows) if windows else ()

        self._errands.run("windows", CAPTURE, listed, lambda found: self._choose(*found), self._cannot_list)

    def _choose(self, windows: tuple[Window, ...], pictures: tuple[Image | None, ...]) -> None:
        if self._window is None:
            return
        chooser = WindowChooser(windows, pictures, self._window)
        chooser.chosen.connect(lambda window: self.take(Order(Way.WINDOW, window=window)))
        chooser.open()

    def _cannot_list(self, error: HelpdeskError) -> None:
        self.failed.emit(error)
