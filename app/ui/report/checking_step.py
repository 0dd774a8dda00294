"""The page on which the report is looked through, from the first look to the page that says it was sent."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.errors import HelpdeskError
from app.ui.language import tr
from app.ui.report.dialogs import choose_folder
from app.ui.report.editing_step import EditingStep
from app.ui.report.reading_step import ReadingStep
from app.ui.report.sending_step import SendingStep
from app.ui.report.window import ReportWindow


class CheckingStep(QObject):
    """Stands between the sending and the two pages that show it."""

    saved = Signal()
    """The report is durable; the window says so next."""

    def __init__(
        self,
        window: ReportWindow,
        sending: SendingStep,
        editing: EditingStep,
        reading: ReadingStep,
        *,
        has_server: bool,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._window, self._sending, self._editing, self._reading = window, sending, editing, reading
        self._has_server = has_server
        self._connect_page()
        sending.prepared.connect(window.check.show_manifest)
        sending.not_prepared.connect(lambda error: window.banner.error(error, self.check))
        sending.saved.connect(self._saved)
        sending.not_saved.connect(self._not_saved)
        sending.exported.connect(self._exported)
        sending.moved.connect(window.sent.follow)
        window.sent.again.connect(sending.try_again)
        reading.changed.connect(self._learn)

    def _connect_page(self) -> None:
        page, sending = self._window.check, self._sending
        page.said.connect(sending.say)
        page.ticked.connect(sending.tick)
        page.edited.connect(sending.word)
        page.back.connect(self.back)
        page.hide_private.connect(self._editing.hide_everywhere)
        page.send.connect(self._send)
        page.export.connect(lambda: choose_folder(self._window, sending.export))
        sending.preparing.connect(page.show_nothing)

    @Slot()
    def check(self) -> None:
        """Show the page, and put together what it shows."""
        self._window.turn_to(self._window.check)
        self._prepare()
        self._window.check.sentence.setFocus()

    def pictures_changed(self) -> None:
        """What was put together before must not leave when something was hidden meanwhile."""
        if self._is_shown:
            self._prepare()

    def back(self) -> None:
        """To the picture, or to where one can be had."""
        self._window.turn_to(self._window.picture if self._editing.gallery.pictures else self._window.blocked)

    @property
    def _is_shown(self) -> bool:
        return self._window.page is self._window.check

    def _prepare(self) -> None:
        self._sending.prepare(self._editing.gallery.pictures, self._reading.known)

    def _learn(self) -> None:
        if self._is_shown:
            self._sending.learn(self._reading.known)

    def _send(self) -> None:
        self._window.check.show_busy(True)
        self._sending.save()

    def _saved(self) -> None:
        self.saved.emit()
        self._window.check.show_busy(False)
        self._window.sent.expect(server=self._has_server)
        self._window.sent.follow(None)
        self._window.turn_to(self._window.sent)

    def _not_saved(self, error: HelpdeskError) -> None:
        self._window.check.show_busy(False)
        self._window.check.offer_export(True)
        self._window.banner.error(error, self._send)

    def _exported(self, folder: Path) -> None:
        self._window.banner.notice(
            tr("The report is in a folder"), tr("Bring it to IT on a memory stick: {folder}", folder=folder)
        )
