"""Articles from Markdown and JSONL, and how mistakes in them are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.errors import HelpdeskError
from app.knowledge.intake import read_folder, read_jsonl
from app.protocol.knowledge import Visibility


def test_markdown_with_front_matter_becomes_an_article(tmp_path: Path) -> None:
    (tmp_path / "printer.md").write_text(
        "---\nid: p1\ntitle: 'It''s out of paper: again'\nlocale: en\napplications: [POS, \"Till, old\"]\n"
        'signatures:\n  - "EPTR_REC_EMPTY"\n  - 小票打印机缺纸\ntags: printer\n'
        "visibility: agents\n---\n\n# Paper\n\nAdd some.\n",
        encoding="utf-8",
    )

    (article,) = read_folder(tmp_path)

    assert article.title == "It's out of paper: again"
    assert article.applications == ("POS", "Till, old")
    assert article.signatures == ("EPTR_REC_EMPTY", "小票打印机缺纸")
    assert article.tags == ("printer",)
    assert article.visibility is Visibility.AGENTS
    assert article.body == "# Paper\n\nAdd some.\n"


def test_markdown_without_front_matter_takes_path_and_heading(tmp_path: Path) -> None:
    (tmp_path / "till").mkdir()
    (tmp_path / "till" / "drawer.md").write_text("# The drawer stays shut\n\nPush it.\n", encoding="utf-8")

    (article,) = read_folder(tmp_path)

    assert (article.id, article.title) == ("till/drawer", "The drawer stays shut")


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "a", "title": "T", "body": "B"},
        {"id": "a", "title": "T", "body": None, "locale": None, "tags": None, "signatures": None},
        {"id": "a", "title": "T", "body": "B", "tags": "one", "signatures": "E1023", "unknown": [1]},
        {"id": 7, "title": "T" * 1000, "body": "B", "tags": [1, "two"]},
    ],
)
def test_jsonl_with_missing_and_odd_fields_is_read(tmp_path: Path, fields: dict[str, object]) -> None:
    path = tmp_path / "articles.jsonl"
    path.write_text("\n" + json.dumps(fields) + "\n\n", encoding="utf-8")

    (article,) = read_jsonl(path)

    assert article.id == str(fields["id"])
    assert article.locale == "en"


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ('{"title": "no id"}', "no id"),
        ('{"id": "a", "title": 5}', "title"),
        ('{"id": "a", "title": "t", "body": ["x"]}', "body"),
        ('{"id": "a", "title": "t", "tags": {"a": 1}}', "tags"),
        ('{"id": "a", "title": "t", "visibility": "everybody"}', "everybody"),
        ('{"id": "' + "a" * 500 + '", "title": "t"}', "id"),
        ("[" * 100_000, "not JSON"),
        ('{"id": "a", "title": "\\ud800"}', "half"),
    ],
)
def test_a_mistake_names_its_file_and_line(tmp_path: Path, line: str, cause: str) -> None:
    path = tmp_path / "articles.jsonl"
    path.write_text('{"id": "ok", "title": "ok", "body": ""}\n' + line + "\n", encoding="utf-8")

    with pytest.raises(HelpdeskError) as caught:
        list(read_jsonl(path))

    assert "articles.jsonl, line 2" in caught.value.summary
    assert cause in caught.value.summary


def test_front_matter_that_never_ends_is_told(tmp_path: Path) -> None:
    (tmp_path / "open.md").write_text("---\ntitle: x\n", encoding="utf-8")

    with pytest.raises(HelpdeskError) as caught:
        list(read_folder(tmp_path))

    assert "open.md, line 1" in caught.value.summary


def test_front_matter_with_a_loose_line_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "loose.md").write_text("---\ntitle: x\nwhat is this\n---\n", encoding="utf-8")

    with pytest.raises(HelpdeskError) as caught:
        list(read_folder(tmp_path))

    assert "loose.md, line 3" in caught.value.summary


def test_a_file_that_is_not_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "articles.jsonl"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(HelpdeskError) as caught:
        list(read_jsonl(path))

    assert "UTF-8" in caught.value.summary
