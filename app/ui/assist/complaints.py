"""What the employee wants IT to hear about an agent: written to the ticket, where it stays."""

from __future__ import annotations

from app.protocol.assist import Invitation
from app.ui.desk import Desk
from app.ui.language import tr
from app.ui.reply import Reply


class Complaints:
    """Each is a reply on the ticket the agent came from."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def stranger(self, invitation: Invitation) -> None:
        """Somebody asked whom the employee does not know."""
        name = invitation.agent.name
        text = tr("I denied remote assistance because I do not know the person who asked: {name}.", name=name)
        self._tell(invitation, text)

    def session(self, invitation: Invitation) -> None:
        """Something was wrong in a session."""
        name = invitation.agent.name
        text = tr("Something was not right in the remote assistance by {name}. Please look into it.", name=name)
        self._tell(invitation, text)

    def _tell(self, invitation: Invitation, text: str) -> None:
        self._desk.reply(Reply(invitation.ticket_id, text), lambda: None, lambda _: None)
