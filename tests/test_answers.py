"""Who answers an error, and with which of the lines that were read."""

from __future__ import annotations

from collections.abc import Sequence

from app.answers import Answers, AnswerSource
from app.capture.reading import Line, Reading, Role
from app.protocol.knowledge import ErrorSignature, Fit, Reason, ReasonKind, Suggestion, SuggestionList
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
