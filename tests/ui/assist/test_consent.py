"""The question: refused by default and in every doubt, and never allowed by accident."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QBuffer, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from app.protocol.handover import FileOffer
from app.protocol.session import Grade
from app.ui.assist import prompt
from app.ui.assist.avatar import Avatar, picture_of
from app.ui.assist.consent import ConsentDialog, recorded
from app.ui.assist.guard import GUARD
from app.ui.assist.offers import FilePrompt, GivePrompt, TextPrompt
from app.ui.assist.prompt import Prompt, Said
from app.ui.assist.questions import ContinuePrompt, GradePrompt, ScreenPrompt
from app.ui.assist.screens import usual
from app.ui.language import LanguageSwitch
from tests.ui.assist.world import PHRASE, HandClock, invitation, screen

Ask = Callable[..., Prompt]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def said() -> list[Said]:
    return []


KINDS = ("consent", "point", "control", "screen", "continue", "file", "text", "give")


@pytest.fixture(params=KINDS)
def asked(request: pytest.FixtureRequest, qtbot: QtBot, clock: HandClock, said: list[Said]) -> Iterator[Prompt]:
    """Each of the questions, shown, past its guard."""
    made = make(request.param, clock)
    made.answered.connect(said.append)
    made.ask()
    qtbot.waitUntil(made.isVisible)
    clock.forward(GUARD)
    yield made

    if isValid(made):
        made.withdraw()


def make(kind: str, clock: HandClock) -> Prompt:
    match kind:
        case "file":
            offer = FileOffer(name="driver.exe", size=8_000_000, sha256="a" * 64)
            return FilePrompt("Li Na", offer, "Downloads/Deskbell", clock=clock)
        case "text":
            return TextPrompt("Li Na", "netsh winsock reset", clock=clock)
        case "give":
            return GivePrompt("Li Na", "SN-2210", clock=clock)
        case "consent":
            return ConsentDialog(invitation(), PHRASE, (screen(),), None, 60.0, clock)
        case "continue":
            return ContinuePrompt("Li Na", 30, 60.0, None, clock)
        case "screen":
            return ScreenPrompt("Li Na", screen(2), Grade.CONTROL, None, clock)
        case _:
            return GradePrompt("Li Na", Grade.POINT if kind == "point" else Grade.CONTROL, None, clock)


def press_and_release(widget, key: Qt.Key) -> None:
    QTest.keyClick(widget, key)


def test_refusing_has_the_focus(asked: Prompt) -> None:
    assert asked.focusWidget() is asked.deny


def test_escape_refuses(asked: Prompt, said: list[Said]) -> None:
    press_and_release(asked, Qt.Key.Key_Escape)

    assert said == [Said.DENY]


def test_closing_refuses(asked: Prompt, said: list[Said]) -> None:
    asked.close()

    assert said == [Said.DENY]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_enter_never_allows_wherever_the_focus_is(asked: Prompt, said: list[Said], key: Qt.Key) -> None:
    for widget in (asked, asked.allow, *asked.findChildren(QLabel)):
        press_and_release(widget, key)

    assert Said.ALLOW not in said


def test_enter_does_not_allow_when_the_button_has_the_focus(asked: Prompt, said: list[Said]) -> None:
    asked.allow.setFocus()

    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        press_and_release(asked.allow, key)

    assert said == []


def test_a_click_allows(asked: Prompt, said: list[Said]) -> None:
    QTest.mouseClick(asked.allow, Qt.MouseButton.LeftButton)

    assert said == [Said.ALLOW]


def test_space_on_the_button_allows_so_that_it_can_be_done_without_a_mouse(asked: Prompt, said: list[Said]) -> None:
    asked.allow.setFocus()

    press_and_release(asked.allow, Qt.Key.Key_Space)

    assert said == [Said.ALLOW]


def test_time_never_allows(asked: Prompt, said: list[Said], clock: HandClock) -> None:
    clock.forward(59.0)
    asked.tick()
    assert said == []

    clock.forward(1.1)
    asked.tick()

    assert said == [Said.NOTHING]


def test_only_the_first_answer_counts(asked: Prompt, said: list[Said], clock: HandClock) -> None:
    asked.say(Said.DENY)

    asked.say(Said.ALLOW)
    asked.allow.click()
    clock.forward(100)
    asked.tick()

    assert said == [Said.DENY]


def test_a_question_that_was_withdrawn_answers_nothing(asked: Prompt, said: list[Said]) -> None:
    asked.withdraw()

    asked.allow.click()
    asked.close()

    assert said == []
    assert not asked.isVisible()


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_counts_in_the_first_moment(kind: str, qtbot: QtBot, clock: HandClock, said: list[Said]) -> None:
    made = make(kind, clock)
    made.answered.connect(said.append)
    made.ask()
    clock.forward(GUARD - 0.01)

    QTest.mouseClick(made.allow, Qt.MouseButton.LeftButton)
    QTest.keyClick(made.deny, Qt.Key.Key_Space)
    QTest.keyClick(made, Qt.Key.Key_Escape)

    assert said == []
    clock.forward(0.02)
    QTest.mouseClick(made.allow, Qt.MouseButton.LeftButton)
    assert said == [Said.ALLOW]


def test_a_press_from_before_does_not_become_a_click(asked: Prompt, said: list[Said], clock: HandClock) -> None:
    asked.guard.restart()
    QTest.mousePress(asked.allow, Qt.MouseButton.LeftButton)
    clock.forward(GUARD)

    QTest.mouseRelease(asked.allow, Qt.MouseButton.LeftButton)

    assert said == []


def test_coming_to_the_front_again_closes_the_guard_again(
    asked: Prompt, said: list[Said], clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "isActiveWindow", lambda: False)
    for _ in range(prompt.RAISE_TICKS):
        asked.tick()

    QTest.mouseClick(asked.allow, Qt.MouseButton.LeftButton)

    assert said == []


def test_targets_are_large_enough_for_a_finger(asked: Prompt) -> None:
    assert min(asked.deny.height(), asked.allow.height()) >= 44
    assert min(asked.deny.width(), asked.allow.width()) >= 120


def test_it_stays_above_other_windows(asked: Prompt) -> None:
    assert asked.windowFlags() & Qt.WindowType.WindowStaysOnTopHint


def words(asked: Prompt) -> str:
    return "\n".join(label.text() for label in asked.findChildren(QLabel))


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_it_says_who_asks_why_about_what_and_shows_the_number(qtbot: QtBot, clock: HandClock, language: str) -> None:
    LanguageSwitch(language)
    made = ConsentDialog(invitation(is_recorded=True), PHRASE, (screen(),), None, 60.0, clock)
    made.ask()

    told = words(made)

    for each in ("Li Na", "Support engineer", "IT service desk", "INC-000412", "card reader's port settings", PHRASE):
        assert each in told
    assert "60" in told
    assert ("录制" in told) == (language == "zh-CN")


def test_it_fits_a_till(qtbot: QtBot, clock: HandClock) -> None:
    offered = (screen(), screen(2, is_primary=False), screen(3, is_primary=False, is_side=True))
    made = ConsentDialog(invitation(is_recorded=True), PHRASE, offered, None, 60.0, clock)
    made.ask()

    assert made.width() <= 1024
    assert made.heightForWidth(made.width()) <= 768 or made.height() <= 768


def test_a_customer_display_is_never_chosen_by_itself() -> None:
    till, side = screen(1), screen(2, is_primary=False, is_side=True)

    assert usual((side, till), side.id) is till
    assert usual((till, side), "unknown") is till
    assert usual((side,), "") is side  # there is nothing else


def test_the_monitor_worked_at_is_proposed_and_another_can_be_chosen(qtbot: QtBot, clock: HandClock) -> None:
    first, second = screen(1), screen(2, is_primary=False)
    assert usual((first, second), second.id) is second
    made = ConsentDialog(invitation(), PHRASE, (first, second), None, 60.0, clock)
    made.ask()
    clock.forward(GUARD)

    QTest.mouseClick(made._group.button(1), Qt.MouseButton.LeftButton, pos=QPoint(10, 10))

    assert made.chosen is second


def test_whoever_does_not_know_the_person_denies_and_says_so(qtbot: QtBot, clock: HandClock, said: list[Said]) -> None:
    made = ConsentDialog(invitation(), PHRASE, (screen(),), None, 60.0, clock)
    made.answered.connect(said.append)
    made.ask()
    clock.forward(GUARD)

    with qtbot.waitSignal(made.distrusted):
        made._distrust()

    assert said == [Said.DENY]


def test_a_photo_is_shown_and_anything_else_is_not() -> None:
    picture = QImage(160, 160, QImage.Format.Format_RGB32)
    picture.fill(QColor("#335577"))
    buffer = QBuffer()
    picture.save(buffer, "JPEG")
    photo = base64.b64encode(bytes(buffer.data())).decode()

    assert picture_of(photo).width() == 160
    for bad in ("", "%%%", base64.b64encode(b"<svg/>").decode(), "A" * 300_000):
        assert picture_of(bad).isNull(), bad[:20]
    shown = Avatar("Li Na", 56, photo=photo).grab().toImage()
    assert shown.pixelColor(28, 28).blue() > 0x60 > shown.pixelColor(28, 28).red()


def test_a_recorded_session_is_told_in_the_question_with_how_long_it_is_kept(qtbot: QtBot) -> None:
    told = invitation(is_recorded=True).model_copy(update={"record_days": 30})

    sentence = recorded(told)

    assert "will be recorded" in sentence
    assert "30 days" in sentence
    assert "deleted" in sentence


@pytest.mark.parametrize("is_first", [True, False])
def test_what_is_kept_is_told_the_first_time_only(qtbot: QtBot, clock: HandClock, is_first: bool) -> None:
    made = ConsentDialog(invitation(), PHRASE, (screen(),), None, 60.0, clock, is_first=is_first)
    qtbot.addWidget(made)

    assert (made.findChild(QLabel, "first") is not None) is is_first
