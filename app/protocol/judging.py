"""What an event makes of a session: the one judge that host and server ask. Nothing here does anything itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from app.protocol.session import (
    NEEDED,
    RECONNECT_WITHIN,
    STARTED_WITHIN,
    TABLE,
    Event,
    Message,
    Offer,
    Outcome,
    Party,
    Reason,
    Session,
    State,
    at,
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The session after a message, and whether the message counts. A violation has ended the session."""

    session: Session
    outcome: Outcome


def judge(session: Session, message: Message, now: datetime) -> Verdict:
    """What a message makes of the session.

    Stale: it was true when sent, and is ignored. Violation: a forged, replayed, misdirected or unpermitted message;
    the session is over. Over: the session had ended before.
    """
    session = at(session, now)
    if session.state is State.ENDED:
        return Verdict(session, Outcome.OVER)
    if not is_genuine(session, message):
        return Verdict(session.ended(Reason.VIOLATION), Outcome.VIOLATION)
    heard = {**dict(session.heard), message.party: message.number}
    session = replace(session, heard=tuple(sorted(heard.items())))
    if message.epoch < session.epoch and message.event is not Event.STOP:
        return Verdict(session, Outcome.STALE)
    if message.party not in TABLE.get((session.state, message.event), frozenset()):
        return Verdict(session.ended(Reason.VIOLATION), Outcome.VIOLATION)
    if message.event in NEEDED and session.grade < NEEDED[message.event]:
        return Verdict(session.ended(Reason.VIOLATION), Outcome.VIOLATION)
    if is_late(session, message):
        return Verdict(session, Outcome.STALE)
    after = moved(session, message, now)
    if after is None:
        return Verdict(session.ended(Reason.VIOLATION), Outcome.VIOLATION)
    return Verdict(after, Outcome.ACCEPTED)


def is_genuine(session: Session, message: Message) -> bool:
    """From the right sender, for the right ticket, newer than the sender's last, and not from the future."""
    sender = session.agent if message.party is Party.AGENT else session.device
    return (
        message.sender == sender
        and message.ticket == session.ticket
        and message.number > session.last_number(message.party)
        and message.epoch <= session.epoch
    )


def is_late(session: Session, message: Message) -> bool:
    """Whether a permitted message says nothing that still counts: it crossed something else, or was said before."""
    match message.event:
        case Event.SEND_PIECE:
            return session.offer is Offer.CLOSED
        case Event.FRAME:
            return session.is_turning or message.screen != session.screen
        case Event.POINT | Event.INPUT:
            return session.is_turning
        case Event.ASK_GRADE:
            return message.grade is not None and message.grade == session.asked
        case Event.ASK_SCREEN:
            return session.is_turning or (message.screen != "" and message.screen == session.screen_asked)
        case Event.TURN_SCREEN:
            return not session.is_turning or message.screen != session.screen
        case _:
            return False


def moved(session: Session, message: Message, now: datetime) -> Session | None:
    """The session after a permitted event; None when the event's own conditions do not hold."""
    match message.event:
        case Event.SHOW:
            return replace(session, state=State.SHOWN, deadline=now + session.limits.answer)
        case Event.ALLOW:
            if message.grade is None:
                return None
            grade = message.grade
            deadline = now + STARTED_WITHIN
            return replace(session, state=State.ALLOWED, grade=grade, screen=message.screen, deadline=deadline)
        case Event.DENY:
            return session.ended(Reason.DENIED)
        case Event.START:
            expires_at = now + session.limits.confirm
            return replace(session, state=State.ACTIVE, deadline=None, expires_at=expires_at, last_input_at=now)
        case Event.POINT | Event.INPUT | Event.CHAT:
            return replace(session, last_input_at=now) if message.party is Party.AGENT else session
        case Event.ASK_GRADE | Event.GRANT_GRADE | Event.REFUSE_GRADE | Event.LOWER_GRADE:
            return graded(session, message)
        case Event.ASK_SCREEN | Event.CHOOSE_SCREEN | Event.REFUSE_SCREEN | Event.TURN_SCREEN:
            return turned(session, message)
        case Event.PAUSE | Event.RESUME | Event.LOSE_LINK | Event.REGAIN_LINK:
            return paused(session, message.event, now)
        case Event.CONFIRM:
            return replace(session, expires_at=now + session.limits.confirm)
        case Event.OFFER_FILE | Event.OFFER_TEXT | Event.SEND_PIECE:
            return offered(replace(session, last_input_at=now), message.event)
        case Event.TAKE_OFFER | Event.REFUSE_OFFER | Event.WITHDRAW_OFFER | Event.END_OFFER:
            return settled(session, message.event)
        case Event.STOP:
            return session.ended(stopped_by(message.party))
        case Event.LOCK:
            return session.ended(Reason.LOCKED)
        case Event.FRAME | Event.GIVE_TEXT | Event.RECORD:
            return session


