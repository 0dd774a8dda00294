"""Running a module's tests on SQLite and on PostgreSQL."""

from __future__ import annotations

import os

import pytest

from tests.postgres import Cluster

BOTH = "BOTH_DATABASES"
"""A module that sets this to True has its servers run on each."""
EVERYTHING = bool(os.environ.get("DESKBELL_BENCH_POSTGRESQL"))
"""Set by hand to run every module's servers on PostgreSQL once."""
SERVERS = ("served", "shared", "desk", "database")


def run_on_both(metafunc: pytest.Metafunc) -> None:
    """For `pytest_generate_tests`."""
    if getattr(metafunc.module, BOTH, False):
        for name in SERVERS:
            if name in metafunc.fixturenames:
                metafunc.parametrize(name, ["sqlite", "postgresql"], indirect=True)
                return


def address_for(request: pytest.FixtureRequest) -> str:
    """The address of a new PostgreSQL database where the fixture is to have one, else nothing."""
    if not EVERYTHING and getattr(request, "param", "sqlite") == "sqlite":
        return ""
    cluster: Cluster = request.getfixturevalue("cluster")
    return cluster.database()
