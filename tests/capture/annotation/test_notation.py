"""Marked pictures as JSON."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.capture.annotation.document import Document, Unknown
from app.capture.annotation.notation import dump, load
from app.errors import HelpdeskError
from tests.capture.annotation.drawings import documents


@given(documents)
def test_what_was_written_is_read_back(document: Document) -> None:
    assert load(dump(document)) == document


def test_a_mark_of_a_newer_version_is_kept_as_it_came() -> None:
    raw = json.loads(dump(Document(10, 10)))
    raw["marks"] = [{"kind": "spotlight", "id": str(uuid4()), "radius": 5, "glow": {"soft": True}}]

    document = load(json.dumps(raw))

    assert isinstance(document.marks[0], Unknown)
    assert json.loads(dump(document))["marks"] == raw["marks"]


@pytest.mark.parametrize(
    "source",
    ["", "[]", "{}", "null", '{"width":1}', '{"version":1,"width":1,"height":1,"scale":"NaN","crop":null,"marks":[]}',
     '{"version":1,"width":1,"height":1,"scale":1,"crop":null,"marks":[{"kind":"box"}]}',
     '{"version":1,"width":1,"height":1,"scale":1,"crop":[1],"marks":[]}', "[" * 100_000],
)  # fmt: skip
def test_rubbish_is_refused_in_plain_words(source: str) -> None:
    with pytest.raises(HelpdeskError, match="cannot be read"):
        load(source)


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(source: str) -> None:
    with pytest.raises(HelpdeskError):
        load(source)
