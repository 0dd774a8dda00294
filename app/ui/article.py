"""One knowledge article as rendered Markdown; nothing is loaded from outside, links show their address first."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QResizeEvent, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QSizePolicy, QTextBrowser, QWidget

from app.ui import messages
from app.ui.language import tr
from app.ui.theme import is_palette_change, shades

OPENED = frozenset({"http", "https", "mailto"})
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")


class ArticleView(QTextBrowser):
    """Shows Markdown source in place; raw HTML stays text, pictures from elsewhere become their description."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = ""
        self._fits = False
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.anchorClicked.connect(self._link_pressed)
        self.document().setDocumentMargin(0)

    def show_article(self, title: str, body: str) -> None:
        """Show the article from its beginning."""
        self._source = _IMAGE.sub(r"\1", body)
        if not re.match(r"\s*#\s", self._source):
            self._source = f"# {title}\n\n{self._source}"
        self._render()
        self.setAccessibleName(title)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def show_text(self, body: str) -> None:
        """Show Markdown without a title of its own."""
        self._source = _IMAGE.sub(r"\1", body)
        self._render()

    def fit_height(self) -> None:
        """Be as high as the text; for short texts inside a page that scrolls itself."""
        self._fits = True
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setProperty("part", "inline")
        self.viewport().setAutoFillBackground(False)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if self._fits:
            self.document().setTextWidth(self.viewport().width())
            self.setFixedHeight(round(self.document().size().height()) + 2)

    def loadResource(self, kind: int, name: QUrl | str) -> object:  # noqa: ARG002 (Qt's signature)
        """Nothing comes from outside the article."""
        return None

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_palette_change(event) and self._source:
            self._render()

    def _render(self) -> None:
        document = self.document()
        document.setDefaultStyleSheet(f"a {{ color: {shades().accent}; }}")
        features = QTextDocument.MarkdownFeature.MarkdownDialectGitHub | QTextDocument.MarkdownFeature.MarkdownNoHTML
        document.setMarkdown(self._source, features)
        _space_out(document)
        self._fit()

    def _link_pressed(self, address: QUrl) -> None:
        if address.scheme().lower() not in OPENED:
            return
        shown = address.toDisplayString()
        messages.ask(
            self,
            tr("Open this address in the browser?"),
            shown,
            tr("Open"),
            lambda: QDesktopServices.openUrl(address),
        )


def _space_out(document: QTextDocument) -> None:
    """Give lines and paragraphs room; Qt's Markdown import sets them tight."""
    block = document.begin()
    while block.isValid():
        cursor = QTextCursor(block)
        form = block.blockFormat()
        form.setLineHeight(140, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        if form.headingLevel() and block.blockNumber():
            form.setTopMargin(14)
        cursor.setBlockFormat(form)
        block = block.next()
