"""A marked picture as JSON, versioned, keeping what a newer version wrote and this one does not know."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from typing import Any
from uuid import UUID

from app.capture.annotation.document import (
    Area,
    Arrow,
    Box,
    Colour,
    Document,
    Ellipse,
    Hide,
    Highlight,
    Mark,
    Point,
    Step,
    Text,
    Unknown,
    Weight,
)
from app.errors import HelpdeskError

VERSION = 1
KINDS: dict[str, type[Mark]] = {
    "arrow": Arrow,
    "box": Box,
    "ellipse": Ellipse,
    "step": Step,
    "text": Text,
    "highlight": Highlight,
    "hide": Hide,
}
NAMES = {kind: name for name, kind in KINDS.items()}
POINTS = ("start", "tip", "centre", "corner")


def dump(document: Document) -> str:
    """The document as one JSON object."""
    return json.dumps(
        {
            "version": VERSION,
            "width": document.width,
            "height": document.height,
            "scale": document.scale,
            "crop": None if document.crop is None else numbers(document.crop),
            "marks": [mark_out(mark) for mark in document.marks],
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def load(source: str) -> Document:
    """Read what `dump` wrote. Raises HelpdeskError for anything that is not such a document."""
    try:
        raw = json.loads(source)
        return Document(
            width=int(raw["width"]),
            height=int(raw["height"]),
            scale=number(raw["scale"]),
            marks=tuple(mark_in(each) for each in raw["marks"]),
            crop=None if raw["crop"] is None else Area(*(number(each) for each in raw["crop"])),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise HelpdeskError(
            "The marks kept with this picture cannot be read: {reason}",
            "The picture itself is unharmed; mark it again.",
            reason=repr(error),
        ) from error


def numbers(value: Point | Area) -> list[float]:
    """The numbers of a point or area in the order of its fields."""
    return [getattr(value, each.name) for each in fields(value)]


def number(value: Any) -> float:  # JSON may hold anything here
    """A finite number. Raises ValueError otherwise."""
    result = float(value)
    if isinstance(value, bool) or not math.isfinite(result):
        raise ValueError(f"{value!r} is no number")
    return result


def mark_out(mark: Mark) -> dict[str, Any]:
    """One mark as a JSON object."""
    if isinstance(mark, Unknown):
        return {"kind": mark.kind, "id": str(mark.id), **dict(mark.fields)}
    written: dict[str, Any] = {"kind": NAMES[type(mark)]}
    for each in fields(mark):
        value = getattr(mark, each.name)
        written[each.name] = numbers(value) if isinstance(value, Point | Area) else value
    written["id"] = str(mark.id)
    return written


def mark_in(raw: dict[str, Any]) -> Mark:
    """One mark from its JSON object; of an unknown kind it is kept as it is."""
    kind = KINDS.get(raw["kind"])
    if kind is None:
        rest = {key: value for key, value in raw.items() if key not in ("kind", "id")}
        return Unknown(id=UUID(raw["id"]), kind=str(raw["kind"]), fields=tuple(rest.items()))
    values: dict[str, Any] = {
        "id": UUID(raw["id"]),
        "colour": Colour(raw["colour"]),
        "weight": Weight(raw["weight"]),
    }
    for each in fields(kind):
        if each.name in POINTS:
            x, y = raw[each.name]
            values[each.name] = Point(number(x), number(y))
        elif each.name == "area":
            values["area"] = Area(*(number(part) for part in raw["area"]))
        elif each.name == "width":
            values["width"] = number(raw["width"])
        elif each.name == "words":
            values["words"] = str(raw["words"])
    return kind(**values)
