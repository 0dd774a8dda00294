"""Files and clipboard text through a real host process: nothing before a yes, and no pull."""

from __future__ import annotations

import base64
import hashlib

import pytest

from app.protocol.handover import CHUNK_HEAD
from app.protocol.session import Grade
from app.protocol.stream import FromViewer
from tests.assist.relay import HostProcess, Relay, Start

CONTENT = b"driver " * 10_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def offer(relay: Relay, host: HostProcess, name: str = "driver.zip") -> int:
    relay.say(FromViewer.FILE, name=name, size=len(CONTENT), sha256=SHA256)
    told = host.hear("file", name=name)
    assert (told["size"], told["sha256"]) == (len(CONTENT), SHA256)
    return told["offer"]


def piece(relay: Relay, offset: int, data: bytes) -> None:
    relay.send(FromViewer.CHUNK, CHUNK_HEAD.pack(offset) + data)


def steps(relay: Relay) -> list[str]:
    return [each["step"] for each in relay.deliveries]


def test_a_file_goes_piece_by_piece_after_the_employees_yes(start: Start) -> None:
    relay, host = start(Grade.VIEW)
    number = offer(relay, host)
    relay.until(lambda: steps(relay) == ["asked"], "the question")

    host.order(do="take", offer=number)
    relay.until(lambda: steps(relay)[-1:] == ["taken"], "the yes")
    received = b""
    while len(received) < len(CONTENT):
        piece(relay, len(received), CONTENT[len(received) : len(received) + 32_768])
        told = host.hear("piece", offset=len(received))
        received += base64.b64decode(told["data"])
        so_far = len(received)
        host.order(do="got", offer=number, received=so_far)
        relay.until(lambda so_far=so_far: relay.deliveries[-1]["received"] == so_far, "the next turn")
    host.order(do="finish", offer=number, step="kept")

    relay.until(lambda: steps(relay)[-1:] == ["kept"], "the end")
    assert received == CONTENT
    relay.until(lambda: relay.witnessed and relay.witnessed[-1]["event"] == "end_offer", "the server's line")
    told = [(each["event"], each["party"], each.get("detail", "")) for each in relay.witnessed if "event" in each]
    assert told[-3:] == [
        ("offer_file", "agent", f"{len(CONTENT)} {SHA256} driver.zip"),
        ("take_offer", "employee", ""),
        ("end_offer", "host", f"kept {SHA256}"),
    ]


def test_a_piece_before_the_yes_ends_the_session(start: Start) -> None:
    relay, host = start(Grade.CONTROL)
    offer(relay, host)

    piece(relay, 0, CONTENT[:100])

    assert host.hear("ended")["reason"] == "violation"


@pytest.mark.parametrize("body", [CHUNK_HEAD.pack(len(CONTENT) - 1) + b"xx", CHUNK_HEAD.pack(0), b"x" * 70_000])
def test_more_than_was_offered_ends_the_session(start: Start, body: bytes) -> None:
    relay, host = start(Grade.VIEW)
    host.order(do="take", offer=offer(relay, host))
    relay.until(lambda: steps(relay)[-1:] == ["taken"], "the yes")

    relay.send(FromViewer.CHUNK, body)

    assert host.hear("ended")["reason"] == "violation"


def test_an_offer_too_large_ends_the_session(start: Start) -> None:
    relay, host = start(Grade.VIEW)

    relay.say(FromViewer.FILE, name="disk.iso", size=10**10, sha256=SHA256)

    assert host.hear("ended")["reason"] == "violation"


def test_a_no_leaves_nothing_and_a_yes_to_an_earlier_offer_takes_nothing(start: Start) -> None:
    relay, host = start(Grade.VIEW)
    first = offer(relay, host)
    host.order(do="turn_down", offer=first)
    relay.until(lambda: steps(relay)[-1:] == ["refused"], "the no")

    second = offer(relay, host, "other.zip")
    host.order(do="take", offer=first)
    relay.say(FromViewer.EVENT, event="withdraw_offer")

    assert host.hear("offer_over", offer=second)["step"] == "withdrawn"
    assert "taken" not in steps(relay)


def test_text_reaches_the_clipboard_after_the_yes_and_each_time_is_a_question(start: Start) -> None:
    relay, host = start(Grade.VIEW)
    relay.say(FromViewer.TEXT, text="COM3,9600,N,8,1 端口")
    number = host.hear("text")["offer"]

    host.order(do="take", offer=number)

    assert host.hear("clipboard")["text"] == "COM3,9600,N,8,1 端口"
    relay.until(lambda: steps(relay)[-1:] == ["taken"], "the yes")
    relay.say(FromViewer.TEXT, text="again")
    assert host.hear("text")["offer"] != number


def test_copied_text_goes_to_the_agent_by_the_employees_own_hand_only(start: Start) -> None:
    relay, host = start(Grade.VIEW)

    host.order(do="give", text="序列号 SN-2210-4431")

    relay.until(lambda: relay.texts == ["序列号 SN-2210-4431"], "the text")
    digest = hashlib.sha256("序列号 SN-2210-4431".encode()).hexdigest()
    assert host.hear("given")["detail"] == f"16 {digest}"


def test_a_file_goes_on_where_it_was_after_a_cut_line(start: Start) -> None:
    relay, host = start(Grade.VIEW)
    number = offer(relay, host)
    host.order(do="take", offer=number)
    relay.until(lambda: steps(relay)[-1:] == ["taken"], "the yes")
    piece(relay, 0, CONTENT[:1000])
    host.hear("piece", offset=0)
    host.order(do="got", offer=number, received=1000)
    relay.until(lambda: relay.deliveries[-1]["received"] == 1000, "the first piece")

    before = relay.epoch
    relay.drop()
    host.hear("status", state="paused")
    host.hear("status", state="active")
    relay.until(lambda: relay.epoch > before + 1 and relay.links == 2, "another line")
    piece(relay, 0, CONTENT[:1000])
    piece(relay, 1000, CONTENT[1000:2000])

    assert base64.b64decode(host.hear("piece")["data"]) == CONTENT[1000:2000]
