"""What a search is narrowed to: one language, one application or tag. Hidden where there is nothing to choose."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from app.knowledge.base import Topics
from app.ui.answers import Narrowed
from app.ui.language import tr
from app.ui.theme import SMALL

LANGUAGES = {"zh": "中文", "en": "English"}


class SearchFilters(QWidget):
    """Two boxes side by side; `changed` tells that the search is to be made again."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._topics = Topics()
        self._language = QComboBox()
        self._topic = QComboBox()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SMALL)
        for box in (self._language, self._topic):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            box.setMaximumWidth(320)
            box.activated.connect(self._chosen)
            row.addWidget(box)
        row.addStretch(1)
        self.offer(Topics())

    @property
    def narrowed(self) -> Narrowed:
        """What is chosen."""
        return Narrowed(str(self._language.currentData() or ""), str(self._topic.currentData() or ""))

    def offer(self, topics: Topics) -> None:
        """Offer what the knowledge on this computer is about; what was chosen stays where it is still there."""
        self._topics = topics
        there = [each for each in LANGUAGES if any(locale.startswith(each) for locale in topics.locales)]
        languages = [(LANGUAGES[each], each) for each in there]
        topic_names = dict.fromkeys((*topics.applications, *topics.tags))
        _fill(self._language, tr("All languages"), languages)
        _fill(self._topic, tr("All topics"), [(each, each) for each in topic_names])
        self._language.setAccessibleName(tr("Language of the answers"))
        self._topic.setAccessibleName(tr("Topic of the answers"))
        self._language.setVisible(len(languages) > 1)
        self._topic.setVisible(len(topic_names) > 1)
        self.setVisible(len(languages) > 1 or len(topic_names) > 1)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.offer(self._topics)

    @Slot()
    def _chosen(self) -> None:
        self.changed.emit()


def _fill(box: QComboBox, everything: str, choices: list[tuple[str, str]]) -> None:
    chosen = box.currentData()
    box.clear()
    box.addItem(everything, "")
    for label, value in choices:
        box.addItem(label, value)
    box.setCurrentIndex(max(box.findData(chosen), 0))
