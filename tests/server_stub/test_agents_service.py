"""Taking staff on: logins, passwords, the first one of all."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.errors import HelpdeskError
from server_stub.agents import passwords, service
from server_stub.agents.tables import Agent, AgentSession, Role
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
