"""Runs the bell: one program per user, the tray, the windows, and what keeps them fresh."""

from __future__ import annotations

import dataclasses
import os
import signal
import sys
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtNetwork import QNetworkInformation
from PySide6.QtWidgets import QApplication

from app.errors import HelpdeskError
from app.helpdesk.delivery import Delivered
from app.protocol.tickets import TicketSummary
from app.settings import save_user
from app.ui import drawings, messages
from app.ui.about import AboutDialog
from app.ui.assist.doorway import Doorway
from app.ui.background import DISK, Background
from app.ui.deliveries import Deliveries
from app.ui.desk import Desk
from app.ui.displays import Displays
from app.ui.following import Following
from app.ui.help_window import HelpWindow, Place
from app.ui.hotkey import GlobalHotkey
from app.ui.language import LanguageSwitch, error_texts, tr
from app.ui.reports import Reports
from app.ui.services import Services
from app.ui.settings_dialog import SettingsDialog
from app.ui.single_instance import Command, Request, SingleInstance, socket_name
from app.ui.theme import Theme
from app.ui.tray import Tray

QUIET = 5_000
"""Milliseconds after the start until a report's window is built for the first click."""
GRACE = 12_000
"""Milliseconds in which a panel may still appear after sign-in, before the window opens in the tray's place."""


def run(services: Services, command: str = "open", argument: str = "") -> int:
    """Run until the employee quits; hand the command to the program that runs already, if one does. Exit code."""
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        application = QApplication(sys.argv[:1])
    application.setApplicationName("Deskbell")
    application.setDesktopFileName("deskbell")
    application.setQuitOnLastWindowClosed(False)
    services = with_displays(services, Displays(application))
    request = Request(Command(command), argument, os.environ.get("XDG_ACTIVATION_TOKEN", ""))
    system = services.system
    instance = SingleInstance(socket_name(system.user_name(), system.session_id(), services.paths.data))
    if not instance.claim(request):
        return 0
    bell = Bell(application, services, instance)
    bell.start(request)
    try:
        return application.exec()
    finally:
        bell.stop()


def with_displays(services: Services, displays: Displays) -> Services:
    """The same services, told how the monitors lie; nothing of them may have been built before."""
    return cast(Services, dataclasses.replace(cast(Any, services), displays=displays))


