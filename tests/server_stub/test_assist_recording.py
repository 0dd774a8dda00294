"""Recording: only by policy, only what the machine opened, unreadable on the disk, watched by few, gone in time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from app.assist import seal
from app.protocol.escrow import unwrap, wrap
from app.protocol.session import State
from server_stub.agents import passwords
from server_stub.agents.tables import Role
from server_stub.assist import tape as tapes
from server_stub.assist.courses import lines_of
from server_stub.assist.tape import HEAD, Full, Tape, read_tape
from server_stub.clock import utc_now
from tests.browser import Tabs, until
from tests.browser import browser as browser
from tests.server_stub.assist_desk import Browser, Machine, ScriptedHost, allowed, closing, greeting, host_link
from tests.server_stub.test_assist_viewer import Watching, screen
from tests.server_stub.workbench_desk import Desk, open_desk
from tests.server_stub.workbench_fixtures import QUICK, sign_in, tabs
from tests.server_stub.workbench_visitor import Visitor

__all__ = ["browser", "tabs"]

DAYS = 30
ROOT = 'document.querySelector("[data-replay]").dataset'
SEEK = """(wanted) => {
  const at = document.querySelector("[data-at]");
  at.value = wanted;
  at.dispatchEvent(new Event("input"));
}"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A server whose policy is to record."""
    monkeypatch.setattr(passwords, "_hasher", QUICK)
    monkeypatch.setattr(passwords, "_NOBODY", passwords._nobodys())
    with open_desk(tmp_path / "data", record_days=DAYS) as opened:
        opened.agent()
        yield opened


