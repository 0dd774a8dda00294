"""An employee for tests: the real program in a process of its own, its windows clicked by a timer instead of a hand.

`python -m tests.end2end.employee SERVER TOKEN PICTURE SENTENCE` prints one JSON object a line for each thing done, with
the moment on the machine's monotonic clock, and ends when the ticket has its number.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton

from app.assembly import assemble
from app.ui.application import Bell, with_displays
from app.ui.displays import Displays
from app.ui.report.answer_card import AnswerCard
from app.ui.report.check_page import CheckPage
from app.ui.report.picture_page import PicturePage
from app.ui.report.sent_page import SentPage
from app.ui.single_instance import Command, Request, SingleInstance, socket_name

LONGEST = 60.0


def tell(what: str, **values: object) -> None:
    print(json.dumps({"did": what, "at": time.monotonic(), **values}, ensure_ascii=False), flush=True)


class Employee:
    """Does the next thing whenever it can be done."""

    def __init__(self, application: QApplication, sentence: str) -> None:
        self._application = application
        self._sentence = sentence
        self._began = time.monotonic()
        self._done: set[str] = set()

    def look(self) -> None:
        if time.monotonic() - self._began > LONGEST:
            tell("gave up", done=sorted(self._done))
            self._application.exit(1)
        for window in self._application.topLevelWidgets():
            for page in window.findChildren(PicturePage) if window.isVisible() else ():
                self._picture(page)
            for page in window.findChildren(CheckPage) if window.isVisible() else ():
                self._check(page)
            for page in window.findChildren(SentPage) if window.isVisible() else ():
                self._sent(page)

    def _once(self, what: str, **values: object) -> bool:
        if what in self._done:
            return False
        self._done.add(what)
        tell(what, **values)
        return True

    def _picture(self, page: PicturePage) -> None:
        cards = page.answers.findChildren(AnswerCard) if page.isVisible() else ()
        if cards and self._once("saw answers", titles=[card.suggestion.title for card in cards]):
            page.go_on.click()

    def _check(self, page: CheckPage) -> None:
        if not page.isVisible():
            return
        if "saw answers" not in self._done:
            # A small screen opens here first, as at a till; the answers are one tap away.
            for button in page.findChildren(QPushButton):
                if button.isEnabled() and "answer" in button.text() and button is not page.go:
                    button.click()
        elif "wrote" not in self._done:
            page.sentence.setPlainText(self._sentence)
            self._once("wrote")
        elif page.go.isEnabled() and self._once("sent"):
            page.go.click()

    def _sent(self, page: SentPage) -> None:
        if page.isVisible() and page.number and self._once("got number", number=page.number):
            self._application.exit(0)


def main(server: str, token: str, picture: str, sentence: str) -> int:
    application = QApplication(["deskbell"])
    application.setQuitOnLastWindowClosed(False)
    services = with_displays(
        assemble({"server_url": server, "enrolment_token": token}, os.environ), Displays(application)
    )
    system = services.system
    instance = SingleInstance(socket_name(system.user_name(), system.session_id(), services.paths.data))
    assert instance.claim(Request(Command.BACKGROUND))
    bell = Bell(application, services, instance)
    bell.start(Request(Command.BACKGROUND))
    tell("clicked")
    bell.reports.begin(Path(picture))
    employee = Employee(application, sentence)
    timer = QTimer()
    timer.timeout.connect(employee.look)
    timer.start(20)
    try:
        return application.exec()
    finally:
        timer.stop()
        bell.stop()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
