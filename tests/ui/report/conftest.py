"""A report with a fake screen, a fake engine and a fixed knowledge; everything else is the real thing."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.answers import Answers, AnswerSource
from app.assembly import Services, assemble
from app.capture.frame import Frame
from app.capture.reading import Line, Reading, Role, Word
from app.errors import HelpdeskError
from app.protocol.announcements import Announcement
from app.protocol.knowledge import Article, ErrorSignature, Fit, Reason, ReasonKind, Suggestion, SuggestionList
from app.system.base import Rect, Window
from app.system.null import NullSystem
from app.ui.background import Background
from app.ui.language import LanguageSwitch
from app.ui.report import start_report
from app.ui.report.flow import ReportFlow
from app.ui.report.trigger import exposed_windows

DIALOG = Rect(200, 150, 360, 140)
NOTICED = Window("Checkout", "Kasse.exe", Rect(0, 0, 800, 600), False, 7)


def shop_screen(width: int = 800, height: int = 600, *, dialog: bool = True) -> Image.Image:
    """A till's screen with an error on it."""
    image = Image.new("RGB", (width, height), (46, 74, 98))
    if dialog:
        draw = ImageDraw.Draw(image)
        draw.rectangle((DIALOG.x, DIALOG.y, DIALOG.right - 1, DIALOG.bottom - 1), fill=(240, 240, 240))
        draw.text((220, 160), "Payment", fill=(0, 0, 0))
        draw.text((220, 200), "Card 6222021234567890 declined E1023", fill=(0, 0, 0))
    return image


def frame(image: Image.Image, place: Rect | None = None, name: str = "one", *, primary: bool = True) -> Frame:
    place = place or Rect(0, 0, image.width, image.height)
    return Frame(image, place, place, 1.0, name, datetime(2026, 3, 2, 9, 0, tzinfo=UTC), "fake", primary)


@dataclass
class FakeScreen:
    """Gives its frames, or raises; remembers whether a window of ours was on the screen. `open` holds it back."""

    frames: tuple[Frame, ...] = field(default_factory=lambda: (frame(shop_screen()),))
    error: HelpdeskError | None = None
    open: threading.Event = field(default_factory=threading.Event)
    seen: list[bool] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    asks: bool = False
    shows_windows: bool = True

    def __post_init__(self) -> None:
        self.open.set()

    def sees_windows(self) -> bool:
        return self.shows_windows

    def must_ask(self) -> bool:
        return self.asks

    def ask(self) -> None:
        self.told.append(f"ask with {'a' if exposed_windows() else 'no'} window")
        if self.error is not None:
            raise self.error
        self.asks = False

    def prepare(self) -> None:
        self.told.append("prepare")

    def release(self) -> None:
        self.told.append("release")

    def capture(self) -> tuple[Frame, ...]:
        self.seen.append(exposed_windows())
        self.told.append("capture")
        assert self.open.wait(10)
        if self.error is not None:
            raise self.error
        return self.frames


def line(text: str, x: int, y: int, role: Role = Role.TEXT) -> Line:
    words, at = [], x
    for part in text.split():
        words.append(Word(part, Rect(at, y, 8 * len(part), 16)))
        at += 8 * (len(part) + 1)
    return Line(text, Rect(x, y, at - 8 - x, 16), 0.97, tuple(words), role)


LINES = (
    line("Payment", 220, 160, Role.TITLE),
    line("Card 6222021234567890 declined E1023", 220, 200),
    line("Outside of the dialog", 20, 20),
)


@dataclass
class FakeReader:
    """Reads the lines inside a region, the dialog's without one. `open` holds it back."""

    error: HelpdeskError | None = None
    open: threading.Event = field(default_factory=threading.Event)
    regions: list[Rect | None] = field(default_factory=list)
    warmed: int = 0
    cancelled: int = 0
    early: Reading | None = None

    def __post_init__(self) -> None:
        self.open.set()

    def warm(self) -> None:
        self.warmed += 1

    def cancel(self) -> None:
        self.cancelled += 1

    def close(self) -> None:
        self.open.set()

    def read(
        self,
        image: Image.Image,
        *,
        region: Rect | None = None,
        hint: Rect | None = None,
        meanwhile: Callable[[Reading], None] | None = None,
    ) -> Reading:
        self.regions.append(region)
        if self.early is not None and meanwhile is not None:
            meanwhile(self.early)
        assert self.open.wait(10)
        if self.error is not None:
            raise self.error
        part = region or DIALOG
        kept = tuple(each for each in LINES if part.contains(each.box.x, each.box.y))
        return Reading(kept, part, "fake", 12.0, is_dialog=region is None)


