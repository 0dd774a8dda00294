"""A small base of the articles that ship with the server."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.intake import read_folder

STARTER = Path(__file__).parents[2] / "server_stub" / "starter"


@pytest.fixture(scope="session")
def starter_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("knowledge") / "starter.kb"
    build(read_folder(STARTER), path, "1")
    return path


@pytest.fixture
def starter(starter_pack: Path) -> KnowledgeBase:
    return KnowledgeBase.open(starter_pack)
