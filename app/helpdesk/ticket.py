"""Makes the report of what was seen, read, offered and said, each value with where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.errors import HelpdeskError
from app.helpdesk.privacy import Manifest, ManifestItem, Part, ReportFile
from app.helpdesk.wording import (
    FIELD_LABELS,
    RECORD_LABELS,
    SIGNATURE_LABEL,
    SUGGESTION_LABELS,
    clipped_line,
    clipped_text,
    context_label,
)
from app.knowledge.reading import telling_lines
from app.protocol.identity import uuid7
from app.protocol.knowledge import ErrorSignature
from app.protocol.language import Language
from app.protocol.tickets import (
    AttachmentKind,
    ContextItem,
    FieldName,
    Origin,
    ShownSuggestion,
    TicketField,
    TicketKind,
)

LONGEST_SUBJECT = 120
LARGEST_FILE = 25 * 1024 * 1024
NO_SUBJECT = {
    Language.ENGLISH: "Problem without a description",
    Language.CHINESE: "未填写说明的问题",
}
SUFFIXES = {
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/webp": ".webp",
    "application/json": ".json",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "text/plain": ".txt",
}


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was read in the picture: lines in reading order, a dialog's title if there is one, how sure (0 to 1)."""

    lines: tuple[str, ...] = ()
    title: str = ""
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Foreground:
    """The window that was in front at the click."""

    application: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send, redactions already burnt in."""

    content: bytes
    media_type: str
    kind: AttachmentKind = AttachmentKind.SCREENSHOT


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything a report is made of; what is unknown stays empty."""

    sentence: str = ""
    recognised: Recognised = Recognised()
    signature: ErrorSignature = field(default_factory=ErrorSignature)
    foreground: Foreground = Foreground()
    context: tuple[ContextItem, ...] = ()
    suggestions: tuple[ShownSuggestion, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def build(
    findings: Findings,
    *,
    now: datetime,
    language: Language,
    kind: TicketKind = TicketKind.INCIDENT,
    draft_id: UUID | None = None,
) -> Manifest:
    """The report with everything ticked. `draft_id` is minted unless the caller already has one.

    Raises HelpdeskError for a file that is empty or larger than 25 MB.
    """
    draft_id = draft_id or uuid7(now)
    files = tuple(_files(findings.attachments, now))
    suggestions = tuple({each.article_id: each for each in findings.suggestions}.values())[:20]
    filled = fields(findings, language)
    items = [
        *map(_field_item, filled),
        *map(_file_item, files),
        *_context_items(_not_said_twice(findings.context, filled)),
        *_signature_item(findings),
        *map(_suggestion_item, suggestions),
        _record("record.id", str(draft_id)),
        _record("record.created_at", now.isoformat(timespec="seconds")),
        _record("record.language", language.value),
        _record("record.kind", kind.value),
    ]
    return Manifest(
        draft_id=draft_id,
        created_at=now,
        language=language,
        kind=kind,
        items=tuple(items),
        files=files,
        # Quoted names may be anybody's; the words they stand in are sent with the text, if the employee lets them.
        signature=findings.signature.model_copy(update={"names": ()}),
        suggestions=suggestions,
    )


def fields(findings: Findings, language: Language) -> tuple[TicketField, ...]:
    """The prefilled fields that have a value, the subject first."""
    sure = findings.recognised.confidence
    device, ocr = Origin.DEVICE, Origin.OCR
    made = [
        subject(findings, language),
        TicketField(name=FieldName.DESCRIPTION, value=clipped_text(findings.sentence).strip(), origin=Origin.EMPLOYEE),
        TicketField(name=FieldName.APPLICATION, value=clipped_line(findings.foreground.application), origin=device),
        TicketField(name=FieldName.WINDOW_TITLE, value=clipped_line(findings.foreground.title), origin=device),
        TicketField(
            name=FieldName.ERROR_CODE,
            value=clipped_line(", ".join(findings.signature.codes)),
            origin=ocr,
            confidence=sure,
        ),
        TicketField(
            name=FieldName.RECOGNISED_TEXT,
            value=clipped_text("\n".join(findings.recognised.lines)),
            origin=ocr,
            confidence=sure,
        ),
    ]
    return tuple(each for each in made if each.value)


def subject(findings: Findings, language: Language) -> TicketField:
    """The employee's sentence; else the dialog's title and its first line of message; else the application."""
    name = FieldName.SUBJECT
    said = next((line for line in findings.sentence.splitlines() if line.strip()), "")
    if clipped_line(said):
        return TicketField(name=name, value=shortened(said), origin=Origin.EMPLOYEE)
    read = findings.recognised
    title = clipped_line(read.title)
    message = next((line for line in telling_lines(read.lines) if clipped_line(line) != title), "")
    if title or message:
        parts = ": ".join(part for part in (title, clipped_line(message)) if part)
        return TicketField(name=name, value=shortened(parts), origin=Origin.OCR, confidence=read.confidence)
    seen = findings.foreground.application or findings.foreground.title
    if clipped_line(seen):
        return TicketField(name=name, value=shortened(seen), origin=Origin.DEVICE)
    return TicketField(name=name, value=NO_SUBJECT[language], origin=Origin.RULE)


def shortened(text: str, limit: int = LONGEST_SUBJECT) -> str:
    """At most `limit` characters, cut between words where there are any, with an ellipsis when cut."""
    line = clipped_line(text)
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > limit // 2 else head).rstrip(" ,.;:，。；：") + "…"


def _files(attachments: Sequence[Attachment], now: datetime) -> list[ReportFile]:
    """Files under neutral names: `screenshot-1.png`, `screenshot-2.png`, `diagnostics-1.json`."""
    made: list[ReportFile] = []
    counts: dict[AttachmentKind, int] = {}
    for each in attachments[:30]:
        if not 0 < len(each.content) <= LARGEST_FILE:
            raise HelpdeskError(
                "A file is empty or larger than {limit} MB and cannot be sent.", "Choose another one.", limit=25
            )
        counts[each.kind] = counts.get(each.kind, 0) + 1
        name = f"{each.kind}-{counts[each.kind]}{SUFFIXES.get(each.media_type, '')}"
        made.append(ReportFile(uuid7(now), each.kind, name, each.media_type, each.content))
    return made


def _field_item(filled: TicketField) -> ManifestItem:
    return ManifestItem(
        id=f"field.{filled.name}",
        part=Part.FIELD,
        label=FIELD_LABELS[filled.name],
        value=filled.value,
        origin=filled.origin,
        size=len(filled.value.encode()),
        required=filled.name is FieldName.SUBJECT,
        confidence=filled.confidence,
    )


def _file_item(file: ReportFile) -> ManifestItem:
    labels = {
        AttachmentKind.SCREENSHOT: "Picture of the screen",
        AttachmentKind.DIAGNOSTICS: "Results of the checks",
        AttachmentKind.FILE: "File",
    }
    return ManifestItem(
        id=f"attachment.{file.name}",
        part=Part.ATTACHMENT,
        label=labels[file.kind],
        value=f"{file.name} ({file.media_type})",
        origin=Origin.EMPLOYEE if file.kind is AttachmentKind.FILE else Origin.DEVICE,
        size=len(file.content),
        file_id=file.id,
    )


def _not_said_twice(context: Sequence[ContextItem], filled: Sequence[TicketField]) -> list[ContextItem]:
    """The context without what a field says already: a tick removed must not leave a second copy ticked."""
    said = {each.name: each.value for each in filled}
    twins = {"window.title": FieldName.WINDOW_TITLE, "window.application": FieldName.APPLICATION}
    return [
        each for each in context if each.name not in twins or said.get(twins[each.name]) != clipped_line(each.value)
    ]


def _context_items(context: Sequence[ContextItem]) -> list[ManifestItem]:
    """One item per fact; facts of the same name (two disks) are told apart by a number."""
    made: list[ManifestItem] = []
    seen: dict[str, int] = {}
    for each in context[:200]:
        seen[each.name] = seen.get(each.name, 0) + 1
        number = f"#{seen[each.name]}" if seen[each.name] > 1 else ""
        value = clipped_line(each.value)
        made.append(
            ManifestItem(
                id=f"context.{each.name}{number}",
                part=Part.CONTEXT,
                label=context_label(each.name),
                value=value,
                origin=each.origin,
                size=len(value.encode()),
            )
        )
    return made


def _signature_item(findings: Findings) -> list[ManifestItem]:
    signature = findings.signature
    told = (signature.application, signature.version, signature.module, signature.title, signature.fingerprint)
    parts = (*signature.codes, *told)
    value = " · ".join(part for part in parts if part)
    if not value:
        return []
    size = len(signature.model_dump_json().encode())
    sure = findings.recognised.confidence
    return [ManifestItem("signature", Part.SIGNATURE, SIGNATURE_LABEL, value, Origin.RULE, size, confidence=sure)]


def _suggestion_item(shown: ShownSuggestion) -> ManifestItem:
    return ManifestItem(
        id=f"suggestion.{shown.article_id}",
        part=Part.SUGGESTION,
        label=SUGGESTION_LABELS[shown.outcome],
        value=f"{shown.title} ({shown.article_id})",
        origin=Origin.RULE,
        size=len(shown.model_dump_json().encode()),
    )


def _record(item_id: str, value: str) -> ManifestItem:
    size = len(value.encode())
    return ManifestItem(
        item_id, Part.RECORD, RECORD_LABELS[item_id], value, Origin.RULE, size, included=True, required=True
    )
