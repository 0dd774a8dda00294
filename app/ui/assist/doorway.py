"""Where remote assistance meets the rest of the client; nothing of it is loaded before somebody comes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from PySide6.QtCore import QObject, Slot

from app.errors import HelpdeskError
from app.system.hotkey import Combination
from app.ui import messages
from app.ui.background import DISK
from app.ui.desk import Desk
from app.ui.language import error_texts, tr
from app.ui.single_instance import Command, Request
from app.ui.tray import Tray

if TYPE_CHECKING:
    from app.assist.ledger import Visit
    from app.ui.assist.brakes import Brakes
    from app.ui.assist.history import HistoryWindow
    from app.ui.assist.reception import Reception


class Doorway(QObject):
    """Lets agents in, lets the employee throw them out, and shows who was there."""

    def __init__(self, desk: Desk, tray: Tray, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._tray = tray
        self._reception: Reception | None = None
        self._brakes: Brakes | None = None
        self._history: HistoryWindow | None = None
        tray.stop_asked.connect(self.stop)
        tray.history_asked.connect(self.show_history)

    @property
    def reception(self) -> Reception:
        """Built when the first agent comes."""
        if self._reception is None:
            from app.ui.assist.reception import Reception

            self._reception = Reception(self._desk, self)
            self._reception.changed.connect(self._looked_at)
            self._reception.trouble.connect(self._trouble)
            self._reception.missed.connect(self._missed)
            self._reception.resumed.connect(self._resumed)
            self._reception.history_asked.connect(self.show_history)
        return self._reception

    def start(self) -> None:
        """Settle what an earlier run has left behind, where there was ever a session."""
        if self._desk.has_server and self._desk.services.paths.assist.exists():
            self.reception.start()

    @Slot(object)
    def heard(self, session: UUID) -> None:
        """The feed tells of a session."""
        self.reception.heard(session)

    @Slot()
    def stop(self) -> None:
        """Nobody sees anything any more."""
        if self._reception is not None:
            self._reception.stop()

    def use_stop_keys(self, text: str) -> None:
        """Other keys end the sessions from now on. Raises HelpdeskError when no program may have them."""
        self.reception.stop_keys = Combination.parse(text)

    def close(self) -> None:
        """The program ends: returns when nothing is captured any more."""
        if self._reception is not None:
            self._reception.close()
        if self._brakes is not None:
            self._brakes.release()

    @Slot()
    def show_history(self) -> None:
        """Show who has looked at this screen."""
        if self._history is None:
            from app.ui.assist.history import HistoryWindow

            self._history = HistoryWindow()
            self._history.export_asked.connect(self._export)
        self._history.show()
        self._history.raise_()
        self._history.activateWindow()
        self._read_history()

    def _read_history(self) -> None:
        def read() -> tuple[Visit, ...]:
            # Asking must not make a record where there never was a session.
            is_there = self._desk.services.paths.assist.exists()
            return self._desk.services.assist_ledger.visits() if is_there else ()

        self._desk.background.run(DISK, read, self._history_read, self._trouble)

    def _history_read(self, visits: tuple[Visit, ...]) -> None:
        if self._history is not None:
            self._history.show_visits(visits)

    @Slot(str)
    def _export(self, name: str) -> None:
        ledger = self._desk.services.assist_ledger

        def write() -> None:
            from app.helpdesk.durable import write_file

            write_file(Path(name), ledger.export().encode())

        self._desk.background.run(DISK, write, lambda _: None, lambda error: messages.show_error(self._history, error))

    @Slot()
    def _looked_at(self) -> None:
        """The stop keys and the tray's entry exist exactly as long as somebody asks or looks."""
        reception = self._reception
        if reception is None:
            return
        self._tray.show_looking(reception.is_busy)
        if reception.visit is not None and self._brakes is None:
            from app.ui.assist.brakes import Brakes

            self._brakes = Brakes(self, wanted=reception.stop_keys)
            self._brakes.pressed.connect(reception.stop)
            self._brakes.left.connect(reception.lock)
            if not self._brakes.engage():
                title = tr("Another program has the keys that stop remote assistance")
                hint = tr("Use Stop on the strip at the top of the screen, or in the bell's menu.")
                self._tray.notify(title, hint, Request(Command.OPEN))
        elif not reception.is_busy and self._brakes is not None:
            self._brakes.release()
            self._brakes.deleteLater()
            self._brakes = None
        if not reception.is_busy and self._history is not None and self._history.isVisible():
            self._read_history()

    @Slot(object)
    def _trouble(self, error: HelpdeskError) -> None:
        summary, hint = error_texts(error)
        self._tray.notify(summary, hint, Request(Command.OPEN))

    def is_quitting(self) -> None:
        """The employee closes the program, which takes back every word."""
        if self._reception is not None:
            self._reception.encore.revoke()

    @Slot(str)
    def _resumed(self, name: str) -> None:
        title = tr("{name} sees your screen again", name=name)
        self._tray.notify(title, tr("You allowed it before the restart. Stop ends it at once."), Request(Command.OPEN))

    @Slot(str)
    def _missed(self, name: str) -> None:
        title = tr("{name} wanted to see your screen", name=name)
        self._tray.notify(title, tr("You did not answer, so nothing was shown."), Request(Command.TICKETS))
