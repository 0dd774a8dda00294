"""Who answers an error, and with which of the lines that were read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from app.answers import MOST_ASKED, Answers, AnswerSource
from app.capture.reading import Line, Reading, Role
from app.errors import HelpdeskError
from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.protocol.knowledge import Article, ErrorSignature, Fit, Reason, ReasonKind, Suggestion, SuggestionList
from app.system.base import Rect

MESSAGE, AROUND = "读卡失败，请重新刷卡或插卡 E1023", "design.md - Notes"


class Helpdesk:
    """A server that knows an answer to some lines, and keeps what it was asked."""

    def __init__(self, knows: str) -> None:
        self.knows = knows
        self.asked: list[list[str]] = []

    def suggest(self, lines: Sequence[str], **_: object) -> SuggestionList:
        self.asked.append(list(lines))
        good = Suggestion(
            id="card", title="Card", score=1, fit=Fit.GOOD, reason=Reason(kind=ReasonKind.CODE, evidence=("E1023",))
        )
        return SuggestionList(signature=ErrorSignature(), suggestions=(good,) if self.knows in lines else ())


class Lone(Helpdesk):
    """One that knows the message only when nothing else is asked with it."""

    def suggest(self, lines: Sequence[str], **options: object) -> SuggestionList:
        found = super().suggest(lines, **options)
        return found if len(lines) == 1 else found.model_copy(update={"suggestions": ()})


def screen() -> Reading:
    lines = (
        Line(MESSAGE, Rect(100, 100, 300, 20), 0.9),
        Line(AROUND, Rect(0, 0, 200, 20), 0.9, role=Role.AROUND),
    )
    return Reading(lines, Rect(0, 0, 1920, 1080), "test", 1.0)


def asked_of(server: Helpdesk) -> tuple[SuggestionList, AnswerSource]:
    return Answers(lambda: None, server).suggest(screen(), "", "zh-CN", 3)  # type: ignore[arg-type]


def test_a_server_is_asked_for_the_message_without_what_stands_around_it() -> None:
    server = Helpdesk(MESSAGE)

    found, source = asked_of(server)

    assert [each.id for each in found.suggestions] == ["card"]
    assert source is AnswerSource.SERVER
    assert server.asked == [[MESSAGE]]


def test_where_the_message_finds_nothing_everything_that_was_read_is_asked() -> None:
    server = Helpdesk(AROUND)

    found, _ = asked_of(server)

    assert [each.id for each in found.suggestions] == ["card"]
    assert server.asked == [[MESSAGE], [MESSAGE, AROUND]]


SCALE = "The weighing scale does not respond, please check the cable"
ROWS = ("Draft approved shipped pending review", "Invoice branch policy meeting total", "Supplier return quarter stock")
SCREEN = Rect(0, 0, 1920, 1080)


def crowded(*texts: str, region: Rect = SCREEN, is_dialog: bool = False) -> Reading:
    """A screen full of rows in two columns, and somewhere among them each of the texts by itself."""
    lines = [
        Line(f"{row} {number} {column}", Rect(40 + 900 * column, 30 + 26 * number, 700, 20), 0.9)
        for column in range(2)
        for number, row in enumerate(ROWS * 5)
    ]
    lines += [Line(text, Rect(300, 560 + 90 * number, 600, 24), 0.9) for number, text in enumerate(texts)]
    return Reading(tuple(lines), region, "test", 1.0, is_dialog)


@pytest.fixture
def base(tmp_path: Path) -> KnowledgeBase:
    """Articles that quote a message, among others about the words of the rows."""
    quoted = {
        "scale": f'When the till says "{SCALE}", plug the scale in again.',
        "drawer": 'The till says "Drawer 4 stays closed" when its key was turned.',
    }
    others = {f"other{number}": f"{row} of the shop, explained." for number, row in enumerate(ROWS * 8)}
    articles = [Article(id=name, title=f"About {name}", body=body) for name, body in {**quoted, **others}.items()]
    build(articles, tmp_path / "pack.kb", "1")
    return KnowledgeBase.open(tmp_path / "pack.kb")


def test_a_message_among_the_texts_of_a_whole_screen_is_asked_by_itself(base: KnowledgeBase) -> None:
    found, source = Answers(lambda: base, None).suggest(crowded(SCALE), "", "en", 3)

    assert [each.id for each in found.suggestions] == ["scale"]
    assert source is AnswerSource.PACK
    assert found.signature == base.suggest([SCALE]).signature


def test_a_text_without_a_word_of_trouble_is_believed_only_when_its_article_is_sure(base: KnowledgeBase) -> None:
    answers = Answers(lambda: base, None)

    sure, _ = answers.suggest(crowded("Drawer 4 stays closed"), "", "en", 3)
    unsure, _ = answers.suggest(crowded("Drawer 4 stays shut today"), "", "en", 3)

    assert [each.id for each in sure.suggestions] == ["drawer"]
    assert not unsure.suggestions
    assert base.suggest(["Drawer 4 stays shut today"]).suggestions


@pytest.mark.parametrize("cut", [{"is_dialog": True}, {"region": Rect(0, 0, 900, 600)}])
def test_what_is_a_message_as_it_is_is_not_taken_apart(base: KnowledgeBase, cut: dict[str, object]) -> None:
    server = Helpdesk("nothing")

    Answers(lambda: None, server).suggest(crowded(SCALE, **cut), "", "en", 3)  # type: ignore[arg-type]

    assert len(server.asked) == 1


def test_a_server_is_asked_for_the_most_likely_texts_only(base: KnowledgeBase) -> None:
    texts = [f"Error {number}: {row}" for number, row in enumerate(ROWS)]
    server = Lone(texts[0])

    found, source = Answers(lambda: None, server).suggest(crowded(*texts), "", "en", 3)  # type: ignore[arg-type]

    assert [each.id for each in found.suggestions] == ["card"]
    assert source is AnswerSource.SERVER
    assert len(server.asked) == 1 + MOST_ASKED


def test_a_line_that_breaks_meanwhile_loses_nothing() -> None:
    class Broken(Helpdesk):
        def suggest(self, lines: Sequence[str], **options: object) -> SuggestionList:
            if self.asked:
                raise HelpdeskError("The server cannot be reached.")
            return super().suggest(lines, **options)

    server = Broken("nothing")

    found, source = Answers(lambda: None, server).suggest(crowded(SCALE), "", "en", 3)  # type: ignore[arg-type]

    assert (found.suggestions, source, len(server.asked)) == ((), AnswerSource.SERVER, 1)
