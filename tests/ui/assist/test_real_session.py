"""With a real server, a browser by hand and a real host on a real X server: from the invitation to both records."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.assembly import Services, assemble
from app.assist.seal import Direction
from app.protocol.assist import LedgerLine
from app.protocol.handover import CHUNK_HEAD
from app.protocol.session import Grade, Reason, State
from app.protocol.stream import FromHost, FromViewer
from app.ui.assist.prompt import Said
from app.ui.assist.reception import Reception
from app.ui.background import Background
from app.ui.desk import Desk as ClientDesk
from app.ui.following import Following
from server_stub.assist.courses import lines_of
from server_stub.assist.recordings import Playable
from server_stub.assist.tables import AssistRecord
from server_stub.assist.tape import Recorded, read_tape
from server_stub.assist.verification import WITNESSED, verify
from server_stub.devices.enrolment import TokenTerms
from tests.server_stub.assist_desk import Browser
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_fixtures import desk
from tests.server_stub.workbench_visitor import Visitor
from tests.ui.assist.viewing import LinkedViewer
from tests.ui.world import draft
from tests.xvfb import Xvfb

__all__ = ["desk"]

PATIENCE = 20_000


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[Xvfb]:
    """Where the host process looks; the windows of this process stay offscreen."""
    with Xvfb(800, 800) as server:
        monkeypatch.setenv("DISPLAY", server.display)
        monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        yield server


@pytest.fixture
def client(desk: Desk, home: dict[str, str]) -> Iterator[Services]:
    with desk.services.database.write() as session:
        token = desk.services.enrolment.make_token(session, TokenTerms())
    made = assemble({"server_url": desk.url, "enrolment_token": token}, home)
    made.paths.make()
    yield made
    made.close()


@pytest.fixture
def reception(client: Services, background: Background, display: Xvfb) -> Iterator[Reception]:
    client_desk = ClientDesk(client, background)
    made = Reception(client_desk)
    following = Following(client_desk)
    following.assist_told.connect(made.heard)
    following.start()
    yield made
    made.close()
    following.stop()
    client.close()


@pytest.fixture
def browser(desk: Desk, client: Services) -> Browser:
    made, _ = draft("The card reader is silent")
    client.server.submit(made)
    visitor = Visitor(desk)
    visitor.sign_in()
    return Browser(visitor, made.id)


def asked(reception: Reception, browser: Browser, qtbot: QtBot) -> float:
    """Invite, show, reveal; the seconds from the invitation to the question."""
    started = time.monotonic()
    assert browser.invite()["id"]
    qtbot.waitUntil(lambda: browser.standing()["state"] == "shown", timeout=PATIENCE)
    assert browser.reveal().status_code == 204
    qtbot.waitUntil(lambda: reception.dialog is not None, timeout=PATIENCE)
    return time.monotonic() - started


def allowed(reception: Reception, browser: Browser, qtbot: QtBot) -> LinkedViewer:
    asked(reception, browser, qtbot)
    reception.dialog.say(Said.ALLOW)
    qtbot.waitUntil(lambda: browser.standing()["state"] in ("allowed", "active"), timeout=PATIENCE)
    viewer = LinkedViewer(browser)
    qtbot.waitUntil(lambda: viewer.count(FromHost.FRAME) > 0, timeout=PATIENCE)
    return viewer


def told(client: Services) -> list[tuple[str, str]]:
    [visit] = client.assist_ledger.visits()
    assert visit.is_intact
    return witnessed(visit.lines)


def witnessed(lines: Sequence[LedgerLine]) -> list[tuple[str, str]]:
    """What both sides see happen: not the invitation itself, nor a line that is cut as the session ends."""
    return [(line.event, line.detail) for line in lines if line.event in WITNESSED]


def written_and_told(reception: Reception, client: Services, qtbot: QtBot) -> None:
    """Wait until the session is over, its end is in the employee's ledger, and the server has that."""

    def is_done() -> bool:
        return (
            not reception.is_busy
            and any(event == "ended" for event, _ in told(client))
            and not client.assist_ledger.owed()
        )

    qtbot.waitUntil(is_done, timeout=PATIENCE)


