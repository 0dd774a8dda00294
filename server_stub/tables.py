"""Every table at once, for whoever needs the complete metadata."""

from __future__ import annotations

from server_stub.agents import tables as agents
from server_stub.announcements import tables as announcements
from server_stub.assist import tables as assist
from server_stub.columns import Base
from server_stub.devices import tables as devices
from server_stub.events import tables as events
from server_stub.idempotency import tables as idempotency
from server_stub.knowledge import tables as knowledge
from server_stub.servers import tables as servers
from server_stub.tickets import tables as tickets
from server_stub.uploads import tables as uploads

__all__ = [
    "agents",
    "announcements",
    "assist",
    "devices",
    "events",
    "idempotency",
    "knowledge",
    "metadata",
    "servers",
    "tickets",
    "uploads",
]

metadata = Base.metadata