class Bell(QObject):
    """Everything that lives as long as the program, and what is done when something is asked of it."""

    def __init__(self, application: QApplication, services: Services, instance: SingleInstance) -> None:
        super().__init__()
        self.application = application
        self.services = services
        self.instance = instance
        self.language = LanguageSwitch(services.settings.language, self)
        self.theme = Theme(application, services.settings.theme)
        application.setWindowIcon(drawings.app_icon())
        application.setApplicationDisplayName("")
        self.background = Background(parent=self)
        self.desk = Desk(services, self.background, self)
        self.deliveries = Deliveries(self.desk, self)
        self.following = Following(self.desk, self)
        self.reports = Reports(services, self.background, lambda: self.desk.announcements, self)
        self.hotkey = GlobalHotkey(parent=self)
        self.tray = Tray(lambda: self.language.setting, parent=self)
        self.doorway = Doorway(self.desk, self.tray, self)
        self._window: HelpWindow | None = None
        self._settings: SettingsDialog | None = None
        self._heartbeat = QTimer(self)
        self._wire()

    @property
    def window(self) -> HelpWindow:
        """The help window, built when it is first wanted."""
        if self._window is None:
            self._window = HelpWindow(self.desk, self.language.setting)
            self._window.asked.connect(self.obey)
            self._window.about_asked.connect(self.show_about)
            self._window.language_chosen.connect(self.choose_language)
            self._window.system_language_changed.connect(self.language.follow_system)
            self._window.screen_asked.connect(self._picture_for_reply)
            self._window.history_asked.connect(self.doorway.show_history)
        return self._window

    def start(self, request: Request) -> None:
        """Show the bell and do what the start was for."""
        self.instance.asked.connect(self.obey)
        shown = self.tray.start()
        if request.command is not Command.BACKGROUND:
            self.obey(request)
        elif not shown:
            QTimer.singleShot(GRACE, self, self._open_without_tray)
        # What the windows show is fetched after the first of them has been painted.
        QTimer.singleShot(0, self, self._begin_work)

    def stop(self) -> None:
        """Take the icon away first, then end what runs; nothing waits for the network."""
        self.tray.hide()
        self.doorway.close()  # before anything that could take a moment: nobody looks any more
        self.instance.close()
        self.deliveries.stop()
        self.following.stop()
        self.reports.close()
        if self._window is not None:
            self._window.hide()
        self.services.close()  # ends the long poll, so that its thread does not keep us
        self.background.close()
        self.services.close()  # what the last tasks had opened again

    @Slot(object)
    def obey(self, request: Request) -> None:
        """Do what the tray, a window or a second start asks for."""
        if request.token:
            os.environ["XDG_ACTIVATION_TOKEN"] = request.token  # lets the desktop put our window in front
        if request.command is Command.QUIT:
            if self._window is not None:
                self._window.hide()  # a visible one would be asked to close, hide itself instead, and stop the end
            self.tray.hide()
            self.doorway.is_quitting()
            self.application.quit()
        elif request.command is Command.REPORT:
            image = Path(request.argument) if request.argument else None
            self.reports.begin(image, from_menu=self.sender() is self.tray)
        elif request.command is Command.SETTINGS:
            self.show_settings()
        elif request.command is not Command.BACKGROUND:
            self._show(request)

    @Slot(object)
    def _obey_press(self, request: Request) -> None:
        # A signal straight into obey would look as if the menu had been used.
        QTimer.singleShot(0, self, lambda: self.obey(request))

    @Slot(str)
    def choose_language(self, setting: str) -> None:
        """Speak another language from now on."""
        self._apply("language", setting)
        user_settings = self.services.paths.user_settings
        self.background.run(
            DISK, lambda: save_user(user_settings, {"language": setting}), lambda _: None, self._complain
        )

    @Slot()
    def show_about(self) -> None:
        """Show what runs here."""
        AboutDialog(self.services.settings.server_url, self._visible_window()).open()

    def show_settings(self) -> None:
        """Show the settings, once."""
        if self._settings is None:
            self._settings = SettingsDialog(self.desk)
            self._settings.setWindowIcon(drawings.app_icon())
            self._settings.changed.connect(self._apply)
        self._settings.show()
        self._settings.raise_()
        self._settings.activateWindow()

    def _wire(self) -> None:
        self.tray.asked.connect(self.obey)
        self.tray.pressed.connect(self._obey_press)
        self.tray.ordered.connect(lambda order: self.reports.begin(order=order))
        self.hotkey.pressed.connect(lambda: self._obey_press(Request(Command.REPORT)))
        self.hotkey.refused.connect(self._no_hotkey)
        self.reports.failed.connect(self._complain)
        self.desk.draft_wanted.connect(lambda draft: self.reports.begin(draft=draft))
        self.tray.about_asked.connect(self.show_about)
        self.tray.language_chosen.connect(self.choose_language)
        self.tray.notice_clicked.connect(self.obey)
        self.language.changed.connect(self.tray.retranslate)
        self.theme.changed.connect(self.tray.redraw)
        self.desk.tickets_changed.connect(self._count)
        self.desk.waiting_changed.connect(self._count)
        self.desk.replied.connect(self._tell_reply)
        self.following.assist_told.connect(self.doorway.heard)
        self.deliveries.ticket_received.connect(self._tell_received)
        self.desk.waiting_changed.connect(self.reports.look_again)
        self.reports.delivery_wanted.connect(self.desk.refresh_waiting)
        self.reports.delivery_wanted.connect(self.deliveries.deliver_now)

    @Slot()
    def _begin_work(self) -> None:
        self.desk.start()
        self.hotkey.use(self.services.settings.hotkey)
        self.deliveries.start()
        self.following.start()
        self.doorway.start()
        if QNetworkInformation.loadDefaultBackend():
            network = QNetworkInformation.instance()
            network.reachabilityChanged.connect(self._network_changed)
        # Python handles Ctrl+C and SIGTERM only while it runs; the timer lets it run now and then.
        for name in (signal.SIGINT, signal.SIGTERM):
            # Not quit(), which asks every window first: the session is over and nobody is there to answer.
            signal.signal(name, lambda *_: self.application.exit(0))
        QTimer.singleShot(QUIET, self, self.reports.keep_ready)
        self._heartbeat.timeout.connect(lambda: None)
        self._heartbeat.start(500)

    @Slot()
    def _network_changed(self) -> None:
        self.following.wake()
        self.desk.try_now()

    @Slot()
    def _open_without_tray(self) -> None:
        if not self.tray.is_shown:
            self.window.bring_up()

    def _show(self, request: Request) -> None:
        window = self.window
        window.bring_up()
        ticket = _uuid(request.argument)
        if request.command is Command.TICKETS and ticket is not None:
            window.open_ticket(ticket)
        elif request.command is Command.TICKETS:
            window.go(Place.TICKETS)
        elif request.command is Command.SEARCH:
            window.go(Place.SEARCH)
            if request.argument:
                window.search.search_for(request.argument)
        else:
            window.go(Place.HOME)

    @Slot(str, object)
    def _apply(self, name: str, value: object) -> None:
        if name == "language":
            self.language.use(str(value))
            if self._window is not None:
                self._window.language_setting = self.language.setting
        elif name == "theme":
            self.theme.use(str(value))
        elif name == "hotkey":
            self.hotkey.use(str(value))
        elif name == "assist_stop_keys":
            try:
                self.doorway.use_stop_keys(str(value))
            except HelpdeskError as error:
                self._no_hotkey(error)

    @Slot(object)
    def _no_hotkey(self, error: HelpdeskError) -> None:
        """A conflict is told where it was made; at the start a notice does, and the bell works without."""
        if self._settings is not None and self._settings.isVisible():
            messages.show_error(self._settings, error)
        else:
            self.tray.notify(*error_texts(error), Request(Command.SETTINGS))

    @Slot()
    def _count(self) -> None:
        waiting = sum(1 for item in self.desk.waiting if item.kind.value != "outcome")
        self.tray.set_counts(self.desk.unread, waiting)

    @Slot(object)
    def _tell_received(self, delivered: Delivered) -> None:
        title = tr("Your report has the number {number}", number=delivered.number)
        self.tray.notify(title, tr("The helpdesk has received it."), Request(Command.TICKETS, str(delivered.id)))
        self.reports.look_again()

    @Slot(object)
    def _tell_reply(self, ticket: TicketSummary) -> None:
        window = self._window
        if window is not None and window.isActiveWindow() and window.ticket.ticket == ticket.id:
            return  # it is being read
        title = tr("New reply on {number}", number=ticket.number)
        self.tray.notify(title, ticket.subject, Request(Command.TICKETS, str(ticket.id)))

    @Slot()
    def _picture_for_reply(self) -> None:
        window = self.window
        self.reports.picture(window.ticket.add_picture, self._complain)

    def _complain(self, error: HelpdeskError) -> None:
        messages.show_error(self._visible_window(), error)

    def _visible_window(self) -> HelpWindow | None:
        return self._window if self._window is not None and self._window.isVisible() else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
