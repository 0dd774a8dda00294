"""The pipe between the program and its OCR worker: a length, a JSON header, and raw bytes."""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from typing import IO

from app.capture.reading import Line, Reading, Role, Word
from app.errors import HelpdeskError
from app.system.base import Rect

LENGTHS = struct.Struct(">4sII")
MAGIC = b"DBL1"
MAX_HEADER = 8 * 1024 * 1024
MAX_BODY = 3 * 64_000_000


class Garbled(Exception):
    """What came through the pipe is not ours; the other end has to be ended."""


@dataclass(frozen=True, slots=True)
class Request:
    """Read an RGB picture of `width` x `height`. Without pixels (width 0) the worker only gets ready.

    `region` is the part to read; without it the dialog is looked for, `window` (the foreground window in pixels
    of the picture) being a hint and `is_modal` saying that it is the dialog itself.
    """

    number: int
    engine: str
    width: int = 0
    height: int = 0
    seconds: float = 8.0
    region: Rect | None = None
    window: Rect | None = None
    is_modal: bool = False


@dataclass(frozen=True, slots=True)
class Failure:
    """The worker could not read; the same parts a HelpdeskError has, with its values as text."""

    summary: str
    hint: str
    names: tuple[str, ...]
    values: tuple[str, ...]

    def error(self) -> HelpdeskError:
        """To be raised in the program."""
        return HelpdeskError(self.summary, self.hint, retry=True, **dict(zip(self.names, self.values, strict=True)))


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to request `number`: a reading, a failure, or neither when the worker is just ready.

    `engine` is the one that was used, also when `auto` was asked for. Before the final one there may be readings of
    what is known so far.
    """

    number: int
    engine: str = ""
    reading: Reading | None = None
    failure: Failure | None = None
    is_final: bool = True


def write(stream: IO[bytes], message: Request | Answer, body: bytes | memoryview = b"") -> None:
    """Send one message. Raises OSError when the other end is gone."""
    header = json.dumps(asdict(message), ensure_ascii=False, separators=(",", ":")).encode()
    stream.write(LENGTHS.pack(MAGIC, len(header), len(body)) + header)
    stream.write(body)
    stream.flush()


def read_request(stream: IO[bytes]) -> tuple[Request, bytes] | None:
    """The next request with its pixels; None at the end of the stream. Raises Garbled."""
    received = _read(stream)
    if received is None:
        return None
    header, body = received
    try:
        fields = json.loads(header)
        for name in ("region", "window"):
            fields[name] = Rect(**fields[name]) if fields[name] else None
        request = Request(**fields)
    except (ValueError, TypeError, KeyError) as error:
        raise Garbled from error
    if len(body) != request.width * request.height * 3:
        raise Garbled
    return request, body


def read_answer(stream: IO[bytes]) -> Answer | None:
    """The next answer; None at the end of the stream. Raises Garbled."""
    received = _read(stream)
    if received is None:
        return None
    try:
        fields = json.loads(received[0])
        reading, failure = fields["reading"], fields["failure"]
        return Answer(
            number=int(fields["number"]),
            engine=str(fields["engine"]),
            reading=_reading(reading) if reading else None,
            failure=Failure(
                str(failure["summary"]),
                str(failure["hint"]),
                tuple(map(str, failure["names"])),
                tuple(map(str, failure["values"])),
            )
            if failure
            else None,
            is_final=bool(fields["is_final"]),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise Garbled from error


def _reading(fields: dict[str, object]) -> Reading:
    lines = fields["lines"]
    if not isinstance(lines, list):
        raise TypeError("lines")
    return Reading(
        lines=tuple(
            Line(
                text=str(line["text"]),
                box=Rect(**line["box"]),
                confidence=float(line["confidence"]),
                words=tuple(Word(str(word["text"]), Rect(**word["box"])) for word in line["words"]),
                role=Role(line["role"]),
            )
            for line in lines
        ),
        region=Rect(**fields["region"]),  # type: ignore[arg-type]  # a TypeError here is caught as garbled
        engine=str(fields["engine"]),
        milliseconds=float(str(fields["milliseconds"])),
        is_dialog=bool(fields["is_dialog"]),
    )


def _read(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    start = stream.read(LENGTHS.size)
    if not start:
        return None
    if len(start) < LENGTHS.size:
        raise Garbled
    magic, header_length, body_length = LENGTHS.unpack(start)
    if magic != MAGIC or header_length > MAX_HEADER or body_length > MAX_BODY:
        raise Garbled
    header, body = stream.read(header_length), stream.read(body_length)
    if len(header) < header_length or len(body) < body_length:
        raise Garbled
    return header, body
