"""Servers for the tests: one in this process with a clock that can be moved, real ones in processes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgres import Cluster
from tests.server_process import ServerProcess
from tests.server_stub.databases import address_for, run_on_both
from tests.server_stub.served import Served, serving


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    run_on_both(metafunc)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of this test process."""
    made = Cluster()
    yield made
    made.close()


@pytest.fixture
def served(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    """A new server in this process."""
    with serving(tmp_path / "data", address=address_for(request)) as running:
        yield running


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Served]:
    """One server in this process for a whole module, without limits; for wide matrices."""
    folder = tmp_path_factory.mktemp("shared") / "data"
    with serving(folder, unlimited=True, address=address_for(request)) as running:
        yield running


@pytest.fixture
def server_process(tmp_path: Path) -> Iterator[ServerProcess]:
    """A new server in a process of its own."""
    with ServerProcess(tmp_path / "data") as process:
        yield process
