"""The strip on every monitor while somebody looks: who, how far, how long, and Stop. It cannot be closed."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QColor,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QScreen,
)
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from app.protocol.session import Grade
from app.system.shield import exclude_from_capture
from app.ui import drawings
from app.ui.assist import words
from app.ui.assist.screens import inside, screen_id, screen_named
from app.ui.assist.visit import Visit
from app.ui.language import tr
from app.ui.theme import SMALL, shades

HEIGHT = 32
RADIUS = 9
DRAG = 4
"""Logical pixels a press must move before it is a drag."""
RAISE_EVERY = 1_000


def floating() -> Qt.WindowType:
    """The flags of our windows that stay above everything and never take the keyboard."""
    return (
        Qt.WindowType.Tool
        | Qt.WindowType.FramelessWindowHint
        | Qt.WindowType.WindowStaysOnTopHint
        | Qt.WindowType.WindowDoesNotAcceptFocus
        | Qt.WindowType.BypassWindowManagerHint
    )


class Banner(QWidget):
    """One monitor's strip; `is_shared` on the one that is seen."""

    stop_asked = Signal()
    chat_asked = Signal()
    windows_asked = Signal()
    screen_chosen = Signal(str)
    """The id of this strip's own monitor, which is to be seen instead."""

    def __init__(self, visit: Visit, screen: QScreen, *, is_shared: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent, floating())
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self.setAttribute(Qt.WidgetAttribute.WA_MacAlwaysShowToolWindow)
        self.setFixedHeight(HEIGHT)
        self.visit = visit
        self.is_pill = False
        self._screen_id = screen_id(screen)
        self._last_room = screen.geometry()
        self._is_shared = is_shared
        self._press: QPoint | None = None
        self._is_dragged = False
        self._unread = 0
        self._was_back = False
        self._sheet = ""
        self._build()
        self.retranslate()
        self.place(top_middle=True)
        visit.changed.connect(self.refresh)
        self._clock = QTimer(self)
        self._clock.setInterval(RAISE_EVERY)
        self._clock.timeout.connect(self._tick)
        self._clock.start()

    def appear(self) -> None:
        """Show the strip above everything without taking the keyboard."""
        self.show()
        self.raise_()
        exclude_from_capture(int(self.winId()))

    def unread(self, count: int) -> None:
        """How many of the agent's words have not been looked at."""
        self._unread = count
        self._chat.setText(str(count) if count else "")
        style = Qt.ToolButtonStyle.ToolButtonTextBesideIcon if count else Qt.ToolButtonStyle.ToolButtonIconOnly
        self._chat.setToolButtonStyle(style)
        self._fit()

    @Slot()
    def collapse(self) -> None:
        """Become a pill, or a strip again; there is no third state."""
        self.is_pill = not self.is_pill
        self.refresh()

    def place(self, *, top_middle: bool = False) -> None:
        """Stay wholly on the monitor, as it is now."""
        room = self._room()
        if self.width() > room.width():
            self.refresh()
        corner = QPoint(room.center().x() - self.width() // 2, room.top()) if top_middle else self.pos()
        self.move(inside(corner, self.size(), room))

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        name_button(self._chat, tr("Chat with {name}", name=self.visit.name))
        name_button(self._windows, tr("Hide windows from {name}", name=self.visit.name))
        name_button(self._back, tr("Take back: view only"))
        name_button(self._share, tr("Show this screen instead"))
        self._stop.setText(tr("Stop"))
        self._stop.setToolTip(tr("Ends remote assistance at once ({keys})", keys=self.visit.stop_keys))
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show how the visit stands."""
        visit = self.visit
        self._was_back = visit.is_back
        where = "" if self._is_shared else visit.screen.name
        if not visit.has_begun and visit.by_portal:
            sentence = tr("Your desktop asks as well: choose {screen} there", screen=visit.screen.name)
        elif not visit.has_begun:
            sentence = tr("Connecting to {name} …", name=visit.name)
        elif visit.is_held:
            sentence = tr("Paused: {name} sees nothing", name=visit.name)
        elif visit.is_paused:
            sentence = tr("{name}'s connection is interrupted", name=visit.name)
        elif visit.is_back:
            sentence = tr("{name} is connected again", name=visit.name)
        elif visit.wanted is not None and visit.wanted.id == self._screen_id:
            sentence = tr("{name} would like to see this screen", name=visit.name)
        else:
            sentence = words.doing(visit.name, visit.grade, where)
        self._sentence.setText(sentence)
        self._record.setVisible(visit.invitation.is_recorded)
        self.setAccessibleName(tr("REC · {sentence}", sentence=sentence) if visit.invitation.is_recorded else sentence)
        self._grade.setText(words.grade_word(visit.grade))
        self._time.setText(words.elapsed(visit.seconds))
        self._back.setVisible(visit.grade > Grade.VIEW and not self.is_pill)
        self._share.setVisible(not self._is_shared and visit.has_begun and not self.is_pill)
        name_button(self._hold, tr("Show the screen again") if visit.is_held else tr("Pause: show nothing"))
        name_button(self._fold, tr("Show more") if self.is_pill else tr("Make small"))
        self._grade.setVisible(self.is_pill)
        for widget in (self._sentence, self._chat, self._hold, self._windows):
            widget.setVisible(not self.is_pill)
        self._draw()
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() is QEvent.Type.PaletteChange:
            self.refresh()

    def paintEvent(self, _event: QPaintEvent) -> None:
        worn = shades()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(self.back))
        painter.setPen(QColor(worn.text) if worn.is_high_contrast else QColor(255, 255, 255, 70))
        painter.drawPath(outline(self.size()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setMask(QRegion(outline(event.size()).toFillPolygon().toPolygon()))

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self.visit.is_over)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._press = event.globalPosition().toPoint() - self.pos()
        self._is_dragged = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._press is None:
            return
        wanted = event.globalPosition().toPoint() - self._press
        if self._is_dragged or (wanted - self.pos()).manhattanLength() > DRAG:
            self._is_dragged = True
            self.move(inside(wanted, self.size(), self._room()))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._press = None

    @property
    def back(self) -> str:
        """The ground's colour: the grade's, grey while paused, the system's own in high contrast."""
        worn = shades()
        if worn.is_high_contrast:
            return worn.window
        is_quiet = self.visit.is_paused or self.visit.is_held or not self.visit.has_begun
        return words.PAUSED_BACK if is_quiet else words.BACKS[self.visit.grade]

    def _room(self) -> QRect:
        """The monitor's place, looked up each time: Qt replaces its monitors when one is plugged in."""
        found = screen_named(self._screen_id)
        if found is not None:
            self._last_room = found.geometry()
        return self._last_room

    def _build(self) -> None:
        self._picture, self._sentence, self._grade, self._time = QLabel(), QLabel(), QLabel(), QLabel()
        self._record = QLabel("● REC")
        self._record.setObjectName("record")
        for each in (self._picture, self._record, self._sentence, self._grade, self._time):
            each.setTextFormat(Qt.TextFormat.PlainText)
            each.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._grade.setObjectName("grade")
        self._sentence.setObjectName("sentence")
        self._chat, self._hold, self._windows, self._back, self._share, self._fold = (
            QToolButton(self) for _ in range(6)
        )
        self._stop = QPushButton(self)
        self._chat.clicked.connect(self.chat_asked)
        self._hold.clicked.connect(self._toggle_hold)
        self._windows.clicked.connect(self.windows_asked)
        self._back.clicked.connect(self.visit.take_back)
        self._share.clicked.connect(lambda: self.screen_chosen.emit(self._screen_id))
        self._fold.clicked.connect(self.collapse)
        self._stop.clicked.connect(self.stop_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(SMALL + 4, 0, 0, 0)
        row.setSpacing(SMALL - 2)
        for text in (self._picture, self._record, self._grade, self._sentence, self._time):
            row.addWidget(text)
        row.addSpacing(SMALL)
        for button in (self._back, self._share, self._windows, self._chat, self._hold, self._fold, self._stop):
            row.addWidget(button)

    @Slot()
    def _toggle_hold(self) -> None:
        if self.visit.is_held:
            self.visit.resume()
        else:
            self.visit.pause()

    @Slot()
    def _tick(self) -> None:
        if self._was_back and not self.visit.is_back:
            self.refresh()
        self._time.setText(words.elapsed(self.visit.seconds))
        self.place()
        self.setVisible(not self.visit.is_over)
        self.raise_()

    def _draw(self) -> None:
        worn = shades()
        ink = worn.text if worn.is_high_contrast else "#ffffff"
        stop_back, stop_ink = (worn.accent, worn.on_accent) if worn.is_high_contrast else ("#ffffff", "#a51d16")
        record_ink = stop_ink if worn.is_high_contrast else "#c8102e"
        sheet = (
            f"QLabel {{ color: {ink}; }} QLabel#grade, QLabel#sentence {{ font-weight: 600; }}"
            f"QLabel#record {{ background: {stop_back}; color: {record_ink}; border-radius: 4px; font-weight: 700;"
            " padding: 1px 6px; }"
            f"QToolButton {{ background: transparent; color: {ink}; border: none; border-radius: 0; padding: 0 4px;"
            f" min-width: 28px; min-height: {HEIGHT}px; }}"
            "QToolButton:hover { background: rgba(255, 255, 255, 55); }"
            f"QPushButton {{ background: {stop_back}; color: {stop_ink}; border: none; border-radius: 0;"
            f" font-weight: 700; padding: 0 16px; min-height: {HEIGHT}px; }}"
            "QPushButton:hover { background: #ffe3e1; }"
        )
        if sheet != self._sheet:  # a style sheet changes the palette, and a palette brings us here
            self._sheet = sheet
            self.setStyleSheet(sheet)
        scale = self.devicePixelRatioF()
        symbol = "pause" if self.visit.is_held else words.SYMBOLS[self.visit.grade]
        self._picture.setPixmap(drawings.drawing(symbol, ink, 18, scale))
        symbols = (
            (self._chat, "chat"),
            (self._hold, "play" if self.visit.is_held else "pause"),
            (self._windows, "hide"),
            (self._back, "undo"),
            (self._share, "screens"),
            (self._fold, "unfold" if self.is_pill else "fold"),
        )
        for button, symbol in symbols:
            button.setIcon(drawings.icon(symbol, ink))
            button.setIconSize(QSize(18, 18))
        self._stop.setIcon(drawings.icon("stop", stop_ink))
        self._stop.setIconSize(QSize(16, 16))
        self.update()

    def _fit(self) -> None:
        """As wide as its words, kept in the middle of where it was; on a small monitor it sheds what is needed least,
        for Stop must never stand beyond the edge.
        """
        middle, room = self.geometry().center().x(), self._room().width()
        for least in (None, self._sentence, self._windows, self._chat, self._share, self._back, self._hold, self._fold):
            if least is not None:
                least.hide()
                self._grade.show()
            layout = self.layout()
            if layout is not None:
                layout.activate()
            if self.sizeHint().width() <= room:
                break
        width = min(self.sizeHint().width(), room)
        if width != self.width():
            self.resize(width, HEIGHT)
            self.move(inside(QPoint(middle - width // 2, self.y()), self.size(), self._room()))


def name_button(button: QToolButton, text: str) -> None:
    """Say what a button with a drawing does."""
    button.setToolTip(text)
    button.setAccessibleName(text)
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)


def outline(size: QSize) -> QPainterPath:
    """Round corners below; the strip hangs from the top of the monitor."""
    path = QPainterPath()
    path.addRoundedRect(QRect(0, -RADIUS, size.width(), size.height() + RADIUS), RADIUS, RADIUS)
    whole = QPainterPath()
    whole.addRect(QRect(QPoint(0, 0), size))
    return path.intersected(whole)
