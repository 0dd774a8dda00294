"""The window of one report: a title, where one is, a message if there is one, and the page."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.ui.drawings import app_icon
from app.ui.language import tr
from app.ui.messages import Banner
from app.ui.placement import clamped
from app.ui.report.blocked_page import BlockedPage
from app.ui.report.check_page import CheckPage
from app.ui.report.closing_page import ThanksPage
from app.ui.report.picture_page import PicturePage
from app.ui.report.sent_page import SentPage
from app.ui.theme import LARGE, MEDIUM, SMALL

USUAL = QSize(1240, 800)
"""Logical pixels; a screen with less room than this and a title bar is used as a whole."""
TITLE_BAR = 60
TILL = 1100
"""Logical pixels; a narrower screen is a till's."""
THANKS_SHOWN = 6_000


class ReportWindow(QWidget):
    """Holds the pages and turns keys and the close button into wishes; what happens is decided elsewhere."""

    leave_asked = Signal()
    """Esc or the close button: the report shall end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowIcon(app_icon())
        self.may_close = False
        self.picture = PicturePage()
        self.check = CheckPage()
        self.sent = SentPage()
        self.thanks = ThanksPage()
        self.blocked = BlockedPage()
        self.banner = Banner()
        self._title = QLabel()
        self._title.setProperty("part", "title")
        self._place = QLabel()
        self._place.setProperty("part", "quiet")
        self._stack = QStackedWidget()
        for page in (self.picture, self.check, self.sent, self.thanks, self.blocked):
            self._stack.addWidget(page)
        self._thanked = QTimer(self)
        self._thanked.setSingleShot(True)
        self._thanked.setInterval(THANKS_SHOWN)
        self._thanked.timeout.connect(self.leave_asked)
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        head = QFrame()
        head.setProperty("part", "bar")
        row = QHBoxLayout(head)
        row.setContentsMargins(LARGE, MEDIUM, LARGE, MEDIUM)
        row.addWidget(self._title)
        row.addStretch()
        row.addWidget(self._place)
        above = QVBoxLayout()
        above.setContentsMargins(LARGE, SMALL, LARGE, 0)
        above.addWidget(self.banner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addLayout(above)
        column.addWidget(self._stack, 1)

    @property
    def page(self) -> QWidget:
        """The page in view."""
        return self._stack.currentWidget()

    def turn_to(self, page: QWidget) -> None:
        """Show a page of this window."""
        self.banner.clear()
        self._stack.setCurrentWidget(page)
        self.retranslate()
        if page is self.thanks:
            self._thanked.start()

    def prepare(self) -> None:
        """Do everything of appearing that needs no picture: dressing, laying out, drawing all letters once."""
        self.setGeometry(clamped(None, USUAL, [QGuiApplication.primaryScreen().availableGeometry()]))
        self.create()
        self.grab()

    def appear(self) -> None:
        """Show the window in front: the whole screen where that is small, in the middle of it otherwise."""
        screen = QGuiApplication.primaryScreen().availableGeometry()
        self.setGeometry(clamped(None, USUAL, [screen]))
        if screen.width() <= USUAL.width() or screen.height() < USUAL.height() + TITLE_BAR:
            self.showMaximized()
        else:
            self.show()
        self.raise_()
        self.activateWindow()

    def forget(self) -> None:
        """Let go of every picture at once."""
        self.picture.forget()
        self.check.forget()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.page is self.picture and self.picture.answers.is_reading_article:
                self.picture.answers.show_list()
            else:
                self.leave_asked.emit()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        if self.may_close:
            super().closeEvent(event)
        else:
            event.ignore()
            self.leave_asked.emit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        titles = {self.picture: tr("Show what is wrong"), self.check: tr("Check and send")}
        title = titles.get(self.page, tr("Report a problem"))
        places = {self.picture: tr("Step 1 of 2"), self.check: tr("Step 2 of 2")}
        self._title.setText(title)
        self._place.setText(places.get(self.page, ""))
        self.setWindowTitle(tr("Deskbell: {title}", title=title))


def is_till(screen: QSize) -> bool:
    """Whether a screen has a till's size: then the report takes the short way."""
    return screen.width() < TILL
