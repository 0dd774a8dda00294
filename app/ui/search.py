"""Search for an answer: results as you type, the article opened in place."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QObject, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.errors import HelpdeskError
from app.protocol.knowledge import Article
from app.ui import drawings, messages, wording
from app.ui.answers import Found, Narrowed, marks
from app.ui.article import ArticleView
from app.ui.desk import Desk
from app.ui.language import tr
from app.ui.row_painter import Painted, paint_row, row_size
from app.ui.search_filters import SearchFilters
from app.ui.sheet import COMFORTABLE, EmptyState
from app.ui.theme import LARGE, MEDIUM, SMALL, is_palette_change, shades
from app.ui.tickets.rows import Index

PAUSE = 180
"""Milliseconds without a key before the search starts."""
FOUND = Qt.ItemDataRole.UserRole


def why(found: Found) -> str:
    """What made the article a result: its reason where it has one, else the place in it."""
    return wording.reason_text(found.suggestion.reason) or found.excerpt


class AnswerRows(QStyledItemDelegate):
    """Paints an article's row: its title and why it was found, the words sought set off in both."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.words: tuple[str, ...] = ()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        found = index.data(FOUND)
        if isinstance(found, Found):
            title = found.suggestion.title
            # What was typed in pinyin or with a slip stands in the row otherwise; the reason names it.
            marked = tuple(dict.fromkeys((*self.words, *found.suggestion.reason.evidence)))
            paint_row(painter, option, Painted(title, why(found), marked=marked))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002 (Qt's signature)
        return row_size(option.font)  # type: ignore[attr-defined]  # PySide's stubs do not know it


class SearchPage(QWidget):
    """A field, its results, and the article; arrow keys move through results while typing goes on."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "page")
        self._desk = desk
        self._asked = ""
        self._narrowed = Narrowed()
        self._field = QLineEdit()
        self._field.setClearButtonEnabled(True)
        self._field.setMaxLength(300)
        self._glass = self._field.addAction(drawings.icon("search", shades().quiet), _LEADING)
        self._field.installEventFilter(self)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE)
        self._pause.timeout.connect(self._search)
        self._field.textChanged.connect(self._typed)
        self._field.returnPressed.connect(self._open_current)
        self._filters = SearchFilters()
        self._filters.changed.connect(self._search)
        self._banner = messages.Banner()
        self._model = QStandardItemModel(self)
        self._rows = AnswerRows(self)
        self._list = QListView()
        self._list.setModel(self._model)
        self._list.setItemDelegate(self._rows)
        self._list.setMouseTracking(True)
        self._list.setSpacing(1)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.clicked.connect(self._open)
        self._list.activated.connect(self._open)
        self._nothing = EmptyState("search")
        self._article = ArticleView()
        self._build()
        self.retranslate()
        desk.knowledge_changed.connect(self._look_at_topics)
        self._look_at_topics()

    @property
    def field(self) -> QLineEdit:
        """Where the words are typed."""
        return self._field

    def search_for(self, words: str) -> None:
        """Search for words that came from elsewhere."""
        self._show_results()
        self._field.setText(words)
        self._pause.stop()
        self._search()

    def back(self) -> bool:
        """Go from the article back to the results; False when there is nothing to go back from."""
        if self._pages.currentWidget() is not self._reading:
            return False
        self._show_results()
        return True

    def focus_first(self) -> None:
        """Put the keyboard into the field."""
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._field.selectAll()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._field.setPlaceholderText(tr("An error code, or a few words: printer offline, 0x80070005 …"))
        self._field.setAccessibleName(tr("Search for an answer"))
        self._list.setAccessibleName(tr("Answers"))
        self._say_nothing()
        self._list.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        elif is_palette_change(event):
            self._glass.setIcon(drawings.icon("search", shades().quiet))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and event.key() in moves:
            self._step(moves[Qt.Key(event.key())])
            return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        self._results = QStackedWidget()
        self._results.addWidget(self._nothing)
        self._results.addWidget(self._list)
        self._reading = QWidget()
        self._reading.setProperty("part", "page")
        reading = QVBoxLayout(self._reading)
        reading.setContentsMargins(0, 0, 0, 0)
        reading.addWidget(self._article)
        self._article.setProperty("part", "sheet")
        self._pages = QStackedWidget()
        self._pages.addWidget(self._results)
        self._pages.addWidget(self._reading)
        inner = QWidget()
        inner.setMaximumWidth(COMFORTABLE)
        column = QVBoxLayout(inner)
        column.setContentsMargins(LARGE, MEDIUM, LARGE, MEDIUM)
        column.setSpacing(SMALL)
        column.addWidget(self._field)
        column.addWidget(self._filters)
        column.addWidget(self._banner)
        column.addWidget(self._pages, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(inner, 1000)
        row.addStretch(1)

    @Slot()
    def _typed(self) -> None:
        self._show_results()
        self._pause.start()

    @Slot()
    def _search(self) -> None:
        words, narrowed = self._field.text().strip(), self._filters.narrowed
        self._asked, self._narrowed = words, narrowed
        if not words:
            self._banner.clear()
            self._show(())
            return
        self._desk.search(
            words,
            narrowed,
            lambda found: self._found(words, narrowed, found),
            lambda error: self._failed(words, narrowed, error),
        )

    def _found(self, words: str, narrowed: Narrowed, found: tuple[Found, ...]) -> None:
        if (words, narrowed) == (self._asked, self._narrowed):
            self._banner.clear()
            self._rows.words = marks(words)
            self._show(found)

    def _failed(self, words: str, narrowed: Narrowed, error: HelpdeskError) -> None:
        if (words, narrowed) == (self._asked, self._narrowed):
            self._show(())
            self._banner.error(error, self._search)

    @Slot()
    def _look_at_topics(self) -> None:
        self._desk.topics(self._filters.offer, lambda _: None)

    def _show(self, found: tuple[Found, ...]) -> None:
        self._model.clear()
        for each in found:
            title = each.suggestion.title
            item = QStandardItem(title)
            item.setData(each, FOUND)
            item.setData(f"{title}. {why(each)}", Qt.ItemDataRole.AccessibleTextRole)
            self._model.appendRow(item)
        if found:
            self._list.setCurrentIndex(self._model.index(0, 0))
        self._results.setCurrentWidget(self._list if found else self._nothing)
        self._say_nothing()

    def _say_nothing(self) -> None:
        if self._asked:
            self._nothing.say(
                tr("Nothing found for “{words}”", words=self._asked),
                tr("Try other words or all languages and topics, or report the problem and we will look.")
                if self._narrowed != Narrowed()
                else tr("Try fewer or other words, or report the problem and we will look."),
            )
        else:
            self._nothing.say(
                tr("What is the matter?"),
                tr("Type the error code or what does not work. Chinese and English both work."),
            )

    def _step(self, by: int) -> None:
        place = max(0, min(self._list.currentIndex().row() + by, self._model.rowCount() - 1))
        index = self._model.index(place, 0)
        self._list.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    @Slot()
    def _open_current(self) -> None:
        if self._pause.isActive():
            self._pause.stop()
            self._search()
        elif self._list.currentIndex().isValid():
            self._open(self._list.currentIndex())

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        found = index.data(FOUND)
        if isinstance(found, Found):
            self._desk.article(found.suggestion.id, self._show_article, self._banner.error)

    def _show_article(self, article: Article) -> None:
        self._article.show_article(article.title, article.body)
        self._pages.setCurrentWidget(self._reading)
        self._article.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_results(self) -> None:
        if self._pages.currentWidget() is self._reading:
            self._pages.setCurrentWidget(self._results)
            self._field.setFocus(Qt.FocusReason.OtherFocusReason)


_LEADING = QLineEdit.ActionPosition.LeadingPosition
