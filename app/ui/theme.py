"""Colours, sizes and the style sheet: light and dark, one accent, the system's own colours in high contrast."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from string import Template

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app.ui.stylesheet import SHEET

ICONS = Path(__file__).parent / "icons"
TARGET = 44
"""Height in logical pixels of everything a finger may press."""
TIGHT, SMALL, MEDIUM, LARGE, HUGE = 4, 8, 12, 20, 32
"""The spacing scale, logical pixels."""
CJK_FAMILIES = ["Microsoft YaHei UI", "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei"]


class Tone(StrEnum):
    """What a coloured thing wants to say; each tone has a colour and always comes with a word."""

    QUIET = "quiet"
    ACCENT = "accent"
    GOOD = "good"
    WARNING = "warning"
    DANGER = "danger"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Shades:
    """The colours in force, as `#rrggbb`."""

    window: str
    surface: str
    sunken: str
    text: str
    quiet: str
    line: str
    accent: str
    accent_hover: str
    on_accent: str
    accent_soft: str
    good: str
    good_soft: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str
    waiting: str
    waiting_soft: str
    is_dark: bool
    is_high_contrast: bool = False

    def of(self, tone: Tone) -> tuple[str, str]:
        """Foreground and background of a tone."""
        pairs = {
            Tone.QUIET: (self.quiet, self.sunken),
            Tone.ACCENT: (self.accent, self.accent_soft),
            Tone.GOOD: (self.good, self.good_soft),
            Tone.WARNING: (self.warning, self.warning_soft),
            Tone.DANGER: (self.danger, self.danger_soft),
            Tone.WAITING: (self.waiting, self.waiting_soft),
        }
        return pairs[tone]


LIGHT = Shades(
    window="#f5f6f8", surface="#ffffff", sunken="#eceef2", text="#1b1f27", quiet="#5a6372", line="#d9dde4",
    accent="#3155c6", accent_hover="#2746a8", on_accent="#ffffff", accent_soft="#e8edfb",
    good="#1a7146", good_soft="#e2f4ea", warning="#8a5300", warning_soft="#fdf1dc",
    danger="#b3261e", danger_soft="#fce8e6", waiting="#6f3fa8", waiting_soft="#f1e9fa", is_dark=False,
)  # fmt: skip
DARK = Shades(
    window="#16181d", surface="#1f2229", sunken="#2a2e37", text="#eceef2", quiet="#a3acba", line="#383d48",
    accent="#8fa8ff", accent_hover="#a9bcff", on_accent="#10152a", accent_soft="#27304d",
    good="#6fd3a0", good_soft="#1b3a2b", warning="#f0b860", warning_soft="#3d2f17",
    danger="#ff9a92", danger_soft="#46211f", waiting="#cba8f5", waiting_soft="#352848", is_dark=True,
)  # fmt: skip


class _Worn:
    """The shades in force; a process has one look, as it has one application palette."""

    shades = LIGHT


def shades() -> Shades:
    """The colours to paint with now; ask again after QEvent.PaletteChange."""
    return _Worn.shades


class Theme(QObject):
    """Dresses the application and follows the system when the setting says so."""

    changed = Signal()

    def __init__(self, application: QApplication, setting: str = "auto") -> None:
        super().__init__(application)
        self._application = application
        self._setting = setting
        self._system = QPalette(application.palette())
        application.setStyle("Fusion")
        application.setFont(with_chinese(application.font()))
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    def use(self, setting: str) -> None:
        """`auto`, `light` or `dark`; windows that are open change at once."""
        self._setting = setting
        self._apply()

    @Slot()
    def _system_changed(self) -> None:
        self._apply()

    def _apply(self) -> None:
        hints = self._application.styleHints()
        schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
        if self._setting in schemes:
            hints.setColorScheme(schemes[self._setting])  # title bars and native dialogs follow
        else:
            hints.unsetColorScheme()
        chosen = decide(self._setting, hints.colorScheme(), self._system)
        if chosen == _Worn.shades and self._application.styleSheet():
            return
        _Worn.shades = chosen
        self._application.setPalette(self._linked(chosen) if chosen.is_high_contrast else palette_of(chosen))
        self._application.setStyleSheet(style_sheet(chosen, self._application.font()))
        self.changed.emit()

    def _linked(self, chosen: Shades) -> QPalette:
        """The contrast theme's own palette, links in its highlight colour: Qt's blue vanishes on black."""
        palette = QPalette(self._system)
        palette.setColor(QPalette.ColorRole.Link, QColor(chosen.accent))
        return palette


def decide(setting: str, scheme: Qt.ColorScheme, system: QPalette) -> Shades:
    """The shades for a setting on a system: the system's own colours when it asks for high contrast."""
    if is_high_contrast(system):
        return shades_of(system)
    dark = setting == "dark" or (setting not in ("light", "dark") and scheme is Qt.ColorScheme.Dark)
    return DARK if dark else LIGHT


