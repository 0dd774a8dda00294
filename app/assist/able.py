"""Whether this desktop can be shared at all: known before anybody is asked, so that nobody is asked in vain."""

from __future__ import annotations

from app.errors import NotAvailable
from app.system.base import System


def why_not(system: System) -> NotAvailable | None:
    """What is in the way of sharing a screen here; None when nothing is."""
    if system.is_wayland():
        return NotAvailable(
            "This desktop does not let Deskbell share its screen.", "Sign in to an X11 session, or send pictures."
        )
    return None
