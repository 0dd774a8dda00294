"""A look over a whole screen for the text that is meant: blocks by salience, until one tells of trouble."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from app.capture import layout
from app.capture.blocks import Block, blocks
from app.capture.panel import Panels
from app.capture.reading import Line
from app.capture.trouble import CLEAR, has_button, is_convincing, weight
from app.system.base import Rect

SALIENT = 2.0
"""From this salience on a block that tells of trouble ends the search."""
CLEAR_LEAD = 0.5
LEAD = 0.7
"""By how much a text has to stand out to be taken for the message although it tells of no trouble."""
BUTTONS = 2.0
"""How much a button as messages have them speaks for a box."""
MOST_INSIDE = 24
SAME = 0.6
"""Of the larger of two boxes that their common part is when both are one line."""
MOSTLY = 0.9
MUCH_LARGER = 2.5
"""An outline of so many times a text's own ground is that of a window which holds the dialog."""
LARGEST_FRAME = 0.5
SMALL_PLACE = 0.2
"""Of the screen that the place of a message takes; a larger one is a window with a page or a log in it."""
CUT, CUT_SHARE = 4, 0.1
"""Pixels to either side of a border, and of a text, that have to be beyond it for the text to be cut."""
NEIGHBOURS = 2
"""Lines before and after a line that tells of trouble in a text too long to be all message."""
MOST_LINES = 14
MOST_HEADING = 3
HEADING_GAP = 2.5


