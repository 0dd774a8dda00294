"""Fixtures of the workbench's tests: a running server, and pages that are signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from server_stub.agents import passwords
from tests.browser import browser, tabs
from tests.server_stub.databases import address_for
from tests.server_stub.workbench_desk import PASSWORD, Desk, open_desk

__all__ = ["browser", "desk", "sign_in", "tabs"]


QUICK = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)


@pytest.fixture
def desk(tmp_path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A server with one agent, `wang`, and passwords that cost little to check."""
    monkeypatch.setattr(passwords, "_hasher", QUICK)
    monkeypatch.setattr(passwords, "_NOBODY", passwords._nobodys())
    with open_desk(tmp_path / "data", address=address_for(request)) as opened:
        opened.agent()
        yield opened


def sign_in(page, desk: Desk, login: str = "wang", to: str = "/workbench/") -> None:
    """Sign in by the form and wait for the page behind it to be live."""
    page.goto(desk.url + to)
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector('[data-live][data-status="live"]')
