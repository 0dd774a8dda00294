"""Fixtures of the remote-assist tests: an employee's machine with a ticket, and an agent's browser."""

from __future__ import annotations

import pytest

from tests.server_stub.assist_desk import Browser, Machine
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_fixtures import desk
from tests.server_stub.workbench_visitor import Visitor

__all__ = ["browser", "desk", "machine"]


@pytest.fixture
def machine(desk: Desk) -> Machine:
    """An enrolled computer."""
    return Machine(desk)


@pytest.fixture
def browser(desk: Desk, machine: Machine) -> Browser:
    """The browser of the agent `wang`, signed in, on a ticket of that computer."""
    visitor = Visitor(desk)
    visitor.sign_in()
    return Browser(visitor, machine.send_ticket())
