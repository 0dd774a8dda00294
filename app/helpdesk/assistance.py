"""Remote assistance as the employee's machine tells it to the helpdesk, over a connection of its own.

Its own, so that the end of a session never waits behind a long poll or an upload.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from uuid import UUID

from pydantic import BaseModel

from app.helpdesk.caller import Caller, new_ask
from app.protocol.assist import Answer, Answered, Invitation, Ledger, LedgerLine, LinkTicket, Over, Said, Shown, Terms
from app.protocol.session import Reason

if TYPE_CHECKING:
    from app.helpdesk.link import Answer as Received


class Assistance(Caller):
    """What a device asks and tells about a session. Every method raises Unreachable, Refused or HelpdeskError."""

    @property
    def device_id(self) -> UUID:
        """This device as the server knows it; enrols when it does not know it yet."""
        return self._known().device_id

    def invitation(self, session: UUID, wait: int = 0) -> Invitation:
        """The invitation as it stands; with `wait`, when the browser's key is there or that many seconds are over."""
        query = f"?{urlencode({'wait': str(wait)})}" if wait else ""
        ask = replace(new_ask("GET", f"/assist/{session}{query}"), patience=float(wait))
        return self._read(Invitation, self._authorised(ask))

    def show(self, session: UUID, host_public: str, terms: Terms) -> Invitation:
        """The question is about to appear; this is the machine's key, base64, and how long things may take here."""
        return self._read(Invitation, self._send(session, "show", Shown(host_public=host_public, terms=terms)))

    def allow(self, session: UUID) -> LinkTicket:
        """The employee has allowed it. To be said once; after a lost answer ask `link`."""
        return self._read(LinkTicket, self._send(session, "answer", Answered(answer=Answer.ALLOW)))

    def refuse(self, session: UUID, answer: Answer) -> None:
        """The employee has denied it, or has not answered. To be said once; `stop` may follow at any time."""
        self._send(session, "answer", Answered(answer=answer))

    def link(self, session: UUID) -> LinkTicket:
        """Another token for the link of a session that was allowed."""
        return self._read(LinkTicket, self._send(session, "link"))

    def stop(self, session: UUID, reason: Reason) -> None:
        """It is over on this machine; may be said as often as needed."""
        self._send(session, "stop", Over(reason=reason))

    def say(self, session: UUID, said: Said) -> None:
        """Keep a line the employee wrote on the ticket."""
        self._send(session, "chat", said)

    def account(self, session: UUID, lines: tuple[LedgerLine, ...]) -> None:
        """Hand in this machine's ledger of the session."""
        self._send(session, "ledger", Ledger(lines=lines))

    def _send(self, session: UUID, what: str, message: BaseModel | None = None) -> Received:
        body = message.model_dump_json().encode() if message is not None else b""
        return self._authorised(new_ask("POST", f"/assist/{session}/{what}", body))
