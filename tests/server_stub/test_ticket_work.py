"""What becomes of a ticket: replies, urging, states, the queue and the log."""

from __future__ import annotations

import threading
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete

from app.protocol.identity import uuid7
from app.protocol.tickets import (
    MOVES,
    EntryKind,
    TicketState,
    TicketView,
)
from server_stub.events.log import first_broken
from server_stub.events.tables import EventRecord, Happening
from server_stub.idempotency.tables import IdempotencyRecord
from server_stub.problems import Refusal
from server_stub.tickets import agent_view
from server_stub.tickets.queue import QueueFilter, counts, list_queue
from server_stub.tickets.tables import Ticket
from tests.server_stub.served import DeviceClient, Served, declare, draft, entry, picture

BOTH_DATABASES = True


def view(device: DeviceClient, ticket_id: UUID) -> TicketView:
    answer = device.get(f"/tickets/{ticket_id}")
    assert answer.status_code == 200, answer.text
    return TicketView.model_validate_json(answer.text)


def test_a_conversation_goes_both_ways_and_notes_stay_inside(served: Served) -> None:
    device, agent = served.device(), served.agent()
    sent = draft()
    device.submit(sent)
    with served.services.database.write() as session:
        served.services.conversation.agent_reply(session, agent, sent.id, "请重新插拔读卡器")
        served.services.conversation.internal_note(session, agent, sent.id, "third time this week")

    unread = device.get("/tickets").json()["tickets"][0]["unread"]
    device.reply(sent.id, entry("还是不行"))
    seen = view(device, sent.id)

    assert unread == 1
    assert [(each.kind, each.body) for each in seen.entries] == [
        (EntryKind.AGENT_REPLY, "请重新插拔读卡器"),
        (EntryKind.REQUESTER_REPLY, "还是不行"),
    ]
    assert seen.summary.unread == 1
    assert view(device, sent.id).summary.unread == 0
    with served.services.database.read() as session:
        inside = agent_view.load(session, sent.id)
    assert len(inside.entries) == 3
    assert inside.row.waits_for_us


def test_a_reply_sent_twice_is_one_reply(served: Served) -> None:
    device = served.device()
    sent = draft()
    device.submit(sent)
    written = entry("hello")

    first = device.reply(sent.id, written)
    with served.services.database.write() as session:
        session.execute(delete(IdempotencyRecord))
    second = device.reply(sent.id, written)
    other = device.reply(sent.id, written.model_copy(update={"body": "something else"}))

    assert first.json() == second.json()
    assert len(view(device, sent.id).entries) == 1
    assert other.json()["code"] == "idempotency_key_reused"


def test_an_agents_second_click_on_send_is_one_reply(served: Served) -> None:
    device, agent = served.device(), served.agent()
    sent = draft()
    device.submit(sent)
    form = uuid7(served.clock())

    for _ in range(2):
        with served.services.database.write() as session:
            served.services.conversation.agent_reply(session, agent, sent.id, "Done", form)

    assert len(view(device, sent.id).entries) == 1


def test_a_reply_wakes_a_ticket_that_waited_for_it(served: Served) -> None:
    device, agent = served.device(), served.agent()
    sent = draft()
    device.submit(sent)
    with served.services.database.write() as session:
        served.services.transitions.take(session, agent, sent.id)
        served.services.transitions.change(session, agent, sent.id, TicketState.PENDING)

    device.reply(sent.id, entry())

    assert view(device, sent.id).summary.state is TicketState.IN_PROGRESS


def test_an_empty_reply_is_refused(served: Served) -> None:
    device = served.device()
    sent = draft()
    device.submit(sent)

    answer = device.reply(sent.id, entry("  \n"))

    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


def test_urging_counts_once_a_day(served: Served) -> None:
    device = served.device()
    sent = draft()
    device.submit(sent)
    key = uuid4()

    first = device.urge(sent.id, key)
    replayed = device.urge(sent.id, key)
    again = device.urge(sent.id)
    served.clock.forward(hours=24, seconds=1)
    tomorrow = device.urge(sent.id)

    assert (first.status_code, first.json()["urge_count"]) == (200, 1)
    assert first.json()["urge_at"] is not None
    assert replayed.headers["Idempotent-Replayed"] == "true"
    assert (again.status_code, again.json()["code"]) == (409, "already_urged")
    assert 86_000 < again.json()["retry_after"] <= 86_400
    assert int(again.headers["Retry-After"]) > 86_000
    assert tomorrow.json()["urge_count"] == 2
    with served.services.database.read() as session:
        assert len(agent_view.load(session, sent.id).urges) == 2


def test_it_works_again_resolves_and_it_does_not_reopens_for_a_week(served: Served) -> None:
    device = served.device()
    sent = draft()
    device.submit(sent)

    states = [device.post(f"/tickets/{sent.id}/confirm").json()["state"] for _ in range(2)]
    states.append(device.post(f"/tickets/{sent.id}/reopen").json()["state"])
    states.append(device.post(f"/tickets/{sent.id}/reopen").json()["state"])
    states.append(device.post(f"/tickets/{sent.id}/confirm").json()["state"])
    served.clock.forward(days=8)
    late = device.post(f"/tickets/{sent.id}/reopen")

    assert states == ["resolved", "resolved", "in_progress", "in_progress", "resolved"]
    assert (late.status_code, late.json()["code"]) == (409, "transition_refused")


