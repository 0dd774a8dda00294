"""Tickets over the wire: once each, with every field's origin, through all their states."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select

from app.protocol.tickets import (
    ContextItem,
    FieldName,
    Origin,
    TicketDraft,
    TicketField,
    TicketView,
)
from server_stub.idempotency.once import KEPT, forget_old
from server_stub.idempotency.tables import IdempotencyRecord
from server_stub.tickets import agent_view
from server_stub.tickets.tables import Ticket
from tests.server_stub.served import DeviceClient, Served, declare, draft

BOTH_DATABASES = True


def view(device: DeviceClient, ticket_id: UUID) -> TicketView:
    answer = device.get(f"/tickets/{ticket_id}")
    assert answer.status_code == 200, answer.text
    return TicketView.model_validate_json(answer.text)


def tickets_in(served: Served) -> int:
    with served.services.database.read() as session:
        return session.scalar(select(func.count()).select_from(Ticket)) or 0


def test_a_draft_becomes_a_ticket_with_a_number_and_every_origin(served: Served) -> None:
    device = served.device()
    fields = (
        TicketField(name=FieldName.ERROR_CODE, value="E1023", origin=Origin.OCR, confidence=0.93),
        TicketField(name=FieldName.APPLICATION, value="pos.exe", origin=Origin.DEVICE),
    )
    sent = draft(said="收银机 读不到卡", fields=fields, context=(ContextItem(name="memory.free", value="1.2 GB"),))

    answer = device.submit(sent)

    assert answer.status_code == 201
    assert answer.json()["number"] == "INC-000001"
    assert view(device, sent.id).fields == sent.fields
    with served.services.database.read() as session:
        seen = agent_view.load(session, sent.id)
    assert seen.fields == sent.fields
    assert seen.context == sent.context
    assert seen.row.hostname == "POS-0412-03"


def test_a_ticket_sent_twice_is_one_ticket(served: Served) -> None:
    device = served.device()
    sent = draft()

    first = device.submit(sent)
    second = device.submit(sent)

    assert (second.status_code, second.content) == (201, first.content)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert tickets_in(served) == 1


def test_the_moment_of_sending_is_no_part_of_the_draft(served: Served) -> None:
    device = served.device()
    sent = draft()

    device.submit(sent, **{"Deskbell-Sent-At": "2026-11-22T10:00:00Z"})
    again = device.submit(sent, **{"Deskbell-Sent-At": "2026-11-22T11:00:00+08:00"})

    assert again.status_code == 201
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_draft_sent_again_after_its_record_was_dropped_is_still_one_ticket(served: Served) -> None:
    device = served.device()
    sent = draft()
    first = device.submit(sent).json()
    served.clock.forward(days=KEPT.days + 1)
    with served.services.database.write() as session:
        forget_old(session, served.clock())
        assert session.scalar(select(func.count()).select_from(IdempotencyRecord)) == 0

    again = device.submit(sent)

    assert again.json() == first
    assert tickets_in(served) == 1


def test_the_same_id_with_other_content_is_refused_for_ever(served: Served) -> None:
    device = served.device()
    sent = draft()
    device.submit(sent)
    other = sent.model_copy(update={"fields": ()})

    refused = device.submit(other)
    with served.services.database.write() as session:
        session.execute(delete(IdempotencyRecord))
    refused_later = device.submit(other)

    assert [each.status_code for each in (refused, refused_later)] == [422, 422]
    assert refused.json()["code"] == refused_later.json()["code"] == "idempotency_key_reused"


def test_one_device_cannot_take_the_id_of_another_ones_draft(served: Served) -> None:
    mine, theirs = served.device(), served.device("other")
    sent = draft()
    mine.submit(sent)

    answer = theirs.submit(sent)

    assert answer.json()["code"] == "idempotency_key_reused"
    assert tickets_in(served) == 1


@pytest.mark.parametrize("key", [None, "", "x", str(UUID(int=7))])
def test_a_ticket_without_its_own_id_as_the_key_is_refused(served: Served, key: str | None) -> None:
    device = served.device()
    headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key is not None else {})

    answer = device.post("/tickets", content=draft().model_dump_json(), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert tickets_in(served) == 0


def test_the_same_draft_from_many_threads_at_once_is_one_ticket(served: Served) -> None:
    device = served.device()
    sent = draft()
    answers: list[str] = []

    threads = [threading.Thread(target=lambda: answers.append(device.submit(sent).text)) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert len(set(answers)) == 1
    assert tickets_in(served) == 1


def test_numbers_have_no_gaps_even_when_drafts_are_refused(served: Served) -> None:
    device = served.device()
    attachment = declare(b"x", "log.txt", "text/plain")

    numbers = [device.submit(draft(attachments=(attachment,))).json()["number"]]
    refused = device.submit(draft(attachments=(attachment,)))
    numbers.append(device.submit(draft()).json()["number"])

    assert refused.status_code == 422
    assert numbers == ["INC-000001", "INC-000002"]


def test_clocks_from_the_edge_of_the_calendar_do_no_harm(served: Served) -> None:
    device = served.device()
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1970-01-01T00:00:00Z"):
        sent = draft().model_dump(mode="json") | {"created_at": moment}

        answer = device.post("/tickets", json=sent, headers={"Idempotency-Key": sent["id"], "Deskbell-Sent-At": moment})

        assert answer.status_code == 201, answer.text
    assert device.get("/tickets").status_code == 200


def test_my_tickets_are_paged_newest_first(served: Served) -> None:
    device = served.device()
    for number in range(7):
        device.submit(draft(f"ticket {number}"))

    pages, cursor = [], None
    while True:
        page = device.get("/tickets", params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        pages.append([each["subject"] for each in page["tickets"]])
        if (cursor := page["cursor"]) is None:
            break

    assert pages == [["ticket 6", "ticket 5", "ticket 4"], ["ticket 3", "ticket 2", "ticket 1"], ["ticket 0"]]


def test_a_ticket_without_a_subject_is_named_after_the_best_it_has(served: Served) -> None:
    device = served.device()
    fields = (TicketField(name=FieldName.DESCRIPTION, value="读卡器\n没反应", origin=Origin.EMPLOYEE),)
    sent = draft().model_copy(update={"fields": fields})

    device.submit(TicketDraft.model_validate(sent.model_dump()))

    assert device.get("/tickets").json()["tickets"][0]["subject"] == "读卡器 没反应"


def test_received_is_the_servers_clock_whatever_the_device_says(served: Served) -> None:
    device = served.device()
    sent = draft().model_copy(update={"created_at": served.clock() - timedelta(days=400)})

    device.submit(sent, **{"Deskbell-Sent-At": "not a moment"})

    with served.services.database.read() as session:
        kept = session.get_one(Ticket, sent.id)
    assert kept.created_at == sent.created_at
    assert kept.sent_at is None
    assert served.clock() - kept.received_at < timedelta(minutes=1)
