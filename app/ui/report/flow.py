"""One report from the click to the number: which page comes when, and what is done behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from shiboken6 import delete, isValid

from app.capture.drafts import Note
from app.capture.frame import Frame
from app.capture.judgement import Complaint
from app.capture.reading import Reading
from app.capture.recorder import RecordedStep
from app.errors import HelpdeskError
from app.protocol.announcements import Announcement
from app.report import Journey
from app.ui import messages
from app.ui.background import Background
from app.ui.capture_menu import Order
from app.ui.language import tr, translated
from app.ui.report.answering_step import AnsweringStep
from app.ui.report.checking_step import CheckingStep
from app.ui.report.dialogs import choose_picture
from app.ui.report.draft_step import DraftStep
from app.ui.report.editing_step import EditingStep
from app.ui.report.errands import Errands
from app.ui.report.gallery import Gallery
from app.ui.report.judging_step import JudgingStep
from app.ui.report.picture import Picture
from app.ui.report.picture_source import PictureSource
from app.ui.report.private_step import PrivateStep
from app.ui.report.reading_step import ReadingStep
from app.ui.report.sending_step import SendingStep
from app.ui.report.services import Services
from app.ui.report.spare import Spare
from app.ui.report.taking_step import TakingStep
from app.ui.report.window import ReportWindow, is_till
from app.ui.theme import Tone

SHOWN = 25
"""Milliseconds after which a window that appears has been painted, so that nothing competes with that."""


class ReportFlow(QObject):
    """Lives as long as its report; `finished` is the last thing it says."""

    finished = Signal()
    steps_wanted = Signal()
    """The employee would rather record steps; this report has ended."""
    delivery_wanted = Signal()
    """Something was put into the outbox, or somebody wants it sent now."""

    def __init__(
        self,
        services: Services,
        background: Background,
        *,
        quick: bool | None = None,
        incidents: Sequence[Announcement] = (),
    ) -> None:
        super().__init__(background)
        self._incidents = tuple(incidents)
        self._services = services
        self._spare = Spare.of(background)
        self._errands = Errands(background)
        self._quick = quick
        self.journey: Journey = services.journey()
        self._window: ReportWindow | None = None
        self.source = PictureSource(services, self.journey, self._errands, self)
        self.reading = ReadingStep(self.journey, self._errands, services.reader.cancel, self)
        self.sending = SendingStep(self.journey, self._errands, lambda: services.outbox, self)
        self.private = PrivateStep(
            self._read_closely, self._errands, at_once=services.settings.hide_private, parent=self
        )
        self.editing = EditingStep(self.private, self)
        self.judging = JudgingStep(services.screen, self._errands, self)
        self.judging.complained.connect(self._complain)
        self.taking = TakingStep(services, self.source, self._errands, self)
        self.drafting = DraftStep(lambda: services.drafts, background, self.journey.draft_id, self)
        self._is_saved = False
        self._ended = False
        self.source.taken.connect(self._taken)
        self.source.failed.connect(self._blocked)
        self.source.hidden.connect(self._build)
        self.source.asking.connect(self._asking)

    # Beginning

    def start(self, image: Path | None = None, *, from_menu: bool = False, order: Order | None = None) -> None:
        """Take the picture, or open one, and show the window when it is there."""
        if image is not None:
            self.source.open(image)
        elif order is not None:
            self.taking.take(order, self.window)
        else:
            self.source.capture(from_menu=from_menu)

    @property
    def window(self) -> ReportWindow:
        """The report's window; built when it is first asked for."""
        return self._have_window()

    def _have_window(self) -> ReportWindow:
        if self._window is None:
            ready = self._spare.take() if self._spare else None
            self._window = ready or ReportWindow()
            if ready is None:
                self._window.prepare()
            self.checking = CheckingStep(
                self._window,
                self.sending,
                self.editing,
                self.reading,
                has_server=bool(self._services.settings.server_url),
                parent=self,
            )
            self.checking.saved.connect(self._saved)
            self._connect_window()
            self._connect_picture_page()
            answers, check = self._window.picture.answers, self._window.check
            answers.show_incidents(self._incidents)
            check.show_incidents(self._incidents)
            answering = AnsweringStep(self.journey, self._errands, self.reading, answers, check, self)
            answering.solved.connect(self._solved)
            answering.delivery_wanted.connect(self.delivery_wanted)
        return self._window

    @Slot()
    def _build(self) -> None:
        """While the desktop repaints itself there is time to connect the window, and to build one if need be."""
        if not self._ended:
            self._have_window()

    @property
    def is_over(self) -> bool:
        """Whether it has said `finished`."""
        return self._ended

    def show(self) -> None:
        """Bring the window to the front, for whoever asked for a second report."""
        if self._window is not None and self._window.isVisible():
            self._window.raise_()
            self._window.activateWindow()

    def _connect_window(self) -> None:
        blocked = self.window.blocked
        blocked.asked.connect(self.source.ask)
        blocked.again.connect(self._capture_again)
        blocked.file_wanted.connect(self._choose_file)
        blocked.paste_wanted.connect(self.source.paste)
        blocked.without.connect(self.checking.check)
        blocked.cancelled.connect(self._leave)
        self.window.leave_asked.connect(self._leave)
        for page in (self.window.thanks, self.window.sent):
            page.closed.connect(self._end)
        self.window.check.cancelled.connect(self._leave)
        self.sending.delivery_wanted.connect(self.delivery_wanted)

    def _taken(self, frames: tuple[Frame, ...], images: tuple[QImage, ...]) -> None:
        page = self.window.picture
        is_first = not self.editing.gallery.pictures
        page.answers.show_reading()
        gallery = Gallery.of(frames, self.journey.default_frame(frames)).with_title_of(self.journey.window)
        gallery = self.drafting.resumed(self.taking.arranged(gallery))
        kept, before = self.editing.marked(), page.images
        gallery = gallery.beside([self.editing.gallery.pictures[number] for number in kept])
        self._begin_editing(gallery, (*(before[number] for number in kept), *images))
        self.window.turn_to(page)
        screen = QGuiApplication.primaryScreen().availableGeometry().size()
        self._show_private()
        if is_first and (is_till(screen) if self._quick is None else self._quick):
            self.checking.check()
        if not self.window.isVisible():
            self.window.appear()
        QTimer.singleShot(SHOWN, self, self._work)

    @Slot()
    def _work(self) -> None:
        """Everything that is done with the picture once it can be seen; reading first."""
        if self._ended:
            return
        self.reading.look(self.editing.gallery.read)
        self.private.watch([each for each in self.editing.gallery.pictures if each.is_sent])
        self._show_private()
        self._judge()
        self.source.begin_context()
        self.drafting.begin(self.editing.gallery)

    def _judge(self) -> None:
        self.judging.look(self.editing.gallery.pictures, self.journey.window)

    def _complain(self, complaint: Complaint) -> None:
        again = (tr("Take again"), self._capture_again)
        self.window.banner.offer(translated(complaint.value), (again, (tr("Open a picture"), self._choose_file)))

    @Slot()
    def _asking(self) -> None:
        """Before the first picture on a desktop that asks: it asks only for the window in front."""
        self.window.blocked.explain_question()
        self.window.turn_to(self.window.blocked)
        self.window.appear()

    def _blocked(self, error: HelpdeskError) -> None:
        self.window.blocked.explain(error)
        self.window.turn_to(self.window.blocked)
        if not self.window.isVisible():
            self.window.appear()

    def resume(self, draft_id: UUID) -> None:
        """Go on with a report that a crash has interrupted."""
        self.source.resume(lambda: self.drafting.open(draft_id))

    def show_steps(self, steps: Sequence[RecordedStep]) -> None:
        """Report recorded steps: a picture each, with its ring and its window's title."""
        notes = [Note(is_sent=True, step=step.title, title_bar=step.title_bar) for step in steps]
        self.drafting.take_over([step.document for step in steps], notes)
        frames = tuple(step.frame for step in steps)
        self.source.resume(lambda: frames)

    def _begin_editing(self, gallery: Gallery, images: tuple[QImage, ...]) -> None:
        self.editing.begin(gallery, images)
        if self.drafting.sentence:
            self.window.check.sentence.setPlainText(self.drafting.sentence)

    def _words(self) -> str:
        return self.window.check.words()

    def _record(self) -> None:
        self._end()
        self.steps_wanted.emit()

    def _capture_again(self) -> None:
        self.window.hide()
        self.source.capture()

    def _choose_file(self) -> None:
        choose_picture(self.window, self.source.open)

    # The picture and its answers

    def _connect_picture_page(self) -> None:
        page, reading = self.window.picture, self.reading
        self.editing.attach(page)
        self.editing.changed.connect(lambda: reading.look(self.editing.gallery.read))
        self.editing.changed.connect(lambda: self.drafting.keep(self.editing.gallery, self._words()))
        page.capture.wanted.connect(lambda order: self.taking.take(order, self.window))
        self.taking.file_wanted.connect(self._choose_file)
        self.taking.steps_wanted.connect(self._record)
        self.taking.called_off.connect(self._called_off)
        self.taking.failed.connect(lambda error: self.window.banner.error(error))
        page.forward.connect(self.checking.check)
        page.cancelled.connect(self._leave)
        reading.found.connect(self.editing.dialog_found)
        reading.read.connect(self.private.was_read)
        self.editing.removed.connect(self._offer_back)
        self.editing.changed.connect(self._pictures_changed)
        self.private.proposed.connect(self._show_private)
        self.private.looked.connect(self._show_private)
        self.private.nothing.connect(self._nothing_private)
        self.private.failed.connect(lambda error: self.window.banner.error(error))

    def _read_closely(self, picture: Picture) -> Reading:
        return self._services.reader.read(picture.frame.image, region=picture.document.visible())

    def _nothing_private(self) -> None:
        self.window.banner.notice(tr("Nothing private was found"), tr("Please look yourself, too."), Tone.GOOD)

    def _pictures_changed(self) -> None:
        self._judge()
        self.private.watch([each for each in self.editing.gallery.pictures if each.is_sent])
        self._show_private()
        self.checking.pictures_changed()

    @Slot()
    def _show_private(self) -> None:
        looking = self.private.is_looking([each for each in self.editing.gallery.pictures if each.is_sent])
        self.window.check.show_private(self.editing.proposed(), looking=looking)

    def _called_off(self) -> None:
        """Back to the picture there is; without any there is no report."""
        if self.editing.gallery.pictures:
            self.window.appear()
        else:
            self._end()

    def _offer_back(self, back: Callable[[], None]) -> None:
        self.window.banner.offer(
            tr("The picture is no longer in the report."), ((tr("Bring it back"), back),), Tone.ACCENT
        )

    def _solved(self) -> None:
        self.reading.stop()
        self._is_saved = True
        self.window.turn_to(self.window.thanks)

    # Checking and sending

    def look_again(self) -> None:
        """The outbox has moved: show it without waiting for the next look."""
        self.sending.look()

    def _saved(self) -> None:
        self._is_saved = True
        self.taking.remember(self.editing.gallery)
        self.drafting.discard()
        self.reading.stop()

    # Ending

    def _leave(self) -> None:
        """End, but ask first when something would be lost that took an effort."""
        effort = bool(self.window.check.words().strip()) or self.editing.gallery.has_marks
        if self._is_saved or not effort:
            self._end()
        else:
            messages.ask(
                self.window,
                tr("Discard this report?"),
                tr("Nothing was sent. The picture and your words will be gone."),
                tr("Discard"),
                self._end,
            )

    def cancel(self) -> None:
        """End at once, whatever is under way; windows that were hidden come back."""
        self._end()

    def _end(self) -> None:
        if self._ended:
            return
        self._ended = True
        self.source.stop()
        self.taking.stop()
        self.drafting.discard()
        self.reading.stop()
        self._errands.close()
        self.editing.forget()
        if self._window is not None:
            self._window.may_close = True
            self._window.close()
            self._window.forget()
        self.source.restore()
        self.finished.emit()
        # The timer holds both until they are deleted here: the garbage collector may run on any thread.
        QTimer.singleShot(0, lambda: bury(self._window, self))
        if self._spare is not None:
            self._spare.later()


def bury(window: ReportWindow | None, flow: ReportFlow) -> None:
    """Delete a report's window and the report, on the GUI thread and in this order."""
    for each in (window, flow):
        if each is not None and isValid(each):
            delete(each)