def test_both_sides_see_the_same_number(reception: Reception, browser: Browser, qtbot: QtBot) -> None:
    from app.assist.seal import as_bytes, phrase

    seconds = asked(reception, browser, qtbot)

    host_public = as_bytes(str(browser.standing()["host_public"]))
    assert reception.dialog.phrase == phrase(UUID(browser.session), browser.keys.public, host_public)
    print(f"from the invitation to the question: {seconds * 1000:.0f} ms")


def test_denying_shows_nothing_and_is_written_down_on_both_sides(
    reception: Reception, browser: Browser, client: Services, desk: Desk, qtbot: QtBot
) -> None:
    asked(reception, browser, qtbot)

    reception.dialog.say(Said.DENY)

    qtbot.waitUntil(lambda: browser.standing()["state"] == "ended", timeout=PATIENCE)
    qtbot.waitUntil(lambda: client.assist_ledger.owed() == () and not reception.is_busy, timeout=PATIENCE)
    assert browser.standing()["ended"] == "denied"
    assert told(client) == [("show", ""), ("deny", ""), ("ended", "denied")]


def test_a_whole_session_leaves_the_same_record_on_both_sides(
    reception: Reception, browser: Browser, client: Services, desk: Desk, qtbot: QtBot
) -> None:
    viewer = allowed(reception, browser, qtbot)
    visit = reception.visit
    qtbot.waitUntil(lambda: visit.has_begun, timeout=PATIENCE)

    viewer.say(FromViewer.EVENT, event="ask_grade", grade=2)
    qtbot.waitUntil(lambda: reception.scene.grade_prompt is not None, timeout=PATIENCE)
    reception.scene.grade_prompt.say(Said.ALLOW)
    qtbot.waitUntil(lambda: visit.grade is Grade.POINT, timeout=PATIENCE)
    qtbot.waitUntil(lambda: viewer.statuses()[-1]["grade"] == 2, timeout=PATIENCE)
    viewer.say(FromViewer.INK, shape="arrow", points=[[10, 10], [90, 90]])
    qtbot.waitUntil(lambda: len(reception.scene.overlay.marks.marks) == 1, timeout=PATIENCE)
    viewer.say(FromViewer.EVENT, event="lower_grade", grade=1)
    qtbot.waitUntil(lambda: visit.grade is Grade.VIEW, timeout=PATIENCE)
    visit.pause()
    qtbot.waitUntil(lambda: visit.state is State.PAUSED, timeout=PATIENCE)
    visit.resume()
    qtbot.waitUntil(lambda: visit.state is State.ACTIVE, timeout=PATIENCE)
    visit.stop()

    qtbot.waitUntil(lambda: browser.standing()["state"] == "ended", timeout=PATIENCE)
    written_and_told(reception, client, qtbot)
    ours = told(client)
    expected = ["show", "allow", "start", "ask_grade", "grant_grade", "lower_grade", "pause", "resume", "ended"]
    assert [event for event, _ in ours] == expected
    assert ours[-1] == ("ended", Reason.STOPPED_BY_EMPLOYEE.value)
    with desk.services.database.read() as session:
        theirs = witnessed(lines_of(session, UUID(browser.session)))
    assert theirs == ours
    viewer.close()


