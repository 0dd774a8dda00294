"""The second page: a sentence if one is wanted, and the preview of exactly what will be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from app.helpdesk.privacy import Manifest, Part
from app.protocol.announcements import Announcement
from app.ui.buttons import Button
from app.ui.language import tr
from app.ui.report.footer import Footer
from app.ui.report.incident_card import IncidentCard
from app.ui.report.manifest_view import ManifestView, size_text
from app.ui.report.zoom_view import ZoomView
from app.ui.theme import LARGE, MEDIUM, SMALL

LONGEST = 2_000
SENTENCE_LINES = 3
MOST_INCIDENTS = 1
"""Told on this page; a till has no room for more, and all of them stand beside the picture."""


class Sentence(QPlainTextEdit):
    """The box for the employee's own words; a QPlainTextEdit, so that every input method works in it."""

    gone_on = Signal()
    """Ctrl+Enter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * SENTENCE_LINES + 26)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.gone_on.emit()
            return
        super().keyPressEvent(event)


class CheckPage(QWidget):
    """Keeps nothing but the sentence; what is sent is the manifest it was shown."""

    said = Signal(str)
    ticked = Signal(str, bool)
    edited = Signal(str, str)
    back = Signal()
    cancelled = Signal()
    hide_private = Signal()
    """Hide every place that looks private."""
    send = Signal()
    export = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "page")
        self._manifest: Manifest | None = None
        self._found: int | None = None
        self._busy = False
        self._question = QLabel()
        self._question.setProperty("part", "strong")
        self.sentence = Sentence()
        self._question.setBuddy(self.sentence)
        self._caption = self._quiet()
        self.picture = ZoomView()
        self.picture.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.picture.setInteractive(False)
        self._heading = QLabel()
        self._heading.setProperty("part", "strong")
        self._promise = self._quiet()
        self.manifest = ManifestView()
        self._answers = Button("article", "hint")
        self.private = Button("private", "hint")
        self.private.hide()
        self._proposed = 0
        self._looking = False
        self.incidents: list[IncidentCard] = []
        self._known = QVBoxLayout()
        self._known.setSpacing(SMALL)
        self._back = Button("back", "link")
        self._cancel = Button(part="link")
        self._export = Button("folder")
        self._export.hide()
        self._total = self._quiet()
        self._total.setWordWrap(False)
        self.go = Button("send", "primary")
        self._lay_out()
        self._connect()
        self.retranslate()

    @staticmethod
    def _quiet() -> QLabel:
        label = QLabel()
        label.setProperty("part", "quiet")
        label.setWordWrap(True)
        return label

    def _lay_out(self) -> None:
        frame = QFrame()
        frame.setProperty("part", "panel")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self.picture)
        self._left = QWidget()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(SMALL)
        left.addWidget(self._question)
        left.addWidget(self.sentence)
        left.addSpacing(SMALL)
        left.addWidget(self._caption)
        left.addWidget(frame, 1)
        left.addWidget(self.private)
        left.addLayout(self._known)
        left.addWidget(self._answers)
        right = QVBoxLayout()
        right.setSpacing(SMALL)
        right.addWidget(self._heading)
        right.addWidget(self._promise)
        right.addWidget(self.manifest, 1)
        body = QHBoxLayout()
        body.setContentsMargins(LARGE, MEDIUM, LARGE, MEDIUM)
        body.setSpacing(LARGE)
        body.addWidget(self._left)
        body.addLayout(right, 1)
        footer = Footer()
        footer.add_left(self._back)
        footer.add_left(self._cancel)
        footer.add_right(self._total)
        footer.add_right(self._export)
        footer.add_right(self.go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(footer)

    def _connect(self) -> None:
        self.sentence.textChanged.connect(lambda: self.said.emit(self.words()))
        self.sentence.gone_on.connect(self.go.click)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.go.click)
        self.manifest.ticked.connect(self.ticked)
        self.manifest.edited.connect(self.edited)
        self._answers.clicked.connect(self.back)
        self.private.clicked.connect(self.hide_private)
        self._back.clicked.connect(self.back)
        self._cancel.clicked.connect(self.cancelled)
        self._export.clicked.connect(self.export)
        self.go.clicked.connect(self.send)

    def words(self) -> str:
        """What the employee wrote."""
        return self.sentence.toPlainText()[:LONGEST]

    def show_manifest(self, manifest: Manifest, images: Mapping[UUID, QImage]) -> None:
        """Show what would be sent; `images` by file, decoded from the very bytes."""
        self._manifest = manifest
        self.manifest.show_manifest(manifest, images)
        chosen = [item for item in manifest.items if item.part is Part.ATTACHMENT and item.included]
        held = (images.get(item.file_id) for item in chosen if item.file_id is not None)
        shown = next((image for image in held if image is not None), QImage())
        if shown.cacheKey() != self.picture.image().cacheKey():
            self.picture.show_picture(shown)
        self._word()

    def forget(self) -> None:
        """Let go of the pictures and of what would have been sent."""
        self._manifest = None
        self.manifest.forget()
        self.picture.show_picture(QImage())

    def show_nothing(self) -> None:
        """What was shown is not what would be sent; nothing can be sent until it is put together anew."""
        self._manifest = None
        self._word()

    def show_incidents(self, incidents: Sequence[Announcement]) -> None:
        """Tell what IT knows of already; more of it stands beside the picture."""
        for card in self.incidents:
            self._known.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.incidents = [IncidentCard(each, brief=True) for each in incidents[:MOST_INCIDENTS]]
        for card in self.incidents:
            self._known.addWidget(card)

    def show_answers(self, found: int | None) -> None:
        """How many answers there are; None while they are looked for."""
        self._found = found
        self._word()

    def show_private(self, proposed: int, *, looking: bool) -> None:
        """How many places look private, and whether nothing may be sent before they have been looked for."""
        self._proposed, self._looking = proposed, looking
        self.private.setVisible(bool(proposed))
        self._word()

    def show_busy(self, busy: bool) -> None:
        """Whether the report is being saved or prepared."""
        self._busy = busy
        self._word()

    def offer_export(self, offered: bool) -> None:
        """Show the way out for when this computer cannot keep the report."""
        self._export.setVisible(offered)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._left.setFixedWidth(max(320, round(self.width() * 0.36)))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._question.setText(tr("What happened?"))
        self.sentence.setPlaceholderText(tr("One sentence helps, but you may leave this empty."))
        self.sentence.setAccessibleName(tr("What happened?"))
        self.sentence.setAccessibleDescription(tr("Optional. Ctrl+Enter sends."))
        self._caption.setText(tr("The picture as it will be sent"))
        self.picture.setAccessibleName(tr("The picture as it will be sent"))
        for card in self.incidents:
            card.retranslate()
        self._heading.setText(tr("Exactly this will be sent"))
        self._promise.setText(tr("Remove the tick from anything IT should not get."))
        self._back.setText(tr("Back to the picture"))
        self._cancel.setText(tr("Cancel"))
        self._export.setText(tr("Save to a folder"))
        self.go.setText(tr("Send to IT"))
        self._word()

    def _word(self) -> None:
        if self._found is None:
            answers = tr("Looking for an answer…")
        elif self._found == 0:
            answers = tr("No known answer fits")
        elif self._found == 1:
            answers = tr("1 answer may help")
        else:
            answers = tr("{count} answers may help", count=self._found)
        self._answers.setText(answers)
        self._answers.setEnabled(bool(self._found))
        self.private.setText(tr("Looks private: hide {count} places", count=self._proposed))
        ready = self._manifest is not None and not self._busy and not self._looking
        self.go.setEnabled(ready)
        if self._manifest is None:
            self._total.setText(tr("Putting the report together…"))
            return
        if self._looking:
            self._total.setText(tr("Looking for what is private…"))
            return
        chosen = [item for item in self._manifest.items if item.included]
        size = size_text(sum(item.size for item in chosen))
        self._total.setText(tr("Saving…") if self._busy else tr("{count} items, {size}", count=len(chosen), size=size))
