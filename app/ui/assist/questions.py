"""The questions that come up during a session: more for the agent, and more time."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QScreen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.protocol.session import Grade
from app.ui.assist.avatar import Avatar
from app.ui.assist.prompt import ANSWER_SECONDS, Prompt
from app.ui.assist.screens import Shareable
from app.ui.language import tr
from app.ui.sheet import label
from app.ui.theme import MEDIUM, SMALL

WIDTH = 520


class Question(Prompt):
    """The common part of every question but the first."""

    def __init__(
        self,
        screen: QScreen | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
        photo: str = "",
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        super().__init__(seconds, screen, clock, parent)
        self._photo = photo
        self.setWindowTitle(tr("Remote assistance"))
        self.setFixedWidth(WIDTH)
        self.deny.setText(tr("Deny"))

    def _ask(self, name: str, question: str, more: str) -> None:
        self.setAccessibleName(question)
        self.column.addLayout(stated(name, question, more, self._photo))


class GradePrompt(Question):
    """May the agent point, or use mouse and keyboard? Each is a question of its own."""

    def __init__(
        self,
        name: str,
        grade: Grade,
        screen: QScreen | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
        *,
        photo: str = "",
        seconds: float = ANSWER_SECONDS,
        by_portal: bool = False,
    ) -> None:
        """`by_portal`: the desktop asks as well before it gives mouse and keyboard."""
        super().__init__(screen, clock, parent, photo, seconds)
        self.grade = grade
        if grade is Grade.CONTROL:
            question = tr("{name} would like to use your mouse and keyboard", name=name)
            more = tr(
                "You keep the upper hand: whenever you move the mouse or type, {name} has to wait. "
                "Close what is private first. You can take control back or stop at any time.",
                name=name,
            )
            if by_portal:
                more += " " + tr(
                    "Your desktop asks as well: switch on remote interaction there and share the same screen."
                )
            self.allow.setText(tr("Allow control"))
        else:
            question = tr("{name} would like to point at things on your screen", name=name)
            more = tr(
                "You will see {name}'s pointer and drawings. {name} cannot click or type.",
                name=name,
            )
            self.allow.setText(tr("Allow pointing"))
        self._ask(name, question, more)


class ScreenPrompt(Question):
    """May the agent see another screen instead? No picture of it stands here: this window may itself be seen."""

    def __init__(
        self,
        name: str,
        wanted: Shareable,
        grade: Grade,
        screen: QScreen | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
        *,
        photo: str = "",
        seconds: float = ANSWER_SECONDS,
    ) -> None:
        super().__init__(screen, clock, parent, photo, seconds)
        self.wanted = wanted
        question = tr("{name} would like to see {screen} instead", name=name, screen=wanted.name)
        told = {"name": name, "width": wanted.rect.width, "height": wanted.rect.height}
        meanings = {
            Grade.VIEW: tr("{name} then sees everything on that screen ({width} × {height}), and this one no more.",
                           **told),
            Grade.POINT: tr("{name} then sees that screen ({width} × {height}) and can point on it. This one is seen "
                            "no more.", **told),
            Grade.CONTROL: tr("{name} then sees that screen ({width} × {height}) and can use mouse and keyboard "
                              "there. This one is seen no more.", **told),
        }  # fmt: skip
        self.allow.setText(tr("Show {screen}", screen=wanted.name))
        self._ask(name, question, meanings[grade])


class ContinuePrompt(Question):
    """The time is nearly over: go on? Silence ends the session."""

    def __init__(
        self,
        name: str,
        minutes: int,
        seconds: float,
        screen: QScreen | None = None,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(screen, clock, parent, seconds=seconds)
        question = tr("Should remote assistance go on?")
        more = tr("{name} has been looking for almost {minutes} minutes.", name=name, minutes=minutes)
        self.deny.setText(tr("End it"))
        self.allow.setText(tr("{minutes} minutes more", minutes=minutes))
        self._ask(name, question, more)

    def countdown(self, seconds: int) -> str:
        return tr("Ends by itself in {seconds} s", seconds=seconds)


def stated(name: str, question: str, more: str, photo: str = "") -> QHBoxLayout:
    """Who asks what, and what it means."""
    asked, meant = label("title"), label()
    asked.setText(question)
    meant.setText(more)
    texts = QVBoxLayout()
    texts.setSpacing(SMALL)
    texts.addWidget(asked)
    texts.addWidget(meant)
    row = QHBoxLayout()
    row.setSpacing(MEDIUM + 4)
    row.addWidget(Avatar(name, 48, photo=photo), alignment=Qt.AlignmentFlag.AlignTop)
    row.addLayout(texts, 1)
    return row
