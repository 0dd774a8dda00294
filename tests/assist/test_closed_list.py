"""There is no terminal, no file browser, no pull and no unattended mode: the orders and words are these."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from enum import IntEnum
from pathlib import Path

import pytest

import app.assist
from app.assist.conduct import is_counted
from app.assist.orders import Do, Setup
from app.assist.wishes import ASKED
from app.protocol.handover import Delivery, FileOffer, TextOffer
from app.protocol.session import TABLE, Event, Party, State
from app.protocol.stream import EVENTS, FromHost, FromViewer, InputKind

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted(Path(app.assist.__file__).parent.glob("*.py"))
TRAYS_SIDE = ("again.py", "child.py", "ledger.py", "parcel.py")
"""Not part of the host process: they start it and keep the employee's record."""


def test_the_tray_can_order_only_this() -> None:
    assert {each.value for each in Do} == {
        *("grant", "refuse", "lower", "pause", "resume", "confirm", "stop", "lock", "chat", "cover", "ours"),
        *("take", "turn_down", "got", "finish", "give", "choose_screen", "refuse_screen", "screens"),
    }


def test_the_viewer_can_say_only_this() -> None:
    assert {each.name for each in FromViewer} == {
        *("ACK", "POINT", "INPUT", "EVENT", "CHAT", "INK", "WISH", "FILE", "CHUNK", "TEXT"),
    }
    assert {each.value for each in InputKind} == {
        *("move", "down", "up", "wheel", "key_down", "key_up", "text", "release_all", "secure_attention"),
    }
    assert set(ASKED) == {"ask_grade", "lower_grade", "ask_screen", "stop", "withdraw_offer"}


@pytest.mark.parametrize(("name", "kinds"), [("FROM_HOST", FromHost), ("FROM_VIEWER", FromViewer)])
def test_the_browser_knows_the_same_words_and_no_others(name: str, kinds: type[IntEnum]) -> None:
    script = (ROOT / "server_stub/workbench/static/assist/frame.js").read_text(encoding="utf-8")
    [body] = re.findall(rf"export const {name} = {{(.*?)}};", script, re.DOTALL)

    found = {word: int(value, 16) for word, value in re.findall(r"(\w+): (0x[0-9a-f]+)", body)}

    assert found == {each.name: each.value for each in kinds}


def test_every_word_of_the_viewer_is_judged_but_those_that_bring_about_nothing() -> None:
    judged = {kind for kind in FromViewer if is_counted(kind)}

    assert set(FromViewer) - judged == {FromViewer.ACK, FromViewer.WISH}
    assert set(EVENTS) | {FromViewer.EVENT} == judged


def test_the_host_sends_pixels_and_words_and_never_a_file() -> None:
    assert {each.name for each in FromHost} == {"FRAME", "STATUS", "CHAT", "NOTICE", "DELIVERY", "TEXT"}
    assert set(Delivery.model_fields) == {"step", "received"}
    assert set(TextOffer.model_fields) == {"text"}


def test_a_pull_is_no_word_of_the_protocol_and_no_offer_names_a_place() -> None:
    assert set(FileOffer.model_fields) == {"name", "size", "sha256"}
    assert {party for (_, said), allowed in TABLE.items() if said is Event.GIVE_TEXT for party in allowed} == {
        Party.EMPLOYEE
    }
    asked_by_agent = {said for (_, said), allowed in TABLE.items() if Party.AGENT in allowed}
    assert asked_by_agent == {
        *(Event.POINT, Event.INPUT, Event.CHAT, Event.ASK_GRADE, Event.LOWER_GRADE, Event.ASK_SCREEN, Event.STOP),
        *(Event.OFFER_FILE, Event.OFFER_TEXT, Event.WITHDRAW_OFFER, Event.SEND_PIECE),
    }


def test_nobody_but_the_employee_can_say_yes() -> None:
    answers = (Event.ALLOW, Event.GRANT_GRADE, Event.CHOOSE_SCREEN, Event.CONFIRM, Event.RESUME, Event.TAKE_OFFER)
    for event in (*answers, Event.GIVE_TEXT):
        parties = {party for (_, said), allowed in TABLE.items() if said is event for party in allowed}
        assert parties == {Party.EMPLOYEE}, event


def test_a_session_that_is_over_has_no_way_back_and_none_begins_with_a_picture() -> None:
    assert not [event for state, event in TABLE if state is State.ENDED]
    assert {state for state, event in TABLE if event is Event.FRAME} == {State.ACTIVE}


def test_a_host_cannot_be_set_up_to_wait_for_anybody_who_comes() -> None:
    assert set(Setup.__slots__) == {
        *("server", "session", "ticket", "agent", "device", "token", "shared", "grade"),
        *("screen", "screens", "limits", "hold_seconds", "ca_file", "recorder", "by_portal"),
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
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    called = {call.id for call in calls if isinstance(call, ast.Name)}
    of_os = {call.attr for call in calls if isinstance(call, ast.Attribute) and is_named(call.value, "os")}

    assert not imported & {"subprocess", "pty", "shutil", "glob", "pathlib", "runpy", "code", "socketserver", "http"}
    assert not called & {"open", "eval", "exec", "compile", "__import__"}
    assert of_os <= {"_exit", "close", "pipe", "strerror", "fsencode", "getpid"}


@pytest.mark.parametrize(
    "added",
    ["import subprocess", "from pathlib import Path", "import os\nos.listdir('/')", "open('/etc/passwd')",
     "import pty", "import os\nos.open('x', 0)"],
)  # fmt: skip
def test_the_test_before_fails_when_a_terminal_a_file_browser_or_a_pull_is_added(tmp_path: Path, added: str) -> None:
    path = tmp_path / "added.py"
    path.write_text(added, encoding="utf-8")

    with pytest.raises(AssertionError):
        test_no_part_of_the_host_starts_programs_or_reads_files(path)


def test_the_host_reaches_no_module_that_writes_files_or_runs_scanners() -> None:
    script = "import sys, app.assist.serving; print(*(name for name in sys.modules if name.startswith('app.')))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())

    assert "app.assist.deliveries" in loaded
    assert not loaded & {
        "app.assist.parcel",
        "app.assist.again",
        "app.assist.child",
        "app.system.scanner",
        "app.system.launch",
    }


def is_named(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name
