"""The languages both ends speak, and the catalogue of translated sentences."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path


class Language(StrEnum):
    """A language of the user interface; the value is its BCP 47 tag."""

    ENGLISH = "en"
    CHINESE = "zh-CN"


def choose(tags: Iterable[str]) -> Language:
    """The first language among BCP 47 or POSIX tags that we speak; English when there is none."""
    for tag in tags:
        primary = tag.replace("_", "-").split("-")[0].split(".")[0].lower()
        if primary == "zh":
            return Language.CHINESE
        if primary == "en":
            return Language.ENGLISH
    return Language.ENGLISH


class Catalogue:
    """English sentences and their translations; an English sentence is its own key."""

    def __init__(self, language: Language, sentences: Mapping[str, str]) -> None:
        self.language = language
        self._sentences = sentences

    @classmethod
    def load(cls, folder: Path, language: Language) -> Catalogue:
        """Read `<folder>/<tag>.json`, an object of English sentence to translation."""
        if language is Language.ENGLISH:
            return cls(language, {})
        path = folder / f"{language.value}.json"
        return cls(language, json.loads(path.read_text(encoding="utf-8")))

    def __call__(self, sentence: str, /, **values: object) -> str:
        """The sentence in this language with its `{name}` fields filled."""
        template = self._sentences.get(sentence, sentence)
        return template.format(**values) if values else template
