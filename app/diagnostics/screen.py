"""What was on the screen at the moment of the click: displays and the window in front."""

from __future__ import annotations

from dataclasses import dataclass

from app.diagnostics.probe import Observation, Section, fact
from app.system.base import Display, Window


@dataclass(frozen=True, slots=True)
class Layout:
    """How the monitors lie beside each other."""

    displays: tuple[Display, ...]
    name = "displays"
    section = Section.SCREEN
    deadline = 1.0

    def look(self) -> Observation:
        facts = (fact(f"display.{number}", told(display)) for number, display in enumerate(self.displays, 1))
        return Observation((fact("display.count", len(self.displays)), *facts) if self.displays else ())


def told(display: Display) -> str:
    """`2880x1800 at 0,0, 200 %, primary`: physical pixels, Qt's place, scale."""
    width, height = round(display.logical.width * display.scale), round(display.logical.height * display.scale)
    place = f"{width}x{height} at {display.logical.x},{display.logical.y}, {display.scale * 100:.0f} %"
    return f"{place}, primary" if display.is_primary else place


@dataclass(frozen=True, slots=True)
class Foreground:
    """The program in front and the title of its window, as seen at the click."""

    window: Window
    name = "window"
    section = Section.SCREEN
    deadline = 1.0

    def look(self) -> Observation:
        items = (("window.application", self.window.application), ("window.title", self.window.title))
        return Observation(tuple(fact(name, value) for name, value in items if value))
