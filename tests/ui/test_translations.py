"""Chinese and English are equals: every sentence has its translation and every translation its sentence."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.capture.judgement import Complaint
from app.helpdesk import wording
from app.protocol.language import Language
from app.settings import OPTIONS
from app.ui.language import FOLDER
from tests.ui.sentences import spoken, tables

CATALOGUE = FOLDER / f"{Language.CHINESE.value}.json"
SAME_IN_BOTH = {"Deskbell", "IT"}


def labels() -> Iterator[str]:
    """Sentences that live in tables: of the settings and of what a report sends."""
    for option in OPTIONS.values():
        yield from (option.label, option.help)
    yield wording.SIGNATURE_LABEL
    yield from Complaint
    yield from tables()


def sentences() -> set[str]:
    return {text for text, _ in spoken()} | set(labels())


@pytest.fixture(scope="module")
def catalogue() -> dict[str, str]:
    return json.loads(CATALOGUE.read_text(encoding="utf-8"))


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_every_sentence_is_translated(catalogue: dict[str, str]) -> None:
    missing = sorted(sentences() - set(catalogue) - SAME_IN_BOTH)

    assert missing == []


def test_no_translation_is_without_its_sentence(catalogue: dict[str, str]) -> None:
    unused = sorted(set(catalogue) - sentences())

    assert unused == []


def test_a_translation_fills_the_same_fields(catalogue: dict[str, str]) -> None:
    different = {text: chinese for text, chinese in catalogue.items() if fields(text) != fields(chinese)}

    assert different == {}


def test_a_translation_is_chinese_and_not_empty(catalogue: dict[str, str]) -> None:
    suspect = [
        text
        for text, chinese in catalogue.items()
        if not chinese.strip() or (chinese == text and text not in SAME_IN_BOTH)
    ]

    assert suspect == []


def test_the_catalogue_is_sorted_so_that_changes_can_be_read(catalogue: dict[str, str]) -> None:
    text = Path(CATALOGUE).read_text(encoding="utf-8")

    assert text == json.dumps(catalogue, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
