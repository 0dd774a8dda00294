"""One knowledge article as rendered Markdown; nothing is loaded from outside, links show their address first."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QEvent, QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QSizePolicy, QTextBrowser, QWidget

from app.ui import messages
from app.ui.language import tr
from app.ui.theme import is_palette_change, shades

OPENED = frozenset({"http", "https", "mailto"})
_ADDRESS = re.compile(r"(https?://[^\s<>\"'\u0080-\U0010ffff]*[\w/=&#-])", re.ASCII)
_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")


class ArticleView(QTextBrowser):
    """Shows Markdown source in place; raw HTML stays text, pictures from elsewhere become their description."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = ""
        self._is_plain = False
        self._ruler: QTextDocument | None = None
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

    def show_plain(self, words: str) -> None:
        """Show what somebody wrote exactly as it was written; addresses in it can be opened."""
        self._source, self._is_plain = words, True
        self._render()

    def fit_height(self) -> None:
        """Be as high as the text; for short texts inside a page that scrolls itself."""
        self._ruler = self.document().clone(self)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setProperty("part", "inline")
        self.viewport().setAutoFillBackground(False)

    def hasHeightForWidth(self) -> bool:
        return self._ruler is not None

    def heightForWidth(self, width: int) -> int:
        if self._ruler is None:
            return super().heightForWidth(width)
        self._ruler.setTextWidth(width - 2 * self.frameWidth())
        return round(self._ruler.size().height()) + 2 * self.frameWidth() + 2

    def sizeHint(self) -> QSize:
        return QSize(300, self.heightForWidth(max(self.width(), 200))) if self._ruler else super().sizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(80, 20) if self._ruler else super().minimumSizeHint()

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
        if self._is_plain:
            document.setHtml(linked(self._source))
        else:
            features = QTextDocument.MarkdownFeature
            document.setMarkdown(self._source, features.MarkdownDialectGitHub | features.MarkdownNoHTML)
        _space_out(document)
        if self._ruler is not None:
            self._ruler.deleteLater()
            self._ruler = document.clone(self)
            self.updateGeometry()

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


def linked(words: str) -> str:
    """Plain words as HTML: nothing in them is markup, lines and spaces stay, web addresses become links."""
    parts = []
    for place, part in enumerate(_ADDRESS.split(words)):
        text = html.escape(part)
        parts.append(f'<a href="{text}">{text}</a>' if place % 2 else text)
    return f'<p style="white-space: pre-wrap">{"".join(parts)}</p>'


def _space_out(document: QTextDocument) -> None:
    """Give lines and paragraphs room; Qt's Markdown import sets them tight."""
    block = document.begin()
    while block.isValid():
        cursor = QTextCursor(block)
        form = block.blockFormat()
        form.setLineHeight(140, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
        if form.headingLevel() and block.blockNumber():
            form.setTopMargin(14)
        if not block.next().isValid():
            form.setBottomMargin(0)
        cursor.setBlockFormat(form)
        block = block.next()
