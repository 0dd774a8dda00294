"""Every sentence of the workbench is in the catalogue, and the scripts' list of sentences is theirs."""

from __future__ import annotations

import json
import re
from enum import Enum

import pytest

from app.protocol.language import Language
from server_stub.workbench import assets, assist_words, languages, words
from server_stub.workbench.languages import FOLDER, SCRIPT_SENTENCES, catalogue, preferred

TEMPLATES = FOLDER.parent / "templates"
CALL = re.compile(r'\b_?tr\(\s*"((?:[^"\\]|\\.)*)"')
FIELD = re.compile(r"\{(\w+)\}")


def spoken_by_templates() -> set[str]:
    return {sentence for path in TEMPLATES.glob("*.html") for sentence in CALL.findall(path.read_text("utf-8"))}


def spoken_by_scripts() -> set[str]:
    texts = [path.read_text("utf-8") for path in assets.FOLDER.rglob("*.js")]
    said = {sentence for text in texts for sentence in CALL.findall(text)}
    statuses = re.search(r"const WORDS = \{(.*?)\}", (assets.FOLDER / "live.js").read_text("utf-8"), re.DOTALL)
    return said | set(re.findall(r'"([^"]+)"', statuses[1]))


def spoken_by_words() -> set[str]:
    both = [*vars(words).items(), *vars(assist_words).items()]
    tables = [value for name, value in both if name.isupper() and isinstance(value, dict)]
    said = {sentence for table in tables if table is not words.LANGUAGES for sentence in table.values() if sentence}
    said |= {value for name, value in vars(words).items() if name.isupper() and isinstance(value, str)}
    sources = (FOLDER.parent / name for name in ("words.py", "assist_words.py"))
    return said.union(*(CALL.findall(source.read_text("utf-8")) for source in sources))


def test_the_chinese_catalogue_has_every_sentence_and_nothing_else():
    known = json.loads((FOLDER / "zh-CN.json").read_text("utf-8"))

    spoken = spoken_by_templates() | spoken_by_scripts() | spoken_by_words()

    assert sorted(spoken - set(known)) == []
    assert sorted(set(known) - spoken) == []


def test_a_translation_has_the_fields_of_its_sentence():
    known = json.loads((FOLDER / "zh-CN.json").read_text("utf-8"))

    wrong = {
        english for english, chinese in known.items() if set(FIELD.findall(english)) != set(FIELD.findall(chinese))
    }

    assert wrong == set()


def test_the_scripts_are_given_exactly_the_sentences_they_say():
    assert spoken_by_scripts() == set(SCRIPT_SENTENCES)


def test_no_template_puts_data_on_a_page_unescaped():
    for path in TEMPLATES.glob("*.html"):
        text = path.read_text("utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape|\bMarkup\b", text), path.name
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\bstyle=|\son[a-z]+=", text), path.name


@pytest.mark.parametrize(
    "table",
    [
        words.STATES,
        words.KINDS,
        words.ORIGINS,
        words.FIELDS,
        words.HAPPENINGS,
        assist_words.GRADES,
        assist_words.STATES,
        assist_words.REASONS,
        assist_words.HURDLES,
        assist_words.STEPS,
    ],
)
def test_every_member_of_a_closed_set_has_a_name(table: dict[Enum, str]):
    kind = type(next(iter(table)))

    assert set(table) == set(kind)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", Language.CHINESE),
        ("en-GB,en;q=0.9,zh;q=0.1", Language.ENGLISH),
        ("de, zh-TW;q=0.5, en;q=0.4", Language.CHINESE),
        ("en;q=0.2, zh;q=0.8", Language.CHINESE),
        ("zh;q=0, en", Language.ENGLISH),
        (";;;q=,=,", Language.ENGLISH),
        ("", Language.ENGLISH),
    ],
)
def test_the_browser_s_most_wanted_language_wins(header: str, expected: Language):
    assert languages.choose(preferred(header)) is expected


def test_english_needs_no_catalogue():
    assert catalogue(Language.ENGLISH)("Queue") == "Queue"
