"""The texts of a screen that was read as a whole, each by itself: one of them may be the message."""

from __future__ import annotations

from collections.abc import Sequence

from app.capture.reading import Line, Reading, Role
from app.capture.trouble import is_convincing, weight

LINE_GAP = 1.1  # line heights between two lines of one passage
ALIKE = 1.7  # ratio of the heights of lines that belong together
SHARED = 0.3  # of the narrower line's width that two lines have in common
WHOLE_SCREEN = 600_000  # pixels; what is smaller was cut out by somebody, or is a message as it is
MOST_TROUBLED, MOST_QUIET = 4, 6


def troubled(reading: Reading) -> list[tuple[Line, ...]]:
    """The passages with words of trouble, those with the most first; none unless a whole screen was read."""
    return [passage for passage in _likely(reading) if weight(passage)][:MOST_TROUBLED]


def quiet(reading: Reading) -> list[tuple[Line, ...]]:
    """The longest passages without such words."""
    return [passage for passage in _likely(reading) if not weight(passage)][:MOST_QUIET]


def _likely(reading: Reading) -> list[tuple[Line, ...]]:
    if reading.is_dialog or reading.region.width * reading.region.height < WHOLE_SCREEN:
        return []
    around = [line for line in reading.lines if line.role is Role.AROUND]
    found = [*passages(reading.message), *passages(around)]
    found = [passage for passage in found if is_convincing(passage) and len(passage) < len(reading.lines)]
    return sorted(found, key=lambda passage: (-weight(passage), -sum(len(line.text) for line in passage)))


def passages(lines: Sequence[Line]) -> list[tuple[Line, ...]]:
    """The lines in groups of such as stand below one another, close by and of like height, in the given order."""
    groups: list[list[int]] = []
    for place, line in enumerate(lines):
        near = [group for group in groups if any(_belong(line, lines[other]) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(member for group in near for member in group), place])
    return [tuple(lines[place] for place in sorted(group)) for group in sorted(groups, key=min)]


def _belong(one: Line, other: Line) -> bool:
    first, second = one.box, other.box
    height = min(first.height, second.height)
    if max(first.height, second.height) > ALIKE * height:
        return False
    shared = min(first.right, second.right) - max(first.x, second.x)
    apart = max(first.y, second.y) - min(first.bottom, second.bottom)
    return shared >= SHARED * min(first.width, second.width) and apart <= LINE_GAP * height
