"""What the host process is told when a session begins."""

from __future__ import annotations

from app.assist.orders import Setup
from app.protocol.session import Grade
from app.settings import Settings
from app.ui.assist.arrival import Arrival
from app.ui.assist.visit import Visit


def setup_for(visit: Visit, arrival: Arrival, token: str, settings: Settings) -> Setup:
    """Everything for one session, which always begins with looking only; `token` opens its line."""
    invitation = arrival.invitation
    return Setup(
        server=settings.server_url,
        session=invitation.id,
        ticket=invitation.ticket_id,
        agent=invitation.agent.id,
        device=arrival.device,
        token=token,
        shared=arrival.shared,
        grade=Grade.VIEW,
        screen=visit.screen.id,
        screens=tuple(each.monitor for each in visit.screens),
        limits=visit.terms.limits,
        hold_seconds=settings.assist_hold_seconds,
        ca_file=settings.ca_file,
        recorder=(invitation.recorder or "") if invitation.is_recorded else "",
        by_portal=visit.by_portal,
    )
