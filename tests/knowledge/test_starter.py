"""The articles that ship with the server: enough of them, in both languages, well formed and findable."""

from __future__ import annotations

import pytest

from app.knowledge.base import KnowledgeBase
from app.knowledge.intake import read_folder
from app.protocol.knowledge import Visibility
from tests.knowledge.conftest import STARTER

ARTICLES = list(read_folder(STARTER))


def test_there_are_enough_articles_in_both_languages() -> None:
    chinese = [article for article in ARTICLES if article.locale == "zh-CN"]

    assert len(ARTICLES) >= 44
    assert 0.45 <= len(chinese) / len(ARTICLES) <= 0.55
    assert len({article.id for article in ARTICLES}) == len(ARTICLES)


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_every_article_says_what_to_do_and_when_to_call(article) -> None:
    assert article.visibility is Visibility.EMPLOYEES
    assert article.signatures
    assert article.applications
    assert article.tags
    assert ("## 您可以这样做" if article.locale == "zh-CN" else "## What you can do") in article.body
    assert ("## 什么时候找 IT" if article.locale == "zh-CN" else "## Call IT when") in article.body


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.id)
def test_every_article_is_found_by_what_its_editor_quoted(article, starter: KnowledgeBase) -> None:
    language = article.locale[:2]
    quoted = [text for text in article.signatures if len(text) >= 9]

    for text in quoted:
        found = starter.suggest([text], language=language, top=5).suggestions
        assert article.id in [suggestion.id for suggestion in found], text
