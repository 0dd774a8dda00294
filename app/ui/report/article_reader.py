"""One article read in place, and what the employee says of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.errors import HelpdeskError
from app.protocol.knowledge import Article
from app.ui.article import ArticleView
from app.ui.buttons import Button
from app.ui.language import error_texts, tr
from app.ui.theme import LARGE, MEDIUM, SMALL


class ArticleReader(QWidget):
    """Shows the article that was asked for last; a late one that is no longer wanted is ignored."""

    left = Signal()
    """Back to the cards."""
    solved = Signal()
    useless = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.article_id = ""
        self._back = Button("back", "link")
        self._back.clicked.connect(self.left)
        self.view = ArticleView()
        self._waiting = QLabel()
        self._waiting.setProperty("part", "quiet")
        self._waiting.setWordWrap(True)
        self.helped = Button("check", "primary")
        self.helped.setAutoDefault(False)
        self.helped.clicked.connect(self.solved)
        self.did_not_help = Button()
        self.did_not_help.clicked.connect(self.useless)
        frame = QFrame()
        frame.setProperty("part", "panel")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(LARGE, MEDIUM, SMALL, MEDIUM)
        inside.addWidget(self._waiting)
        inside.addWidget(self.view, 1)
        verdict = QHBoxLayout()
        verdict.setSpacing(SMALL)
        verdict.addWidget(self.helped, 1)
        verdict.addWidget(self.did_not_help, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL)
        layout.addWidget(self._back, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(frame, 1)
        layout.addLayout(verdict)
        self.retranslate()

    def wait_for(self, article_id: str) -> None:
        """An article was asked for and will come."""
        self.article_id = article_id
        self._waiting.setText(tr("One moment…"))
        self._waiting.show()
        self.view.clear()
        self._judgeable(False)

    def show_article(self, article: Article) -> None:
        """The article is there."""
        if article.id == self.article_id:
            self._waiting.hide()
            self.view.show_article(article.title, article.body)
            self.view.setFocus()
            self._judgeable(True)

    def show_failed(self, article_id: str, error: HelpdeskError) -> None:
        """The article could not be fetched; say why in its place."""
        if article_id == self.article_id:
            self._waiting.setText("\n".join(text for text in error_texts(error) if text))

    def _judgeable(self, yes: bool) -> None:
        self.helped.setEnabled(yes)
        self.did_not_help.setEnabled(yes)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._back.setText(tr("All answers"))
        self.helped.setText(tr("This solved it"))
        self.did_not_help.setText(tr("Did not help"))
