"""One program runs per user; later starts hand their command over, and noise on the socket does nothing."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtNetwork import QLocalSocket
from pytestqt.qtbot import QtBot

from app.ui.single_instance import LARGEST, TALKERS, Command, Request, SingleInstance, packed, socket_name, unpacked

OPEN = Request(Command.OPEN)
FORWARD = """
import sys
from PySide6.QtCore import QCoreApplication
application = QCoreApplication(sys.argv)
from app.ui.single_instance import Command, Request, forward
print(forward(sys.argv[1], Request(Command(sys.argv[2]), sys.argv[3])))
"""
DIE = """
import os, sys
from PySide6.QtCore import QCoreApplication
application = QCoreApplication(sys.argv)
from app.ui.single_instance import Command, Request, SingleInstance
first = SingleInstance(sys.argv[1])
print(first.claim(Request(Command.OPEN)), flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A socket of this test's own, short enough for a socket's address."""
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    return socket_name("li.na", "7", tmp_path)


@pytest.fixture
def first(name: str, qapp) -> Iterator[SingleInstance]:
    made = SingleInstance(name)
    assert made.claim(OPEN)
    yield made
    made.close()


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", script, *arguments], stdout=subprocess.PIPE, text=True)


def said(process: subprocess.Popen[str], qtbot: QtBot) -> str:
    qtbot.waitUntil(lambda: process.poll() is not None, timeout=20_000)
    return process.communicate()[0].strip()


def frame(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def talk(name: str, content: bytes, qtbot: QtBot) -> QLocalSocket:
    socket = QLocalSocket()
    socket.connectToServer(name)
    assert socket.waitForConnected(2000)
    socket.write(content)
    socket.flush()
    return socket


def test_a_second_start_hands_its_command_over(first: SingleInstance, name: str, qtbot: QtBot) -> None:
    seen: list[Request] = []
    first.asked.connect(seen.append)

    second = start(FORWARD, name, "tickets", "打印机")
    answer = said(second, qtbot)

    assert answer == "True"
    assert seen == [Request(Command.TICKETS, "打印机")]


def test_the_socket_of_a_program_that_was_killed_is_taken_over(name: str, qtbot: QtBot) -> None:
    killed = start(DIE, name)
    assert said(killed, qtbot) == "True"

    successor = SingleInstance(name)

    assert successor.claim(OPEN)
    successor.close()


def test_a_listener_that_says_nothing_useful_is_not_obeyed_for_ever(first: SingleInstance, name: str) -> None:
    # The first program is there but its loop stands still, as when it hangs.
    second = SingleInstance(name)

    assert second.claim(OPEN)

    second.close()


@pytest.mark.parametrize(
    "content",
    [
        b"\xff" * 64,
        struct.pack(">I", LARGEST + 1),
        frame(b"not json"),
        frame(b"[]"),
        frame(b"null"),
        frame(b'{"command": "rm -rf"}'),
        frame(b'{"command": ["open"]}'),
        frame(b'{"command": "open", "argument": 7}'),
        frame(json.dumps({"command": "open", "argument": "x" * 600}).encode()),
        frame(b"\xc3\x28"),
        frame(b"[" * 4000),
        frame(b'{"command": "open"}') + b"more",
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
def test_noise_is_hung_up_on(first: SingleInstance, name: str, content: bytes, qtbot: QtBot) -> None:
    seen: list[Request] = []
    first.asked.connect(seen.append)

    socket = talk(name, content, qtbot)
    qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState)

    assert seen == []
    assert not socket.readAll()


def test_a_command_may_come_in_pieces(first: SingleInstance, name: str, qtbot: QtBot) -> None:
    seen: list[Request] = []
    first.asked.connect(seen.append)
    whole = packed(Request(Command.SEARCH, "E1023"))

    socket = talk(name, whole[:3], qtbot)
    for place in range(3, len(whole)):
        socket.write(whole[place : place + 1])
        socket.flush()
        qtbot.waitUntil(lambda: socket.bytesToWrite() == 0)
    qtbot.waitUntil(lambda: bool(seen))

    assert seen == [Request(Command.SEARCH, "E1023")]


def test_silent_connections_do_not_lock_out_a_second_start(first: SingleInstance, name: str, qtbot: QtBot) -> None:
    seen: list[Request] = []
    first.asked.connect(seen.append)

    silent = [talk(name, b"", qtbot) for _ in range(TALKERS + 4)]
    talker = talk(name, packed(OPEN), qtbot)
    qtbot.waitUntil(lambda: bool(seen))

    assert seen == [OPEN]
    for each in (*silent, talker):
        each.abort()


def test_users_sessions_and_folders_have_sockets_of_their_own(tmp_path: Path) -> None:
    names = {
        socket_name(user, session, folder)
        for user in ("li.na", "wang.fang")
        for session in ("1", "2")
        for folder in (tmp_path, tmp_path / "other")
    }

    assert len(names) == 8


@pytest.mark.parametrize("command", list(Command))
def test_every_command_survives_its_way(command: Command) -> None:
    request = Request(command, "参数", "token")

    assert unpacked(packed(request)) == request
