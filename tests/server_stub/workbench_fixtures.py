"""Fixtures of the workbench's tests: a running server, and pages that are signed in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser import browser, tabs
from tests.server_stub.workbench_desk import PASSWORD, Desk, open_desk

__all__ = ["browser", "desk", "sign_in", "tabs"]


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """A server with one agent, `wang`."""
    with open_desk(tmp_path / "data") as opened:
        opened.agent()
        yield opened


def sign_in(page, desk: Desk, login: str = "wang", to: str = "/workbench/") -> None:
    """Sign in by the form and wait for the page behind it to be live."""
    page.goto(desk.url + to)
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_selector('[data-live][data-status="live"]')
