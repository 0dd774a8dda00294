"""Servers for the tests: one in this process with a clock that can be moved, real ones in processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server_process import ServerProcess
from tests.server_stub.served import Served, serving


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A new server in this process."""
    with serving(tmp_path / "data") as running:
        yield running


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server in this process for a whole module, without limits; for wide matrices."""
    with serving(tmp_path_factory.mktemp("shared") / "data", unlimited=True) as running:
        yield running


@pytest.fixture
def server_process(tmp_path: Path) -> Iterator[ServerProcess]:
    """A new server in a process of its own."""
    with ServerProcess(tmp_path / "data") as process:
        yield process
