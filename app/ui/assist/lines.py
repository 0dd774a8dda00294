"""What the employee's record says about things handed over."""

from __future__ import annotations

from app.assist.told import FileOffered, Given, OfferOver, Taken, TextOffered, Told
from app.protocol.handover import Step
from app.protocol.session import Event, Party


def line_of(told: Told) -> tuple[Event, Party, str] | None:
    """What the record says about something handed over; the server writes the same."""
    match told:
        case FileOffered():
            return Event.OFFER_FILE, Party.AGENT, told.offer.line
        case TextOffered():
            return Event.OFFER_TEXT, Party.AGENT, told.offer.line
        case Taken():
            return Event.TAKE_OFFER, Party.EMPLOYEE, ""
        case Given():
            return Event.GIVE_TEXT, Party.EMPLOYEE, told.detail
        case OfferOver(step=Step.REFUSED):
            return Event.REFUSE_OFFER, Party.EMPLOYEE, ""
        case OfferOver(step=Step.WITHDRAWN):
            return Event.WITHDRAW_OFFER, Party.AGENT, ""
        case OfferOver(step=step) if step is not Step.TAKEN:
            return Event.END_OFFER, Party.HOST, told.detail
        case _:
            return None
