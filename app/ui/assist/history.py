"""*Who has looked at my screen*: every session on this computer, from the record that cannot be changed unnoticed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.assist.ledger import Visit
from app.protocol.session import Grade
from app.ui import drawings, wording
from app.ui.assist import words
from app.ui.assist.avatar import Avatar
from app.ui.buttons import Button
from app.ui.language import tr
from app.ui.sheet import Chip, EmptyState, Sheet, empty, label
from app.ui.theme import LARGE, MEDIUM, SMALL, TIGHT, Tone

USUAL = QSize(680, 600)
TONES = {Grade.VIEW: Tone.GOOD, Grade.POINT: Tone.WARNING, Grade.CONTROL: Tone.DANGER}


class HistoryWindow(QWidget):
    """The list, newest first; `export_asked` carries the file's name."""

    export_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowIcon(drawings.app_icon())
        self.resize(USUAL)
        self._visits: tuple[Visit, ...] = ()
        self._title, self._explained = label("title"), label("quiet")
        self._nothing = EmptyState("eye")
        self._sheet = Sheet()
        self._sheet.column.setSpacing(SMALL)
        self._pages = QStackedWidget()
        self._pages.addWidget(self._nothing)
        self._pages.addWidget(self._sheet)
        self._export, self._close = Button("folder"), Button()
        self._export.clicked.connect(self._choose_file)
        self._close.clicked.connect(self.close)
        head = QVBoxLayout()
        head.setContentsMargins(LARGE, LARGE, LARGE, 0)
        head.setSpacing(TIGHT)
        head.addWidget(self._title)
        head.addWidget(self._explained)
        footer = QFrame()
        footer.setProperty("part", "footer")
        row = QHBoxLayout(footer)
        row.setContentsMargins(LARGE, MEDIUM, LARGE, MEDIUM)
        row.addWidget(self._export)
        row.addStretch()
        row.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._pages, 1)
        column.addWidget(footer)
        self.retranslate()

    def show_visits(self, visits: Sequence[Visit]) -> None:
        """Replace the list."""
        self._visits = tuple(visits)
        self._fill()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self.setWindowTitle(tr("Who has looked at my screen"))
        self._title.setText(tr("Who has looked at my screen"))
        self._explained.setText(tr("IT keeps the same record. Neither can be changed without the other showing it."))
        self._nothing.say(
            tr("Nobody has looked at your screen"),
            tr("When IT helps you remotely, it is written down here: who, when, how long and what they could do."),
        )
        self._export.setText(tr("Save as a file"))
        self._close.setText(tr("Close"))
        self._fill()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def _fill(self) -> None:
        empty(self._sheet.column)
        for visit in self._visits:
            self._sheet.column.addWidget(card(visit))
        self._sheet.column.addStretch()
        self._pages.setCurrentWidget(self._sheet if self._visits else self._nothing)
        self._export.setEnabled(bool(self._visits))

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, tr("Save as a file"), "deskbell-who-looked.json")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("json")
        dialog.fileSelected.connect(self.export_asked)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def card(visit: Visit) -> QFrame:
    """One session: who, when, how long, how far, and how it ended."""
    who = visit.visitor
    name, role, about, ended = label("strong"), label("small"), label(), label("quiet")
    name.setText(who.name)
    role.setText(" · ".join(each for each in (who.title, who.department) if each))
    role.setVisible(bool(role.text()))
    about.setText(f"{who.number} · {who.reason}")
    spent = words.length(visit.seconds) if visit.started is not None else tr("nothing was shown")
    parts = (wording.moment_text(visit.started or visit.asked_at), spent, words.end_word(visit.reason))
    ended.setText(" · ".join(parts))
    grade, trouble, record = Chip(), Chip(), Chip()
    record.say(tr("Recorded") if visit.is_recorded else "", Tone.DANGER)
    given = handed(visit)
    if visit.grade is not None:
        grade.say(words.grade_word(visit.grade), TONES[visit.grade])
    else:
        grade.say(tr("Not seen"), Tone.QUIET)
    trouble.say("" if visit.is_intact else tr("This record was changed"), Tone.DANGER)
    head = QHBoxLayout()
    head.setSpacing(SMALL)
    head.addWidget(name)
    head.addStretch()
    head.addWidget(trouble)
    head.addWidget(record)
    head.addWidget(grade)
    texts = QVBoxLayout()
    texts.setSpacing(TIGHT)
    texts.addLayout(head)
    for each in (role, about, ended):
        texts.addWidget(each)
    if given:
        things = label("small")
        things.setText(given)
        texts.addWidget(things)
    frame = QFrame()
    frame.setProperty("part", "card")
    row = QHBoxLayout(frame)
    row.setContentsMargins(MEDIUM, MEDIUM, MEDIUM, MEDIUM)
    row.setSpacing(MEDIUM)
    row.addWidget(Avatar(who.name, 40), alignment=Qt.AlignmentFlag.AlignTop)
    row.addLayout(texts, 1)
    return frame


def handed(visit: Visit) -> str:
    """What was handed over in a session, in a line; empty when nothing was."""
    told = [tr("File taken: {name}", name=name) for name in visit.files]
    if visit.screens_chosen:
        told.insert(0, tr("Changed to another screen: {count}", count=visit.screens_chosen))
    if visit.texts_taken:
        told.append(tr("Clipboard text taken: {count}", count=visit.texts_taken))
    if visit.texts_given:
        told.append(tr("Copied text sent: {count}", count=visit.texts_given))
    return " · ".join(told)
