"""No path shows a frame or accepts input outside what the employee granted."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.protocol.judging import Verdict, judge
from app.protocol.session import (
    RECONNECT_WITHIN,
    TABLE,
    Event,
    Grade,
    Limits,
    Message,
    Offer,
    Outcome,
    Party,
    Reason,
    Session,
    State,
    at,
    invite,
)

TICKET, AGENT, DEVICE, STRANGER = (UUID(int=number) for number in range(1, 5))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIMITS = Limits()


def message(session: Session, event: Event, party: Party, grade: Grade | None = None) -> Message:
    sender = AGENT if party is Party.AGENT else DEVICE
    number, screen = session.last_number(party) + 1, screen_of(session, event)
    return Message(event, party, sender, TICKET, number, session.epoch, grade, screen)


def screen_of(session: Session, event: Event) -> str:
    """The screen a genuine message of that kind names."""
    match event:
        case Event.ALLOW:
            return "DP-1"
        case Event.FRAME | Event.TURN_SCREEN:
            return session.screen
        case Event.ASK_SCREEN | Event.CHOOSE_SCREEN:
            return "DP-2" if session.screen == "DP-1" else "DP-1"
        case _:
            return ""


def said(session: Session, event: Event, party: Party, grade: Grade | None = None, now: datetime = NOON) -> Verdict:
    return judge(session, message(session, event, party, grade), now)


def went(session: Session, *way: tuple[Event, Party, Grade | None]) -> Session:
    for event, party, grade in way:
        verdict = said(session, event, party, grade)
        assert verdict.outcome is Outcome.ACCEPTED, (session, event)
        session = verdict.session
    return session


SHOW = (Event.SHOW, Party.HOST, None)
START = (Event.START, Party.HOST, None)


def allow(grade: Grade) -> tuple[Event, Party, Grade]:
    return Event.ALLOW, Party.EMPLOYEE, grade


def in_state(state: State, grade: Grade = Grade.VIEW) -> Session:
    session = invite(TICKET, AGENT, DEVICE, NOON)
    ways = {
        State.INVITED: [],
        State.SHOWN: [SHOW],
        State.ALLOWED: [SHOW, allow(grade)],
        State.ACTIVE: [SHOW, allow(grade), START],
        State.PAUSED: [SHOW, allow(grade), START, (Event.PAUSE, Party.EMPLOYEE, None)],
        State.ENDED: [(Event.STOP, Party.EMPLOYEE, None)],
    }
    return went(session, *ways[state])


@pytest.mark.parametrize(("state", "event", "party"), list(product(State, Event, Party)))
def test_only_what_the_table_holds_is_accepted(state: State, event: Event, party: Party) -> None:
    session = in_state(state, Grade.CONTROL)

    verdict = said(session, event, party, Grade.VIEW)

    if state is State.ENDED:
        assert verdict.outcome is Outcome.OVER
    elif party not in TABLE.get((state, event), frozenset()):
        assert verdict.outcome is Outcome.VIOLATION
        assert verdict.session.reason is Reason.VIOLATION


@pytest.mark.parametrize("grade", Grade)
@pytest.mark.parametrize(("event", "needed"), [(Event.POINT, Grade.POINT), (Event.INPUT, Grade.CONTROL)])
def test_each_deed_needs_its_grade(grade: Grade, event: Event, needed: Grade) -> None:
    verdict = said(in_state(State.ACTIVE, grade), event, Party.AGENT)

    assert verdict.outcome is (Outcome.ACCEPTED if grade >= needed else Outcome.VIOLATION)


@pytest.mark.parametrize(
    "forged",
    [{"sender": STRANGER}, {"ticket": STRANGER}, {"number": 0}, {"epoch": 99}],
    ids=["wrong agent", "wrong ticket", "replayed", "from the future"],
)
def test_a_forged_or_replayed_message_ends_the_session(forged: dict[str, object]) -> None:
    session = went(in_state(State.ACTIVE, Grade.CONTROL), (Event.INPUT, Party.AGENT, None))

    verdict = judge(session, replace(message(session, Event.INPUT, Party.AGENT), **forged), NOON)

    assert verdict.outcome is Outcome.VIOLATION
    assert verdict.session.state is State.ENDED


def test_input_that_crossed_a_lowered_grade_on_the_wire_is_ignored_without_offence() -> None:
    session = in_state(State.ACTIVE, Grade.CONTROL)
    in_flight = message(session, Event.INPUT, Party.AGENT)
    session = went(session, (Event.LOWER_GRADE, Party.EMPLOYEE, Grade.VIEW))

    verdict = judge(session, in_flight, NOON)

    assert verdict.outcome is Outcome.STALE
    assert verdict.session.state is State.ACTIVE


@pytest.mark.parametrize("state", [State.INVITED, State.SHOWN])
def test_waiting_never_allows(state: State) -> None:
    late = NOON + timedelta(minutes=3)

    assert at(in_state(state), late).reason is Reason.NOT_ANSWERED
    assert said(in_state(state), Event.ALLOW, Party.EMPLOYEE, Grade.VIEW, late).outcome is Outcome.OVER


def test_an_answer_counts_until_the_last_moment_and_not_a_moment_longer() -> None:
    shown = in_state(State.SHOWN)

    in_time = said(shown, Event.ALLOW, Party.EMPLOYEE, Grade.VIEW, NOON + LIMITS.answer - timedelta(milliseconds=1))
    too_late = said(shown, Event.ALLOW, Party.EMPLOYEE, Grade.VIEW, NOON + LIMITS.answer)

    assert in_time.session.state is State.ALLOWED
    assert too_late.session.reason is Reason.NOT_ANSWERED


def test_a_grade_is_granted_only_when_it_was_asked_for() -> None:
    session = in_state(State.ACTIVE)
    assert said(session, Event.GRANT_GRADE, Party.EMPLOYEE, Grade.CONTROL).outcome is Outcome.VIOLATION

    asked = went(session, (Event.ASK_GRADE, Party.AGENT, Grade.POINT))
    assert said(asked, Event.GRANT_GRADE, Party.EMPLOYEE, Grade.CONTROL).outcome is Outcome.VIOLATION
    granted = said(asked, Event.GRANT_GRADE, Party.EMPLOYEE, Grade.POINT)

    assert granted.session.may_do(Grade.POINT)
    assert not granted.session.may_do(Grade.CONTROL)


def test_half_an_hour_ends_it_unless_the_employee_confirms() -> None:
    session = in_state(State.ACTIVE)
    nearly = NOON + LIMITS.confirm - timedelta(seconds=1)
    busy = replace(session, last_input_at=nearly)

    assert at(busy, NOON + LIMITS.confirm).reason is Reason.EXPIRED
    confirmed = said(busy, Event.CONFIRM, Party.EMPLOYEE, now=nearly).session
    assert at(confirmed, NOON + LIMITS.confirm).state is State.ACTIVE


def test_an_idle_agent_falls_back_to_viewing_and_is_then_sent_home() -> None:
    session = in_state(State.ACTIVE, Grade.CONTROL)

    assert at(session, NOON + LIMITS.idle_to_view).grade is Grade.VIEW
    assert at(session, NOON + LIMITS.idle_to_end).reason is Reason.IDLE


def test_a_cut_link_pauses_and_comes_back_without_a_question_within_two_minutes() -> None:
    cut = went(in_state(State.ACTIVE, Grade.POINT), (Event.LOSE_LINK, Party.HOST, None))
    assert not cut.may_show

    back = said(cut, Event.REGAIN_LINK, Party.HOST, now=NOON + timedelta(seconds=119)).session
    assert back.may_show
    assert back.grade is Grade.POINT

    assert at(cut, NOON + RECONNECT_WITHIN).reason is Reason.LINK_LOST


def test_a_link_that_comes_back_does_not_undo_the_employees_pause() -> None:
    session = went(in_state(State.PAUSED), (Event.LOSE_LINK, Party.HOST, None), (Event.REGAIN_LINK, Party.HOST, None))

    assert session.state is State.PAUSED
    assert went(session, (Event.RESUME, Party.EMPLOYEE, None)).state is State.ACTIVE


def test_stop_counts_even_when_it_is_stale() -> None:
    session = in_state(State.ACTIVE, Grade.CONTROL)
    stop = message(session, Event.STOP, Party.EMPLOYEE)
    session = went(session, (Event.LOWER_GRADE, Party.AGENT, Grade.VIEW))

    assert judge(session, stop, NOON).session.reason is Reason.STOPPED_BY_EMPLOYEE


@pytest.mark.parametrize("state", [state for state in State if state is not State.ENDED])
def test_locking_the_screen_ends_it_from_everywhere(state: State) -> None:
    assert said(in_state(state), Event.LOCK, Party.HOST).session.reason is Reason.LOCKED


FILE = (Event.OFFER_FILE, Party.AGENT, None)
TEXT = (Event.OFFER_TEXT, Party.AGENT, None)
TAKE = (Event.TAKE_OFFER, Party.EMPLOYEE, None)
PIECE = (Event.SEND_PIECE, Party.AGENT, None)


@pytest.mark.parametrize("before", [[], [FILE], [TEXT], [TEXT, TAKE]], ids=["nothing", "asked", "text", "text taken"])
def test_a_piece_of_a_file_that_was_not_taken_ends_the_session(before: list[tuple[Event, Party, None]]) -> None:
    session = went(in_state(State.ACTIVE, Grade.CONTROL), *before)

    assert said(session, *PIECE[:2]).outcome is Outcome.VIOLATION


def test_pieces_come_after_the_employees_yes_and_not_after_the_end() -> None:
    session = went(in_state(State.ACTIVE), FILE, TAKE, PIECE, PIECE)

    ended = went(session, (Event.REFUSE_OFFER, Party.EMPLOYEE, None))

    assert said(ended, *PIECE[:2]).outcome is Outcome.STALE
    assert went(ended, FILE).offer is Offer.FILE_ASKED
    assert said(went(ended, FILE), *PIECE[:2]).outcome is Outcome.VIOLATION


def test_each_use_is_asked_for_anew_and_one_at_a_time() -> None:
    session = went(in_state(State.ACTIVE), TEXT, TAKE)

    assert said(session, *TAKE[:2]).outcome is Outcome.VIOLATION
    assert said(went(session, TEXT), *FILE[:2]).outcome is Outcome.VIOLATION


def test_an_offer_can_be_withdrawn_also_too_late() -> None:
    withdraw = (Event.WITHDRAW_OFFER, Party.AGENT, None)
    session = went(in_state(State.ACTIVE), FILE, withdraw, withdraw)

    assert session.offer is Offer.NONE


ASK_SCREEN = (Event.ASK_SCREEN, Party.AGENT, None)
CHOOSE_SCREEN = (Event.CHOOSE_SCREEN, Party.EMPLOYEE, None)
TURN_SCREEN = (Event.TURN_SCREEN, Party.HOST, None)


def test_nothing_of_another_screen_is_shown_before_the_employee_has_chosen_it_and_the_host_has_turned() -> None:
    asked = went(in_state(State.ACTIVE), ASK_SCREEN)
    other = replace(message(asked, Event.FRAME, Party.HOST), screen="DP-2")
    assert judge(asked, other, NOON).outcome is Outcome.STALE
    assert asked.may_show

    chosen = went(asked, CHOOSE_SCREEN)
    assert not chosen.may_show
    for screen in ("DP-1", "DP-2"):
        frame = replace(message(chosen, Event.FRAME, Party.HOST), screen=screen)
        assert judge(chosen, frame, NOON).outcome is Outcome.STALE

    turned = went(chosen, TURN_SCREEN)
    assert said(turned, Event.FRAME, Party.HOST).outcome is Outcome.ACCEPTED
    old = replace(message(turned, Event.FRAME, Party.HOST), screen="DP-1")
    assert judge(turned, old, NOON).outcome is Outcome.STALE


def test_a_click_on_the_screen_before_never_lands_on_the_one_that_is_shown_now() -> None:
    session = in_state(State.ACTIVE, Grade.CONTROL)
    before = message(session, Event.INPUT, Party.AGENT)
    chosen = went(session, CHOOSE_SCREEN)
    between = message(chosen, Event.INPUT, Party.AGENT)
    turned = went(chosen, TURN_SCREEN)

    assert judge(chosen, before, NOON).outcome is Outcome.STALE
    assert judge(chosen, between, NOON).outcome is Outcome.STALE
    assert judge(turned, between, NOON).outcome is Outcome.STALE
    assert said(turned, Event.INPUT, Party.AGENT).outcome is Outcome.ACCEPTED


def test_a_screen_that_was_refused_is_not_shown_and_may_be_asked_for_again() -> None:
    session = went(in_state(State.ACTIVE), ASK_SCREEN, (Event.REFUSE_SCREEN, Party.EMPLOYEE, None))

    assert (session.screen, session.screen_asked) == ("DP-1", "")
    assert went(session, ASK_SCREEN).screen_asked == "DP-2"


@pytest.mark.parametrize("screen", ["", "DP-1"])
def test_no_screen_or_the_one_that_is_seen_cannot_be_asked_for(screen: str) -> None:
    session = in_state(State.ACTIVE)

    verdict = judge(session, replace(message(session, *ASK_SCREEN[:2]), screen=screen), NOON)

    assert verdict.outcome is Outcome.VIOLATION


@pytest.mark.parametrize("wish", [ASK_SCREEN, (Event.ASK_GRADE, Party.AGENT, Grade.POINT)])
def test_the_same_wish_once_more_is_nothing_new(wish: tuple[Event, Party, Grade | None]) -> None:
    session = went(in_state(State.ACTIVE), wish)

    verdict = said(session, *wish)

    assert verdict.outcome is Outcome.STALE
    assert replace(verdict.session, heard=session.heard) == session


def test_what_the_employee_answers_while_the_line_is_cut_counts_when_it_is_back() -> None:
    wishes = (ASK_SCREEN, (Event.ASK_GRADE, Party.AGENT, Grade.POINT), (Event.LOSE_LINK, Party.HOST, None))
    cut = went(in_state(State.ACTIVE), *wishes)

    answered = went(cut, CHOOSE_SCREEN, (Event.GRANT_GRADE, Party.EMPLOYEE, Grade.POINT))
    assert not answered.may_show

    back = went(answered, (Event.REGAIN_LINK, Party.HOST, None), TURN_SCREEN)
    assert back.may_show
    assert back.may_do(Grade.POINT)


def test_every_duration_is_the_one_the_machine_has_set() -> None:
    limits = Limits(*(timedelta(minutes=minutes) for minutes in (3, 5, 2, 15)))
    session = invite(TICKET, AGENT, DEVICE, NOON, limits)
    session = went(session, SHOW)
    assert session.deadline == NOON + timedelta(minutes=3)

    session = went(session, allow(Grade.CONTROL), START)

    assert at(session, NOON + timedelta(minutes=2)).grade is Grade.VIEW
    assert at(session, NOON + timedelta(minutes=5)).reason is Reason.EXPIRED
    confirmed = replace(session, expires_at=None)
    assert at(confirmed, NOON + timedelta(minutes=15)).reason is Reason.IDLE


DRAWS = [None, *Grade]
DEEDS_THAT_COUNT = (Event.FRAME, Event.POINT, Event.INPUT, Event.ASK_GRADE, Event.GRANT_GRADE)


class AnySession(RuleBasedStateMachine):
    """Everything the table allows, at random times, and everything it does not; watched by a model of its own that
    only knows what the employee really said and when."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.session = invite(TICKET, AGENT, DEVICE, NOON)
        self.granted: Grade | None = None
        self.confirmed_at: datetime | None = None
        self.is_taken = False
        self.is_over = False
        self.chosen = ""
        self.seen = ""

    @rule(data=st.data())
    def what_the_table_allows_happens(self, data: st.DataObject) -> None:
        """One of the messages that would be accepted now, so that long sessions come about."""
        session = at(self.session, self.now)
        possible = [
            (event, party, grade)
            for (state, event), parties in TABLE.items()
            for party in parties
            for grade in DRAWS
            if state is session.state and self.would(session, event, party, grade)
        ]
        if possible:
            events = sorted({event for event, _, _ in possible})
            event = data.draw(st.sampled_from(events + 4 * [each for each in events if each in DEEDS_THAT_COUNT]))
            self.hear(*data.draw(st.sampled_from(sorted((each for each in possible if each[0] is event), key=str))))

    @rule(
        event=st.sampled_from([Event.STOP, Event.LOCK, Event.DENY]),
        party=st.sampled_from(Party),
        chance=st.integers(0, 9),
    )
    def somebody_ends_it(self, event: Event, party: Party, chance: int) -> None:
        session = at(self.session, self.now)
        if chance == 0 and party in TABLE.get((session.state, event), ()):
            self.hear(event, party, None)
            assert self.session.state is State.ENDED

    @rule(
        event=st.sampled_from(Event),
        party=st.sampled_from(Party),
        grade=st.sampled_from(DRAWS),
        forged=st.sampled_from(["sender", "ticket", "again", "older", "newer", "screen", "nothing"]),
        adopted=st.integers(0, 9),
    )
    def somebody_forges_repeats_or_is_late(
        self, event: Event, party: Party, grade: Grade | None, forged: str, adopted: int
    ) -> None:
        """Mostly only tried out, for most of it ends the session."""
        session = at(self.session, self.now)
        spoken = message(session, event, party, grade)
        changes = {
            "sender": {"sender": STRANGER},
            "ticket": {"ticket": STRANGER},
            "again": {"number": session.last_number(party)},
            "older": {"epoch": session.epoch - 1},
            "newer": {"epoch": session.epoch + 1},
            "screen": {"screen": "DP-9"},
            "nothing": {},
        }
        verdict = judge(session, replace(spoken, **changes[forged]), self.now)
        if forged != "nothing":
            ends = event in (Event.STOP, Event.LOCK) and forged == "older"
            ends = ends or (forged == "screen" and event not in (Event.FRAME, Event.TURN_SCREEN))
            assert verdict.outcome is not Outcome.ACCEPTED or ends
        elif verdict.outcome is Outcome.ACCEPTED:
            self.check_deed(session, event, party)
        if adopted == 0 and verdict.outcome is not Outcome.ACCEPTED:
            self.session = verdict.session

    def would(self, session: Session, event: Event, party: Party, grade: Grade | None) -> bool:
        verdict = judge(session, message(session, event, party, grade), self.now)
        return verdict.outcome is Outcome.ACCEPTED and verdict.session.state is not State.ENDED

    def hear(self, event: Event, party: Party, grade: Grade | None) -> None:
        """A genuine message that is accepted, and what the model makes of it."""
        before = at(self.session, self.now)
        verdict = judge(before, message(before, event, party, grade), self.now)
        assert verdict.outcome is Outcome.ACCEPTED
        self.check_deed(before, event, party)
        if event in (Event.ALLOW, Event.GRANT_GRADE):
            assert party is Party.EMPLOYEE
            self.granted = grade
        if event is Event.ALLOW:
            self.chosen = self.seen = "DP-1"
        if event is Event.CHOOSE_SCREEN:
            assert party is Party.EMPLOYEE
            self.chosen = verdict.session.screen
            self.seen = ""
        if event is Event.TURN_SCREEN:
            self.seen = self.chosen
        if event is Event.LOWER_GRADE and grade is not None and self.granted is not None:
            self.granted = min(self.granted, grade)
        if event in (Event.START, Event.CONFIRM):
            assert event is Event.START or party is Party.EMPLOYEE
            self.confirmed_at = self.now
        if event is Event.TAKE_OFFER:
            assert party is Party.EMPLOYEE
            self.is_taken = before.offer is Offer.FILE_ASKED
        if event in (Event.OFFER_FILE, Event.REFUSE_OFFER, Event.WITHDRAW_OFFER, Event.END_OFFER):
            self.is_taken = False
        self.session = verdict.session

    def check_deed(self, before: Session, event: Event, party: Party) -> None:
        DEEDS[event] += 1
        if event in (Event.FRAME, Event.POINT, Event.INPUT):
            assert before.state is State.ACTIVE
            assert self.granted is not None
            assert self.confirmed_at is not None
            assert self.now - self.confirmed_at <= timedelta(minutes=30)
            assert self.seen == self.chosen
        if event is Event.FRAME:
            assert party is Party.HOST
            assert before.screen == self.chosen
        if event in (Event.POINT, Event.INPUT):
            assert party is Party.AGENT
            assert self.granted >= (Grade.POINT if event is Event.POINT else Grade.CONTROL)
        if event is Event.SEND_PIECE:
            assert party is Party.AGENT
            assert self.granted is not None
            assert self.is_taken
        if event is Event.GIVE_TEXT:
            assert party is Party.EMPLOYEE

    @rule(seconds=st.sampled_from([0.01, 0.01, 0.1, 1, 1, 5, 30, 60, 119, 300, 1800]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.session = at(self.session, self.now)

    @initialize(grade=st.sampled_from([None, *Grade, Grade.CONTROL]))
    def it_begins(self, grade: Grade | None) -> None:
        """Mostly the employee has allowed it already."""
        if grade is not None:
            for each in (SHOW, allow(grade), START):
                self.hear(*each)

    @rule()
    def a_file_is_offered_and_taken_properly(self) -> None:
        for event, party, _ in (FILE, TAKE):
            verdict = said(self.session, event, party, None, self.now)
            if verdict.outcome is not Outcome.ACCEPTED:
                return
            self.session = verdict.session
            self.is_taken = event is Event.TAKE_OFFER

    @rule(does_turn=st.booleans())
    def another_screen_is_asked_for_and_chosen_properly(self, does_turn: bool) -> None:
        for event, party, grade in (ASK_SCREEN, CHOOSE_SCREEN, TURN_SCREEN)[: 3 if does_turn else 2]:
            session = at(self.session, self.now)
            if not self.would(session, event, party, grade):
                return
            self.hear(event, party, grade)

    @invariant()
    def never_more_than_was_granted(self) -> None:
        if self.session.may_show:
            assert self.granted is not None
            assert self.session.grade <= self.granted
            assert self.session.screen == self.chosen == self.seen

    @invariant()
    def what_is_over_stays_over(self) -> None:
        assert not (self.is_over and self.session.state is not State.ENDED)
        self.is_over = self.session.state is State.ENDED
        if self.is_over:
            assert self.session.reason is not None


DEEDS: Counter[Event] = Counter()
"""How often each event was accepted, so that a machine that never gets anywhere is noticed."""


def test_no_path_leads_past_the_employee() -> None:
    DEEDS.clear()
    # The same paths each time: by chance alone a rare deed would now and then be counted too seldom.
    often = settings(max_examples=200, stateful_step_count=40, deadline=None, derandomize=True)

    run_state_machine_as_test(AnySession, settings=often)

    counted = (Event.FRAME, Event.POINT, Event.INPUT, Event.ASK_SCREEN, Event.CHOOSE_SCREEN, Event.TURN_SCREEN)
    assert min(DEEDS[event] for event in counted) >= 3, DEEDS
