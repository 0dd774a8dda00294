"""The employee's journey without a window: steps, what they keep, and what they never do."""

from __future__ import annotations

import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from app.answers import Answers, AnswerSource
from app.capture.frame import Frame
from app.capture.reading import Line, Reading, Role
from app.diagnostics.context import Device
from app.errors import HelpdeskError, StorageError, Unreachable
from app.helpdesk.outbox import Outbox
from app.helpdesk.outbox_items import ItemKind, SendState
from app.knowledge.base import KnowledgeBase
from app.knowledge.build import build
from app.knowledge.intake import read_folder
from app.protocol.knowledge import Article, ErrorSignature, Outcome, SuggestionList
from app.protocol.language import Language
from app.protocol.tickets import FieldName, Origin, TicketDraft
from app.report import Journey, Step, picture_of
from app.system.base import Display, ElementRole, Rect, System, TextElement, Window
from app.system.null import NullSystem

ROOT = Path(__file__).parent.parent
NOW = datetime(2026, 3, 2, 10, 42, tzinfo=UTC)
CARD = "pos-card-read-zh"
TILL = Window("支付失败 - 收银系统", "pos.exe", Rect(232, 232, 560, 290), is_modal=True, handle=9)


class Desk(NullSystem):
    """A desktop with a till in front."""

    def foreground(self) -> Window | None:
        return TILL


class Talkative(Desk):
    """The till's program tells what stands in its window."""

    def __init__(self) -> None:
        self.asked = 0

    def window_texts(self, handle: int) -> tuple[TextElement, ...]:
        self.asked += 1
        return (
            TextElement("支付失败", Rect(0, 0, 560, 30), ElementRole.TITLE),
            TextElement("读卡失败，请重新刷卡或插卡", Rect(10, 60, 400, 30), ElementRole.TEXT),
            TextElement("确定", Rect(400, 200, 80, 30), ElementRole.BUTTON),
        )


class OneScreen:
    """A screen of 1024 x 768."""

    def __init__(self, system: System) -> None:
        self.foreground_when_captured = system.foreground()

    def capture(self) -> tuple[Frame, ...]:
        rect = Rect(0, 0, 1024, 768)
        return (Frame(Image.new("RGB", (1024, 768), "white"), rect, rect, 1.0, "DP-1", NOW, "test", is_primary=True),)


class Reads:
    """Reads the till's error, whatever the picture shows; keeps what it was asked."""

    def __init__(self) -> None:
        self.region: Rect | None = None
        self.hint: object = None
        self.error: HelpdeskError | None = None
        self.early: Reading | None = None
        self.wait_for: threading.Event | None = None
        self.told_later: Callable[[Reading], None] = lambda _: None

    def read(
        self,
        image: Image.Image,
        *,
        region: Rect | None = None,
        hint: object = None,
        meanwhile: Callable[[Reading], None] | None = None,
    ) -> Reading:
        if self.error is not None:
            raise self.error
        if self.wait_for is not None:
            assert self.wait_for.wait(10)
        if self.early is not None and meanwhile is not None:
            self.told_later = meanwhile
            meanwhile(self.early)
        self.region, self.hint = region, hint
        texts = ("支付失败 - 收银系统", "读卡失败，请重新刷卡或插卡", "错误代码：E1023")
        lines = tuple(
            Line(text, Rect(240, 240 + 30 * row, 300, 24), 0.9, role=Role.TEXT if row else Role.TITLE)
            for row, text in enumerate(texts)
        )
        return Reading(lines, Rect(232, 232, 560, 290), "test", 12.0, is_dialog=True)


