"""How heavy lines are and what they are made of: a coloured core, a white edge and a dark rim.

The double outline keeps every colour readable on every background.
"""

from __future__ import annotations

from dataclasses import dataclass

from app.capture.annotation.document import Weight

WIDTHS = {Weight.THIN: 2.0, Weight.NORMAL: 4.0, Weight.THICK: 7.0}
LETTERS = {Weight.THIN: 18.0, Weight.NORMAL: 24.0, Weight.THICK: 34.0}
DOTS = {Weight.THIN: 13.0, Weight.NORMAL: 17.0, Weight.THICK: 24.0}
WHITE = (255, 255, 255)
DARK = (17, 24, 39)


@dataclass(frozen=True, slots=True)
class Layer:
    """One pass of a stroke: its full width in pixels and its colour."""

    width: float
    colour: tuple[int, int, int]


def rgb(colour: str) -> tuple[int, int, int]:
    """The three channels of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def layers(colour: str, weight: Weight, scale: float) -> tuple[Layer, ...]:
    """The passes of a stroke from the outermost in, in physical pixels."""
    core = WIDTHS[weight] * scale
    return (
        Layer(core + 4.0 * scale, DARK),
        Layer(core + 2.5 * scale, WHITE),
        Layer(core, rgb(colour)),
    )


def reach(weight: Weight, scale: float) -> float:
    """How far ink lies from a stroke's line at the most, in physical pixels."""
    return (WIDTHS[weight] + 4.0) * scale / 2 + 1


def head_length(weight: Weight, scale: float) -> float:
    """Length of an arrow's head in physical pixels."""
    return (10.0 + 3.0 * WIDTHS[weight]) * scale