DECLINED = Suggestion(
    id="card-declined",
    title="The card is declined",
    score=9,
    fit=Fit.GOOD,
    reason=Reason(kind=ReasonKind.CODE, evidence=("E1023",)),
)
TERMINAL = Suggestion(
    id="terminal",
    title="The card terminal does not answer",
    score=3,
    fit=Fit.POSSIBLE,
    reason=Reason(kind=ReasonKind.WORDS, evidence=("card", "declined")),
)


class FakeAnswers(Answers):
    """Knows two articles about E1023 and tells what it was asked."""

    def __init__(self) -> None:
        super().__init__(lambda: None, None)
        self.suggestions: tuple[Suggestion, ...] = (DECLINED, TERMINAL)
        self.asked: list[Reading] = []

    def suggest(
        self, reading: Reading, application: str, language: str, top: int
    ) -> tuple[SuggestionList, AnswerSource]:
        self.asked.append(reading)
        codes = ("E1023",) if "E1023" in reading.text else ()
        words = tuple(word for word in reading.text.split() if word.isdigit())
        signature = ErrorSignature(codes=(*codes, *words), title=reading.title, fingerprint="00ff")
        found = self.suggestions if codes else ()
        return SuggestionList(signature=signature, suggestions=found), AnswerSource.PACK

    def article(self, article_id: str) -> Article:
        return Article(id=article_id, title="The card is declined", body="Ask for **another card**.")


class Desktop(NullSystem):
    """A desktop on which the till's program is in front."""

    def foreground(self) -> Window | None:
        return NOTICED


@dataclass
class Shop:
    """Everything a test touches of a report."""

    services: Services
    background: Background
    screen: FakeScreen
    reader: FakeReader
    answers: FakeAnswers
    qtbot: QtBot
    flows: list[ReportFlow] = field(default_factory=list)

    incidents: tuple[Announcement, ...] = ()
    """What IT knows of already."""

    def begin(self, image: Path | None = None, *, quick: bool = False, from_menu: bool = False) -> ReportFlow:
        flow = start_report(
            self.services, self.background, image=image, quick=quick, from_menu=from_menu, incidents=self.incidents
        )
        self.flows.append(flow)
        return flow

    def use(self, **settings: object) -> None:
        """Other settings from here on."""
        resolved = replace(self.services.resolved, settings=replace(self.services.settings, **settings))
        made = self.services.made
        self.services = replace(self.services, resolved=resolved)
        self.services.made.update(made)

    def report(self, *, quick: bool = False) -> ReportFlow:
        """A report whose window is open."""
        flow = self.begin(quick=quick)
        self.wait(lambda: flow.window.isVisible())
        return flow

    def advised(self) -> ReportFlow:
        """A report whose answers are known."""
        flow = self.report()
        self.wait(lambda: flow.reading.known.signature.fingerprint != "")
        return flow

    def checking(self, flow: ReportFlow) -> None:
        """Go to the preview and wait until it is complete."""
        flow.window.picture.go_on.click()
        self.wait(flow.window.check.go.isEnabled)

    def send(self, flow: ReportFlow) -> None:
        self.wait(flow.window.check.go.isEnabled)
        flow.window.check.go.click()
        self.wait(lambda: flow.window.page is flow.window.sent)

    def wait(self, condition: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(condition, timeout=8000)


@pytest.fixture
def english(qapp: QApplication) -> Iterator[LanguageSwitch]:
    switch = LanguageSwitch("en")
    yield switch
    switch.use("en")


@pytest.fixture
def shop(qtbot: QtBot, english: LanguageSwitch, tmp_path: Path) -> Iterator[Shop]:
    flags = {"settle_delay": "0"}
    found = assemble(flags, {"DESKBELL_HOME": str(tmp_path)})
    services = replace(found, system=Desktop())
    screen, reader, answers = FakeScreen(), FakeReader(), FakeAnswers()
    services.made.update(screen=screen, reader=reader, answers=answers)
    background = Background()
    shop = Shop(services, background, screen, reader, answers, qtbot)
    yield shop
    screen.open.set()
    reader.open.set()
    for flow in shop.flows:
        if not flow.is_over:
            flow.cancel()
    background.close()
    delete(background)  # now and here: the garbage collector might do it on a thread of the next test
    services.close()
