"""The line to the server: what refuses it, what breaks it, and what it believes."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from uuid import uuid4

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve

from app.assist.link import (
    LARGEST,
    Cut,
    Over,
    WebSocketLink,
    end_of,
    link_address,
    link_number,
    next_token,
    peer_of,
)
from app.assist.seal import Broken, Direction, Opener, Sealer
from app.errors import Refused
from app.protocol.session import Event, Grade, Party, Reason

SESSION, SHARED = uuid4(), b"s" * 32
GREETING = '{"link": 3, "token": "the next one"}'
Handler = Callable[[ServerConnection], None]


@contextmanager
def serving(handler: Handler, **options: object) -> Iterator[str]:
    server: Server = serve(handler, "127.0.0.1", 0, compression=None, max_size=2**22, **options)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
    server.shutdown()
    thread.join(5)


def saying(*messages: str | bytes) -> Handler:
    """A server that says something and then waits for the end."""

    def handle(socket: ServerConnection) -> None:
        for message in messages:
            socket.send(message)
        with suppress(ConnectionClosed):
            socket.recv()

    return handle


def link_to(address: str) -> WebSocketLink:
    return WebSocketLink(address, SESSION, "secret", SHARED)


@pytest.mark.parametrize(("status", "error"), [(403, Refused), (404, Refused), (500, Cut), (503, Cut)])
def test_a_refusal_is_final_and_a_server_in_trouble_is_not(status: int, error: type[Exception]) -> None:
    def refuse(socket: ServerConnection, _: object) -> object:
        return socket.respond(HTTPStatus(status), "no")

    with serving(saying(), process_request=refuse) as address, pytest.raises(error):
        link_to(address)


def test_nobody_there_is_a_cut() -> None:
    with pytest.raises(Cut):
        link_to("http://127.0.0.1:9")


def test_the_token_travels_in_a_header_and_the_next_one_comes_back() -> None:
    headers: list[str] = []

    def greet(socket: ServerConnection) -> None:
        headers.append(socket.request.headers["Authorization"])
        headers.append(socket.request.path)
        saying(GREETING)(socket)

    with serving(greet) as address:
        link = link_to(address)
        link.close()

    assert link.next_token == "the next one"
    assert headers == ["Assist secret", f"/api/v1/assist/{SESSION}/link?role=host"]


def test_messages_are_sealed_with_the_keys_of_this_connection() -> None:
    opened: list[bytes] = []

    def echo(socket: ServerConnection) -> None:
        socket.send(GREETING)
        opener = Opener(SHARED, SESSION, Direction.TO_VIEWER, 3)
        opened.append(opener.open(socket.recv()))
        socket.send(Sealer(SHARED, SESSION, Direction.TO_HOST, 3).seal(b"answer"))
        saying()(socket)

    with serving(echo) as address:
        link = link_to(address)
        link.send(b"frame")
        assert link.receive() == b"answer"
        link.close()

    assert opened == [b"frame"]


def test_the_viewers_coming_and_going_is_heard_and_a_cut_line_has_no_viewer() -> None:
    with serving(saying(GREETING, '{"peer": "here"}', '{"peer": "gone"}', '{"peer": "here"}')) as address:
        link = link_to(address)
        seen = []
        for _ in range(3):
            assert link.receive() is None
            seen.append(link.is_peer_here)
        link.close()

    assert seen == [True, False, True]
    assert link.is_cut
    assert not link.is_peer_here


def test_the_servers_word_that_it_is_over_is_believed() -> None:
    with serving(saying(GREETING, '{"ended": "expired"}')) as address:
        link = link_to(address)

        with pytest.raises(Over) as over:
            link.receive()
        link.close()

    assert over.value.reason is Reason.EXPIRED


def test_what_happened_here_is_told_in_the_clear_as_the_server_needs_it() -> None:
    told: list[object] = []
    done = threading.Event()

    def note(socket: ServerConnection) -> None:
        socket.send(GREETING)
        told.extend(json.loads(socket.recv()) for _ in range(2))
        done.set()

    with serving(note) as address:
        link = link_to(address)
        link.tell(Event.GRANT_GRADE, Party.EMPLOYEE, Grade.POINT)
        link.tell_end(Reason.LOCKED)
        assert done.wait(5)
        link.close()

    assert told == [{"event": "grant_grade", "party": "employee", "grade": 2}, {"ended": "locked"}]


def test_forged_bytes_are_told_from_a_broken_line() -> None:
    with serving(saying(GREETING, b"x" * 64)) as address:
        link = link_to(address)

        with pytest.raises(Broken):
            link.receive()
        link.close()


def test_a_message_that_is_too_long_cuts_the_line() -> None:
    with serving(saying(GREETING, bytes(LARGEST + 1))) as address:
        link = link_to(address)

        with pytest.raises(Cut):
            link.receive()
        link.close()

    assert link.is_cut


def test_sending_over_a_closed_line_is_a_cut() -> None:
    with serving(saying(GREETING)) as address:
        link = link_to(address)
        link.close()

        with pytest.raises(Cut):
            link.send(b"frame")
        with pytest.raises(Cut):
            link.tell(Event.PAUSE, Party.EMPLOYEE)


@pytest.mark.parametrize("first", ["", "{}", "[]", '{"link": "1"}', '{"link": true}', '{"link": -1}', b"\x00"])
def test_a_first_word_that_is_no_number_is_a_cut(first: str | bytes) -> None:
    with pytest.raises(Cut):
        link_number(first)


def test_a_server_that_tells_no_token_gives_none() -> None:
    assert next_token('{"link": 1}') == next_token('{"link": 1, "token": 5}') == ""


@pytest.mark.parametrize("text", ["", "[]", "5", '{"ended": "because"}', '{"ended": 1}', '{"peer": "here"}'])
def test_only_a_known_reason_ends_a_session(text: str) -> None:
    assert end_of(text) is None


def test_an_unreadable_word_changes_nothing() -> None:
    assert peer_of("no JSON", before=True)
    assert not peer_of("[]", before=False)
    assert peer_of('{"peer": "perhaps"}', before=True)


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ("https://help.example", "wss://help.example/api/v1/assist/"),
        ("http://help.example:8080/desk/", "ws://help.example:8080/desk/api/v1/assist/"),
    ],
)
def test_the_address_follows_the_servers_own(server: str, address: str) -> None:
    assert link_address(server, SESSION) == f"{address}{SESSION}/link?role=host"


def test_a_certificate_nobody_signed_is_not_accepted() -> None:
    with serving(saying(GREETING)) as address, pytest.raises(Cut):
        WebSocketLink(address.replace("http:", "https:"), SESSION, "t", SHARED, context=ssl.create_default_context())
