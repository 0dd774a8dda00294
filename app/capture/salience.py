"""What to read in a picture, in which order, and when it is enough.

First what the system knows to be the dialog; then what looks like one, as long as it tells of trouble; then a look over
the whole screen for a text that does. Where nothing does, all of it is read: no answer is lost to a guess.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.capture import boxes, layout
from app.capture.dialog import CERTAIN, Candidate, coarse_outlines, is_only_around, likely, outlines
from app.capture.engine import Deadline, ReadingEngine
from app.capture.panel import Panels
from app.capture.reading import Line, Reading, Role, Word
from app.capture.scan import Scan
from app.capture.straighten import Straightened, straightened
from app.capture.trouble import has_button, is_convincing, tells_trouble
from app.capture.wire import Request
from app.system.base import Rect

if TYPE_CHECKING:
    from PIL import Image

DIALOG_SHARE = 0.6  # a foreground window larger than this part of the screen is no dialog
CLEAR_LEAD = 0.5  # in score, by which an outline is the only one
POSSIBLE, MOST_POSSIBLE = 1.6, 2  # score of outlines that are read, too, and how many, when no other is a message
BORDERED = 1.0  # score of an outline that texts inside and outside of it are told apart by
BEYOND = 3  # line heights around what is meant
LARGEST_AGAIN = 0.4  # of the screen that is read once more
NOTICE_SHARE = 0.12  # of the screen that a message without any button takes at most; more is a page or a log
BOX_SHARE = 0.4  # likewise of one with a button; what is larger is a window that may hold the box
MOST_LINES = 24  # of a dialog; more are a window, which may only hold or touch one
MOST_LOOKS = 3  # outlines that are read before the whole screen is looked over
SMALL_PICTURE = 600_000  # pixels that are read as a whole in no time
SECOND_LOOK = 1.2  # seconds for what lies around an outline that is most likely the dialog

Message = tuple[tuple[Line, ...], Rect]


def read_picture(
    engine: ReadingEngine,
    request: Request,
    pixels: bytes,
    deadline: Deadline,
    meanwhile: Callable[[Reading], None] = lambda _: None,
) -> Reading:
    """The dialog of a picture, or all of it when there is none or the trouble stands elsewhere.

    `meanwhile` is told of what is most likely meant while the rest is looked over.

    Raises HelpdeskError when the engine fails.
    """
    from PIL import Image

    image = Image.frombuffer("RGB", (request.width, request.height), pixels, "raw", "RGB", 0, 1)
    return Look(engine, image, deadline).reading(request, meanwhile)


class Look:
    """One picture being read."""

    def __init__(
        self, engine: ReadingEngine, image: Image.Image, deadline: Deadline, *, is_straight: bool = False
    ) -> None:
        self._engine, self._image, self._deadline = engine, image, deadline
        self._is_straight = is_straight
        self._whole = Rect(0, 0, image.width, image.height)
        self._outlines: list[Candidate] = []
        self._started = time.perf_counter()

    def reading(self, request: Request, meanwhile: Callable[[Reading], None]) -> Reading:
        """As `read_picture`."""
        if request.region:
            region = request.region.intersection(self._whole)
            return self._as_read(() if region.is_empty else self._read(region), region)
        known = self._known_window(request)
        if known is not None and request.is_modal:
            lines = self._read(known)
            if is_convincing(lines):
                return self._as_dialog(lines, known)
        if self._whole.area <= SMALL_PICTURE:
            return self._small()
        self._outlines = outlines(self._image, is_photograph=self._is_straight)
        found = likely(self._outlines)
        if known is not None and known.area <= NOTICE_SHARE * self._whole.area:
            found.insert(0, Candidate(known, math.inf, floats=True))  # in front of all others, as the system says
        elif known is not None and all(each.rect != known for each in found[:MOST_LOOKS]):
            found.insert(MOST_LOOKS, Candidate(known, CERTAIN))
        told, guess = self._told(found[: MOST_LOOKS + 1])
        if not told and not self._is_straight:
            upright = straightened(self._image)
            if upright is not None:
                return self._straightened(upright, meanwhile)
        if not told and not self._deadline.over:
            more = self._coarser(found, guess)
            found += more
            told, other = self._told(more[:MOST_LOOKS])
            guess = guess if guess is not None and (other is None or has_button(guess[0])) else other
        if not told and (guess is None or not has_button(guess[0])):
            told = self._possible()
        if len(told) == 1 or (told and self._deadline.over):
            return self._as_dialog(*told[0])
        known_so_far = told[0] if told else guess
        if known_so_far is not None:
            meanwhile(self._as_dialog(*known_so_far))
        if not any(tells_trouble(lines) for lines, _ in told):  # of several that do, none is more likely
            guess = known_so_far
        return self._looked_over([each.rect for each in found], guess)

    def _straightened(self, upright: Straightened, meanwhile: Callable[[Reading], None]) -> Reading:
        """The reading of a photograph, from what it looks like made upright."""
        look = Look(self._engine, upright.image, self._deadline, is_straight=True)
        request = Request(0, self._engine.name, *upright.image.size)
        read = look.reading(request, lambda known: meanwhile(upright.original(known)))
        milliseconds = (time.perf_counter() - self._started) * 1000
        return replace(upright.original(read), milliseconds=milliseconds)

    def _coarser(self, known: Sequence[Candidate], guess: Message | None) -> list[Candidate]:
        """Outlines that may be dialogs and only look like it at half the size; `known` are those that did before.

        None that is but the window around a `guess` with a button.
        """
        coarse = coarse_outlines(self._image, is_photograph=self._is_straight)
        self._outlines += [one for one in coarse if not _is_among(one, self._outlines)]
        fresh = [one for one in likely(coarse) if not _is_among(one, known)]
        if guess is None or not has_button(guess[0]):
            return fresh
        return [one for one in fresh if not is_only_around(one.rect, guess[1])]

    def _told(self, looks: list[Candidate]) -> tuple[list[Message], Message | None]:
        """The outlines that are messages, more than one only if they are alike; else the best guess.

        A message tells of trouble, or lies in front of other windows and has a button to close it with.
        """
        told: list[Message] = []
        guess: Message | None = None
        last = math.inf
        for look in looks:
            if told and look.score < last - CLEAR_LEAD:
                break
            look, lines = self._box(look)
            if self._is_straight and boxes.is_cut(lines, look.rect):
                continue
            if self._is_told(lines, look):
                if not any(boxes.is_told_within(lines, place) for _, place in told):
                    told.append(self._with_bar(lines, look.rect))
            elif (
                is_convincing(lines)
                and len(lines) <= MOST_LINES
                and (guess is None or (has_button(lines) and not has_button(guess[0])))
            ):
                guess = lines, look.rect
            if self._deadline.over:
                break
            last = look.score
        return told, guess

    def _box(self, look: Candidate) -> tuple[Candidate, tuple[Line, ...]]:
        """An outline and its lines; where they are but buttons, those of the box that these stand in."""
        lines = self._read(look.rect)
        if boxes.is_row_of_buttons(lines):
            around = boxes.around_buttons(look.rect, self._outlines, BOX_SHARE * self._whole.area)
            if around is not None:
                around = boxes.with_bar(around.rect, self._outlines) or around
                return around, self._read(around.rect)
        return look, lines

    def _is_told(self, lines: tuple[Line, ...], look: Candidate) -> bool:
        return self._is_message(lines, look.rect) or (look.floats and boxes.asks(lines, look.rect))

    def _with_bar(self, lines: tuple[Line, ...], pane: Rect) -> Message:
        """A message, with the title bar above it where its outline is that of the pane below the bar."""
        whole = boxes.with_bar(pane, self._outlines)
        return (lines, pane) if whole is None else (self._read(whole.rect), whole.rect)

    def _possible(self) -> list[Message]:
        """A box that looks less like a dialog, but is small, in front of others, and has a button to close it with."""
        small = NOTICE_SHARE * self._whole.area
        looks = [one for one in self._outlines if POSSIBLE <= one.score < CERTAIN and one.floats]
        for look in [one for one in looks if one.rect.area <= small][:MOST_POSSIBLE]:
            look, lines = self._box(look)
            if self._is_told(lines, look):
                return [self._with_bar(lines, look.rect)]
        return []

    def _is_message(self, lines: tuple[Line, ...], place: Rect) -> bool:
        """Whether a box tells of trouble and nothing else: it has a button, or is as small as a notice."""
        if not tells_trouble(lines) or len(lines) > MOST_LINES:
            return False
        share = place.area / self._whole.area
        return share <= NOTICE_SHARE or (share <= BOX_SHARE and has_button(lines))

    def _small(self) -> Reading:
        """A picture that is hardly more than a dialog: all of it, its first line the title."""
        lines = self._read(self._whole)
        return self._as_read(layout.with_title(lines, self._whole), self._whole)

    def _looked_over(self, frames: list[Rect], guess: Message | None) -> Reading:
        """The text that tells of trouble, wherever it stands; all of the screen, finely, when none does."""
        if guess is not None and has_button(guess[0]):
            self._deadline = Deadline(
                min(self._deadline.at, self._deadline.clock() + SECOND_LOOK), self._deadline.clock
            )
        scan = self._scanned(frames)
        troubled = scan.troubled()
        place = scan.place_of(troubled[0]) if troubled else None
        if place is not None and scan.is_alone(troubled, place) and not scan.cuts(place):
            inside = self._read(place)
            if self._is_message(inside, place) and (guess is None or has_button(inside) or not has_button(guess[0])):
                return self._as_dialog(inside, place)
        if not troubled and guess is not None and has_button(guess[0]):
            return self._as_dialog(*guess)
        if not troubled and not self._deadline.over:
            scan = self._scanned(frames, scan.ordered())
            troubled = scan.troubled()
        if guess is not None and has_button(guess[0]):
            troubled = [number for number in troubled if scan.stands_out(number)]
        if troubled:
            meant = self._with_meant(scan, scan.meant(troubled))
            return self._as_read(_first(guess, meant), self._whole)
        likely = scan.likely() if guess is None else None
        if likely is not None:
            guess = self._read(likely), likely
        if guess is None:
            return self._as_read(scan.ordered(), self._whole)
        inside, rect = guess
        return self._as_read((*layout.with_title(inside, rect), *_around(scan, rect)), self._whole)

    def _with_meant(self, scan: Scan, meant: set[int]) -> tuple[Line, ...]:
        """All lines, those that are not meant marked; what is meant is read once more, finely, where it is small."""
        lines = scan.ordered()
        place = _enclosing([line.box for line in lines if id(line) in meant]).intersection(self._whole)
        if place.area <= LARGEST_AGAIN * self._whole.area and not self._deadline.over:
            inside = self._read(place)
            if tells_trouble(inside):
                return (*inside, *_around(scan, place))
        return tuple(line if id(line) in meant else replace(line, role=Role.AROUND) for line in lines)

    def _scanned(self, frames: list[Rect], known: tuple[Line, ...] | None = None) -> Scan:
        """Coarsely at first; finely when that found nothing but the lines `known`."""
        borders = [each.rect for each in self._outlines if each.score >= BORDERED]
        scan = Scan(Panels(self._image), frames, self._whole, borders, is_coarse=known is None, known=known or ())
        self._engine.read(self._image, self._deadline, scan)
        return scan

    def _known_window(self, request: Request) -> Rect | None:
        """The foreground window when it is small enough to be a dialog."""
        window = request.window.intersection(self._whole) if request.window else None
        if window is None or window.is_empty or window.area > DIALOG_SHARE * self._whole.area:
            return None
        return window

    def _read(self, region: Rect) -> tuple[Line, ...]:
        """The lines of a region, their boxes in pixels of the whole picture."""
        part = self._image.crop((region.x, region.y, region.right, region.bottom))
        return tuple(_moved(line, region.x, region.y) for line in self._engine.read(part, self._deadline))

    def _as_dialog(self, lines: tuple[Line, ...], dialog: Rect) -> Reading:
        return replace(self._as_read(layout.with_title(lines, dialog), dialog), is_dialog=True)

    def _as_read(self, lines: tuple[Line, ...], region: Rect) -> Reading:
        return Reading(lines, region, self._engine.name, (time.perf_counter() - self._started) * 1000)


def _is_among(one: Candidate, others: Iterable[Candidate]) -> bool:
    return any(boxes.is_same(one.rect, other.rect) for other in others)


def _first(guess: Message | None, lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """`lines` after those of a box with a button: either may be what is meant."""
    if guess is None or not has_button(guess[0]):
        return lines
    inside, rect = guess
    others = (line for line in lines if line.box.intersection(rect).is_empty)
    return (*layout.with_title(inside, rect), *others)


def _around(scan: Scan, rect: Rect) -> list[Line]:
    """What a look over the screen read outside of a place, marked as such."""
    outside = [line for line in scan.ordered() if line.box.intersection(rect).is_empty]
    return [replace(line, role=Role.AROUND) for line in outside]


def _enclosing(boxes: list[Rect]) -> Rect:
    """The rectangle around lines and some more, for what is meant may have been seen in part."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right, bottom = max(box.right for box in boxes), max(box.bottom for box in boxes)
    return Rect(left, top, right - left, bottom - top).grown(BEYOND * max(box.height for box in boxes))


def _moved(line: Line, x: int, y: int) -> Line:
    words = tuple(Word(word.text, word.box.moved(x, y)) for word in line.words)
    return replace(line, box=line.box.moved(x, y), words=words)
