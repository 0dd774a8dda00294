"""Taking staff on: logins, passwords, the first one of all."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select

from app.errors import HelpdeskError
from server_stub.agents import passwords, photos, service
from server_stub.agents.tables import Agent, AgentSession, Role
from server_stub.control.carrying_out import carry_out
from server_stub.control.orders import SetPhoto
from tests.server_stub.assist_desk import Browser, Machine
from tests.server_stub.workbench_desk import PASSWORD, Desk
from tests.server_stub.workbench_fixtures import desk
from tests.server_stub.workbench_visitor import Visitor

__all__ = ["desk"]


def test_an_agent_without_a_password_gets_one_that_can_be_read_aloud(desk: Desk):
    with desk.services.database.write() as session:
        added = service.add(session, " Li.Wei ", now=desk.clock, name="Li Wei")

    assert added.login == "li.wei"
    assert len(added.password) == 23
    assert added.password not in repr(added)
    assert Visitor(desk).sign_in("LI.WEI", added.password).status_code == 303


def test_only_a_hash_of_the_password_is_kept(desk: Desk):
    with desk.services.database.read() as session:
        kept = session.scalars(select(Agent.password_hash)).one()

    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


@pytest.mark.parametrize("login", ["", " ", "a b", "-x", "a/b", "王芳", "a" * 201, "x\x00y", "\ud800"])
def test_what_is_no_login_is_refused(desk: Desk, login: str):
    with desk.services.database.write() as session, pytest.raises(HelpdeskError, match="cannot be a login"):
        service.add(session, login, now=desk.clock)


def test_a_login_is_given_once(desk: Desk):
    with desk.services.database.write() as session, pytest.raises(HelpdeskError, match="already an agent wang"):
        service.add(session, "Wang", now=desk.clock)


@pytest.mark.parametrize("password", ["", "short", "x" * 1001])
def test_a_poor_password_is_refused(desk: Desk, password: str):
    with desk.services.database.write() as session, pytest.raises(HelpdeskError, match="10 to 1000"):
        service.add(session, "li", now=desk.clock, password=password)


def test_the_first_agent_is_an_administrator_and_there_is_only_one(desk: Desk):
    with desk.services.database.write() as session:
        for agent in session.scalars(select(Agent)):
            session.delete(agent)
        session.flush()
        first = service.add_first(session, now=desk.clock)
        second = service.add_first(session, now=desk.clock)
        role = session.scalars(select(Agent.role)).one()

    assert first is not None
    assert first.login == "admin"
    assert second is None
    assert role is Role.ADMINISTRATOR


def test_a_new_password_signs_every_browser_out(desk: Desk):
    visitor = Visitor(desk)
    visitor.sign_in()

    with desk.services.database.write() as session:
        changed = service.set_password(session, "wang")

    assert visitor.get("/workbench/").status_code == 303
    assert Visitor(desk).sign_in("wang", PASSWORD).status_code == 401
    assert Visitor(desk).sign_in("wang", changed.password).status_code == 303


def test_a_disabled_agent_is_out_at_once(desk: Desk):
    visitor = Visitor(desk)
    visitor.sign_in()

    with desk.services.database.write() as session:
        session.scalars(select(Agent)).one().disabled_at = desk.clock()

    assert visitor.get("/workbench/").status_code == 303
    assert Visitor(desk).sign_in().status_code == 401
    with desk.services.database.read() as session:
        assert len(session.scalars(select(AgentSession)).all()) == 1


def test_the_same_password_typed_on_another_keyboard_is_right():
    known = passwords.hashed("caf\u00e9 \uff11\uff12\uff13 enough")

    assert passwords.check("cafe\u0301 123 enough", known).is_right
    assert not passwords.check("cafe 123 enough", known).is_right


def test_a_hash_of_weaker_kind_is_renewed_at_the_next_sign_in(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    stronger = type(passwords._hasher)(time_cost=2, memory_cost=2048, parallelism=1)
    with desk.services.database.read() as session:
        before = session.scalars(select(Agent.password_hash)).one()

    monkeypatch.setattr(passwords, "_hasher", stronger)
    Visitor(desk).sign_in()

    with desk.services.database.read() as session:
        after = session.scalars(select(Agent.password_hash)).one()
    assert before != after
    assert "m=2048,t=2" in after


def test_a_photo_becomes_small_and_square_and_loses_what_the_camera_wrote(desk: Desk, tmp_path: Path):
    picture = Image.new("RGB", (900, 600), "#335577")
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    picture.save(tmp_path / "me.jpg", "JPEG", exif=exif)

    kept = photos.small(tmp_path / "me.jpg")
    with desk.services.database.write() as session:
        service.set_photo(session, "wang", kept)

    with Image.open(io.BytesIO(kept)) as read:
        assert read.size == (photos.SIDE, photos.SIDE)
        assert not read.getexif()
    assert b"Camera of somebody" not in kept
    assert len(kept) < 20_000


def test_the_employee_s_machine_gets_the_photo_with_the_invitation(desk: Desk, tmp_path: Path):
    Image.new("RGB", (300, 300), "#335577").save(tmp_path / "me.png")
    report = carry_out(SetPhoto(login="wang", path=str(tmp_path / "me.png")), desk.services)
    assert report.lines == ("wang has a photo now",)
    machine, visitor = Machine(desk), Visitor(desk)
    visitor.sign_in()
    browser = Browser(visitor, machine.send_ticket())
    browser.invite()

    photo = base64.b64decode(machine.invitation(browser.session).agent.photo)

    assert photo.startswith(b"\xff\xd8")


@pytest.mark.parametrize("content", [b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff"])
def test_what_is_no_photo_is_refused(tmp_path: Path, content: bytes):
    (tmp_path / "me.jpg").write_bytes(content)

    with pytest.raises(HelpdeskError):
        photos.small(tmp_path / "me.jpg")
