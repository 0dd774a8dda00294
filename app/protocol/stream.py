"""The messages between host and viewer. Both speak through a relay that sees only sealed bytes (app/assist/seal.py).

All numbers are big endian.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from app.protocol.assist import MOST_BYTES
from app.protocol.message import Line, Message, Text
from app.protocol.session import Event, Grade, Reason, State


class FromHost(IntEnum):
    """First byte of a message from host to viewer."""

    FRAME = 0x01
    STATUS = 0x02
    CHAT = 0x03
    NOTICE = 0x04
    DELIVERY = 0x05
    TEXT = 0x06


class FromViewer(IntEnum):
    """First byte of a message from viewer to host."""

    ACK = 0x11
    POINT = 0x12
    INPUT = 0x13
    EVENT = 0x14
    CHAT = 0x15
    INK = 0x16
    WISH = 0x17
    FILE = 0x18
    CHUNK = 0x19
    TEXT = 0x1A


class PartKind(IntEnum):
    """What a part of a frame is."""

    COPY = 1
    JPEG = 2
    ZSTD = 3
    VIDEO_KEY = 4
    VIDEO_DELTA = 5
    VIDEO_MASK = 6
    CURSOR_SHAPE = 7
    CURSOR_PLACE = 8
    RESET = 9
    COARSE = 10
    """A picture in JPEG, smaller than its rectangle, to be seen until the sharp one is there."""


EVENTS = {
    FromViewer.POINT: Event.POINT,
    FromViewer.INK: Event.POINT,
    FromViewer.INPUT: Event.INPUT,
    FromViewer.CHAT: Event.CHAT,
    FromViewer.FILE: Event.OFFER_FILE,
    FromViewer.CHUNK: Event.SEND_PIECE,
    FromViewer.TEXT: Event.OFFER_TEXT,
}
"""Which event of the session table a viewer's message is; an EVENT message names its own."""

FRAME_HEAD = struct.Struct(">BIB")
PART_HEAD = struct.Struct(">BHHHHI")
VIEWER_HEAD = struct.Struct(">BIH")
ACK_BODY = struct.Struct(">IH")
POINT_BODY = struct.Struct(">HHB")
MOST_POINTS = 4096


class Garbled(ValueError):
    """Bytes that are no message of this protocol."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a frame: a rectangle in pixels of the shared screen, and the bytes that make it."""

    kind: PartKind
    x: int
    y: int
    width: int
    height: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Frame:
    """What changed on the screen; the viewer acknowledges `number` once it is drawn."""

    number: int
    parts: tuple[Part, ...]

    def pack(self) -> bytes:
        """The frame as bytes."""
        head = FRAME_HEAD.pack(FromHost.FRAME, self.number, len(self.parts))
        pieces = [head]
        for part in self.parts:
            pieces.append(PART_HEAD.pack(part.kind, part.x, part.y, part.width, part.height, len(part.data)))
            pieces.append(part.data)
        return b"".join(pieces)

    @classmethod
    def unpack(cls, data: bytes) -> Frame:
        """Read what `pack` wrote. Raises Garbled."""
        try:
            kind, number, count = FRAME_HEAD.unpack_from(data)
            if kind != FromHost.FRAME:
                raise Garbled("not a frame")
            return cls(number, tuple(parts_of(data, count)))
        except (struct.error, ValueError) as error:
            raise Garbled(str(error)) from error


def parts_of(data: bytes, count: int) -> Iterator[Part]:
    """The parts after a frame's head. Raises Garbled when bytes are missing or left over."""
    offset = FRAME_HEAD.size
    for _ in range(count):
        kind, x, y, width, height, length = PART_HEAD.unpack_from(data, offset)
        offset += PART_HEAD.size
        if offset + length > len(data):
            raise Garbled("a part is cut off")
        yield Part(PartKind(kind), x, y, width, height, data[offset : offset + length])
        offset += length
    if offset != len(data):
        raise Garbled("bytes are left over")