def test_confirming_what_an_agent_resolved_closes_it(served: Served) -> None:
    device, agent = served.device(), served.agent()
    sent = draft()
    device.submit(sent)
    with served.services.database.write() as session:
        served.services.transitions.change(session, agent, sent.id, TicketState.RESOLVED)

    answers = [device.post(f"/tickets/{sent.id}/confirm") for _ in range(2)]

    assert [each.json()["state"] for each in answers] == ["closed", "closed"]
    assert device.urge(sent.id).json()["code"] == "transition_refused"


def test_only_the_moves_of_the_table_are_made(served: Served) -> None:
    device, agent = served.device(), served.agent()
    transitions = served.services.transitions
    for before in TicketState:
        for after in TicketState:
            sent = draft()
            device.submit(sent)
            with served.services.database.write() as session:
                session.get_one(Ticket, sent.id).state = before
            if after in MOVES[before]:
                with served.services.database.write() as session:
                    assert transitions.change(session, agent, sent.id, after).state is after
            else:
                with pytest.raises(Refusal) as refused, served.services.database.write() as session:
                    transitions.change(session, agent, sent.id, after)
                assert set(refused.value.allowed) == MOVES[before]


def test_a_change_from_an_outdated_page_is_refused(served: Served) -> None:
    device, agent = served.device(), served.agent()
    sent = draft()
    device.submit(sent)
    with served.services.database.write() as session:
        seen = session.get_one(Ticket, sent.id).version
    device.reply(sent.id, entry())

    with pytest.raises(Refusal, match="changed_meanwhile"), served.services.database.write() as session:
        served.services.transitions.change(session, agent, sent.id, TicketState.RESOLVED, seen)


def test_of_many_agents_who_take_a_ticket_one_has_it(served: Served) -> None:
    device = served.device()
    agents = [served.agent(f"agent{number}") for number in range(8)]
    sent = draft()
    device.submit(sent)
    won: list[str] = []
    lost: list[str] = []

    def take(number: int) -> None:
        try:
            with served.services.database.write() as session:
                served.services.transitions.take(session, agents[number], sent.id)
            won.append(agents[number].login)
        except Refusal:
            lost.append(agents[number].login)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert (len(won), len(lost)) == (1, 7)
    with served.services.database.read() as session:
        taken = list_queue(session, QueueFilter(assignee_id=next(a.id for a in agents if a.login == won[0])))
    assert [each.id for each in taken.rows] == [sent.id]
    assert taken.rows[0].state is TicketState.ASSIGNED


def test_the_queue_is_filtered_searched_and_paged(served: Served) -> None:
    device, agent = served.device("收银台-3"), served.agent()
    drafts = [draft(f"ticket {number}", said="打印机 100% 卡纸" if number == 2 else "") for number in range(5)]
    for each in drafts:
        device.submit(each)
    with served.services.database.write() as session:
        served.services.transitions.take(session, agent, drafts[0].id)
        served.services.transitions.change(session, agent, drafts[1].id, TicketState.CANCELLED)

    def found(wanted: QueueFilter) -> list[str]:
        with served.services.database.read() as session:
            return [row.subject for row in list_queue(session, wanted).rows]

    assert found(QueueFilter()) == ["ticket 4", "ticket 3", "ticket 2", "ticket 0"]
    assert found(QueueFilter(states=frozenset())) == [f"ticket {number}" for number in (4, 3, 2, 1, 0)]
    assert found(QueueFilter(assignee_id=agent.id)) == ["ticket 0"]
    assert found(QueueFilter(unassigned=True)) == ["ticket 4", "ticket 3", "ticket 2"]
    assert found(QueueFilter(text="卡纸")) == ["ticket 2"]
    assert found(QueueFilter(text="100%")) == ["ticket 2"]
    assert found(QueueFilter(text="%")) == ["ticket 2"]
    assert found(QueueFilter(text="inc-000005")) == ["ticket 4"]
    assert len(found(QueueFilter(text="收银台"))) == 4
    with served.services.database.read() as session:
        first = list_queue(session, QueueFilter(), limit=3)
        rest = list_queue(session, QueueFilter(), first.cursor, limit=3)
        assert counts(session)[TicketState.CANCELLED] == 1
    assert [row.subject for row in (*first.rows, *rest.rows)] == ["ticket 4", "ticket 3", "ticket 2", "ticket 0"]
    assert rest.cursor is None


def test_everything_that_happened_is_in_the_log_and_a_forged_line_is_found(served: Served) -> None:
    device, agent = served.device(), served.agent()
    image = picture()
    attachment = declare(image)
    sent = draft(attachments=(attachment,))
    device.submit(sent)
    device.upload(attachment, image)
    with served.services.database.write() as session:
        served.services.transitions.take(session, agent, sent.id)
        served.services.conversation.internal_note(session, agent, sent.id, "note")
        served.services.conversation.agent_reply(session, agent, sent.id, "reply")
    device.urge(sent.id)
    device.post(f"/tickets/{sent.id}/confirm")

    with served.services.database.read() as session:
        happened = [each.kind for each in agent_view.load(session, sent.id).history]
        assert first_broken(session) is None
    with served.services.database.write() as session:
        session.get_one(EventRecord, 3).actor_name = "somebody else"
    with served.services.database.read() as session:
        broken = first_broken(session)

    assert happened == [
        Happening.TICKET_RECEIVED,
        Happening.ATTACHMENT_STORED,
        Happening.TAKEN,
        Happening.NOTED,
        Happening.AGENT_REPLIED,
        Happening.URGED,
        Happening.STATE_CHANGED,
    ]
    assert broken == 3
