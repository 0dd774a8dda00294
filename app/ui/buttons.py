"""Buttons that carry our drawings and keep their colours right when the theme changes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.ui import drawings
from app.ui.theme import MEDIUM, TARGET, is_palette_change, shades


class IconButton(QToolButton):
    """A square button with a drawing only; its accessible name doubles as tool tip."""

    def __init__(self, symbol: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._symbol = symbol
        self.setProperty("part", "icon")
        self.setIconSize(QSize(22, 22))
        self.setMinimumSize(TARGET, TARGET)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._draw()

    def name(self, text: str) -> None:
        """Say what the button does, to eyes and to screen readers."""
        self.setAccessibleName(text)
        self.setToolTip(text)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_palette_change(event):
            self._draw()

    def _draw(self) -> None:
        self.setIcon(drawings.icon(self._symbol, shades().text, shades().line))


class Button(QPushButton):
    """A button with a word and perhaps a drawing; `part` is primary, plain, link or danger."""

    def __init__(self, symbol: str = "", part: str = "plain", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._symbol = symbol
        self._part = part
        self.setProperty("part", part)
        self.setIconSize(QSize(20, 20))
        self.setMinimumHeight(TARGET)
        self.setAutoDefault(part == "primary")
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_palette_change(event):
            self._draw()

    def _draw(self) -> None:
        worn = shades()
        colours = {"primary": worn.on_accent, "link": worn.accent, "danger": worn.danger}
        if self._symbol:
            self.setIcon(drawings.icon(self._symbol, colours.get(self._part, worn.text), worn.quiet))


class ActionCard(QPushButton):
    """One of the big actions: a drawing, what it does, and one line on when to use it."""

    def __init__(self, symbol: str, *, main: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._symbol = symbol
        self._main = main
        self.setAutoDefault(True)  # Enter presses the card in focus, as Space does
        self.setProperty("part", "action")
        self.setProperty("main", "true" if main else "false")
        self._picture = QLabel()
        self._title = QLabel()
        self._title.setProperty("part", "strong")
        self._title.setWordWrap(True)
        self._line = QLabel()
        self._line.setWordWrap(True)
        if not main:
            self._line.setProperty("part", "quiet")
        self._badge = QLabel()
        self._badge.setProperty("part", "chip")
        self._badge.setProperty("tone", "danger")
        self._badge.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self._badge.hide()
        for label in (self._picture, self._title, self._line, self._badge):
            label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        head = QHBoxLayout()
        head.addWidget(self._picture)
        head.addStretch()
        head.addWidget(self._badge)
        head.addStrut(40)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(MEDIUM + 6, MEDIUM + 6, MEDIUM + 6, MEDIUM + 4)
        column.setSpacing(MEDIUM // 2)
        column.addLayout(head)
        column.addSpacing(MEDIUM // 2)
        column.addWidget(self._title)
        column.addWidget(self._line)
        column.addStretch()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._draw()

    def say(self, title: str, line: str) -> None:
        """Title and the line below it."""
        self._title.setText(title)
        self._line.setText(line)
        self.setAccessibleName(title)
        self.setAccessibleDescription(line)

    def count(self, text: str) -> None:
        """A short word in the corner, such as how many replies are unread; empty hides it."""
        self._badge.setText(text)
        self._badge.setVisible(bool(text))
        self.setAccessibleDescription(f"{self._line.text()} {text}".strip())

    def sizeHint(self) -> QSize:
        return self._column.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 2 * TARGET)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._column.totalHeightForWidth(width)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_palette_change(event):
            self._draw()

    def _draw(self) -> None:
        colour = shades().on_accent if self._main else shades().accent
        scale = self.devicePixelRatioF()
        self._picture.setPixmap(drawings.drawing(self._symbol, colour, 32, scale))
