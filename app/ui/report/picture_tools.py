"""The tools above the picture: what to draw, taking it back, and what is needed less often behind one button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QIcon, QPainter, QPen, QPixmap, QPolygon, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QToolButton, QWidget

from app.capture.annotation.document import Colour, Weight
from app.ui import drawings
from app.ui.buttons import IconButton
from app.ui.language import tr
from app.ui.report.tool import Style, Tool
from app.ui.theme import TARGET, TIGHT, is_palette_change, shades

SYMBOLS = {
    Tool.BOX: "box",
    Tool.ARROW: "arrow",
    Tool.STEP: "step",
    Tool.TEXT: "text",
    Tool.HIGHLIGHT: "highlight",
    Tool.HIDE: "hide",
    Tool.CROP: "crop",
    Tool.ELLIPSE: "ellipse",
}

FRAME = 16
"""Pixels a tool's border and padding take beside its name (stylesheet.py)."""


class LastStyle:
    """The style used last, while the program runs."""

    style = Style()


class ToolButton(QToolButton):
    """A drawing with its name below it, so that nobody has to guess."""

    def __init__(self, tool: Tool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tool = tool
        self.setProperty("part", "mark-tool")
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        self.setIconSize(QSize(22, 22))
        self.setMinimumSize(TARGET, TARGET + 4)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._draw()

    def name(self, text: str, purpose: str) -> None:
        """Its word, and what it is for together with its key."""
        self.setText(text)
        self.setToolTip(tr("{purpose} (key {key})", purpose=purpose, key=self.tool.value))
        self.setAccessibleName(text)
        self.setAccessibleDescription(self.toolTip())

    def worded_width(self) -> int:
        """How wide it wants to be with its name below the drawing."""
        return max(TARGET, self.fontMetrics().horizontalAdvance(self.text()) + FRAME)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_palette_change(event):
            self._draw()

    def _draw(self) -> None:
        self.setIcon(drawings.icon(SYMBOLS[self.tool], shades().text, shades().quiet))


class PictureTools(QWidget):
    """One row of buttons that only tells what was pressed."""

    chosen = Signal(object)
    """The Tool gestures have from now on."""
    styled = Signal(object)
    """The Style new marks have from now on, and the selected one at once."""
    undo = Signal()
    redo = Signal()
    whole = Signal()
    """Send the whole picture again."""
    done = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._style = LastStyle.style
        self._buttons: dict[Tool, ToolButton] = {tool: ToolButton(tool) for tool in Tool if tool is not Tool.ELLIPSE}
        group = QButtonGroup(self)
        self._undo, self._redo = IconButton("undo"), IconButton("redo")
        self.more, self._done = IconButton("more"), IconButton("done")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(TIGHT)
        for button in self._buttons.values():
            group.addButton(button)
            row.addWidget(button)
        row.addStretch()
        for each in (self._undo, self._redo, self.more, self._done):
            row.addWidget(each)
        self._group = group
        self._build_menu()
        self._connect()
        self.show_tool(Tool.BOX)
        self.can(undo=False, redo=False, whole=False)
        self.retranslate()

    def _connect(self) -> None:
        self._group.buttonClicked.connect(lambda button: self.chosen.emit(button.tool))
        self._undo.clicked.connect(self.undo)
        self._redo.clicked.connect(self.redo)
        self._done.clicked.connect(self.done)

    def _build_menu(self) -> None:
        menu = QMenu(self)
        self._ellipse = menu.addAction("")
        self._ellipse.setCheckable(True)
        self._ellipse.triggered.connect(lambda: self.chosen.emit(Tool.ELLIPSE))
        self._whole = menu.addAction("")
        self._whole.triggered.connect(self.whole)
        menu.addSeparator()
        self._colours, self._weights = QActionGroup(self), QActionGroup(self)
        for colour in Colour:
            self._pick(menu, self._colours, colour)
        menu.addSeparator()
        for weight in Weight:
            self._pick(menu, self._weights, weight)
        self._colours.triggered.connect(lambda action: self._restyle(Style(Colour(action.data()), self._style.weight)))
        self._weights.triggered.connect(lambda action: self._restyle(Style(self._style.colour, Weight(action.data()))))
        self.more.setMenu(menu)
        self._menu = menu

    def _pick(self, menu: QMenu, group: QActionGroup, value: Colour | Weight) -> None:
        action: QAction = menu.addAction("")
        action.setData(value.value)
        action.setCheckable(True)
        action.setChecked(value in (self._style.colour, self._style.weight))
        if isinstance(value, Colour):
            action.setIcon(dot(value))
            action.setIconVisibleInMenu(True)
        group.addAction(action)

    @property
    def style_in_use(self) -> Style:
        """What new marks look like."""
        return self._style

    def show_style(self, style: Style) -> None:
        """Tick the style of the mark that is selected, so that changing its weight leaves its colour."""
        self._style = style
        for group in (self._colours, self._weights):
            for action in group.actions():
                action.setChecked(action.data() in (style.colour.value, style.weight.value))

    def _restyle(self, style: Style) -> None:
        self._style = LastStyle.style = style
        self.styled.emit(style)

    # What is shown

    def show_tool(self, tool: Tool) -> None:
        """Mark the tool in use, whoever chose it."""
        self._group.setExclusive(False)
        for each, button in self._buttons.items():
            button.setChecked(each is tool)
        self._group.setExclusive(True)
        self._ellipse.setChecked(tool is Tool.ELLIPSE)

    def can(self, *, undo: bool, redo: bool, whole: bool) -> None:
        """What there is to do at the moment."""
        self._undo.setEnabled(undo)
        self._redo.setEnabled(redo)
        self._whole.setEnabled(whole)

    def button(self, tool: Tool) -> ToolButton:
        """The button of a tool in the row."""
        return self._buttons[tool]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_words()

    def _fit_words(self) -> None:
        """Show drawings alone where not every name fits below its own: half a word helps nobody."""
        others = (self._undo, self._redo, self.more, self._done)
        widths = [button.worded_width() for button in self._buttons.values()] + [TARGET] * len(others)
        wanted = sum(widths) + TIGHT * len(widths)
        styles = Qt.ToolButtonStyle
        style = styles.ToolButtonTextUnderIcon if wanted <= self.width() else styles.ToolButtonIconOnly
        for button in self._buttons.values():
            if button.toolButtonStyle() is not style:
                button.setToolButtonStyle(style)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.LanguageChange:
            self.retranslate()

    def retranslate(self) -> None:
        """Word everything in the language in use."""
        named: dict[Tool, tuple[str, str]] = {
            Tool.BOX: (tr("Box"), tr("Draw a box around the problem")),
            Tool.ARROW: (tr("Arrow"), tr("Point at something")),
            Tool.STEP: (tr("Number"), tr("Number the steps: 1, 2, 3")),
            Tool.TEXT: (tr("Text"), tr("Write on the picture")),
            Tool.HIGHLIGHT: (tr("Highlight"), tr("Mark like with a highlighter")),
            Tool.HIDE: (
                tr("Hide"),
                tr("Hidden areas are removed from the file and cannot be restored."),
            ),
            Tool.CROP: (tr("Crop"), tr("Send only a part of the picture")),
        }
        for tool, (name, purpose) in named.items():
            self._buttons[tool].name(name, purpose)
        self._undo.name(tr("Undo"))
        self._redo.name(tr("Redo"))
        self.more.name(tr("More tools, colour, weight"))
        self._done.name(tr("Done drawing"))
        self._fit_words()
        self._ellipse.setText(tr("Ellipse"))
        self._whole.setText(tr("Send all of it"))
        colours = colour_names()
        for action in self._colours.actions():
            action.setText(colours[Colour(action.data())])
        weights = {Weight.THIN: tr("Thin"), Weight.NORMAL: tr("Medium"), Weight.THICK: tr("Thick")}
        for action in self._weights.actions():
            action.setText(weights[Weight(action.data())])


def colour_names() -> dict[Colour, str]:
    """The colours in the language in use."""
    return {
        Colour.RED: tr("Red"),
        Colour.ORANGE: tr("Orange"),
        Colour.GREEN: tr("Green"),
        Colour.BLUE: tr("Blue"),
        Colour.PURPLE: tr("Purple"),
        Colour.BLACK: tr("Black"),
    }


def dot(colour: Colour) -> QIcon:
    """A colour to look at in a menu, with a tick while it is in use: a menu shows no other beside an icon."""
    made = QIcon()
    for state in (QIcon.State.Off, QIcon.State.On):
        pixmap = QPixmap(32, 32)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(255, 255, 255))
        painter.setBrush(QColor(colour.value))
        painter.drawEllipse(3, 3, 26, 26)
        if state is QIcon.State.On:
            pen = QPen(QColor(255, 255, 255), 4)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawPolyline(QPolygon([QPoint(10, 16), QPoint(15, 21), QPoint(23, 11)]))
        painter.end()
        made.addPixmap(pixmap, QIcon.Mode.Normal, state)
    return made
