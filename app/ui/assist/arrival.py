"""An invitation on its way to the employee: keys exchanged, promise checked, phrase made. No window, no Qt."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from app.errors import HelpdeskError
from app.protocol.assist import Invitation, Terms
from app.protocol.session import State

LONGEST_POLL = 25


class Desk(Protocol):
    """What is asked of the server here (app.helpdesk.assistance)."""

    @property
    def device_id(self) -> UUID: ...

    def invitation(self, session: UUID, wait: int = 0) -> Invitation: ...

    def show(self, session: UUID, host_public: str, terms: Terms) -> Invitation: ...


@dataclass(frozen=True, slots=True)
class Arrival:
    """A genuine invitation. `deadline` is on the monotonic clock; `shared` is the secret of both ends."""

    invitation: Invitation
    device: UUID
    shared: bytes
    phrase: str
    deadline: float


class NotGenuine(HelpdeskError):
    """The key is not the one that was promised: somebody sits in between."""


class Withdrawn(HelpdeskError):
    """The invitation was over before it could be shown."""


def receive(
    desk: Desk,
    invited: Invitation,
    terms: Terms,
    shown: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = time.monotonic,
) -> Arrival:
    """Show our key, wait for the agent's, and check it against the promise. Waits up to the time for an answer.

    `shown` is called once the server has our key, which is when the question counts as shown. The promise is the one
    in `invited`, from before anybody saw our key: one made afterwards would promise nothing.
    Raises NotGenuine, Withdrawn, and what the server's methods raise.
    """
    from app.assist.seal import KeyPair, as_bytes, as_text, is_committed, phrase

    keys, session, promised = KeyPair.make(), invited.id, as_bytes(invited.commitment)
    deadline = clock() + terms.answer_seconds
    invitation = desk.show(session, as_text(keys.public), terms)
    shown()
    while invitation.viewer_public is None or invitation.nonce is None:
        left = deadline - clock()
        if invitation.state is not State.SHOWN or left <= 0:
            raise withdrawn()
        invitation = desk.invitation(session, wait=max(1, min(LONGEST_POLL, int(left))))
    if invitation.state is not State.SHOWN:
        raise withdrawn()
    viewer, nonce = as_bytes(invitation.viewer_public), as_bytes(invitation.nonce)
    if not is_committed(promised, viewer, nonce):
        raise NotGenuine(
            "An invitation to remote assistance did not check out, so it was refused.",
            "Tell IT: somebody may be tampering with the connection.",
        )
    shared = keys.shared(viewer)
    return Arrival(invitation, desk.device_id, shared, phrase(session, viewer, keys.public), deadline)


def withdrawn() -> Withdrawn:
    """For an invitation that came to nothing."""
    return Withdrawn("The invitation was withdrawn.")
