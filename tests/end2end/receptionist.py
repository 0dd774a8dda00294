"""The employee's side of remote assistance in a process of its own, its questions answered by a timer.

`python -m tests.end2end.receptionist SERVER TOKEN` allows whoever asks to look, allows more at the line `allow` on
standard input, stops at `stop` and ends at its end; prints one JSON object a line for what happens. The host it starts
looks at DISPLAY; its own windows are offscreen unless QT_QPA_PLATFORM says otherwise.
"""

from __future__ import annotations

import json
import os
import sys
import threading

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.assembly import assemble
from app.ui.assist.prompt import Prompt, Said
from app.ui.assist.reception import Reception
from app.ui.background import Background
from app.ui.desk import Desk
from app.ui.following import Following
from tests.ui.world import draft


def tell(**values: object) -> None:
    print(json.dumps(values), flush=True)


class Receptionist:
    """Says Allow to every question, and what has become of it."""

    def __init__(self, reception: Reception) -> None:
        self.reception = reception
        self.orders: list[str] = []
        self._was_busy = False
        self._was_asked = False
        self._ticket = ""

    def look(self) -> None:
        reception = self.reception
        if reception.dialog is not None:
            reception.dialog.say(Said.ALLOW)
        while self.orders:
            self._obey(self.orders.pop(0))
        is_asked = bool(self._questions())
        if is_asked != self._was_asked:
            self._was_asked = is_asked
            tell(asked=is_asked)
        if reception.is_busy != self._was_busy:
            self._was_busy = reception.is_busy
            tell(busy=self._was_busy)

    def _obey(self, order: str) -> None:
        match order:
            case "stop":
                self.reception.stop()
            case "allow":
                for question in self._questions():
                    question.say(Said.ALLOW)
            case _:
                QApplication.quit()

    def _questions(self) -> list[Prompt]:
        """What is asked during a session."""
        scene = self.reception.scene
        asked = (scene.grade_prompt, scene.screen_prompt) if scene is not None else ()
        return [each for each in asked if each is not None]

    def listen(self) -> None:
        for line in sys.stdin:
            self.orders.append(line.strip())
        self.orders.append("end")


def main(server: str, token: str) -> int:
    application = QApplication(["deskbell"])
    application.setQuitOnLastWindowClosed(False)
    services = assemble({"server_url": server, "enrolment_token": token}, os.environ)
    services.paths.make()
    ticket, _ = draft("The card reader is silent")
    services.server.submit(ticket)
    background = Background()
    desk = Desk(services, background)
    reception = Reception(desk)
    following = Following(desk)
    following.assist_told.connect(reception.heard)
    following.start()
    reception.start()
    receptionist = Receptionist(reception)
    threading.Thread(target=receptionist.listen, daemon=True).start()
    timer = QTimer()
    timer.timeout.connect(receptionist.look)
    timer.start(20)
    tell(ticket=str(ticket.id))
    try:
        return application.exec()
    finally:
        timer.stop()
        reception.close()
        following.stop()
        services.close()
        background.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
