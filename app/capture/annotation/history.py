"""Undo and redo: whole documents, one snapshot a gesture. Sharing of marks makes a snapshot cheap."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.capture.annotation.document import Document


@dataclass(frozen=True, slots=True)
class History:
    """The document now, with what came before and what was undone; `label` names the gesture that made it."""

    document: Document
    label: str = ""
    before: tuple[tuple[Document, str], ...] = ()
    after: tuple[tuple[Document, str], ...] = ()

    def done(self, document: Document, label: str) -> History:
        """A gesture has ended with this document; one that changed nothing leaves no trace."""
        if document == self.document:
            return self
        return History(document, label, (*self.before, (self.document, self.label)))

    def undo(self) -> History:
        """One gesture back; at the beginning nothing happens."""
        if not self.before:
            return self
        document, label = self.before[-1]
        return History(document, label, self.before[:-1], (*self.after, (self.document, self.label)))

    def redo(self) -> History:
        """One undone gesture forward; at the end nothing happens."""
        if not self.after:
            return self
        document, label = self.after[-1]
        return History(document, label, (*self.before, (self.document, self.label)), self.after[:-1])

    def forgotten(self) -> History:
        """The same document without a past, as kept after sending."""
        return replace(self, before=(), after=())
