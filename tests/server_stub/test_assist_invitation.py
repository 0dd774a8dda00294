"""From the invitation to the answer over HTTP: every refusal, and that nothing but the employee's yes is a yes."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from app.assist import seal
from app.protocol.ledger import first_broken
from app.protocol.tickets import TicketState
from server_stub.agents.tables import Agent
from server_stub.assist.courses import lines_of
from server_stub.assist.tables import AssistRecord
from server_stub.tickets.agent_view import load
from tests.server_stub.assist_desk import REASON, Browser, Machine, allowed
from tests.server_stub.assist_fixtures import browser, desk, machine
from tests.server_stub.workbench_desk import PASSWORD, Desk
from tests.server_stub.workbench_visitor import Visitor

__all__ = ["browser", "desk", "machine"]


def state(desk: Desk, session_id: object) -> tuple[str, str | None]:
    with desk.services.database.read() as session:
        record = session.get_one(AssistRecord, UUID(str(session_id)))
        return record.state.value, record.ended.value if record.ended else None


def ended(desk: Desk, session_id: object, seconds: float = 5.0) -> str | None:
    """Wait until the session is over; why."""
    for _ in range(int(seconds / 0.05)):
        if state(desk, session_id)[0] == "ended":
            break
        threading.Event().wait(0.05)
    return state(desk, session_id)[1]


def steps(desk: Desk, session_id: object) -> list[tuple[str, str]]:
    with desk.services.database.read() as session:
        lines = lines_of(session, UUID(str(session_id)))
    assert first_broken(lines) is None
    return [(line.event, line.detail) for line in lines]


def colleague(desk: Desk, ticket: UUID, login: str = "li") -> Browser:
    desk.agent(login, "Li Na")
    visitor = Visitor(desk)
    visitor.sign_in(login)
    return Browser(visitor, ticket)


def test_the_employee_s_computer_hears_of_it_at_once_and_both_compute_the_same_phrase(
    desk: Desk, machine: Machine, browser: Browser
):
    browser.invite()

    told = machine.invitation(machine.invited())
    machine.show(told.id)
    browser.reveal()
    later = machine.invitation(told.id, wait=5)

    assert (told.state, told.reason, told.agent.name, told.number) == ("invited", REASON, "Wang Fang", "INC-000001")
    assert told.viewer_public is None
    assert later.viewer_public is not None
    assert browser.standing()["host_public"] == seal.as_text(machine.keys.public)
    assert seal.as_bytes(later.viewer_public) == browser.keys.public


def test_a_computer_that_looks_for_the_first_time_hears_of_an_invitation_that_still_waits(
    desk: Desk, machine: Machine, browser: Browser
):
    browser.invite()

    begin = machine.get("/tickets").json()["as_of"]
    told = machine.get("/events", params={"after": begin, "wait": 0}).json()["events"]
    desk.clock.ahead += timedelta(minutes=5)
    later = machine.get("/tickets").json()["as_of"]

    assert [each["assist_id"] for each in told if each["kind"] == "assist"] == [browser.session]
    assert later > begin


def test_the_wait_for_the_key_ends_when_the_key_is_shown(desk: Desk, machine: Machine, browser: Browser):
    browser.invite()
    machine.show(browser.session)
    showing = threading.Timer(0.2, browser.reveal)
    showing.start()

    told = machine.invitation(browser.session, wait=20)

    showing.join()
    assert told.viewer_public is not None


@pytest.mark.parametrize(
    ("reason", "hurdle"), [("", "reason_short"), ("look  at   it", None), ("look      ", "reason_short")]
)
def test_a_reason_is_needed(browser: Browser, reason: str, hurdle: str | None):
    told = browser.invite(reason)

    assert told["hurdle"] == hurdle
    assert bool(told["words"]) is bool(hurdle)


def test_a_closed_ticket_invites_nobody(desk: Desk, browser: Browser):
    agent_id = desk.agent("zhao")
    with desk.services.database.write() as session:
        agent = session.get_one(Agent, agent_id)
        desk.services.transitions.change(session, agent, browser.ticket, TicketState.CANCELLED)

    assert browser.invite()["hurdle"] == "ticket_closed"


def test_the_password_is_asked_for_again_after_a_quarter_of_an_hour(desk: Desk, browser: Browser):
    desk.clock.ahead += timedelta(minutes=16)

    without = browser.invite()["hurdle"]
    wrong = browser.invite(password="something else")["hurdle"]
    right = browser.invite(password=PASSWORD)

    assert (without, wrong, right["hurdle"]) == ("proof_needed", "proof_wrong", None)
    assert browser.post(f"assist/{browser.session}/stop").status_code == 204
    assert browser.invite()["hurdle"] is None


def test_passwords_are_not_guessed_here_either(desk: Desk, browser: Browser):
    desk.clock.ahead += timedelta(minutes=16)

    hurdles = [browser.invite(password=f"guess number {number}")["hurdle"] for number in range(11)]

    assert hurdles[-1] == "too_often"


def test_nobody_who_is_not_signed_in_or_on_another_page_invites(desk: Desk, browser: Browser):
    stranger = Browser(Visitor(desk), browser.ticket)
    fields = {"reason": REASON, "commitment": seal.as_text(bytes(32))}
    browser.csrf = browser.visitor.token()

    assert stranger.post(f"tickets/{browser.ticket}/assist", **fields).status_code == 401
    path = f"/workbench/tickets/{browser.ticket}/assist"
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert browser.visitor.post(path, {"csrf": browser.csrf, **fields}, **headers).status_code == 403
    assert browser.visitor.post(path, {"csrf": "x", **fields}).status_code == 403


def test_of_two_agents_who_race_the_second_is_told_that_it_is_busy(desk: Desk, machine: Machine, browser: Browser):
    other = colleague(desk, machine.send_ticket("Another ticket of the same computer"))
    told: list[object] = []
    racing = [
        threading.Thread(target=lambda each=each: told.append(each.invite()["hurdle"])) for each in (browser, other)
    ]

    for each in racing:
        each.start()
    for each in racing:
        each.join()

    assert sorted(map(str, told)) == ["None", "busy"]


def test_a_second_invitation_of_one_s_own_waits_for_the_first(browser: Browser):
    browser.invite()
    first = browser.session

    assert browser.invite()["hurdle"] == "busy_yourself"
    browser.session = first
    browser.post(f"assist/{first}/stop")
    assert browser.invite()["hurdle"] is None


def test_a_session_is_there_for_its_own_computer_and_agent_only(desk: Desk, machine: Machine, browser: Browser):
    browser.invite()
    foreign = Machine(desk, "OFFICE-7")
    other = colleague(desk, browser.ticket)
    other.session = browser.session
    other.csrf = other.visitor.token()

    answers = [
        foreign.get(f"/assist/{browser.session}"),
        foreign.show(browser.session),
        foreign.answer(browser.session),
        foreign.post(f"/assist/{browser.session}/link"),
        foreign.post(f"/assist/{browser.session}/stop", json={"reason": "locked"}),
        foreign.post(f"/assist/{browser.session}/ledger", json={"lines": []}),
        machine.get(f"/assist/{uuid4()}"),
        other.visitor.get(f"/workbench/assist/{browser.session}"),
        other.reveal(),
        other.post(f"assist/{browser.session}/ticket"),
        other.post(f"assist/{browser.session}/stop"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert state(desk, browser.session) == ("invited", None)


def test_an_answer_before_the_question_ends_it(desk: Desk, machine: Machine, browser: Browser):
    browser.invite()

    assert machine.answer(browser.session).status_code == 409

    assert state(desk, browser.session) == ("ended", "violation")


def test_nobody_can_allow_before_there_was_a_phrase(desk: Desk, machine: Machine, browser: Browser):
    browser.invite()
    machine.show(browser.session)

    assert machine.answer(browser.session).status_code == 409

    assert state(desk, browser.session) == ("ended", "violation")


def test_another_key_than_the_promised_one_is_refused(desk: Desk, machine: Machine, browser: Browser):
    browser.invite()
    machine.show(browser.session)
    browser.keys = seal.KeyPair.make()

    assert browser.reveal().status_code == 422

    assert machine.invitation(browser.session).viewer_public is None


@pytest.mark.parametrize(
    ("answer", "expected", "told"),
    [("deny", "denied", ["deny", "ended"]), ("not_answered", "not_answered", ["not_answered", "ended"])],
)
def test_no_is_no(desk: Desk, machine: Machine, browser: Browser, answer: str, expected: str, told: list[str]):
    browser.invite()
    machine.show(browser.session)
    browser.reveal()

    assert machine.answer(browser.session, answer).status_code == 204

    assert state(desk, browser.session) == ("ended", expected)
    assert [event for event, _ in steps(desk, browser.session)] == ["invited", "show", *told]
    standing = browser.standing()
    assert (standing["state"], standing["ended"]) == ("ended", expected)
    assert standing["title"]
    assert standing["advice"]
    for attempt in (machine.answer(browser.session), machine.post(f"/assist/{browser.session}/link")):
        assert attempt.status_code == 409
    assert browser.post(f"assist/{browser.session}/ticket").status_code == 409


def test_a_second_yes_is_a_no(desk: Desk, machine: Machine, browser: Browser):
    allowed(desk, machine, browser)

    assert machine.answer(browser.session).status_code == 409

    assert state(desk, browser.session) == ("ended", "violation")


def test_a_late_yes_is_a_no(desk: Desk, machine: Machine, browser: Browser):
    browser.invite()
    machine.show(browser.session)
    browser.reveal()
    desk.clock.ahead += timedelta(seconds=61)

    assert machine.answer(browser.session).status_code == 409

    assert state(desk, browser.session) == ("ended", "not_answered")


def test_the_machine_sets_how_long_its_employee_may_think_and_only_within_bounds(
    desk: Desk, machine: Machine, browser: Browser
):
    browser.invite()
    for wrong in ({"answer_seconds": 29}, {"answer_seconds": 181}, {"minutes": 61}, {"idle_minutes": 1}):
        assert machine.show(browser.session, **wrong).status_code == 422
    assert machine.show(browser.session, answer_seconds=180, minutes=5).status_code == 200
    browser.reveal()
    desk.clock.ahead += timedelta(seconds=170)

    assert machine.answer(browser.session).status_code == 200


@pytest.mark.parametrize(("shown", "seconds"), [(False, 121), (True, 61)])
def test_a_question_nobody_answers_ends_by_itself(
    desk: Desk, machine: Machine, browser: Browser, shown: bool, seconds: float
):
    browser.invite()
    if shown:
        machine.show(browser.session)
    desk.clock.ahead += timedelta(seconds=seconds)

    assert ended(desk, browser.session) == "not_answered"

    assert steps(desk, browser.session)[-1] == ("ended", "not_answered")


def test_what_is_allowed_but_never_begins_ends_by_itself(desk: Desk, machine: Machine, browser: Browser):
    allowed(desk, machine, browser)
    desk.clock.ahead += timedelta(seconds=31)

    assert ended(desk, browser.session) == "not_started"


def test_every_step_is_on_the_ticket_and_in_the_feed(desk: Desk, machine: Machine, browser: Browser):
    allowed(desk, machine, browser)
    browser.post(f"assist/{browser.session}/stop")

    with desk.services.database.read() as session:
        history = load(session, browser.ticket).history
    told = [item.details.step.value for item in history if item.details.step]
    page = machine.get("/events", params={"after": 0}).json()
    assert told == ["invited", "show", "allow", "ended"]
    assert [each["assist_id"] for each in page["events"] if each["kind"] == "assist"] == [browser.session] * 4
    shown = browser.visitor.get(f"/workbench/tickets/{browser.ticket}").text
    assert "Wang Fang offered remote assistance" in shown
    assert "Remote assistance ended: The agent stopped it" in shown


def test_a_picture_is_asked_for_on_the_ticket_and_in_the_feed(desk: Desk, machine: Machine, browser: Browser):
    browser.csrf = browser.visitor.token()
    fields = {"entry_id": str(uuid4()), "text": "The whole till window, please."}

    assert browser.post(f"tickets/{browser.ticket}/ask-picture", **fields).status_code == 204

    events = machine.get("/events", params={"after": 0}).json()["events"]
    assert [each["ticket_id"] for each in events if each["kind"] == "picture_asked"] == [str(browser.ticket)]
    view = machine.get(f"/tickets/{browser.ticket}").json()
    assert view["entries"][-1]["body"] == fields["text"]


def test_what_is_said_is_kept_once_and_read_by_both(desk: Desk, machine: Machine, browser: Browser):
    allowed(desk, machine, browser)
    mine, theirs = str(uuid4()), str(uuid4())
    line = {"id": theirs, "at": desk.clock().isoformat(), "text": "It says E1023 again"}

    for _ in range(2):
        assert browser.post(f"assist/{browser.session}/chat", line_id=mine, text="I look at it now").status_code == 204
        assert machine.post(f"/assist/{browser.session}/chat", json=line).status_code == 204
    reused = machine.post(f"/assist/{browser.session}/chat", json={**line, "text": "other words"})

    assert reused.status_code == 422
    view = machine.get(f"/tickets/{browser.ticket}").json()
    said = view["entries"][-1]["body"].splitlines()
    assert sorted(said) == ["POS-0412-03: It says E1023 again", "Wang Fang: I look at it now"]
    assert "It says E1023 again" in browser.visitor.get(f"/workbench/tickets/{browser.ticket}").text
