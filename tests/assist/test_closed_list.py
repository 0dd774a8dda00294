"""There is no terminal, no file browser, no pull and no unattended mode: the orders and words are these."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import app.assist
from app.assist.conduct import is_counted
from app.assist.orders import Do, Setup
from app.assist.wishes import ASKED
from app.protocol.assist import EVENTS, FromHost, FromViewer, InputKind
from app.protocol.session import TABLE, Event, Party, State

SOURCES = sorted(Path(app.assist.__file__).parent.glob("*.py"))
TRAYS_SIDE = ("child.py", "ledger.py")
"""Not part of the host process: they start it and keep the employee's record."""


def test_the_tray_can_order_only_this() -> None:
    assert {each.value for each in Do} == {
        *("grant", "refuse", "lower", "pause", "resume", "confirm", "stop", "lock", "chat", "cover", "ours"),
    }


def test_the_viewer_can_say_only_this() -> None:
    assert {each.name for each in FromViewer} == {
        *("ACK", "POINT", "INPUT", "EVENT", "CHAT", "INK", "WISH", "FILE", "CHUNK"),
    }
    assert {each.value for each in InputKind} == {
        *("move", "down", "up", "wheel", "key_down", "key_up", "text", "release_all", "secure_attention"),
    }
    assert set(ASKED) == {"ask_grade", "lower_grade", "stop"}


def test_every_word_of_the_viewer_is_judged_but_those_that_bring_about_nothing() -> None:
    judged = {kind for kind in FromViewer if is_counted(kind)}

    assert set(FromViewer) - judged == {FromViewer.ACK, FromViewer.WISH}
    assert set(EVENTS) | {FromViewer.EVENT, FromViewer.FILE, FromViewer.CHUNK} == judged


def test_the_host_sends_pixels_and_words_and_never_a_file() -> None:
    assert {each.name for each in FromHost} == {"FRAME", "STATUS", "CHAT", "NOTICE"}


def test_nobody_but_the_employee_can_say_yes() -> None:
    for event in (Event.ALLOW, Event.GRANT_GRADE, Event.CONFIRM, Event.RESUME):
        parties = {party for (_, said), allowed in TABLE.items() if said is event for party in allowed}
        assert parties == {Party.EMPLOYEE}, event


def test_a_session_that_is_over_has_no_way_back_and_none_begins_with_a_picture() -> None:
    assert not [event for state, event in TABLE if state is State.ENDED]
    assert {state for state, event in TABLE if event is Event.FRAME} == {State.ACTIVE}


def test_a_host_cannot_be_set_up_to_wait_for_anybody_who_comes() -> None:
    assert set(Setup.__slots__) == {
        *("server", "session", "ticket", "agent", "device", "token", "shared", "grade"),
        *("screen_id", "screen_name", "monitor", "ca_file"),
    }


@pytest.mark.parametrize("path", [path for path in SOURCES if path.name not in TRAYS_SIDE], ids=lambda path: path.stem)
def test_no_part_of_the_host_starts_programs_or_reads_files(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
    }
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}

    assert not imported & {"subprocess", "pty", "shutil", "glob", "pathlib", "runpy", "code", "socketserver", "http"}
    assert not called & {"open", "eval", "exec", "compile", "__import__"}
