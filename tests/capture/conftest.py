"""One X server for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.xvfb import Xvfb


@pytest.fixture(scope="session")
def x_server() -> Iterator[Xvfb]:
    with Xvfb(1280, 800) as server:
        yield server


@pytest.fixture
def on_x11(x_server: Xvfb, monkeypatch: pytest.MonkeyPatch) -> Xvfb:
    """This process sees the X server as its desktop."""
    monkeypatch.setenv("DISPLAY", x_server.display)
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    return x_server
