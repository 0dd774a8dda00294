"""Opens the report flow when it is asked for; nothing of it is imported before."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from app.errors import HelpdeskError
from app.protocol.announcements import Announcement, Severity
from app.ui.background import DISK, Background
from app.ui.capture_menu import Order, Way
from app.ui.report import start_report
from app.ui.services import Services

if TYPE_CHECKING:
    from app.capture.frame import Frame
    from app.capture.recorder import RecordedStep
    from app.ui.recording import Recording
    from app.ui.report.flow import ReportFlow
    from app.ui.report.picture_source import PictureSource
    from app.ui.report.spare import Spare


class Reports(QObject):
    """One report at a time; asking again while one is open brings it to the front."""

    delivery_wanted = Signal()
    failed = Signal(object)
    """HelpdeskError: something other than a report could not be done."""

    def __init__(
        self,
        services: Services,
        background: Background,
        announcements: Callable[[], Sequence[Announcement]] = tuple,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._announcements = announcements
        self._services = services
        self._background = background
        self._flow: ReportFlow | None = None
        self._source: PictureSource | None = None
        self._recording: Recording | None = None
        self._spare: Spare | None = None

    def keep_ready(self) -> None:
        """Load what a report needs and build its window, now that nobody waits for anything."""

        def loaded(_: None) -> None:
            from app.ui.report.spare import Spare

            if self._spare is None and self._flow is None:
                self._spare = Spare(self._background)
                self._spare.make()

        self._background.run(DISK, load_report, loaded, self.failed.emit)

    @property
    def flow(self) -> ReportFlow | None:
        """The report that is open, None when there is none."""
        return self._flow

    def begin(
        self,
        image: Path | None = None,
        *,
        from_menu: bool = False,
        order: Order | None = None,
        draft: UUID | None = None,
        steps: Sequence[RecordedStep] = (),
    ) -> None:
        """Take the picture, or open one from a file, and show the report; or one of recorded steps, or a draft."""
        if self._recording is not None and not steps:
            self._recording.stop()  # the bell was rung while recording: that is what to report
            return
        if order is not None and order.way is Way.STEPS:
            self.record()
            return
        flow = start_report(
            self._services,
            self._background,
            image=image,
            from_menu=from_menu,
            order=order,
            draft=draft,
            steps=steps,
            incidents=[each for each in self._announcements() if each.severity is Severity.INCIDENT],
        )
        if flow is not self._flow:
            self._flow = flow
            flow.finished.connect(self._ended)
            flow.delivery_wanted.connect(self.delivery_wanted)
            flow.steps_wanted.connect(self.record)

    @Slot()
    def record(self) -> None:
        """Record steps until the employee stops, then report them."""
        from app.system.pointer import source
        from app.ui.recording import Recording

        if self._recording is not None or (self._flow is not None and not self._flow.is_over):
            return
        self._recording = recording = Recording(self._services, self._background, source, self)
        recording.ended.connect(self._recorded)
        recording.failed.connect(self._not_recorded)
        recording.start()

    @property
    def recording(self) -> Recording | None:
        """The recording under way."""
        return self._recording

    def _recorded(self, steps: tuple[RecordedStep, ...]) -> None:
        self._drop_recording()
        if steps:
            self.begin(steps=steps)

    def _not_recorded(self, error: HelpdeskError) -> None:
        self._drop_recording()
        self.failed.emit(error)

    def _drop_recording(self) -> None:
        recording, self._recording = self._recording, None
        if recording is not None:
            recording.cancel()
            recording.indicator.deleteLater()
            recording.deleteLater()

    @Slot()
    def look_again(self) -> None:
        """The outbox has moved: an open report shows how far it is."""
        if self._flow is not None and not self._flow.is_over:
            self._flow.look_again()

    def picture(self, taken: Callable[[QImage], None], failed: Callable[[HelpdeskError], None]) -> None:
        """Take a picture of the monitor the employee works at, without our windows, which come back afterwards."""
        from app.ui.report.errands import Errands
        from app.ui.report.picture_source import PictureSource

        if self._source is not None:
            return
        journey = self._services.journey()
        source = PictureSource(self._services, journey, Errands(self._background), self)
        self._source = source

        def over() -> None:
            source.restore()
            source.deleteLater()
            self._source = None

        def done(frames: tuple[Frame, ...], images: tuple[QImage, ...]) -> None:
            over()
            default = journey.default_frame(frames)
            taken(next(image for frame, image in zip(frames, images, strict=True) if frame is default))

        def not_done(error: HelpdeskError) -> None:
            over()
            failed(error)

        source.taken.connect(done)
        source.failed.connect(not_done)
        source.asking.connect(source.ask)  # the window the picture was asked for in is in front
        source.capture()

    def close(self) -> None:
        """End what is open; a report that was not sent is gone."""
        self._drop_recording()
        if self._flow is not None and not self._flow.is_over:
            self._flow.cancel()
        if self._spare is not None:
            self._spare.close()

    @Slot()
    def _ended(self) -> None:
        self._flow = None


def load_report() -> None:
    """Import the modules of a report; on a lane, because it takes a while."""
    importlib.import_module("app.ui.report.flow")
