"""The knowledge base as its users see it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from app.errors import HelpdeskError
from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.intake import read_folder
from app.protocol.knowledge import Article, Fit, ReasonKind
from tests.knowledge.conftest import STARTER

HOSTILE = [
    "",
    "\x00\x00\x00",
    '" OR 1=1 --',
    "NEAR(a b) AND NOT *",
    "(((((((((",
    "^title:x*",
    "%%%%____",
    "\ud800 half a character",
    "0x" + "f" * 100_000,
    "a" * 100_000,
    "错" * 100_000,
    "word " * 20_000,
    "E1023 " * 15_000,
    "-" * 100_000,
    "A_" * 50_000,
    "1.1.1." * 15_000,
]


def test_a_code_leads_to_the_article_that_names_it(starter: KnowledgeBase) -> None:
    found = starter.suggest(["收银系统", "读卡失败，请重新刷卡或插卡！", "错误码：E1023", "重试", "取消"])

    best = found.suggestions[0]
    assert best.id == "pos-card-read-zh"
    assert best.fit is Fit.GOOD
    assert best.reason.kind is ReasonKind.CODE
    assert "E1023" in best.reason.evidence


def test_an_article_comes_back_as_it_was_written(starter: KnowledgeBase) -> None:
    written = {article.id: article for article in read_folder(STARTER)}

    assert starter.count == len(written)
    assert all(starter.article(identity) == article for identity, article in written.items())


def test_an_unknown_id_is_a_key_error(starter: KnowledgeBase) -> None:
    with pytest.raises(KeyError):
        starter.article("nothing/of/this/name")


@pytest.mark.parametrize("question", HOSTILE, ids=lambda text: repr(text[:12]))
def test_hostile_questions_are_answered_quickly(starter: KnowledgeBase, question: str) -> None:
    started = time.process_time()

    starter.search(question)
    starter.suggest([question], title=question, application=question)
    starter.suggest([question] * 5)

    assert time.process_time() - started < 2


def test_several_threads_ask_at_once(starter: KnowledgeBase) -> None:
    answers: list[str] = []

    def ask() -> None:
        for _ in range(20):
            answers.append(starter.suggest(["ERR_NAME_NOT_RESOLVED"]).suggestions[0].id)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 80
    assert len(set(answers)) == 1


def test_a_missing_file_is_told_with_a_hint(tmp_path: Path) -> None:
    with pytest.raises(HelpdeskError) as caught:
        KnowledgeBase.open(tmp_path / "none.kb")

    assert caught.value.hint


@pytest.mark.parametrize("share", [0.0, 0.001, 0.1, 0.5, 0.99])
def test_a_file_cut_short_is_told_with_a_hint(starter_pack: Path, tmp_path: Path, share: float) -> None:
    whole = starter_pack.read_bytes()
    cut = tmp_path / "cut.kb"
    cut.write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(HelpdeskError) as caught:
        KnowledgeBase.open(cut)

    assert caught.value.hint


def test_a_file_with_damaged_pages_never_raises_anything_else(starter_pack: Path, tmp_path: Path) -> None:
    whole = starter_pack.read_bytes()
    for start in range(0, len(whole), max(4096, len(whole) // 24)):
        torn = bytearray(whole)
        torn[start : start + 4096] = bytes((byte * 7 + 13) % 256 for byte in torn[start : start + 4096])
        path = tmp_path / f"{start}.kb"
        path.write_bytes(torn)

        try:
            base = KnowledgeBase.open(path)
            base.suggest(["ERR_NAME_NOT_RESOLVED", "打印机缺纸", "The disk is full"])
            base.search("打印")
            base.article("pos-card-read-zh")
            base.close()
        except (HelpdeskError, KeyError):
            pass  # a damaged page is told, or was not needed


def test_a_base_is_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "pack.kb"
    build([Article(id="a", title="Old", body="old text")], path, "1")

    build([Article(id="a", title="New", body="new text")], path, "2")

    base = KnowledgeBase.open(path)
    assert (base.version, base.article("a").title) == ("2", "New")
    assert list(tmp_path.iterdir()) == [path]
    base.close()


def test_an_empty_base_knows_nothing_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.kb"
    build([], path, "1")

    base = KnowledgeBase.open(path)

    assert base.count == 0
    assert base.suggest(["anything at all", "0x80070005"]).suggestions == ()
    assert base.search("anything") == ()
    base.close()


def test_every_process_reads_words_and_ideas_alike() -> None:
    """A base is built in one process and asked in others; sets of strings have another order in each."""
    program = (
        "import json; from importlib import resources; from app.knowledge.concepts import ideas;"
        "from app.knowledge.question import Question; from app.knowledge.tokens import words;"
        "text = resources.files('app.knowledge').joinpath('concepts.tsv').read_text('utf-8');"
        "asked = [Question.of([line]) for line in text.splitlines()];"
        "print(json.dumps([[list(each.terms), each.line_terms, list(ideas(words(line)))]"
        " for each, line in zip(asked, text.splitlines())]))"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("1", "2", "3")
    ]

    assert told[0] == told[1] == told[2]


def test_closing_waits_for_the_query_of_another_thread_and_refuses_the_next(tmp_path: Path) -> None:
    build(read_folder(STARTER), tmp_path / "base.kb", "1")
    for _ in range(20):
        base = KnowledgeBase.open(tmp_path / "base.kb")
        ends: list[str] = []
        began = threading.Barrier(4)

        def ask(base: KnowledgeBase = base, began: threading.Barrier = began, ends: list[str] = ends) -> None:
            began.wait(10)
            try:
                while True:
                    base.suggest(["读卡失败，请重新刷卡或插卡！", "错误码：E1023"])
            except ValueError as error:
                ends.append(str(error))

        threads = [threading.Thread(target=ask) for _ in range(3)]
        for thread in threads:
            thread.start()
        began.wait(10)
        base.close()
        for thread in threads:
            thread.join(10)

        assert ends == ["the knowledge base is closed"] * 3
