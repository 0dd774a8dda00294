"""The bell in the notification area: its menu, its badge, its notices, and its survival without a host."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal, SignalInstance, Slot
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.ui import drawings
from app.ui.capture_menu import CaptureMenu
from app.ui.language import AUTO, tr
from app.ui.single_instance import Command, Request
from app.ui.tray_host import tray_host_exists

OFTEN, OFTEN_TIMES, SELDOM = 2_000, 30, 60_000
"""Look for a host every 2 s for the first minute, when desktops are still starting, then once a minute."""
NOTICE_TIME = 8_000


class Tray(QObject):
    """Shows the bell as soon as and as long as the desktop has a place for it."""

    asked = Signal(object)
    """A Request, from the menu."""
    pressed = Signal(object)
    """A Request, from a click on the bell itself."""
    ordered = Signal(object)
    """An Order for another picture than that of the screen now."""
    about_asked = Signal()
    language_chosen = Signal(str)
    adopted = Signal()
    notice_clicked = Signal(object)
    stop_asked = Signal()
    """Nobody may see the screen any more."""
    history_asked = Signal()

    def __init__(
        self,
        language: Callable[[], str],
        host_exists: Callable[[], bool] = tray_host_exists,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._language = language
        self._host_exists = host_exists
        self._had_host = False
        self._icon: QSystemTrayIcon | None = None
        self._unread = 0
        self._waiting = 0
        self._about = Request(Command.OPEN)
        self._menu = QMenu()
        self._build()
        self._timer = QTimer(self)
        self._timer.setInterval(OFTEN)
        self._looks = 0
        self._timer.timeout.connect(self.look_for_host)

    def start(self) -> bool:
        """Show the icon if there is a host and keep looking for one; returns whether it is shown."""
        self._timer.start()
        self.look_for_host()
        return self.is_shown

    @property
    def is_shown(self) -> bool:
        """Whether the icon is where an employee can see it."""
        return self._icon is not None and self._had_host

    @property
    def menu(self) -> QMenu:
        """The menu behind the icon."""
        return self._menu

    def set_counts(self, unread: int, waiting: int) -> None:
        """Unread replies and tickets that wait to be sent, for the badge, the menu and the tool tip."""
        if (unread, waiting) != (self._unread, self._waiting):
            self._unread, self._waiting = unread, waiting
            self.retranslate()
            self.redraw()

    def notify(self, title: str, text: str, about: Request) -> None:
        """Tell the employee something; a click on the notice emits `notice_clicked` with `about`.

        The desktop does not say which notice was clicked, so it is the latest.
        """
        self._about = about
        if self._icon is not None:
            self._icon.showMessage(title, text, drawings.app_icon(), NOTICE_TIME)

    def show_looking(self, is_looked_at: bool) -> None:
        """Offer to stop remote assistance, first of all, while somebody looks."""
        self._stop.setVisible(is_looked_at)
        self._stop_line.setVisible(is_looked_at)

    def hide(self) -> None:
        """Take the icon away before the program ends, so that no ghost of it stays in the panel."""
        self._timer.stop()
        if self._icon is not None:
            self._icon.hide()

    @Slot()
    def look_for_host(self) -> None:
        """Adopt a host that has appeared, or show the icon again to one that was restarted."""
        self._looks += 1
        if self._looks == OFTEN_TIMES:
            self._timer.setInterval(SELDOM)
        has_host = self._host_exists()
        if has_host and not self._had_host:
            self._show_icon()
        self._had_host = has_host

    @Slot()
    def redraw(self) -> None:
        """Draw the bell for the panel's colour and the present counts."""
        if self._icon is not None:
            self._icon.setIcon(self._bell())
        for action in self._menu.actions():
            symbol = action.property("symbol")
            if symbol:
                action.setIcon(drawings.icon(symbol, drawings.ON_ANY))

    def retranslate(self) -> None:
        """Word menu and tool tip in the language in use."""
        self._stop.setText(tr("Stop remote assistance"))
        self._history.setText(tr("Who has looked at my screen"))
        self._report.setText(tr("Report a problem"))
        self._ways.setTitle(tr("Report in another way"))
        self._ways.retranslate()
        tickets = tr("My tickets ({count})", count=self._unread) if self._unread else tr("My tickets")
        self._tickets.setText(tickets)
        self._search.setText(tr("Search for an answer"))
        self._open.setText(tr("Open Deskbell"))
        self._settings.setText(tr("Settings"))
        self._languages.setTitle(tr("Language"))
        self._as_system.setText(tr("Same as the system"))
        self._about_action.setText(tr("About Deskbell"))
        self._quit.setText(tr("Quit"))
        if self._icon is not None:
            self._icon.setToolTip(self._tip())

    def _tip(self) -> str:
        parts = [tr("Deskbell: help with this computer")]
        if self._unread:
            parts.append(tr("{count} unread", count=self._unread))
        if self._waiting:
            parts.append(tr("{count} waiting to be sent", count=self._waiting))
        return " · ".join(parts)

    def _bell(self) -> QIcon:
        return drawings.bell(on_dark=_panel_is_dark(), count=self._unread + self._waiting)

    def _show_icon(self) -> None:
        if self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
        self._icon = QSystemTrayIcon(self._bell(), self)
        self._icon.setToolTip(self._tip())
        self._icon.setContextMenu(self._menu)
        self._icon.activated.connect(self._pressed)
        self._icon.messageClicked.connect(self._notice_pressed)
        self._icon.show()
        self.adopted.emit()

    @Slot(QSystemTrayIcon.ActivationReason)
    def _pressed(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger and QGuiApplication.platformName() != "cocoa":
            self.pressed.emit(Request(Command.REPORT))  # one click to help; on macOS a click opens the menu
        elif reason is QSystemTrayIcon.ActivationReason.MiddleClick:
            self.pressed.emit(Request(Command.OPEN))

    @Slot()
    def _notice_pressed(self) -> None:
        self.notice_clicked.emit(self._about)

    def _build(self) -> None:
        self._stop = self._plain_action("stop", self.stop_asked)
        self._stop_line = self._menu.addSeparator()
        self.show_looking(False)
        self._report = self._action("camera", Request(Command.REPORT))
        self._ways = CaptureMenu(self._menu)
        self._ways.wanted.connect(self.ordered)
        self._ways.menuAction().setProperty("symbol", "delay")
        self._menu.addMenu(self._ways)
        self._tickets = self._action("tickets", Request(Command.TICKETS))
        self._search = self._action("search", Request(Command.SEARCH))
        self._menu.addSeparator()
        self._open = self._action("article", Request(Command.OPEN))
        self._history = self._plain_action("eye", self.history_asked)
        self._settings = self._action("settings", Request(Command.SETTINGS))
        self._languages = QMenu(self._menu)
        self._languages.menuAction().setProperty("symbol", "language")
        self._menu.addMenu(self._languages)
        self._build_languages()
        self._about_action = self._menu.addAction("")
        self._about_action.setProperty("symbol", "about")
        self._about_action.triggered.connect(self.about_asked)
        self._menu.addSeparator()
        self._quit = self._action("quit", Request(Command.QUIT))
        self._menu.setDefaultAction(self._report)
        self.retranslate()
        self.redraw()

    def _build_languages(self) -> None:
        group = QActionGroup(self)
        self._as_system = self._languages.addAction("")
        named = ((self._as_system, AUTO), (self._languages.addAction("English"), "en"))
        for action, tag in (*named, (self._languages.addAction("简体中文"), "zh-CN")):
            action.setCheckable(True)
            action.setData(tag)
            group.addAction(action)
        group.triggered.connect(self._language_picked)
        self._languages.aboutToShow.connect(self._tick_language)
        self._tick_language()

    @Slot()
    def _tick_language(self) -> None:
        for action in self._languages.actions():
            action.setChecked(action.data() == self._language())

    @Slot(QAction)
    def _language_picked(self, action: QAction) -> None:
        self.language_chosen.emit(action.data())

    def _plain_action(self, symbol: str, signal: SignalInstance) -> QAction:
        action = self._menu.addAction("")
        action.setProperty("symbol", symbol)
        action.triggered.connect(lambda: signal.emit())
        return action

    def _action(self, symbol: str, request: Request) -> QAction:
        action = self._menu.addAction("")
        action.setProperty("symbol", symbol)
        action.triggered.connect(lambda: self.asked.emit(request))
        return action


def _panel_is_dark() -> bool:
    """A desktop that names no scheme is taken to have a dark panel, as most have."""
    return QGuiApplication.styleHints().colorScheme() is not Qt.ColorScheme.Light
