"""The question: may this agent look at this screen? Everything one needs to know to say yes or no stands in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIcon, QPixmap, QScreen
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.protocol.assist import Invitation
from app.ui import drawings
from app.ui.assist.avatar import Avatar
from app.ui.assist.prompt import Prompt, Said, bold
from app.ui.assist.screens import THUMBNAIL, Shareable, screen_id, thumbnail, usual
from app.ui.buttons import Button
from app.ui.language import tr
from app.ui.report.tick_box import TickBox
from app.ui.sheet import Picture, label
from app.ui.theme import MEDIUM, SMALL, TIGHT, Tone, shades

WIDTH = 640
SYMBOL = 22
"""Pixels of a drawing beside a sentence."""
MOST_SHOWN = 3
"""Thumbnails in a row; with more monitors they get smaller."""


class ConsentDialog(Prompt):
    """Allow grants looking at the chosen screen and nothing else."""

    distrusted = Signal()
    """The employee does not know who asks: denied, and IT is to hear of it."""

    def __init__(
        self,
        invitation: Invitation,
        phrase: str,
        offered: Sequence[Shareable],
        active: QScreen | None,
        seconds: float,
        clock: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
        *,
        is_first: bool = False,
        can_resume: bool = True,
        by_portal: bool = False,
    ) -> None:
        """`is_first`: nobody has ever asked on this computer, so that what is kept of it is told once. `can_resume`:
        the computer tells when it was started anew. `by_portal`: the desktop itself shares the screen, asks as well,
        hides nothing, and shows us no pictures of its screens.
        """
        super().__init__(seconds, active, clock, parent)
        self._offered = tuple(offered)
        self._has_pictures = not by_portal
        self._chosen = usual(self._offered, screen_id(active) if active is not None else "")
        self.phrase = phrase
        self.setWindowTitle(tr("Remote assistance"))
        self.setFixedWidth(WIDTH)
        agent = invitation.agent
        self.setAccessibleName(tr("{name} would like to see your screen", name=agent.name))
        self.column.setSpacing(MEDIUM)
        self.column.addLayout(self._who(invitation))
        self.column.addWidget(self._about(invitation))
        self.column.addWidget(self._same_number(agent.name))
        self.column.addLayout(self._what(agent.name))
        if invitation.is_recorded:
            self.column.addLayout(
                noted("record", Tone.DANGER, recorded(invitation, can_hide=not by_portal), "recorded")
            )
        if by_portal:
            self.column.addLayout(noted("eye", Tone.WARNING, uncovered(agent.name), "uncovered"))
        warning = tr(
            "Did you expect this? IT never calls to ask for passwords or codes. "
            "If a stranger on the phone tells you to press Allow, press Deny."
        )
        self.column.addLayout(noted("warning", Tone.WARNING, warning))
        if is_first:
            kept = tr(
                "For the first time on this computer: IT and you both keep a record of who looked, when, how long and "
                "what they could do. Yours is in the bell's menu: Who has looked at my screen."
            )
            self.column.addLayout(noted("history", Tone.QUIET, kept, "first"))
        self._again = TickBox(tr("After a restart, allow one more look within ten minutes"))
        self._again.setVisible(can_resume)
        self.deny.setText(tr("Deny"))
        self.allow.setText(tr("Allow (view only)"))
        self._add_report()

    @property
    def chosen(self) -> Shareable:
        """The monitor that will be seen."""
        return self._chosen

    @property
    def allows_again(self) -> bool:
        """Whether the agent may look again after a restart; never unless the employee has ticked it."""
        return self._again.isChecked()

    def _who(self, invitation: Invitation) -> QHBoxLayout:
        agent = invitation.agent
        name, role = label("title"), label("quiet")
        name.setText(tr("{name} would like to see your screen", name=agent.name))
        role.setText(" · ".join(each for each in (agent.title, agent.department) if each) or tr("Helpdesk"))
        texts = QVBoxLayout()
        texts.setSpacing(TIGHT)
        texts.addWidget(name)
        texts.addWidget(role)
        row = QHBoxLayout()
        row.setSpacing(MEDIUM + 4)
        row.addWidget(Avatar(agent.name, photo=agent.photo), alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        return row

    @staticmethod
    def _about(invitation: Invitation) -> QFrame:
        """Why, and about which ticket."""
        number, reason = label("quiet"), label()
        number.setText(tr("About your ticket {number}", number=invitation.number))
        reason.setText(invitation.reason)
        frame = QFrame()
        frame.setProperty("part", "card")
        column = QVBoxLayout(frame)
        column.setContentsMargins(MEDIUM + 2, SMALL + 2, MEDIUM + 2, SMALL + 2)
        column.setSpacing(TIGHT)
        column.addWidget(number)
        column.addWidget(reason)
        return frame

    def _same_number(self, name: str) -> QFrame:
        frame = QFrame()
        frame.setProperty("part", "banner")
        frame.setProperty("tone", "accent")
        words, figures = label(), bold(self.phrase, 22)
        words.setText(tr("Both of you see the same number. Ask {name} to read it out.", name=name))
        figures.setAccessibleName(tr("Both of you see: {phrase}", phrase=self.phrase))
        row = QHBoxLayout(frame)
        row.setContentsMargins(MEDIUM + 2, SMALL, MEDIUM + 6, SMALL)
        row.addWidget(words, 1)
        row.addWidget(figures)
        return frame

    def _what(self, name: str) -> QVBoxLayout:
        heading, only = label("heading"), label("quiet")
        heading.setText(
            tr("What will be seen: choose one screen") if len(self._offered) > 1 else tr("What will be seen")
        )
        only.setText(
            tr(
                "{name} can only look, not click or type, and you can stop at any time. "
                "You may refuse without giving a reason.",
                name=name,
            )
        )
        only.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        column = QVBoxLayout()
        column.setSpacing(SMALL)
        column.addWidget(heading)
        tiles = QHBoxLayout()
        tiles.setSpacing(MEDIUM)
        self._group = QButtonGroup(self)
        for number, each in enumerate(self._offered):
            tile = self._tile(each)
            self._group.addButton(tile, number)
            tiles.addWidget(tile)
        self._group.idToggled.connect(self._picked)
        if len(self._offered) == 1:
            tiles.addWidget(only, 1)
            column.addLayout(tiles)
        else:
            tiles.addStretch()
            column.addLayout(tiles)
            column.addWidget(only)
        return column

    def _tile(self, screen: Shareable) -> QToolButton:
        tile = QToolButton()
        tile.setCheckable(True)
        tile.setChecked(screen is self._chosen)
        tile.setAutoExclusive(True)
        tile.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        is_large = self._has_pictures and len(self._offered) <= MOST_SHOWN
        size = THUMBNAIL if is_large else THUMBNAIL * 0.6
        picture = thumbnail(screen, self.devicePixelRatioF()) if self._has_pictures else QPixmap()
        if picture.isNull():
            picture = drawings.drawing("whole", shades().quiet, 48, self.devicePixelRatioF())
        tile.setIcon(QIcon(picture))
        tile.setIconSize(size)
        name = tr("{screen} (customer display)", screen=screen.name) if screen.is_side else screen.name
        tile.setText(name)
        tile.setAccessibleName(name)
        worn = shades()
        tile.setStyleSheet(
            f"QToolButton {{ padding: 6px; border: 2px solid {worn.line}; border-radius: 8px; }}"
            f"QToolButton:checked {{ border: 3px solid {worn.accent}; padding: 5px; background: {worn.accent_soft}; }}"
            f"QToolButton:focus {{ border-color: {worn.text}; }}"
        )
        words = tile.fontMetrics().horizontalAdvance(name)
        tile.setFixedSize(max(size.width(), words) + 20, size.height() + tile.fontMetrics().height() + 24)
        return tile

    def _picked(self, number: int, is_on: bool) -> None:
        if is_on:
            self._chosen = self._offered[number]

    def _add_report(self) -> None:
        """A way to say no and to say why, for whoever feels pushed."""
        report = Button(part="link")
        report.setText(tr("I do not know this person"))
        report.setToolTip(tr("Denies, and tells IT about it"))
        report.clicked.connect(self._distrust)
        row = QHBoxLayout()
        row.addWidget(self._again)
        row.addStretch()
        row.addWidget(report)
        self.column.addLayout(row)

    def _distrust(self) -> None:
        self.distrusted.emit()
        self.say(Said.DENY)


def recorded(invitation: Invitation, *, can_hide: bool = True) -> str:
    """What is recorded, for how long, and what the employee can ask for."""
    told = tr("This session will be recorded.")
    if invitation.record_days and not can_hide:
        told += " " + tr(
            "IT can watch the recording for {days} days. You may ask for a copy, or for it to be deleted.",
            days=invitation.record_days,
        )
    elif invitation.record_days:
        told += " " + tr(
            "IT can watch the recording for {days} days. What you hide stays hidden in it. "
            "You may ask for a copy, or for it to be deleted.",
            days=invitation.record_days,
        )
    return told


def uncovered(name: str) -> str:
    """What a desktop that shares its screen itself cannot keep from being seen, and what it does on its own."""
    return tr(
        "On this desktop nothing can be hidden from {name}: private windows and notifications will be seen. "
        "Only while you type into a password field that is marked as one the picture is grey. "
        "Close what is private first. After Allow your desktop asks as well: choose the same screen there.",
        name=name,
    )


def noted(symbol: str, tone: Tone, text: str, name: str = "") -> QHBoxLayout:
    """A drawing and a sentence beside it."""
    words: QLabel = label()
    words.setObjectName(name)
    words.setText(text)
    row = QHBoxLayout()
    row.setSpacing(MEDIUM)
    row.addWidget(Picture(symbol, SYMBOL, tone), alignment=Qt.AlignmentFlag.AlignTop)
    row.addWidget(words, 1)
    return row
