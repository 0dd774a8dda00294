"""A good body for every published route that takes one; the tests start from these and hurt them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from app.protocol.identity import uuid7
from app.protocol.knowledge import ErrorSignature, Outcome
from app.protocol.tickets import ContextItem, ShownSuggestion
from tests.server_stub.served import declare, draft, entry, picture


def good_bodies() -> dict[str, dict[str, Any]]:
    """Bodies by their route below /api/v1, with new ids every time."""
    now = datetime.now(UTC)
    shown = ShownSuggestion(article_id="pos/e1023.md", title="E1023", outcome=Outcome.SHOWN)
    sent = draft(
        said="x",
        context=(ContextItem(name="memory.free", value="1 GB"),),
        attachments=(declare(picture()),),
        signature=ErrorSignature(codes=("E1023",), fingerprint="abc"),
    ).model_copy(update={"suggestions": (shown,)})
    line = {"session_id": str(uuid4()), "number": 0, "at": now.isoformat(), "party": "host", "event": "shown"}
    return {
        "/tickets": sent.model_dump(mode="json"),
        "/tickets/{ticket_id}/entries": entry("x", declare(b"y")).model_dump(mode="json"),
        "/uploads": {"attachment_id": str(uuid4()), "sha256": "0" * 64, "size": 5},
        "/enroll": {"installation_id": str(uuid4()), "hostname": "a", "os": "b", "client_version": "c", "site": "d"},
        "/suggestions": {"lines": ["E1023"], "title": "a", "application": "b", "top": 3},
        "/suggestions/outcomes": {
            "id": str(uuid7(now)),
            "article_id": "pos/e1023.md",
            "outcome": "solved",
            "signature": {"codes": ["E1023"], "application": "", "title": "", "fingerprint": "x"},
        },
        "/assist/{session_id}/show": {"host_public": base64.b64encode(b"\x04" + bytes(64)).decode("ascii")},
        "/assist/{session_id}/answer": {"answer": "deny"},
        "/assist/{session_id}/stop": {"reason": "stopped_by_employee"},
        "/assist/{session_id}/chat": {"id": str(uuid4()), "at": now.isoformat(), "text": "hello"},
        "/assist/{session_id}/ledger": {"lines": [line]},
    }