def is_high_contrast(palette: QPalette) -> bool:
    """Contrast themes paint windows, fields and buttons in one colour; ordinary ones never do."""
    window = palette.color(QPalette.ColorRole.Window)
    same = window == palette.color(QPalette.ColorRole.Base) == palette.color(QPalette.ColorRole.Button)
    return same and contrast(window, palette.color(QPalette.ColorRole.WindowText)) >= 10


def contrast(one: QColor, other: QColor) -> float:
    """The WCAG contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: QColor) -> float:
    def linear(channel: float) -> float:
        return float(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def shades_of(palette: QPalette) -> Shades:
    """A contrast theme's own colours, nothing added."""
    window = palette.color(QPalette.ColorRole.Window).name()
    text = palette.color(QPalette.ColorRole.WindowText).name()
    accent = palette.color(QPalette.ColorRole.Highlight).name()
    on_accent = palette.color(QPalette.ColorRole.HighlightedText).name()
    dark = palette.color(QPalette.ColorRole.Window).lightness() < 128
    return Shades(
        window=window, surface=window, sunken=window, text=text, quiet=text, line=text,
        accent=accent, accent_hover=accent, on_accent=on_accent, accent_soft=window,
        good=text, good_soft=window, warning=text, warning_soft=window, danger=text, danger_soft=window,
        waiting=text, waiting_soft=window, is_dark=dark, is_high_contrast=True,
    )  # fmt: skip


def palette_of(chosen: Shades) -> QPalette:
    """The application palette for the shades, disabled texts included."""
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    palette = QPalette()
    colours = {
        role.Window: chosen.window, role.WindowText: chosen.text, role.Base: chosen.surface,
        role.AlternateBase: chosen.sunken, role.Text: chosen.text, role.Button: chosen.surface,
        role.ButtonText: chosen.text, role.BrightText: chosen.danger, role.Highlight: chosen.accent,
        role.HighlightedText: chosen.on_accent, role.Link: chosen.accent, role.LinkVisited: chosen.waiting,
        role.ToolTipBase: chosen.text, role.ToolTipText: chosen.surface, role.PlaceholderText: chosen.quiet,
        role.Accent: chosen.accent, role.Light: chosen.surface, role.Midlight: chosen.sunken,
        role.Mid: chosen.line, role.Dark: chosen.quiet, role.Shadow: chosen.line,
    }  # fmt: skip
    for one, colour in colours.items():
        palette.setColor(one, QColor(colour))
    for one in (role.WindowText, role.Text, role.ButtonText):
        faded = QColor(chosen.quiet)
        faded.setAlpha(150)
        palette.setColor(group.Disabled, one, faded)
    return palette


def with_chinese(font: QFont) -> QFont:
    """The system's font, followed by families that hold simplified Chinese; 10 points at least."""
    dressed = QFont(font)
    dressed.setFamilies([*font.families(), *CJK_FAMILIES])
    dressed.setPointSizeF(max(font.pointSizeF(), 10.0))
    return dressed


def style_sheet(chosen: Shades, font: QFont) -> str:
    """The sheet for the shades; sizes of text are multiples of the system's own."""
    names = {name: getattr(chosen, name) for name in Shades.__dataclass_fields__}
    size = font.pointSizeF()
    edge = 2 if chosen.is_high_contrast else 1
    tick = "white" if QColor(chosen.on_accent).lightness() > 128 else "black"
    texts = {"small": 0.9, "body": 1.0, "strong": 1.15, "title": 1.5, "display": 1.9}
    points = {part: f"{size * times:.1f}pt" for part, times in texts.items()}
    own_edge = chosen.line if chosen.is_high_contrast else chosen.accent_soft
    return Template(SHEET).substitute(
        names, **points, own_edge=own_edge, icons=ICONS.as_posix(), tick=tick, edge=f"{edge}px", target=f"{TARGET}px"
    )


def is_palette_change(event: QEvent) -> bool:
    """Whether what a widget paints by hand has to be painted anew."""
    return event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)


def screen_scale() -> float:
    """Physical pixels to a logical one on the main screen."""
    screen = QGuiApplication.primaryScreen()
    return screen.devicePixelRatio() if screen else 1.0
