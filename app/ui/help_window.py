"""The help window: one bar and the pages below it."""

from __future__ import annotations

from enum import Enum
from uuid import UUID

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from app.ui import connection, drawings
from app.ui.buttons import IconButton
from app.ui.desk import Desk
from app.ui.home import HomePage
from app.ui.language import AUTO, tr
from app.ui.placement import Placement
from app.ui.search import SearchPage
from app.ui.sheet import Chip, label
from app.ui.single_instance import Command, Request
from app.ui.theme import MEDIUM, SMALL, is_palette_change, shades
from app.ui.tickets.list_page import TicketsPage
from app.ui.tickets.ticket_page import TicketPage

USUAL = QSize(900, 700)
SMALLEST = QSize(480, 420)


class Place(Enum):
    """The pages; each knows where Back leads."""

    HOME = "home"
    TICKETS = "tickets"
    TICKET = "ticket"
    SEARCH = "search"


BACK = {Place.TICKETS: Place.HOME, Place.TICKET: Place.TICKETS, Place.SEARCH: Place.HOME}


class HelpWindow(QWidget):
    """Closing it hides it: the bell stays, and the place is remembered."""

    asked = Signal(object)
    about_asked = Signal()
    language_chosen = Signal(str)
    system_language_changed = Signal()
    screen_asked = Signal()
    history_asked = Signal()

    def __init__(self, desk: Desk, language_setting: str = AUTO, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.language_setting = language_setting
        self._placement = Placement(desk.services.paths.config / "windows.ini", "help_window", USUAL)
        self._was_placed = False
        self._place = Place.HOME
        self.setProperty("part", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowIcon(drawings.app_icon())
        self.setMinimumSize(SMALLEST)
        self.home = HomePage(desk)
        self.tickets = TicketsPage(desk)
        self.ticket = TicketPage(desk)
        self.search = SearchPage(desk)
        self._pages: dict[Place, HomePage | TicketsPage | TicketPage | SearchPage] = {
            Place.HOME: self.home,
            Place.TICKETS: self.tickets,
            Place.TICKET: self.ticket,
            Place.SEARCH: self.search,
        }
        self._stack = QStackedWidget()
        for page in self._pages.values():
            self._stack.addWidget(page)
        self._build_bar()
        self._menu = self._build_menu()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        self._wire()
        self.retranslate()
        self.go(Place.HOME)

    @property
    def place(self) -> Place:
        """The page that is shown."""
        return self._place

    def go(self, place: Place) -> None:
        """Show a page and put the keyboard on it."""
        self._place = place
        self._back.setVisible(place is not Place.HOME)
        self._bell.setVisible(place is Place.HOME)
        self._stack.setCurrentWidget(self._pages[place])
        self._say_where()
        self._pages[place].focus_first()

    def open_ticket(self, ticket_id: UUID) -> None:
        """Show one ticket."""
        self.ticket.show_ticket(ticket_id)
        self.go(Place.TICKET)

    def bring_up(self) -> None:
        """Show the window in front of the others."""
        if not self._was_placed:
            self._placement.restore(self)
            self._was_placed = True
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        self._back.name(tr("Back"))
        self._menu_button.name(tr("Menu"))
        self._history.setText(tr("Who has looked at my screen"))
        self._settings.setText(tr("Settings"))
        self._languages.setTitle(tr("Language"))
        self._as_system.setText(tr("Same as the system"))
        self._about.setText(tr("About Deskbell"))
        self._quit.setText(tr("Quit"))
        self._say_where()
        self._show_connection()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() is QEvent.Type.LocaleChange:
            self.system_language_changed.emit()
        elif is_palette_change(event):
            self._draw()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        if self._was_placed:
            self._placement.keep(self)
        super().hideEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._desk.refresh_waiting()

    @Slot()
    def back(self) -> None:
        """One step back; from the first page the window closes."""
        if self._place is Place.SEARCH and self.search.back():
            return
        if self._place in BACK:
            self.go(BACK[self._place])
        else:
            self.close()

    def _build_bar(self) -> None:
        self._bar = QFrame()
        self._bar.setProperty("part", "bar")
        self._back = IconButton("back")
        self._back.clicked.connect(self.back)
        self._bell = label()
        self._bell.setPixmap(drawings.drawing("app", drawings.ON_DARK, 28, self.devicePixelRatioF()))
        self._where = label("strong", wraps=False)
        self._connection = Chip()
        self._menu_button = IconButton("menu")
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        row.setSpacing(SMALL)
        row.addWidget(self._back)
        row.addWidget(self._bell)
        row.addWidget(self._where)
        row.addStretch()
        row.addWidget(self._connection)
        row.addWidget(self._menu_button)

    def _build_menu(self) -> QMenu:
        menu = QMenu(self)
        self._history = menu.addAction("")
        self._history.triggered.connect(self.history_asked)
        self._settings = menu.addAction("")
        self._settings.setShortcut(QKeySequence("Ctrl+,"))
        self._languages = menu.addMenu("")
        group = QActionGroup(self)
        self._as_system = self._languages.addAction("")
        named = ((self._as_system, AUTO), (self._languages.addAction("English"), "en"))
        for action, tag in (*named, (self._languages.addAction("简体中文"), "zh-CN")):
            action.setCheckable(True)
            action.setData(tag)
            group.addAction(action)
        group.triggered.connect(self._language_picked)
        self._languages.aboutToShow.connect(self._tick_language)
        self._about = menu.addAction("")
        menu.addSeparator()
        self._quit = menu.addAction("")
        self._quit.setShortcut(QKeySequence.StandardKey.Quit)
        self._settings.triggered.connect(lambda: self.asked.emit(Request(Command.SETTINGS)))
        self._about.triggered.connect(self.about_asked)
        self._quit.triggered.connect(lambda: self.asked.emit(Request(Command.QUIT)))
        for action in (self._settings, self._quit):
            self.addAction(action)
        self._menu_button.setMenu(menu)
        self._menu_button.setPopupMode(self._menu_button.ToolButtonPopupMode.InstantPopup)
        self._draw()
        return menu

    def _wire(self) -> None:
        self.home.report_asked.connect(self._report)
        self.home.tickets_asked.connect(lambda: self.go(Place.TICKETS))
        self.home.search_asked.connect(lambda: self.go(Place.SEARCH))
        self.home.read_asked.connect(self.open_ticket)
        self.tickets.report_asked.connect(self._report)
        self.tickets.chosen.connect(self.open_ticket)
        self.ticket.screen_asked.connect(self.screen_asked)
        self._desk.connection_changed.connect(self._show_connection)
        for keys, wanted in (
            ("Ctrl+N", self._report),
            ("Ctrl+T", lambda: self.go(Place.TICKETS)),
            ("Ctrl+F", lambda: self.go(Place.SEARCH)),
            ("Alt+Left", self.back),
            ("Esc", self.back),
            ("F5", self._refresh),
            ("Ctrl+W", self.close),
        ):
            QShortcut(QKeySequence(keys), self).activated.connect(wanted)

    @Slot()
    def _report(self) -> None:
        self.asked.emit(Request(Command.REPORT))

    @Slot()
    def _refresh(self) -> None:
        self._desk.try_now()
        if self._place is Place.TICKET:
            self.ticket.reload()

    def _say_where(self) -> None:
        words = {
            Place.HOME: tr("Deskbell"),
            Place.TICKETS: tr("My tickets"),
            Place.TICKET: tr("Ticket"),
            Place.SEARCH: tr("Search for an answer"),
        }
        self._where.setText(words[self._place])
        self.setWindowTitle(words[self._place] if self._place is Place.HOME else f"{words[self._place]} · Deskbell")

    @Slot()
    def _show_connection(self) -> None:
        state = self._desk.connection
        self._connection.say(connection.word(state), connection.TONES[state])
        self._connection.setToolTip(connection.sentence(state))

    def _draw(self) -> None:
        if not hasattr(self, "_quit"):
            return  # events arrive before the window is complete
        worn = shades()
        symbols = {self._settings: "settings", self._languages.menuAction(): "language", self._about: "about"}
        for action, symbol in {**symbols, self._history: "eye", self._quit: "quit"}.items():
            action.setIcon(drawings.icon(symbol, worn.text, worn.quiet))

    @Slot()
    def _tick_language(self) -> None:
        for action in self._languages.actions():
            action.setChecked(action.data() == self.language_setting)

    @Slot(QAction)
    def _language_picked(self, action: QAction) -> None:
        self.language_chosen.emit(action.data())
