"""Every test of the command line gets a program with folders of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.program import Deskbell


@pytest.fixture
def deskbell(tmp_path: Path) -> Deskbell:
    return Deskbell(tmp_path / "home")
