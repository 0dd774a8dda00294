"""The list of every single thing a report will send, with a tick each, and the ticket that the ticks leave."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from app.helpdesk.scrubbing import scrub, scrub_lines
from app.helpdesk.wording import clipped_text
from app.protocol.knowledge import ErrorSignature
from app.protocol.language import Language
from app.protocol.tickets import (
    AttachmentKind,
    ContextItem,
    DeclaredAttachment,
    FieldName,
    Origin,
    ShownSuggestion,
    TicketDraft,
    TicketField,
    TicketKind,
)

__all__ = ["Manifest", "ManifestItem", "Parcel", "Part", "ReportFile", "scrub", "scrub_lines"]


class Part(StrEnum):
    """What part of the ticket an item becomes."""

    FIELD = "field"
    ATTACHMENT = "attachment"
    CONTEXT = "context"
    SIGNATURE = "signature"
    SUGGESTION = "suggestion"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file of the report under its neutral name; nothing of the name it had on this computer is kept."""

    id: UUID
    kind: AttachmentKind
    name: str
    media_type: str
    content: bytes

    def declared(self) -> DeclaredAttachment:
        """The file as the ticket announces it."""
        return DeclaredAttachment(
            id=self.id,
            kind=self.kind,
            name=self.name,
            media_type=self.media_type,
            size=len(self.content),
            sha256=hashlib.sha256(self.content).hexdigest(),
        )


@dataclass(frozen=True, slots=True)
class ManifestItem:
    """One thing that is sent when `included`. `label` is an English sentence for the catalogue, `size` in bytes.

    `required` items cannot be unticked: without them there is no ticket. `file_id` is set for attachments.
    """

    id: str
    part: Part
    label: str
    value: str
    origin: Origin
    size: int
    included: bool = True
    required: bool = False
    confidence: float | None = None
    file_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes into the outbox."""

    draft: TicketDraft
    files: Mapping[UUID, bytes]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything a report would send, item by item; changing a tick or a text gives a new manifest."""

    draft_id: UUID
    created_at: datetime
    language: Language
    kind: TicketKind
    items: tuple[ManifestItem, ...]
    files: tuple[ReportFile, ...]
    signature: ErrorSignature
    suggestions: tuple[ShownSuggestion, ...]

    def item(self, item_id: str) -> ManifestItem:
        """One item. Raises KeyError."""
        for each in self.items:
            if each.id == item_id:
                return each
        raise KeyError(item_id)

    def ticked(self, item_id: str, included: bool) -> Manifest:
        """With one tick set or removed; a required item keeps its tick. Raises KeyError."""
        item = self.item(item_id)
        return self._with(replace(item, included=included or item.required))

    def worded(self, item_id: str, value: str) -> Manifest:
        """With a field's text replaced by the employee's own words. Raises KeyError, ValueError for other items.

        A required field cannot be emptied: it then keeps what it had.
        """
        item = self.item(item_id)
        if item.part is not Part.FIELD:
            raise ValueError(f"{item_id} is not a text")
        value = clipped_text(value)
        if (item.required and not value.strip()) or value == item.value:
            return self
        own = replace(item, value=value, origin=Origin.EMPLOYEE, confidence=None, size=len(value.encode()))
        return self._with(own)

    def parcel(self) -> Parcel:
        """The ticket and the files that the ticks leave, and nothing else."""
        chosen = [item for item in self.items if item.included]
        fields = tuple(
            TicketField(
                name=FieldName(item.id.partition(".")[2]),
                value=item.value,
                origin=item.origin,
                confidence=item.confidence,
            )
            for item in chosen
            if item.part is Part.FIELD and item.value
        )
        context = tuple(
            ContextItem(name=item.id.partition(".")[2].partition("#")[0], value=item.value, origin=item.origin)
            for item in chosen
            if item.part is Part.CONTEXT
        )
        wanted = {item.file_id for item in chosen if item.part is Part.ATTACHMENT}
        files = tuple(file for file in self.files if file.id in wanted)
        shown = {item.id for item in chosen if item.part is Part.SUGGESTION}
        signed = any(item.part is Part.SIGNATURE for item in chosen)
        draft = TicketDraft(
            id=self.draft_id,
            created_at=self.created_at,
            language=self.language,
            kind=self.kind,
            fields=fields,
            context=context,
            signature=self.signature if signed else ErrorSignature(),
            suggestions=tuple(s for s in self.suggestions if f"suggestion.{s.article_id}" in shown),
            attachments=tuple(file.declared() for file in files),
        )
        return Parcel(draft, {file.id: file.content for file in files})

    def _with(self, changed: ManifestItem) -> Manifest:
        return replace(self, items=tuple(changed if item.id == changed.id else item for item in self.items))
