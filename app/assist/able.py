"""Whether this desktop can be shared at all: known before anybody is asked, so that nobody is asked in vain."""

from __future__ import annotations

from app.errors import NotAvailable
from app.system.base import System


def why_not(system: System, *, by_portal: bool = False) -> NotAvailable | None:
    """What is in the way of sharing a screen here; None when nothing is. `by_portal`: IT lets Wayland's portal be used,
    for which more has to be there (app.system.desktop_sharing).
    """
    if system.is_wayland() and not by_portal:
        return NotAvailable(
            "This desktop does not let Deskbell share its screen.", "Sign in to an X11 session, or send pictures."
        )
    return None