class Deaf:
    """A helpdesk nobody can reach."""

    def suggest(self, *_: object, **__: object) -> SuggestionList:
        raise Unreachable("The helpdesk at {host} cannot be reached.", host="help.example.com")

    def article(self, article_id: str) -> Article:
        raise Unreachable("The helpdesk at {host} cannot be reached.", host="help.example.com")


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The starter articles as the client has them."""
    path = tmp_path_factory.mktemp("pack") / "pack.sqlite"
    build(read_folder(ROOT / "server_stub" / "starter"), path, "1")
    return path


@pytest.fixture
def base(pack: Path) -> Iterator[KnowledgeBase]:
    opened = KnowledgeBase.open(pack)
    yield opened
    opened.close()


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    made = Outbox(tmp_path / "outbox.sqlite", lambda: NOW)
    yield made
    made.close()


@pytest.fixture
def reads() -> Reads:
    return Reads()


def journey_of(outbox: Outbox, reads: Reads, answers: Answers, device: Device | None = None) -> Journey:
    system = Desk()
    return Journey(
        system=system,
        screen=OneScreen(system),  # type: ignore[arg-type]
        reader=reads,  # type: ignore[arg-type]
        answers=answers,
        device=device or Device(system, lambda: NOW),
        outbox=outbox,
        language=Language.CHINESE,
        now=lambda: NOW,
        displays=lambda: (Display("DP-1", Rect(0, 0, 1024, 768), 1.0, is_primary=True),),
    )


@pytest.fixture
def journey(outbox: Outbox, reads: Reads, base: KnowledgeBase) -> Journey:
    return journey_of(outbox, reads, Answers(lambda: base, None))


def drafts(outbox: Outbox) -> list[TicketDraft]:
    return [TicketDraft.model_validate_json(item.message) for item in outbox.items() if item.kind is ItemKind.TICKET]


def test_the_whole_way_ends_in_the_outbox_with_every_origin(journey: Journey, outbox: Outbox) -> None:
    frame = journey.default_frame(journey.capture())
    advice = journey.suggest(journey.read(frame))
    draft_id = journey.send(journey.manifest("刷不了卡", [picture_of(frame)]))

    (draft,) = drafts(outbox)
    assert advice.suggestions[0].id == CARD
    assert advice.source is AnswerSource.PACK
    assert draft.id == draft_id == journey.draft_id
    assert draft.id.version == 7
    assert {field.name: field.origin for field in draft.fields} == {
        FieldName.SUBJECT: Origin.EMPLOYEE,
        FieldName.DESCRIPTION: Origin.EMPLOYEE,
        FieldName.APPLICATION: Origin.DEVICE,
        FieldName.WINDOW_TITLE: Origin.DEVICE,
        FieldName.ERROR_CODE: Origin.OCR,
        FieldName.RECOGNISED_TEXT: Origin.OCR,
    }
    assert draft.value(FieldName.APPLICATION) == "pos.exe"
    assert draft.value(FieldName.WINDOW_TITLE) == TILL.title
    assert "E1023" in draft.value(FieldName.ERROR_CODE)
    assert draft.signature == advice.signature
    assert {"host.name", "os.version", "memory.free", "display.1"} <= {item.name for item in draft.context}
    assert CARD in [shown.article_id for shown in draft.suggestions]
    assert len(draft.attachments) == 1
    assert outbox.get(draft_id).state is SendState.WAITING
    assert set(journey.milliseconds) == set(Step)


def test_what_is_known_early_is_told_and_nothing_after_the_end(journey: Journey, reads: Reads) -> None:
    early = Reading((Line("正在读取", Rect(0, 0, 90, 20), 1.0),), Rect(0, 0, 90, 20), "test", 1.0)
    reads.early = early
    heard: list[Reading] = []
    frame = journey.default_frame(journey.capture())

    reading = journey.read(frame, None, heard.append)
    reads.told_later(early)

    assert heard == [early]
    assert reading is journey.reading
    assert "E1023" in reading.text


def test_what_the_program_says_by_itself_is_known_before_the_picture_is_read(
    outbox: Outbox, reads: Reads, base: KnowledgeBase
) -> None:
    journey = journey_of(outbox, reads, Answers(lambda: base, None))
    journey._system = Talkative()
    frame = journey.default_frame(journey.capture())
    said = threading.Event()
    heard: list[Reading] = []

    def hear(reading: Reading) -> None:
        heard.append(reading)
        said.set()

    reads.wait_for = said
    journey.read(frame, None, hear)

    assert [reading.engine for reading in heard] == ["accessibility"]
    assert heard[0].title == "支付失败"
    assert "读卡失败，请重新刷卡或插卡" in heard[0].text
    assert journey.reading is not None
    assert journey.reading.engine == "test"


def test_of_a_region_only_the_picture_is_asked(outbox: Outbox, reads: Reads, base: KnowledgeBase) -> None:
    journey = journey_of(outbox, reads, Answers(lambda: base, None))
    talkative = Talkative()
    journey._system = talkative
    heard: list[Reading] = []

    journey.read(journey.default_frame(journey.capture()), Rect(0, 0, 300, 200), heard.append)

    assert heard == []
    assert talkative.asked == 0


def test_one_thing_has_one_tick(journey: Journey) -> None:
    frame = journey.default_frame(journey.capture())
    journey.suggest(journey.read(frame))

    manifest = journey.manifest("", [picture_of(frame)])
    bare = manifest.ticked("field.window_title", included=False).ticked("field.application", included=False)

    values = [item.value for item in bare.items if item.included and item.part in ("context", "field")]
    assert not any(value == TILL.title for value in values if not value.startswith("支付失败 - 收银系统:"))
    assert "pos.exe" not in values


def test_what_is_unticked_does_not_reach_the_outbox(journey: Journey, outbox: Outbox) -> None:
    frame = journey.default_frame(journey.capture())
    journey.suggest(journey.read(frame))
    manifest = journey.manifest("刷不了卡", [picture_of(frame)])
    for item in manifest.items:
        manifest = manifest.ticked(item.id, included=False)

    journey.send(manifest)

    (draft,) = drafts(outbox)
    assert [field.name for field in draft.fields] == [FieldName.SUBJECT]
    assert draft.context == ()
    assert draft.attachments == ()
    assert draft.suggestions == ()
    assert draft.signature == ErrorSignature()


def test_pressing_send_twice_is_one_ticket(journey: Journey, outbox: Outbox) -> None:
    manifest = journey.manifest("E-mail does not arrive", [])

    first = journey.send(manifest)
    second = journey.send(manifest)

    assert first == second
    assert len(outbox.items()) == 1


def test_the_region_and_the_window_in_front_are_handed_to_the_reader(journey: Journey, reads: Reads) -> None:
    frame = journey.default_frame(journey.capture())

    journey.read(frame, Rect(1, 2, 300, 400))

    assert reads.region == Rect(1, 2, 300, 400)
    assert reads.hint is not None


def test_a_verdict_travels_with_the_ticket_and_to_the_server(journey: Journey, outbox: Outbox) -> None:
    journey.suggest(journey.read(journey.default_frame(journey.capture())))

    article = journey.article(CARD)
    journey.outcome(CARD, Outcome.DID_NOT_HELP)
    journey.send(journey.manifest("", []))

    (draft,) = drafts(outbox)
    told = [item for item in outbox.items() if item.kind is ItemKind.OUTCOME]
    assert "读卡" in article.body
    assert draft.suggestions[0].outcome is Outcome.DID_NOT_HELP
    assert ['"opened"' in told[0].message, '"did_not_help"' in told[1].message] == [True, True]


def test_reading_again_a_smaller_region_keeps_the_verdicts(journey: Journey) -> None:
    frame = journey.default_frame(journey.capture())
    journey.suggest(journey.read(frame))
    journey.outcome(CARD, Outcome.DID_NOT_HELP)

    journey.suggest(journey.read(frame, Rect(232, 232, 100, 100)))

    assert {shown.article_id: shown.outcome for shown in journey.outcomes}[CARD] is Outcome.DID_NOT_HELP


def test_without_a_pack_the_server_is_asked_and_its_silence_does_not_stop_the_report(
    outbox: Outbox, reads: Reads
) -> None:
    journey = journey_of(outbox, reads, Answers(lambda: None, Deaf()))  # type: ignore[arg-type]
    reading = journey.read(journey.default_frame(journey.capture()))

    with pytest.raises(Unreachable):
        journey.suggest(reading)
    journey.send(journey.manifest("", []))

    (draft,) = drafts(outbox)
    assert "E1023" in draft.signature.codes
    assert "E1023" in draft.value(FieldName.ERROR_CODE)


def test_with_neither_pack_nor_server_the_error_is_still_recognised(outbox: Outbox, reads: Reads) -> None:
    journey = journey_of(outbox, reads, Answers(lambda: None, None))

    advice = journey.suggest(journey.read(journey.default_frame(journey.capture())))

    assert advice.source is AnswerSource.NOBODY
    assert advice.suggestions == ()
    assert "E1023" in advice.signature.codes


def test_an_article_that_left_the_pack_is_fetched_from_the_server_or_named(journey: Journey) -> None:
    with pytest.raises(HelpdeskError, match="gone"):
        journey.article("gone")


def test_an_engine_that_fails_leaves_a_report_without_text(journey: Journey, reads: Reads, outbox: Outbox) -> None:
    reads.error = HelpdeskError("The text could not be read.")
    frame = journey.default_frame(journey.capture())

    with pytest.raises(HelpdeskError):
        journey.read(frame)
    journey.send(journey.manifest("Printer", [picture_of(frame)]))

    (draft,) = drafts(outbox)
    assert draft.value(FieldName.SUBJECT) == "Printer"
    assert draft.value(FieldName.RECOGNISED_TEXT) == ""
    assert Step.READ in journey.milliseconds


def test_the_context_is_of_the_click_and_a_hung_network_does_not_hold_up_the_ticket(
    outbox: Outbox, reads: Reads
) -> None:
    release = threading.Event()

    def knock() -> None:
        release.wait(30)

    device = Device(Desk(), lambda: NOW, "http://localhost:1", knock, dict)  # type: ignore[arg-type]
    journey = journey_of(outbox, reads, Answers(lambda: None, None), device)
    journey.capture()

    manifest = journey.manifest("", [])
    release.set()

    assert manifest.item("context.host.name").value
    assert manifest.item("context.server.reachable").value.startswith("no")
    assert journey.milliseconds[Step.CONTEXT] < 3000


def test_a_disk_that_is_full_is_told_and_nothing_is_lost(
    journey: Journey, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = journey.manifest("Printer", [])

    def full(*_: object, **__: object) -> None:
        raise StorageError("Your report could not be saved on this computer: {reason}.", reason="the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Outbox, "put", full)
        with pytest.raises(StorageError, match="full"):
            journey.send(manifest)
    journey.send(manifest)

    assert len(drafts(outbox)) == 1


def test_a_picture_from_a_file_starts_a_journey_too(journey: Journey) -> None:
    frame = journey.open_picture(ROOT / "app" / "samples" / "pos-error.png")

    assert frame.image.size == (1024, 768)
    assert journey.window is None
    assert journey.application == ""


def test_every_report_has_a_number_of_its_own(outbox: Outbox, reads: Reads) -> None:
    made: set[uuid.UUID] = {journey_of(outbox, reads, Answers(lambda: None, None)).draft_id for _ in range(100)}

    assert len(made) == 100


def test_the_journey_needs_no_display_and_no_qt() -> None:
    script = "import sys, app.report; print(sorted({'PySide6', 'numpy', 'onnxruntime', 'httpx'} & set(sys.modules)))"

    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env={"PATH": ""}, cwd=ROOT, timeout=60
    )

    assert (ended.returncode, ended.stdout.strip()) == (0, "[]"), ended.stderr


class Knows:
    """A helpdesk that has an article more than the pack; `wait` holds its answer up."""

    def __init__(self, base: KnowledgeBase, wait: threading.Event | None = None) -> None:
        self.asked = 0
        self._base, self._wait = base, wait

    def suggest(self, lines: list[str], **more: object) -> SuggestionList:
        self.asked += 1
        if self._wait is not None:
            self._wait.wait(30)
        return self._base.suggest(lines, title=str(more["title"]))


@pytest.fixture
def slim_and_whole(tmp_path: Path) -> Iterator[tuple[KnowledgeBase, KnowledgeBase]]:
    articles = list(read_folder(ROOT / "server_stub" / "starter"))
    build(articles, tmp_path / "whole", "1")
    build(
        [each for each in articles if not each.id.startswith("pos-card")], tmp_path / "slim", "1", total=len(articles)
    )
    slim, whole = KnowledgeBase.open(tmp_path / "slim"), KnowledgeBase.open(tmp_path / "whole")
    yield slim, whole
    slim.close()
    whole.close()


def asked_of(slim: KnowledgeBase, server: object) -> tuple[list[str], AnswerSource]:
    reading = Reads().read(Image.new("RGB", (8, 8)))
    found, source = Answers(lambda: slim, server).suggest(reading, "", "zh-CN", 3)  # type: ignore[arg-type]
    return [each.id for each in found.suggestions], source


def test_what_a_slim_pack_lacks_the_server_knows(slim_and_whole: tuple[KnowledgeBase, KnowledgeBase]) -> None:
    slim, whole = slim_and_whole

    ids, source = asked_of(slim, Knows(whole))

    assert (ids[0], source) == (CARD, AnswerSource.SERVER)


def test_a_slim_pack_answers_alone_where_nobody_is_reached_or_the_line_is_slow(
    slim_and_whole: tuple[KnowledgeBase, KnowledgeBase], monkeypatch: pytest.MonkeyPatch
) -> None:
    slim, whole = slim_and_whole
    monkeypatch.setattr("app.answers.PATIENCE", 0.05)
    release = threading.Event()

    deaf = asked_of(slim, Deaf())
    slow = asked_of(slim, Knows(whole, release))
    release.set()

    assert deaf == slow
    assert deaf[1] is AnswerSource.PACK
    assert CARD not in deaf[0]


def test_a_whole_pack_does_not_ask_the_server(slim_and_whole: tuple[KnowledgeBase, KnowledgeBase]) -> None:
    _, whole = slim_and_whole
    server = Knows(whole)

    assert asked_of(whole, server)[1] is AnswerSource.PACK
    assert server.asked == 0