def graded(session: Session, message: Message) -> Session | None:
    """A grade asked for, granted, refused or given back. Only what was asked can be granted."""
    grade = message.grade
    match message.event:
        case Event.ASK_GRADE:
            return None if grade is None or grade <= session.grade else replace(session, asked=grade)
        case Event.GRANT_GRADE:
            if grade is None or grade != session.asked:
                return None
            return replace(session, grade=grade, asked=None, epoch=session.epoch + 1)
        case Event.REFUSE_GRADE:
            return replace(session, asked=None)
        case _:
            if grade is None or grade > session.grade:
                return None
            return replace(session, grade=grade, asked=None, epoch=session.epoch + 1)


def turned(session: Session, message: Message) -> Session | None:
    """Another screen asked for, chosen or refused, and the host's word that it looks at the chosen one.

    Both the choice and the turn begin an epoch: what the agent did while seeing the screen before is stale.
    """
    screen = message.screen
    match message.event:
        case Event.ASK_SCREEN:
            return None if screen in ("", session.screen) else replace(session, screen_asked=screen)
        case Event.CHOOSE_SCREEN:
            if screen in ("", session.screen):
                return None
            return replace(session, screen=screen, screen_asked="", is_turning=True, epoch=session.epoch + 1)
        case Event.REFUSE_SCREEN:
            return replace(session, screen_asked="")
        case _:
            return replace(session, is_turning=False, epoch=session.epoch + 1)


def offered(session: Session, event: Event) -> Session | None:
    """The agent offers something, or sends a piece of the file that was taken. Only one thing at a time."""
    if event is Event.SEND_PIECE:
        return session if session.offer is Offer.FILE_TAKEN else None
    if session.offer not in (Offer.NONE, Offer.CLOSED):
        return None
    return replace(session, offer=Offer.FILE_ASKED if event is Event.OFFER_FILE else Offer.TEXT_ASKED)


def settled(session: Session, event: Event) -> Session | None:
    """What was offered is taken, refused, withdrawn or wholly there. A withdrawal may come too late for anything."""
    offer = session.offer
    if event is Event.TAKE_OFFER:
        after = {Offer.FILE_ASKED: Offer.FILE_TAKEN, Offer.TEXT_ASKED: Offer.NONE}.get(offer)
        return None if after is None else replace(session, offer=after)
    if offer is Offer.FILE_TAKEN:
        return replace(session, offer=Offer.CLOSED)
    if event is Event.WITHDRAW_OFFER and offer in (Offer.NONE, Offer.CLOSED):
        return session
    is_asked = offer in (Offer.FILE_ASKED, Offer.TEXT_ASKED)
    return replace(session, offer=Offer.NONE) if is_asked and event is not Event.END_OFFER else None


def paused(session: Session, event: Event, now: datetime) -> Session | None:
    """Pauses by a person and by a cut link add up: the picture comes back when neither holds any more."""
    match event:
        case Event.PAUSE:
            session = replace(session, paused_by_person=True)
        case Event.RESUME if session.paused_by_person:
            session = replace(session, paused_by_person=False)
        case Event.LOSE_LINK if session.state is State.ALLOWED:
            return session.ended(Reason.LINK_LOST)
        case Event.LOSE_LINK if not session.paused_by_link:
            session = replace(session, paused_by_link=True, reconnect_by=now + RECONNECT_WITHIN)
        case Event.REGAIN_LINK if session.paused_by_link:
            session = replace(session, paused_by_link=False, reconnect_by=None)
        case _:
            return None
    is_paused = session.paused_by_link or session.paused_by_person
    return replace(session, state=State.PAUSED if is_paused else State.ACTIVE, epoch=session.epoch + 1)


def stopped_by(party: Party) -> Reason:
    """The reason that names who stopped."""
    return {
        Party.EMPLOYEE: Reason.STOPPED_BY_EMPLOYEE,
        Party.AGENT: Reason.STOPPED_BY_AGENT,
        Party.HOST: Reason.HOST_ENDED,
    }[party]