class Recorded:
    """A session that was recorded: two statuses and a frame over one link, then the end."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.machine = Machine(desk)
        visitor = Visitor(desk)
        visitor.sign_in()
        self.browser = Browser(visitor, self.machine.send_ticket())
        token = allowed(desk, self.machine, self.browser)
        self.id = UUID(self.browser.session)
        self.invitation = self.machine.invitation(self.id)
        viewer = self.browser.link()
        viewer_public = seal.as_bytes(self.invitation.viewer_public)
        self.host = ScriptedHost(desk, self.machine, self.id, token, viewer_public)
        assert self.host.complete.wait(20)
        self.host.status()
        open_to(self.host, seal.as_bytes(self.invitation.recorder))
        self.host.status()
        self.image = screen()
        self.host.frame(self.host.pixels(0, 0, *self.image.size, self.image.tobytes()))
        with closing(viewer):
            while self.tape_length < 2:
                viewer.recv(timeout=5)
            self.machine.post(f"/assist/{self.id}/stop", json={"reason": "stopped_by_employee"})
            assert self.host.gone.wait(20)

    @property
    def path(self) -> Path:
        return self.desk.services.recordings.path(self.id)

    @property
    def tape_length(self) -> int:
        return len(list(read_tape(self.path))) if self.path.exists() else 0

    def visitor(self, login: str, **more: object) -> Visitor:
        self.desk.agent(login, **more)
        made = Visitor(self.desk)
        made.sign_in(login)
        return made

    def keys(self, visitor: Visitor) -> httpx.Response:
        return visitor.post(f"/workbench/assist/{self.id}/recording/keys", {"csrf": visitor.token()})

    def steps(self) -> list[str]:
        with self.desk.services.database.read() as session:
            return [line.event for line in lines_of(session, self.id)]


def open_to(host: ScriptedHost, recorder: bytes) -> None:
    key = seal.key(host.shared, host.session_id, seal.Direction.TO_VIEWER, host.number)
    host.tell(key=wrap(key, recorder, host.session_id, host.number).model_dump())
    host.tell(event="record", party="host")


@pytest.fixture
def recorded(desk: Desk) -> Recorded:
    return Recorded(desk)


def test_the_employee_is_told_before_answering(recorded: Recorded) -> None:
    assert recorded.invitation.is_recorded
    assert recorded.invitation.record_days == DAYS
    assert len(seal.as_bytes(recorded.invitation.recorder)) == 65


def test_what_lies_on_the_disk_is_sealed_and_begins_where_the_machine_opened(recorded: Recorded) -> None:
    found = list(read_tape(recorded.path))
    key = seal.key(recorded.host.shared, recorded.id, seal.Direction.TO_VIEWER, recorded.host.number)

    assert len(found) == 2
    assert [int.from_bytes(each.sealed[:8], "big") for each in found] == [1, 2]
    assert b"screens" not in recorded.path.read_bytes()
    assert key not in recorded.path.read_bytes()
    assert recorded.path.stat().st_mode & 0o777 == 0o600


def test_an_agent_s_keys_open_it_and_watching_is_written_down(recorded: Recorded) -> None:
    answer = recorded.keys(recorded.browser.visitor)

    assert answer.status_code == 200
    key = seal.key(recorded.host.shared, recorded.id, seal.Direction.TO_VIEWER, recorded.host.number)
    assert answer.json()["keys"] == {str(recorded.host.number): seal.as_text(key)}
    assert recorded.steps()[-1] == "recording_watched"
    assert "watched the recording" in recorded.browser.visitor.get(f"/workbench/tickets/{recorded.browser.ticket}").text


def test_a_colleague_may_not_watch_and_an_administrator_may(recorded: Recorded) -> None:
    colleague = recorded.visitor("zhao")
    administrator = recorded.visitor("boss", role=Role.ADMINISTRATOR)

    assert recorded.keys(colleague).status_code == 404
    assert colleague.get(f"/workbench/assist/{recorded.id}/recording").status_code == 404
    assert colleague.get(f"/workbench/assist/{recorded.id}/recording/tape").status_code == 404
    assert recorded.keys(administrator).status_code == 200


def test_only_who_may_watch_is_offered_to(recorded: Recorded) -> None:
    colleague = recorded.visitor("zhao")
    administrator = recorded.visitor("boss", role=Role.ADMINISTRATOR)

    def is_offered(visitor: Visitor) -> bool:
        page = visitor.get(f"/workbench/tickets/{recorded.browser.ticket}").text
        return f"/workbench/assist/{recorded.id}/recording" in page

    assert [is_offered(each) for each in (recorded.browser.visitor, colleague, administrator)] == [True, False, True]
    answer = administrator.post(f"/workbench/assist/{recorded.id}/recording/delete", {"csrf": administrator.token()})
    assert answer.status_code < 400
    assert not is_offered(administrator)


def test_nobody_watches_without_signing_in(recorded: Recorded) -> None:
    stranger = Visitor(recorded.desk)

    answer = stranger.get(f"/workbench/assist/{recorded.id}/recording/tape", follow_redirects=False)

    assert answer.status_code in (303, 401)


def test_it_can_be_deleted_and_is_gone_with_its_keys(recorded: Recorded) -> None:
    visitor = recorded.browser.visitor

    answer = visitor.post(f"/workbench/assist/{recorded.id}/recording/delete", {"csrf": visitor.token()})

    assert answer.status_code == 303
    assert not recorded.path.exists()
    assert recorded.keys(visitor).status_code == 404
    assert recorded.steps()[-1] == "recording_deleted"


def test_it_is_gone_after_its_days(recorded: Recorded) -> None:
    recordings = recorded.desk.services.recordings
    assert recordings.expire() == 0

    recorded.desk.clock.ahead += timedelta(days=DAYS, minutes=1)

    assert recordings.expire() == 1
    assert not recorded.path.exists()


def test_a_recording_key_that_was_replaced_is_told(recorded: Recorded) -> None:
    recordings = recorded.desk.services.recordings
    recordings._key_file.unlink()
    recordings._private = None

    with pytest.raises(Exception, match="is not the key it was made for"):
        recordings.watch(agent_of(recorded), recorded.id)


def agent_of(recorded: Recorded) -> UUID:
    return recorded.invitation.agent.id


def test_a_disk_that_takes_no_more_is_told_and_help_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tapes, "MOST", 400)

    recorded = Recorded.__new__(Recorded)
    watching_steps = run_until_broken(recorded, desk)

    assert "recording_broken" in watching_steps


def run_until_broken(recorded: Recorded, desk: Desk) -> list[str]:
    recorded.desk = desk
    recorded.machine = Machine(desk)
    visitor = Visitor(desk)
    visitor.sign_in()
    recorded.browser = Browser(visitor, recorded.machine.send_ticket())
    token = allowed(desk, recorded.machine, recorded.browser)
    recorded.id = UUID(recorded.browser.session)
    invitation = recorded.machine.invitation(recorded.id)
    viewer = recorded.browser.link()
    host = ScriptedHost(desk, recorded.machine, recorded.id, token, seal.as_bytes(invitation.viewer_public))
    assert host.complete.wait(20)
    open_to(host, seal.as_bytes(invitation.recorder))
    with closing(viewer):
        greeting(viewer), greeting(viewer)
        for _ in range(3):
            host.status()
            assert isinstance(viewer.recv(timeout=5), bytes)
        assert recorded.browser.standing()["state"] == State.ACTIVE
        return recorded.steps()


def test_a_machine_cannot_open_what_no_policy_asks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", QUICK)
    monkeypatch.setattr(passwords, "_NOBODY", passwords._nobodys())
    with open_desk(tmp_path / "plain") as desk:
        desk.agent()
        machine, visitor = Machine(desk), Visitor(desk)
        visitor.sign_in()
        browser = Browser(visitor, machine.send_ticket())
        token = allowed(desk, machine, browser)
        told = machine.invitation(browser.session)
        assert not told.is_recorded
        assert told.recorder is None
        session = UUID(browser.session)
        link, viewer = host_link(desk, session, token), browser.link()
        with closing(link, viewer):
            number = int(str(greeting(link)["link"]))
            wrapped = wrap(bytes(32), seal.KeyPair.make().public, session, number)
            link.send(json.dumps({"key": wrapped.model_dump()}))
            while (text := greeting(link)).get("ended") is None:
                pass
        assert text == {"ended": "violation"}
        assert not desk.services.recordings.path(session).exists()


def test_a_wrapped_key_opens_for_its_recorder_session_and_link_only() -> None:
    owner, other, session = seal.KeyPair.make(), seal.KeyPair.make(), uuid4()
    wrapped = wrap(b"k" * 32, owner.public, session, 3)

    assert unwrap(wrapped, owner.private, session, 3) == b"k" * 32
    for private, about, link in ((other.private, session, 3), (owner.private, uuid4(), 3), (owner.private, session, 4)):
        with pytest.raises(ValueError, match="not a key for this recording"):
            unwrap(wrapped, private, about, link)


def test_a_torn_end_is_left_out_and_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.tape"
    tape = Tape(path, 1, utc_now)
    tape.append(b"one")
    tape.close()
    with path.open("ab") as torn:
        torn.write(HEAD.pack(0, 1, 100) + b"half")

    again = Tape(path, 2, utc_now)
    again.append(b"two")
    again.close()
    again.append(b"too late")

    assert [(each.link, each.sealed) for each in read_tape(path)] == [(1, b"one"), (2, b"two")]


def test_a_tape_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tapes, "MOST", 100)
    tape = Tape(tmp_path / "a.tape", 1, utc_now)

    with pytest.raises(Full):
        tape.append(bytes(200))
    tape.close()


@pytest.mark.browser
def test_the_workbench_plays_what_was_shown_from_the_first_picture_on(desk: Desk, tabs: Tabs) -> None:
    watching = Watching(desk, tabs)
    watching.invite()
    watching.show()
    watching.allow()
    invitation = watching.machine.invitation(watching.session)
    open_to(watching.host, seal.as_bytes(invitation.recorder))
    watching.status()
    desk.clock.ahead += timedelta(seconds=1.5)
    watching.begin()
    second = screen(text="Second picture")
    desk.clock.ahead += timedelta(seconds=1.5)
    watching.paint(second)
    watching.drawn(watching.host.frames)
    watching.page.click(".assist-head [data-stop]")
    assert watching.host.gone.wait(20)

    page = tabs.open()
    sign_in(page, desk, to=f"/workbench/tickets/{watching.ticket}")
    page.click(f'a[href="/workbench/assist/{watching.session}/recording"]')
    page.click("[data-play]")
    until(page, f"({ROOT}.loaded ?? 'no') === {ROOT}.now", 10)

    watching.page = page
    assert watching.pixels().tobytes() == second.tobytes()
    page.evaluate(SEEK, 0)
    until(page, f"Number({ROOT}.now) < Number({ROOT}.loaded) - 1000")
    assert watching.pixels().tobytes() == watching.image.tobytes()
    assert tabs.watched.complaints == []
