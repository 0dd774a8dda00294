"""Articles from files: a folder of Markdown with front matter, or JSONL; every error names its file and line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from app.errors import HelpdeskError
from app.protocol.knowledge import Article, Visibility
from app.protocol.message import one_line, printable

_LONGEST_LINE = 300
_LONGEST_BODY = 400_000
_SIGNATURE_FIELDS = ("signatures", "codes")  # codes may stand in a list of their own
_HINT = "Correct the file and import it again; nothing of it was imported."


def read_folder(path: Path) -> Iterator[Article]:
    """The articles of every `.md` file below a folder, in the order of their paths.

    Front matter is optional: without an id the path is the id, without a title the first heading is the title.
    Raises HelpdeskError naming file and line.
    """
    if not path.is_dir():
        raise HelpdeskError("There is no folder at {path}.", "Name a folder of Markdown files.", path=str(path))
    for file in sorted(path.rglob("*.md")):
        yield _from_markdown(file, file.relative_to(path).as_posix())


def read_jsonl(path: Path) -> Iterator[Article]:
    """The articles of a JSONL file, one object per line; `id` and `title` are needed, the rest may be missing or null.

    Raises HelpdeskError naming file and line.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield _from_json(line, path, number)
    except OSError as error:
        raise HelpdeskError(
            "{path} could not be read: {cause}.", path=str(path), cause=error.strerror or str(error)
        ) from error
    except UnicodeDecodeError as error:
        raise HelpdeskError("{path} is not UTF-8 text.", "Save it as UTF-8.", path=str(path)) from error


def _from_json(line: str, path: Path, number: int) -> Article:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise _wrong(path, number, f"not JSON ({error})") from error
    if not isinstance(fields, dict):
        raise _wrong(path, number, "not a JSON object")
    return _article(fields, path, number)


def _article(fields: Mapping[str, object], path: Path, number: int) -> Article:
    """The article of raw fields. Lists may be given as one string or as nothing at all."""
    identity = fields.get("id")
    if isinstance(identity, int) and not isinstance(identity, bool):
        identity = str(identity)
    if not isinstance(identity, str) or not identity.strip():
        raise _wrong(path, number, "the article has no id")
    body = fields.get("body")
    if not isinstance(body, str | None):
        raise _wrong(path, number, "body is not text")
    title = fields.get("title")
    if not isinstance(title, str | None):
        raise _wrong(path, number, "title is not text")
    locale, visibility = fields.get("locale"), fields.get("visibility")
    try:
        return Article(
            id=one_line(identity),
            title=(one_line(title or "") or _heading(body or "") or one_line(identity))[:_LONGEST_LINE],
            body=printable(body or "")[:_LONGEST_BODY],
            locale=one_line(str(locale)) if locale else "en",
            visibility=Visibility(str(visibility)) if visibility else Visibility.EMPLOYEES,
            signatures=tuple(
                dict.fromkeys(
                    text for name in _SIGNATURE_FIELDS for text in _strings(fields.get(name), name, path, number)
                )
            ),
            applications=_strings(fields.get("applications"), "applications", path, number),
            tags=_strings(fields.get("tags"), "tags", path, number),
            sites=_strings(fields.get("sites"), "sites", path, number),
            versions=_strings(fields.get("versions"), "versions", path, number),
            updated=_moment(fields.get("updated"), path, number),
        )
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _wrong(path, number, f"{place}: {first['msg']}") from error
    except ValueError as error:
        raise _wrong(path, number, str(error)) from error


def _strings(value: object, name: str, path: Path, number: int) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str | int | float):
        value = [value]
    if not isinstance(value, list) or not all(isinstance(part, str | int | float) for part in value):
        raise _wrong(path, number, f"{name} is not a list of texts")
    lines = (one_line(str(part))[:_LONGEST_LINE] for part in value)
    return tuple(line for line in lines if line)


def _moment(value: object, path: Path, number: int) -> datetime | None:
    """A date or a moment in ISO 8601, in UTC where it names no zone."""
    if value is None or value == "":
        return None
    try:
        found = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise _wrong(path, number, "updated is not a date such as 2026-03-01") from error
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _heading(body: str) -> str:
    return next((one_line(line.lstrip("# ")) for line in body.splitlines() if line.startswith("#")), "")


def _from_markdown(file: Path, relative: str) -> Article:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise HelpdeskError(
            "{path} could not be read: {cause}.", path=str(file), cause=error.strerror or str(error)
        ) from error
    except UnicodeDecodeError as error:
        raise HelpdeskError("{path} is not UTF-8 text.", "Save it as UTF-8.", path=str(file)) from error
    fields: dict[str, object] = {}
    body = text
    if text.startswith("---\n"):
        lines = text.split("\n")
        closing = next((place for place, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
        if not closing:
            raise _wrong(file, 1, "the front matter has no closing ---")
        fields = _front_matter(lines[1:closing], file)
        body = "\n".join(lines[closing + 1 :]).lstrip("\n")
    fields.setdefault("id", relative.removesuffix(".md"))
    return _article({**fields, "body": body}, file, 1)


def _front_matter(lines: Sequence[str], file: Path) -> dict[str, object]:
    """`key: value`, `key: [a, b]` and `key:` followed by `- item` lines; all that an article needs of YAML."""
    fields: dict[str, object] = {}
    items: list[object] | None = None
    for number, raw in enumerate(lines, 2):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("- ") or line == "-":
            if items is None:
                raise _wrong(file, number, "a list item without a key before it")
            items.append(_scalar(line[1:].strip()))
            continue
        key, colon, value = line.partition(":")
        if not colon or raw[:1].isspace() or not key.replace("_", "").isalnum():
            raise _wrong(file, number, "expected `key: value`")
        value = value.strip()
        items = [] if not value else None
        if value.startswith("["):
            fields[key] = _inline_list(value, file, number)
        else:
            fields[key] = items if items is not None else _scalar(value)
    return {key: (None if value == [] else value) for key, value in fields.items()}


def _inline_list(value: str, file: Path, number: int) -> list[object]:
    if not value.endswith("]"):
        raise _wrong(file, number, "the list has no closing ]")
    parts: list[str] = []
    quote = ""
    for sign in value[1:-1]:
        if sign == "," and not quote:
            parts.append("")
            continue
        if sign in "\"'" and ((not quote and not (parts and parts[-1].strip())) or sign == quote):
            quote = "" if quote else sign
        parts = parts or [""]
        parts[-1] += sign
    return [_scalar(part.strip()) for part in parts if part.strip()]


def _scalar(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        inner = text[1:-1]
        return inner.replace("''", "'") if text[0] == "'" else inner.replace('\\"', '"').replace("\\\\", "\\")
    return text


def _wrong(path: Path, number: int, cause: str) -> HelpdeskError:
    return HelpdeskError("{path}, line {line}: {cause}.", _HINT, path=str(path), line=number, cause=cause.rstrip("."))