@dataclass(slots=True)
class Scan:
    """One search; an Interest for an engine. `frames` are outlines that may be dialogs, best first, `borders` such as
    no text goes across.
    """

    panels: Panels
    frames: Sequence[Rect]
    screen: Rect
    borders: Sequence[Rect] = ()
    is_coarse: bool = True
    blocks: list[Block] = field(default_factory=list)
    lines: list[list[Line]] = field(default_factory=list)
    boxes: Sequence[Rect] = ()
    _owner: dict[int, int] = field(default_factory=dict)
    known: Sequence[Line] = ()
    """Read before; what stands where one of these does is not read again."""

    def order(self, boxes: Sequence[Rect]) -> list[list[int]]:
        """Whole blocks, the most salient first."""
        self.boxes = boxes
        self.blocks = blocks(boxes, self.panels, self.frames, self.borders)
        self.lines = [[] for _ in self.blocks]
        self._owner = {member: number for number, block in enumerate(self.blocks) for member in block.members}
        read = self._known_boxes()
        self.is_enough(self.known)
        return [[index for index in block.members if index not in read] for block in self.blocks]

    def _known_boxes(self) -> set[int]:
        return {
            index
            for index, box in enumerate(self.boxes)
            if any(line.box.intersection(box).area >= SAME * max(box.area, line.box.area) for line in self.known)
        }

    def is_enough(self, lines: Sequence[Line]) -> bool:
        """Whether a salient block tells of trouble."""
        changed: set[int] = set()
        for line in lines:
            number = self._block_of(line)
            if number is not None:
                self.lines[number].append(line)
                changed.add(number)
        return any(self._is_found(number) for number in changed)

    def _is_found(self, number: int) -> bool:
        block = self.blocks[number]
        is_clear = block.salience >= SALIENT and weight(self.lines[number]) >= CLEAR
        # Without a small surface of its own, what belongs to a message is only known when all around it was read.
        place = self.place_of(number) if is_clear else None
        return place is not None and place.area <= SMALL_PLACE * self.screen.area

    def troubled(self) -> list[int]:
        """The numbers of the blocks that tell of trouble, the best first."""
        weights = {number: weight(lines) for number, lines in enumerate(self.lines)}
        found = [number for number, each in weights.items() if each >= CLEAR]
        return sorted(found, key=lambda number: -(self.blocks[number].salience + min(weights[number], 6) / 4))

    def stands_out(self, number: int) -> bool:
        """Whether a block looks like a message by more than its words: logs and pages tell of trouble, too."""
        return self.blocks[number].salience >= SALIENT and self.blocks[number].panel is not None

    def is_alone(self, troubled: Sequence[int], place: Rect) -> bool:
        """Whether no other text outside of `place` tells of trouble and looks as much like a message."""
        least = self.blocks[troubled[0]].salience - CLEAR_LEAD
        return not any(
            self.blocks[number].salience >= least and not _is_around(place, self.blocks[number].box, self.screen)
            for number in troubled[1:]
        )

    def likely(self) -> Rect | None:
        """Where most likely a message stands although nothing tells of trouble; None when nothing stands out."""
        found: dict[Rect, float] = {}
        for number, block in enumerate(self.blocks):
            place = self.place_of(number) if is_convincing(self.lines[number]) else None
            if place is not None:
                inside = [line for lines in self.lines for line in lines if _stands_in(line.box, place)]
                score = block.salience + 0.7 * weight(inside) + (BUTTONS if has_button(inside) else 0.0)
                if len(inside) <= MOST_INSIDE:
                    found[place] = max(score, found.get(place, 0.0))
        best = sorted(found, key=lambda place: -found[place])
        if not best or (len(best) > 1 and found[best[0]] - found[best[1]] < LEAD):
            return None
        return best[0]

    def place_of(self, number: int) -> Rect | None:
        """The dialog or panel a block stands in: an outline where there is one, else its ground; None without."""
        block = self.blocks[number]
        around = [frame for frame in self.frames if _is_around(frame, block.box, self.screen)]
        frame = min(around, key=lambda frame: frame.area, default=None)
        if frame is None or (block.panel is not None and frame.area > MUCH_LARGER * block.panel.area):
            return block.panel
        return frame

    def cuts(self, place: Rect) -> bool:
        """Whether a text goes across the border of `place`: then it is no box of its own, or something lies over it."""
        inner, outer = (place.grown(side * CUT) for side in (-1, 1))
        return any(_goes_across(box, inner, outer) for box in self.boxes)

    def ordered(self) -> tuple[Line, ...]:
        """All lines, those of one block together; blocks from top to bottom, then from left to right."""
        places = sorted(range(len(self.blocks)), key=lambda n: (self.blocks[n].box.y, self.blocks[n].box.x))
        return tuple(line for number in places for line in layout.in_reading_order(self.lines[number]))

    def meant(self, numbers: Sequence[int]) -> set[int]:
        """`id` of each line that belongs to the message in these blocks: their panels, or the blocks and a heading."""
        found: set[int] = set()
        for number in numbers:
            place = self.place_of(number)
            if place is not None:
                found.update(id(line) for lines in self.lines for line in lines if _stands_in(line.box, place))
            elif len(self.lines[number]) <= MOST_LINES:
                found.update(map(id, self.lines[number]))
                found.update(map(id, self._heading(number)))
            else:
                found.update(map(id, _near_trouble(self.lines[number])))
        return found

    def _heading(self, number: int) -> list[Line]:
        """The lines that stand right above a block."""
        box = self.blocks[number].box
        above: list[tuple[int, list[Line]]] = []
        for other, block in enumerate(self.blocks):
            lines = self.lines[other]
            if other == number or not lines or len(lines) > MOST_HEADING:
                continue
            gap = box.y - block.box.bottom
            high = max(line.box.height for line in lines)
            if -high / 2 <= gap <= HEADING_GAP * high and block.box.x < box.right and block.box.right > box.x:
                above.append((gap, lines))
        return min(above, key=lambda each: each[0])[1] if above else []

    def _block_of(self, line: Line) -> int | None:
        """The block whose box the line was read in: the one it shares most with."""
        best, most = None, 0
        for index, box in enumerate(self.boxes):
            if box.y < line.box.bottom and line.box.y < box.bottom:
                shared = box.intersection(line.box).area
                if shared > most:
                    best, most = index, shared
        return None if best is None else self._owner[best]


def _is_around(frame: Rect, box: Rect, screen: Rect) -> bool:
    return frame.intersection(box).area >= MOSTLY * box.area and frame.area <= LARGEST_FRAME * screen.area


def _goes_across(box: Rect, inner: Rect, outer: Rect) -> bool:
    """Whether a text has parts clearly inside and parts clearly outside, one of them more than a mere edge of it."""
    inside, outside = box.intersection(inner), box.intersection(outer)
    return not inside.is_empty and min(inside.area, box.area - outside.area) >= CUT_SHARE * box.area


def _stands_in(box: Rect, place: Rect) -> bool:
    return place.contains(box.x + box.width / 2, box.y + box.height / 2)


def _near_trouble(lines: Sequence[Line]) -> list[Line]:
    """Of a text too long to be all message, the lines that tell of trouble and those next to them.

    Where only several lines together do, those that say some of it.
    """
    ordered = sorted(lines, key=lambda line: (line.box.y, line.box.x))
    weights = [weight([line]) for line in ordered]
    told = [index for index, each in enumerate(weights) if each >= min(CLEAR, max(weights))]
    kept = {near for index in told for near in range(index - NEIGHBOURS, index + NEIGHBOURS + 1)}
    return [line for index, line in enumerate(ordered) if index in kept]