def test_a_file_and_text_go_over_and_both_records_tell_the_same(
    reception: Reception,
    browser: Browser,
    client: Services,
    desk: Desk,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.ui.assist.handover.downloads", lambda: tmp_path / "Deskbell")
    viewer = allowed(reception, browser, qtbot)
    content = b"[port]\nname=COM3\n"
    sha256 = hashlib.sha256(content).hexdigest()
    qtbot.waitUntil(lambda: reception.visit.has_begun, timeout=PATIENCE)
    handover = reception.scene.handover

    viewer.say(FromViewer.FILE, name="读卡器.ini", size=len(content), sha256=sha256)
    qtbot.waitUntil(lambda: handover.prompt is not None, timeout=PATIENCE)
    handover.prompt.say(Said.ALLOW)
    qtbot.waitUntil(lambda: viewer.delivery() == "taken", timeout=PATIENCE)
    viewer.send(FromViewer.CHUNK, CHUNK_HEAD.pack(0) + content)
    qtbot.waitUntil(lambda: viewer.delivery() == "kept", timeout=PATIENCE)
    assert (tmp_path / "Deskbell" / "读卡器.ini").read_bytes() == content
    viewer.say(FromViewer.TEXT, text="COM3")
    qtbot.waitUntil(lambda: handover.prompt is not None, timeout=PATIENCE)
    handover.prompt.say(Said.DENY)
    qtbot.waitUntil(lambda: viewer.delivery() == "refused", timeout=PATIENCE)
    reception.visit.stop()

    qtbot.waitUntil(lambda: browser.standing()["state"] == "ended", timeout=PATIENCE)
    written_and_told(reception, client, qtbot)
    handover.note.close()
    ours = told(client)
    expected = ["offer_file", "take_offer", "end_offer", "offer_text", "refuse_offer", "ended"]
    assert [event for event, _ in ours[3:]] == expected
    assert ours[3][1] == f"{len(content)} {sha256} 读卡器.ini"
    assert ours[5][1] == f"kept {sha256}"
    with desk.services.database.read() as session:
        assert [(line.event, line.detail) for line in lines_of(session, UUID(browser.session))][1:] == ours
        assert verify(session).differences == ()
    viewer.close()


def test_allow_to_first_frame(reception: Reception, browser: Browser, qtbot: QtBot) -> None:
    asked(reception, browser, qtbot)
    qtbot.wait(800)  # the employee reads, and the host gets ready
    started = time.monotonic()

    reception.dialog.say(Said.ALLOW)
    while browser.standing()["state"] not in ("allowed", "active"):
        qtbot.wait(2)
    viewer = LinkedViewer(browser)
    qtbot.waitUntil(lambda: viewer.count(FromHost.FRAME) > 0, timeout=PATIENCE)

    print(f"from Allow to the first frame: {(time.monotonic() - started) * 1000:.0f} ms")
    viewer.close()


def test_a_recorded_session_is_opened_to_the_server_as_the_employee_was_told(
    reception: Reception, browser: Browser, client: Services, desk: Desk, qtbot: QtBot
) -> None:
    desk.services.recordings.days = 30
    asked(reception, browser, qtbot)
    assert reception.dialog.findChild(QLabel, "recorded") is not None
    reception.dialog.say(Said.ALLOW)
    qtbot.waitUntil(lambda: browser.standing()["state"] in ("allowed", "active"), timeout=PATIENCE)
    viewer = LinkedViewer(browser)
    qtbot.waitUntil(lambda: viewer.count(FromHost.FRAME) > 0, timeout=PATIENCE)
    reception.visit.stop()
    written_and_told(reception, client, qtbot)

    session = UUID(browser.session)
    [visit] = client.assist_ledger.visits()
    assert visit.is_recorded
    with desk.services.database.read() as reading:
        theirs = witnessed(lines_of(reading, session))
        assert theirs == told(client)
        agent = reading.get_one(AssistRecord, session).agent_id
    playable = desk.services.recordings.watch(agent, session)
    kinds = [opened(playable, session, each)[0] for each in read_tape(playable.path)]
    assert FromHost.FRAME in kinds
    assert FromHost.STATUS in kinds
    viewer.close()


def opened(playable: Playable, session: UUID, message: Recorded) -> bytes:
    bound = session.bytes + bytes([Direction.TO_VIEWER])
    return AESGCM(playable.keys[message.link]).decrypt(bytes(4) + message.sealed[:8], message.sealed[8:], bound)
