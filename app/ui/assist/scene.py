"""Everything that stands on the screen during a session, and where it stands: the agent's hand may not touch it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QApplication

from app.assist.told import Drawn, Pointed
from app.protocol.session import Grade
from app.system.base import Rect, Window
from app.ui.assist.banner import Banner
from app.ui.assist.chat import ChatWindow
from app.ui.assist.handover import Handover
from app.ui.assist.overlay import Overlay
from app.ui.assist.private_windows import PrivateWindows
from app.ui.assist.prompt import Said
from app.ui.assist.questions import ContinuePrompt, GradePrompt, ScreenPrompt
from app.ui.assist.screens import Shareable, in_desktop, screen_id, screen_named, shareable
from app.ui.assist.visit import Visit
from app.ui.background import Background
from app.ui.language import tr
from app.ui.placement import screen_of

LOOK = 100
"""Milliseconds between two looks at where our windows are."""


class Scene(QObject):
    """Banners, overlay, prompts, chat and the list of private windows of one visit."""

    said = Signal(str)
    """A line the employee wrote, for the ticket."""

    def __init__(
        self,
        visit: Visit,
        list_windows: Callable[[Callable[[Sequence[Window]], None]], None],
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        """`list_windows` looks for other programs' windows in the background and hands them over."""
        super().__init__(parent)
        self.visit = visit
        self._list_windows = list_windows
        self.banners: list[Banner] = []
        self.grade_prompt: GradePrompt | None = None
        self.screen_prompt: ScreenPrompt | None = None
        self.continue_prompt: ContinuePrompt | None = None
        self.chat = ChatWindow(visit.name)
        self.private = PrivateWindows(visit.name, can_hide=not visit.by_portal)
        self.overlay = self._make_overlay()
        self.handover = Handover(visit, background, lambda: self.screen, parent=self)
        self._wire()
        self._look = QTimer(self)
        self._look.setInterval(LOOK)
        self._look.timeout.connect(self.tell_ours)

    def open(self) -> None:
        """Put a banner on every monitor; from now on until `close` there is one."""
        self.rebuild()
        self._look.start()

    def close(self) -> None:
        """Take everything away at once; only a chat that is being read stays."""
        if not self._look.isActive():
            return
        self._look.stop()
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.disconnect(self._later)
            application.screenRemoved.disconnect(self._later)
        self._remove_banners()
        self._remove_overlay()
        for prompt in (self.grade_prompt, self.screen_prompt, self.continue_prompt):
            if prompt is not None:
                prompt.withdraw()
        self.grade_prompt = self.screen_prompt = self.continue_prompt = None
        self.handover.close()
        self.private.hide()
        self.private.deleteLater()
        self.chat.close_down()
        if not self.chat.isActiveWindow():
            self.chat.hide()

    @Slot()
    def rebuild(self) -> None:
        """One banner on each monitor there is now."""
        self._remove_banners()
        if self.visit.is_over:
            return
        self.visit.there_are(shareable())
        for screen in QGuiApplication.screens():
            is_shared = screen_id(screen) == self.visit.screen.id
            banner = Banner(self.visit, screen, is_shared=is_shared)
            banner.stop_asked.connect(self._stop)
            banner.chat_asked.connect(self._open_chat)
            banner.windows_asked.connect(self.choose_windows)
            banner.screen_chosen.connect(self.visit.choose)
            banner.unread(self.chat.unread)
            screen.geometryChanged.connect(banner.place)
            screen.geometryChanged.connect(self._moved)
            banner.appear()
            self.banners.append(banner)
        self.tell_ours()

    @Slot()
    def tell_ours(self) -> None:
        """Tell the host where our windows are and whether one of them has the keyboard."""
        areas: list[Rect] = []
        for window in QApplication.topLevelWidgets():
            if window.isVisible() and window is not self.overlay:
                areas.append(in_desktop(window.frameGeometry(), screen_of(window)))
        focused = QApplication.activeWindow() is not None or QApplication.activePopupWidget() is not None
        self.visit.tell_ours(tuple(sorted(areas, key=as_tuple)), is_focused=focused)

    @Slot()
    def choose_windows(self) -> None:
        """Show which windows can be hidden from the agent."""
        self._list_windows(self._windows_found)

    @property
    def screen(self) -> QScreen | None:
        """The shared monitor as Qt has it; None when it was unplugged."""
        return screen_named(self.visit.screen.id)

    @Slot()
    def _moved(self) -> None:
        self.visit.there_are(shareable())

    @Slot()
    def _turned(self) -> None:
        """Another screen is the shared one: what was drawn on the one before meant that one."""
        self._remove_overlay()
        self.overlay = self._make_overlay()
        self.rebuild()

    @Slot(object)
    def _point(self, told: Pointed) -> None:
        if self.overlay is not None:
            self.overlay.point(told)

    @Slot(object)
    def _draw(self, told: Drawn) -> None:
        if self.overlay is not None:
            self.overlay.draw(told)

    def _remove_overlay(self) -> None:
        if self.overlay is not None:
            self.overlay.hide()
            self.overlay.deleteLater()
            self.overlay = None

    def _make_overlay(self) -> Overlay | None:
        screen = self.screen
        return None if screen is None else Overlay(self.visit.name, screen, self.visit.screen.scale)

    def _wire(self) -> None:
        visit = self.visit
        visit.asked.connect(self._asked)
        visit.ending_soon.connect(self._ask_to_go_on)
        visit.confirmed.connect(self._went_on)
        visit.heard.connect(self._heard)
        visit.changed.connect(self._stands)
        visit.attention_asked.connect(self._attention)
        visit.pointed.connect(self._point)
        visit.drawn.connect(self._draw)
        visit.screen_asked.connect(self._asked_for_screen)
        visit.turned.connect(self._turned)
        self.chat.said.connect(visit.say)
        self.chat.said.connect(self.said)
        self.chat.read.connect(self._count_unread)
        self.chat.copied_asked.connect(self._give_copied)
        self.handover.shown.connect(self.tell_ours)
        self.private.chosen.connect(visit.cover)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._later)
            application.screenRemoved.connect(self._later)

    @Slot()
    def _stop(self) -> None:
        self.visit.stop()

    @Slot()
    def _later(self) -> None:
        # The monitor is still in Qt's list while it says that it goes.
        QTimer.singleShot(0, self, self.rebuild)

    def _remove_banners(self) -> None:
        for banner in self.banners:
            banner.hide()
            banner.deleteLater()
        self.banners.clear()

    @Slot(object)
    def _asked(self, grade: Grade | None) -> None:
        if self.grade_prompt is not None:
            self.grade_prompt.withdraw()
            self.grade_prompt = None
        if grade is None or self.visit.is_over:
            return
        visit = self.visit
        prompt = GradePrompt(
            visit.name,
            grade,
            self.screen,
            photo=visit.invitation.agent.photo,
            seconds=visit.terms.answer_seconds,
            by_portal=visit.by_portal,
        )
        prompt.answered.connect(lambda said: self._grade_answered(grade, said))
        self.grade_prompt = prompt
        prompt.ask()
        self.tell_ours()

    def _grade_answered(self, grade: Grade, said: Said) -> None:
        self.grade_prompt = None
        self.visit.answer(grade, is_granted=said is Said.ALLOW)

    @Slot(object)
    def _asked_for_screen(self, wanted: Shareable | None) -> None:
        if self.screen_prompt is not None:
            self.screen_prompt.withdraw()
            self.screen_prompt = None
        visit = self.visit
        if wanted is None or visit.is_over:
            return
        photo, seconds = visit.invitation.agent.photo, visit.terms.answer_seconds
        prompt = ScreenPrompt(visit.name, wanted, visit.grade, self.screen, photo=photo, seconds=seconds)
        prompt.answered.connect(lambda said: self._screen_answered(wanted, said))
        self.screen_prompt = prompt
        prompt.ask()
        self.tell_ours()

    def _screen_answered(self, wanted: Shareable, said: Said) -> None:
        self.screen_prompt = None
        if said is Said.ALLOW:
            self.visit.choose(wanted.id)
        else:
            self.visit.refuse_screen(wanted.id)

    @Slot(float)
    def _ask_to_go_on(self, seconds: float) -> None:
        if self.continue_prompt is not None or self.visit.is_over:
            return
        prompt = ContinuePrompt(self.visit.name, self.visit.terms.minutes, seconds, self.screen)
        prompt.answered.connect(self._go_on_answered)
        self.continue_prompt = prompt
        prompt.ask()
        self.tell_ours()

    def _go_on_answered(self, said: Said) -> None:
        self.continue_prompt = None
        if said is Said.ALLOW:
            self.visit.confirm()
        elif said is Said.DENY:
            self.visit.stop()

    @Slot()
    def _went_on(self) -> None:
        if self.continue_prompt is not None:
            self.continue_prompt.withdraw()
            self.continue_prompt = None

    @Slot()
    def _stands(self) -> None:
        if self.overlay is not None and (self.visit.grade < Grade.POINT or self.visit.is_paused):
            self.overlay.clear()

    @Slot(str)
    def _heard(self, text: str) -> None:
        self.chat.hear(text)
        self.chat.appear(self.screen, takes_keyboard=False)
        QApplication.beep()
        self._count_unread()

    @Slot()
    def _attention(self) -> None:
        self._heard(tr("Please press Ctrl+Alt+Del. Only you can do that on this computer."))

    @Slot()
    def _open_chat(self) -> None:
        self.chat.appear(self.screen, takes_keyboard=True)

    @Slot()
    def _give_copied(self) -> None:
        self.chat.explain(self.handover.give())

    @Slot()
    def _count_unread(self) -> None:
        for banner in self.banners:
            banner.unread(self.chat.unread)

    def _windows_found(self, windows: Sequence[Window]) -> None:
        if not self.visit.is_over:
            self.private.appear(windows, self.screen)
            self.tell_ours()


def as_tuple(area: Rect) -> tuple[int, int, int, int]:
    """For sorting."""
    return area.x, area.y, area.width, area.height