@dataclass(frozen=True, slots=True)
class ViewerMessage:
    """A message from the viewer: `number` and `epoch` are judged by the session table, `body` by its kind."""

    kind: FromViewer
    number: int
    epoch: int
    body: bytes = b""

    def pack(self) -> bytes:
        """The message as bytes."""
        return VIEWER_HEAD.pack(self.kind, self.number, self.epoch) + self.body

    @classmethod
    def unpack(cls, data: bytes) -> ViewerMessage:
        """Read what `pack` wrote. Raises Garbled."""
        try:
            kind, number, epoch = VIEWER_HEAD.unpack_from(data)
            return cls(FromViewer(kind), number, epoch, data[VIEWER_HEAD.size :])
        except (struct.error, ValueError) as error:
            raise Garbled(str(error)) from error


@dataclass(frozen=True, slots=True)
class Status:
    """The session as the viewer shows it. `screens` are (id, name, width, height) in pixels, `screen` is the id of the
    one that frames are of, `screen_asked` of the one that was asked for, or empty.
    """

    state: State
    grade: Grade
    epoch: int
    asked: Grade | None
    screen: str
    screens: tuple[tuple[str, str, int, int], ...]
    expires_in: float
    is_paused_by_person: bool
    line_kbps: int
    reason: Reason | None = None
    screen_asked: str = ""
    is_turning: bool = False
    """Whether another screen was chosen that is not looked at yet."""
    highest: Grade = Grade.CONTROL
    """The grade beyond which there is nothing to ask for on this desktop."""

    def pack(self) -> bytes:
        """STATUS and its JSON."""
        return packed(
            FromHost.STATUS,
            {
                "state": self.state,
                "grade": int(self.grade),
                "epoch": self.epoch,
                "asked": None if self.asked is None else int(self.asked),
                "screen": self.screen,
                "screen_asked": self.screen_asked,
                "turning": self.is_turning,
                "screens": [list(screen) for screen in self.screens],
                "expires_in": round(self.expires_in, 1),
                "paused_by_person": self.is_paused_by_person,
                "line_kbps": self.line_kbps,
                "reason": self.reason,
                "highest": int(self.highest),
            },
        )


def packed(kind: FromHost, value: object) -> bytes:
    """A message from the host that is JSON."""
    return bytes([kind]) + json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class InputKind(StrEnum):
    """What a remote hand does."""

    MOVE = "move"
    DOWN = "down"
    UP = "up"
    WHEEL = "wheel"
    KEY_DOWN = "key_down"
    KEY_UP = "key_up"
    TEXT = "text"
    RELEASE_ALL = "release_all"
    SECURE_ATTENTION = "secure_attention"


class InputEvent(Message):
    """One deed of the remote hand. Pixels of the shared screen; `code` as in UI Events `KeyboardEvent.code`."""

    kind: InputKind
    x: int = Field(default=0, ge=0, le=65535)
    y: int = Field(default=0, ge=0, le=65535)
    button: int = Field(default=0, ge=0, le=4)
    dx: int = Field(default=0, ge=-50, le=50)
    dy: int = Field(default=0, ge=-50, le=50)
    code: Annotated[str, StringConstraints(max_length=32, pattern=r"^[A-Za-z0-9]*$")] = ""
    text: Annotated[str, StringConstraints(max_length=2000)] = ""


class Wanted(Message):
    """What an EVENT message of the viewer asks of the session."""

    event: Annotated[str, StringConstraints(pattern=r"^(ask_grade|lower_grade|ask_screen|stop|withdraw_offer)$")]
    grade: Grade | None = None
    screen: Line = ""


class Ink(Message):
    """Something drawn over the employee's screen: points are pixels of the shared screen."""

    shape: Annotated[str, StringConstraints(pattern=r"^(arrow|box|ink|clear)$")]
    points: tuple[tuple[int, int], ...] = Field(default=(), max_length=MOST_POINTS)


class Wish(Message):
    """What the viewer can show: `films` says whether it plays H.264."""

    films: bool


class Chat(Message):
    """Words between agent and employee; kept on the ticket."""

    text: Text


def of_json(kind: type[Message], body: bytes) -> Any:
    """A validated message from JSON bytes. Raises Garbled."""
    if len(body) > MOST_BYTES:
        raise Garbled("too long")
    try:
        return kind.model_validate_json(body)
    except ValueError as error:
        raise Garbled("not as it should be") from error
