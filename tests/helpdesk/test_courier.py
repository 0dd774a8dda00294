"""The courier on good and on broken lines."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta

import pytest

from app.errors import Refused, Unreachable
from app.helpdesk.courier import Courier
from app.helpdesk.delivery import Progress
from app.helpdesk.outbox import Outbox
from app.helpdesk.outbox_items import ItemKind, SendState
from app.helpdesk.server import Server
from app.protocol.identity import uuid7
from app.protocol.tickets import NewEntry
from app.protocol.uploads import CHUNK
from helpdesk.conftest import Clock
from helpdesk.drafts import AT, declare, report
from helpdesk.small_helpdesk import (
    SmallHelpdesk,
    break_after,
    forget_to_answer,
    hang_up,
    keep_waiting,
    raw,
    refuse,
    say,
)

BIG = bytes(range(256)) * 4 * 700  # 700 KB: three pieces


def test_a_report_with_files_arrives_whole(helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier) -> None:
    draft, files = report(b"a picture", BIG)
    outbox.put(draft, files)

    done = courier.deliver()

    assert done.numbers == ("INC-000001",)
    assert (done.waiting, done.trouble, done.next_attempt_at) == (0, None, None)
    assert sorted(map(len, (u.content for u in helpdesk.uploads.values()))) == [9, len(BIG)]
    assert all(upload.complete for upload in helpdesk.uploads.values())
    item = outbox.get(draft.id)
    assert (item.state, item.number, item.message) == (SendState.DELIVERED, "INC-000001", "")
    with pytest.raises(KeyError):
        outbox.content(draft.attachments[0].id)


def test_the_key_is_the_drafts_id_and_the_time_of_sending_is_told(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier
) -> None:
    draft, files = report()
    outbox.put(draft, files)

    courier.deliver()

    [sent] = helpdesk.asked("POST", "/tickets$")
    assert sent.headers["Idempotency-Key"] == str(draft.id)
    assert sent.headers["Deskbell-Sent-At"] == "2026-11-22T09:00:00Z"


def test_a_lost_answer_leads_to_one_ticket(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier, clock: Clock
) -> None:
    outbox.put(*report())
    helpdesk.spoil("POST", "/tickets$", forget_to_answer)

    first = courier.deliver()
    clock.pass_by(10)
    second = courier.deliver()

    assert isinstance(first.trouble, Unreachable)
    assert (first.waiting, second.waiting) == (1, 0)
    assert len(helpdesk.tickets) == 1
    assert second.numbers == ("INC-000001",)


def test_an_upload_cut_in_the_middle_goes_on_where_the_server_is(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier
) -> None:
    outbox.put(*report(BIG))
    helpdesk.spoil("PUT", "/uploads", break_after(100_000), break_after(50_000), break_after(1))

    done = courier.deliver()

    assert done.waiting == 0
    sent = [int(each.headers["Content-Length"]) for each in helpdesk.asked("PUT", "/uploads")]
    assert sum(sent) == len(BIG) - 150_001
    assert max(sent) <= CHUNK // 4  # a line that breaks gets smaller pieces


def test_an_upload_whose_pieces_get_lost_is_put_off_and_resumed(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier, clock: Clock
) -> None:
    draft, files = report(BIG)
    outbox.put(draft, files)
    helpdesk.spoil("PUT", "/uploads", *[break_after(5, kept=False)] * 2)

    first = courier.deliver()
    clock.pass_by(10)
    second = courier.deliver()

    assert first.numbers == ("INC-000001",)
    assert (first.waiting, second.waiting) == (1, 0)
    assert second.files_delivered == (draft.attachments[0].id,)


def test_a_lost_answer_to_a_piece_is_not_sent_twice(helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier) -> None:
    outbox.put(*report(BIG))
    helpdesk.spoil("PUT", "/uploads", forget_to_answer)

    done = courier.deliver()

    assert done.waiting == 0
    assert len({each.headers["Upload-Offset"] for each in helpdesk.asked("PUT", "/uploads")}) == len(
        helpdesk.asked("PUT", "/uploads")
    )


def test_the_servers_offset_wins(helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier) -> None:
    outbox.put(*report(BIG))
    helpdesk.spoil("PUT", "/uploads", refuse(409, "offset_mismatch"))

    done = courier.deliver()

    assert done.waiting == 0
    assert len(helpdesk.asked("GET", "/uploads/")) == 1


def test_a_refused_file_never_stops_the_ticket_and_keeps_its_reason(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier
) -> None:
    draft, files = report(b"no good", b"good")
    outbox.put(draft, files)
    helpdesk.spoil("POST", "/uploads$", refuse(415, "unsupported_media"))

    done = courier.deliver()

    assert done.numbers == ("INC-000001",)
    assert done.files_refused == (draft.attachments[0].id,)
    assert done.files_delivered == (draft.attachments[1].id,)
    refused = outbox.get(draft.id).files[0]
    assert refused.trouble is not None
    assert refused.trouble.code == "unsupported_media"
    assert outbox.content(refused.id) == b"no good"


def test_a_refused_file_can_be_retried_and_its_item_discarded(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier
) -> None:
    draft, files = report(b"no good")
    outbox.put(draft, files)
    helpdesk.spoil("POST", "/uploads$", *[refuse(415, "unsupported_media")] * 2)

    courier.deliver()
    outbox.retry(draft.id)
    again = courier.deliver()
    outbox.discard(draft.id)

    assert again.files_refused == (draft.attachments[0].id,)
    assert outbox.items() == ()


def test_a_server_that_says_nonsense_about_a_file_does_not_make_us_spin(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier
) -> None:
    draft, files = report(b"12345")
    outbox.put(draft, files)
    stuck = b'{"id": "0190a000-0000-7000-8000-000000000001", "offset": 0, "size": 5, "complete": false}'
    helpdesk.spoil("POST", "/uploads$", say(200, stuck, "application/json"))
    helpdesk.spoil("PUT", "/uploads", say(200, stuck, "application/json"))

    done = courier.deliver()

    assert done.trouble is not None
    assert done.trouble.retry
    assert outbox.get(draft.id).files[0].state is SendState.WAITING


def test_a_refused_ticket_stays_with_its_reason_and_lets_others_pass(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier
) -> None:
    first, second = report(), report()
    outbox.put(*first)
    outbox.put(*second)
    helpdesk.spoil("POST", "/tickets$", refuse(422, "malformed", detail="too odd"))

    done = courier.deliver()

    assert done.refused == (first[0].id,)
    assert done.numbers == ("INC-000001",)
    assert done.next_attempt_at is None
    refused = outbox.get(first[0].id)
    assert refused.state is SendState.REFUSED
    assert isinstance(refused.trouble.error(), Refused)  # type: ignore[union-attr]


def test_a_fault_of_the_servers_own_puts_one_ticket_off_and_lets_others_pass(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier, clock: Clock
) -> None:
    outbox.put(*report())
    outbox.put(*report())
    helpdesk.spoil("POST", "/tickets$", refuse(500, "internal"))

    first = courier.deliver()
    clock.pass_by(10)
    second = courier.deliver()

    assert (len(first.delivered), first.waiting) == (1, 1)
    assert second.waiting == 0


def test_a_sign_in_page_of_the_network_refuses_nothing(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier
) -> None:
    draft, files = report()
    outbox.put(draft, files)
    helpdesk.spoil("POST", "/enroll$", say(200, b"<html>Accept our terms</html>", "text/html"))

    done = courier.deliver()

    assert isinstance(done.trouble, Unreachable)
    assert outbox.get(draft.id).state is SendState.WAITING


def test_the_servers_patience_is_honoured_even_when_the_network_returns(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier, clock: Clock
) -> None:
    outbox.put(*report())
    outbox.put(*report())
    helpdesk.spoil("POST", "/tickets$", say(503, b"busy", "text/plain", Retry_After="120"))

    first = courier.deliver()
    clock.pass_by(119)
    early = courier.deliver(early=True)
    clock.pass_by(32)
    late = courier.deliver()

    assert first.delivered == early.delivered == ()
    assert first.next_attempt_at is not None
    assert 120 <= (first.next_attempt_at - AT).total_seconds() <= 150
    assert len(helpdesk.asked("POST", "/tickets$")) == 2  # both after the wait; the pass had stopped at the first
    assert len(late.delivered) == 2


def test_our_own_back_off_ends_when_the_network_returns(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier
) -> None:
    outbox.put(*report())
    helpdesk.spoil("POST", "/tickets$", hang_up)

    courier.deliver()
    waiting = courier.deliver()
    early = courier.deliver(early=True)

    assert waiting.delivered == ()
    assert len(early.delivered) == 1


def test_pauses_grow_to_a_quarter_of_an_hour_and_are_spread(outbox: Outbox, server: Server, clock: Clock) -> None:
    server.close()
    courier = Courier(outbox, server, now=clock, random=random.Random(7))
    for _ in range(12):
        outbox.put(*report())
    pauses = []
    for _ in range(12):
        done = courier.deliver(early=True)
        assert done.next_attempt_at is not None
        pauses.append((done.next_attempt_at - clock.time).total_seconds())
        clock.time = done.next_attempt_at

    assert pauses[0] <= 5
    assert max(pauses) <= 900
    assert max(pauses[6:]) > 100
    assert len({round(pause) for pause in pauses[4:]}) > 3


def test_a_clock_set_back_does_not_keep_tickets_for_years(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier, clock: Clock
) -> None:
    clock.time = datetime(2031, 1, 1, tzinfo=UTC)
    outbox.put(*report())
    helpdesk.spoil("POST", "/tickets$", hang_up)
    courier.deliver()

    clock.time = datetime(2026, 1, 1, tzinfo=UTC)
    assert courier.next_attempt_at == clock.time
    done = courier.deliver()

    assert len(done.delivered) == 1


def test_a_clock_in_1970_delivers_and_the_difference_is_known(
    helpdesk: SmallHelpdesk, outbox: Outbox, server: Server, courier: Courier, clock: Clock
) -> None:
    clock.time = datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC)
    outbox.put(*report())

    done = courier.deliver()

    assert len(done.delivered) == 1
    assert server.clock_error is not None
    assert server.clock_error > timedelta(days=50 * 365)


def test_of_two_couriers_one_works_and_the_other_says_so(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier, server: Server, clock: Clock
) -> None:
    outbox.put(*report(BIG))
    inside, go_on = threading.Event(), threading.Event()

    def stop_once(progress: Progress) -> None:
        inside.set()
        assert go_on.wait(10)

    slow = Courier(outbox, server, now=clock, random=random.Random(1), progress=stop_once)
    reports = []
    thread = threading.Thread(target=lambda: reports.append(slow.deliver()))
    thread.start()
    assert inside.wait(10)
    other = Outbox(outbox.path, clock)
    second = Courier(other, server, now=clock, random=random.Random(2)).deliver()
    go_on.set()
    thread.join()
    other.close()

    assert second.busy
    assert second.delivered == ()
    assert reports[0].numbers == ("INC-000001",)
    assert len(helpdesk.asked("POST", "/tickets$")) == 1


def test_a_second_ticket_overtakes_the_picture_of_the_first(
    helpdesk: SmallHelpdesk, outbox: Outbox, server: Server, clock: Clock
) -> None:
    late, files = report()
    outbox.put(*report(BIG))

    def tell(progress: Progress) -> None:
        if progress.sent:
            outbox.put(late, files)

    done = Courier(outbox, server, now=clock, random=random.Random(1), progress=tell).deliver()

    order = [each.path for each in helpdesk.seen if each.method == "PUT" or each.path.endswith("/tickets")]
    assert len(done.numbers) == 2
    assert order.index("/api/v1/tickets", 1) < len(order) - 1


def test_progress_is_told_in_bytes(helpdesk: SmallHelpdesk, outbox: Outbox, server: Server, clock: Clock) -> None:
    told: list[Progress] = []
    outbox.put(*report(BIG))

    Courier(outbox, server, now=clock, random=random.Random(1), progress=told.append).deliver()

    assert [each.sent for each in told] == [0, CHUNK, 2 * CHUNK, len(BIG)]
    assert {each.size for each in told} == {len(BIG)}


def test_cancelling_stops_between_two_pieces_and_costs_nothing(
    helpdesk: SmallHelpdesk, outbox: Outbox, server: Server, clock: Clock
) -> None:
    cancel = threading.Event()
    draft, files = report(BIG)
    outbox.put(draft, files)
    courier = Courier(outbox, server, now=clock, random=random.Random(1), progress=lambda _: cancel.set())

    first = courier.deliver(cancel)
    second = courier.deliver()

    assert first.files_delivered == ()
    assert outbox.get(draft.id).files[0].attempts == 0
    assert second.files_delivered == (draft.attachments[0].id,)


def test_closing_the_server_ends_a_request_under_way(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier, server: Server
) -> None:
    draft, files = report()
    outbox.put(draft, files)
    server.enrol()
    cancel, asked = threading.Event(), threading.Event()

    def wait(handler: object) -> bool:
        asked.set()
        return keep_waiting(handler)  # type: ignore[arg-type]

    helpdesk.spoil("POST", "/tickets$", wait)
    thread = threading.Thread(target=courier.deliver, args=(cancel,))
    thread.start()
    assert asked.wait(10)
    cancel.set()
    server.close()
    thread.join(5)

    assert not thread.is_alive()
    assert (outbox.get(draft.id).state, outbox.get(draft.id).attempts) == (SendState.WAITING, 0)


def test_replies_and_wishes_keep_their_order_and_find_the_ticket_they_belong_to(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier
) -> None:
    draft, files = report()
    entry = NewEntry(id=uuid7(AT), body="Now the drawer sticks too")
    outbox.put(draft, files)
    outbox.put_reply(draft.id, entry, {})
    outbox.put_action(draft.id, ItemKind.URGE)
    outbox.put_action(draft.id, ItemKind.CONFIRM)

    done = courier.deliver()

    assert [each.kind for each in done.delivered] == ["ticket", "reply", "urge", "confirm"]
    assert [path.rsplit("/", 1)[1] for path, _ in helpdesk.actions] == ["entries", "urge", "confirm"]
    assert helpdesk.actions[0][1] == str(entry.id)


def test_a_reply_waits_for_its_ticket(helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier, clock: Clock) -> None:
    draft, files = report()
    outbox.put(draft, files)
    outbox.put_reply(draft.id, NewEntry(id=uuid7(AT), body="More"), {})
    helpdesk.spoil("POST", "/tickets$", refuse(500, "internal"))

    first = courier.deliver()
    clock.pass_by(10)
    second = courier.deliver()

    assert first.delivered == ()
    assert [each.kind for each in second.delivered] == ["ticket", "reply"]


def test_a_replys_picture_follows_it(helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier) -> None:
    declared = declare(b"a picture")
    entry = NewEntry(id=uuid7(AT), body="See", attachments=(declared,))
    outbox.put_reply(uuid7(AT), entry, {declared.id: b"a picture"})

    done = courier.deliver()

    assert done.files_delivered == (declared.id,)
    assert bytes(helpdesk.uploads[str(declared.id)].content) == b"a picture"


def test_urging_twice_refuses_the_wish_only(helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier) -> None:
    ticket = uuid7(AT)
    wish = outbox.put_action(ticket, ItemKind.URGE)
    assert outbox.put_action(ticket, ItemKind.URGE) == wish
    helpdesk.spoil("POST", "/urge$", refuse(409, "already_urged", retry_after=3600))

    done = courier.deliver()

    assert done.refused == (wish,)
    assert outbox.get(wish).trouble.error().summary == "This ticket was urged less than a day ago."  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "fault",
    [
        raw(b"\x00\xff garbage"),
        say(201, b"not json", "application/json"),
        say(201, b'{"id": 5}', "application/json"),
        say(201, b"[" * 100_000, "application/json"),
        say(201, b" " * 3_000_000, "application/json"),
        say(302, b"", "text/html", Location="https://elsewhere.example/"),
        say(404, b"not here", "text/html"),
        say(407, b"who are you", "text/html"),
        say(200, b"{}", "text/plain"),
        say(201, b"\x1f\x8b", "application/json", Content_Encoding="gzip"),
    ],
)
def test_no_nonsense_loses_or_refuses_a_ticket(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier, clock: Clock, fault: object
) -> None:
    draft, files = report(b"x")
    outbox.put(draft, files)
    helpdesk.spoil("POST", "/tickets$", fault)  # type: ignore[arg-type]

    first = courier.deliver()
    clock.pass_by(901)
    second = courier.deliver()

    assert first.trouble is not None
    assert first.trouble.retry
    assert first.trouble.summary
    assert outbox.get(draft.id).number == second.numbers[0]


def test_the_room_of_delivered_files_is_given_back(helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier) -> None:
    outbox.put(*report(bytes(6_000_000)))
    before = outbox.path.stat().st_size

    courier.deliver()

    assert before > 6_000_000
    assert outbox.path.stat().st_size < 200_000


def test_too_many_uploads_do_not_hold_up_the_next_ticket(
    helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier, clock: Clock
) -> None:
    outbox.put(*report(b"one", b"two"))
    helpdesk.spoil("POST", "/uploads$", refuse(429, "too_many_requests", retry_after=60))

    first = courier.deliver()
    outbox.put(*report())
    second = courier.deliver()
    clock.pass_by(80)
    third = courier.deliver()

    assert first.files_delivered == second.files_delivered == ()
    assert len(helpdesk.asked("POST", "/uploads$")) == 2  # none of them before the minute was over
    assert second.numbers == ("INC-000002",)
    assert len(third.files_delivered) == 2


def test_too_many_tickets_do_not_hold_up_a_picture(helpdesk: SmallHelpdesk, outbox: Outbox, courier: Courier) -> None:
    for _ in range(3):
        outbox.put(*report(b"picture"))
    outbox.put(*report())
    helpdesk.spoil("POST", "/tickets$", lambda _: False, refuse(429, "too_many_requests", retry_after=60))

    done = courier.deliver()

    assert (len(done.numbers), len(done.files_delivered), done.waiting) == (1, 1, 3)
