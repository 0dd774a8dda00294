"""The whole way with nothing replaced but the screen: a real picture, the real engine, pack and outbox."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.answers import Answers
from app.assembly import assemble
from app.helpdesk.outbox_items import ItemKind
from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.intake import read_folder
from app.protocol.knowledge import ReasonKind
from app.protocol.tickets import FieldName, Origin, TicketDraft
from app.ui.background import Background
from app.ui.language import LanguageSwitch
from tests.ui.report.conftest import Desktop, FakeScreen, Shop, frame

ROOT = Path(__file__).parents[3]
PICTURE = ROOT / "app/samples/pos-error.png"


@pytest.fixture
def real(qtbot: QtBot, english: LanguageSwitch, tmp_path: Path) -> Iterator[Shop]:
    """A shop whose reader and answers are the product's own."""
    build(read_folder(ROOT / "server_stub/starter"), tmp_path / "pack.sqlite", "1")
    base = KnowledgeBase.open(tmp_path / "pack.sqlite")
    services = replace(assemble({"settle_delay": "0"}, {"DESKBELL_HOME": str(tmp_path / "home")}), system=Desktop())
    with Image.open(PICTURE) as image:
        screen = FakeScreen((frame(image.convert("RGB")),))
    services.made.update(screen=screen, answers=Answers(lambda: base, None))
    background = Background()
    shop = Shop(services, background, screen, None, None, qtbot)  # type: ignore[arg-type]
    yield shop
    for flow in shop.flows:
        if not flow.is_over:
            flow.cancel()
    background.close()
    delete(background)
    services.close()
    base.close()


def test_a_till_error_is_read_answered_and_reported(real: Shop) -> None:
    flow = real.report()
    real.qtbot.waitUntil(lambda: bool(flow.window.picture.answers.cards), timeout=30_000)

    first = flow.window.picture.answers.cards[0].suggestion
    assert first.reason.kind is ReasonKind.CODE
    assert first.reason.evidence == ("E1023",)
    found = flow.window.picture.found
    assert found is not None
    assert abs(found.x - 232) < 12
    assert abs(found.y - 232) < 12

    real.checking(flow)
    QTest.keyClicks(flow.window.check.sentence, "Cards do not work")
    real.send(flow)

    (item,) = (each for each in real.services.outbox.items() if each.kind is ItemKind.TICKET)
    draft = TicketDraft.model_validate_json(item.message)
    text = next(each for each in draft.fields if each.name is FieldName.RECOGNISED_TEXT)
    assert text.origin is Origin.OCR
    assert "错误代码：E1023" in text.value
    assert draft.value(FieldName.ERROR_CODE) == "E1023"
    assert draft.signature.codes == ("E1023",)
    with Image.open(PICTURE) as original:
        assert original.convert("RGB").tobytes() == pixels_of(real.services.outbox.content(item.files[0].id))


def pixels_of(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as picture:
        return picture.tobytes()
