"""What is handed over, as the employee has it: each thing a question of its own, files in one folder, text once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.assist.orders import Do
from app.assist.told import FileOffered, Given, OfferOver, Piece, Recorded, Taken, TextOffered, ToClipboard
from app.protocol.handover import FileOffer, Step, TextOffer
from app.protocol.session import Event, Party
from app.ui.assist.handover import Handover
from app.ui.assist.offers import FilePrompt, GivePrompt, TextPrompt
from app.ui.assist.prompt import Said
from app.ui.background import Background
from tests.ui.assist.world import HandClock, ListeningHost, Notes, screen, setup, visit

CONTENT = b"port = COM3\n" * 5000
OFFER = FileOffer(name="reader.conf", size=len(CONTENT), sha256=hashlib.sha256(CONTENT).hexdigest())


class Table:
    """A visit that has begun, and what lies on the table between the two."""

    def __init__(self, background: Background, folder: Path) -> None:
        self.visit, self.host, self.notes = visit(HandClock(), screen())
        self.handover = Handover(self.visit, background, QGuiApplication.primaryScreen, folder)
        self.visit.begin(setup(self.visit.id))
        self.folder = folder
        self.host.stands()

    def offer(self, qtbot: QtBot, number: int = 7) -> FilePrompt:
        self.host.tell(FileOffered(number, OFFER))
        qtbot.waitUntil(lambda: isinstance(self.handover.prompt, FilePrompt))
        return self.handover.prompt

    def take(self, qtbot: QtBot, number: int = 7) -> None:
        self.offer(qtbot, number).say(Said.ALLOW)
        self.host.tell(Taken(number))
        qtbot.waitUntil(lambda: self.handover.note is not None)


@pytest.fixture
def table(background: Background, tmp_path: Path, qtbot: QtBot) -> Iterator[Table]:
    made = Table(background, tmp_path / "Deskbell")
    qtbot.waitUntil(lambda: made.visit.has_begun)
    yield made
    made.handover.close()
    if made.handover.note is not None:
        made.handover.note.close()


def arrived(host: ListeningHost) -> list[tuple[Do, Step]]:
    return [(order.do, order.step) for order in host.orders if order.do is Do.FINISH]


def test_a_file_is_asked_about_and_taken_into_its_folder_only(table: Table, qtbot: QtBot) -> None:
    prompt = table.offer(qtbot)
    assert prompt.deny.hasFocus() or not prompt.isActiveWindow()
    assert table.host.done(Do.TAKE) == []
    assert not table.folder.exists()

    prompt.say(Said.ALLOW)
    assert [order.offer for order in table.host.done(Do.TAKE)] == [7]
    table.host.tell(Taken(7))
    for offset in range(0, len(CONTENT), 32_768):
        table.host.tell(Piece(7, offset, CONTENT[offset : offset + 32_768]))
        if offset + 32_768 < len(CONTENT):
            received = offset + 32_768
            qtbot.waitUntil(lambda received=received: received in [each.received for each in table.host.done(Do.GOT)])
    qtbot.waitUntil(lambda: arrived(table.host) == [(Do.FINISH, Step.KEPT)])

    assert (table.folder / "reader.conf").read_bytes() == CONTENT
    assert [path.name for path in table.folder.iterdir()] == ["reader.conf"]
    assert table.handover.note.is_over


@pytest.mark.parametrize("said", [Said.DENY, Said.NOTHING])
def test_a_no_and_silence_take_nothing(table: Table, qtbot: QtBot, said: Said) -> None:
    table.offer(qtbot).say(said)

    assert table.host.done(Do.TAKE) == []
    assert [order.offer for order in table.host.done(Do.TURN_DOWN)] == [7]
    table.host.tell(Piece(7, 0, CONTENT))
    qtbot.wait(20)
    assert not table.folder.exists()


def test_an_offer_that_is_withdrawn_takes_its_question_away(table: Table, qtbot: QtBot) -> None:
    prompt = table.offer(qtbot)

    table.host.tell(OfferOver(7, Step.WITHDRAWN))
    qtbot.waitUntil(lambda: table.handover.prompt is None)
    prompt.say(Said.ALLOW)

    assert table.host.done(Do.TAKE) == []


def test_cancelling_on_the_way_leaves_nothing(table: Table, qtbot: QtBot) -> None:
    table.take(qtbot)
    table.host.tell(Piece(7, 0, CONTENT[:100]))
    qtbot.waitUntil(lambda: table.host.done(Do.GOT) != [])

    table.handover.note.cancelled.emit()
    assert [order.offer for order in table.host.done(Do.TURN_DOWN)] == [7]
    table.host.tell(OfferOver(7, Step.REFUSED))

    qtbot.waitUntil(lambda: list(table.folder.iterdir()) == [])


def test_the_end_of_the_session_leaves_no_half_file(table: Table, qtbot: QtBot) -> None:
    table.take(qtbot)
    table.host.tell(Piece(7, 0, CONTENT[:100]))
    qtbot.waitUntil(lambda: table.host.done(Do.GOT) != [])

    table.handover.close()

    qtbot.waitUntil(lambda: list(table.folder.iterdir()) == [])
    assert table.handover.note.is_over


def test_other_bytes_than_offered_are_told_as_such(table: Table, qtbot: QtBot) -> None:
    table.take(qtbot)

    table.host.tell(Piece(7, 0, bytes(len(CONTENT))))

    qtbot.waitUntil(lambda: arrived(table.host) == [(Do.FINISH, Step.CHANGED)])
    assert list(table.folder.iterdir()) == []


def test_text_reaches_the_clipboard_only_after_the_yes(table: Table, qtbot: QtBot) -> None:
    clipboard = QGuiApplication.clipboard()
    clipboard.setText("mine")
    table.host.tell(TextOffered(8, TextOffer(text="netsh winsock reset")))
    qtbot.waitUntil(lambda: isinstance(table.handover.prompt, TextPrompt))
    assert clipboard.text() == "mine"

    table.handover.prompt.say(Said.ALLOW)
    assert [order.offer for order in table.host.done(Do.TAKE)] == [8]
    assert clipboard.text() == "mine"
    table.host.tell(ToClipboard(8, "netsh winsock reset"))

    qtbot.waitUntil(lambda: clipboard.text() == "netsh winsock reset")


def test_copied_text_is_shown_before_it_goes_and_goes_once(table: Table) -> None:
    QGuiApplication.clipboard().setText("SN-2210")

    assert table.handover.give() == ""
    assert isinstance(table.handover.prompt, GivePrompt)
    assert table.host.done(Do.GIVE) == []
    table.handover.prompt.say(Said.ALLOW)

    assert [order.text for order in table.host.done(Do.GIVE)] == ["SN-2210"]


def test_nothing_copied_says_what_to_do(table: Table) -> None:
    QGuiApplication.clipboard().clear()

    assert table.handover.give() != ""
    assert table.handover.prompt is None


def test_everything_handed_over_is_a_line_in_the_record_once_the_host_has_accepted_it(
    table: Table, qtbot: QtBot
) -> None:
    notes: Notes = table.notes
    text = TextOffer(text="abc")
    told = (
        FileOffered(1, OFFER), Taken(1), OfferOver(1, Step.KEPT, f"kept {OFFER.sha256}"),
        TextOffered(2, text), OfferOver(2, Step.REFUSED), Given("3 digest"), Recorded(),
    )  # fmt: skip
    for each in told:
        table.host.tell(each)

    qtbot.waitUntil(lambda: notes.events[-1] == Event.RECORD)
    assert notes.lines[1:] == [
        (Event.OFFER_FILE, Party.AGENT, OFFER.line),
        (Event.TAKE_OFFER, Party.EMPLOYEE, ""),
        (Event.END_OFFER, Party.HOST, f"kept {OFFER.sha256}"),
        (Event.OFFER_TEXT, Party.AGENT, text.line),
        (Event.REFUSE_OFFER, Party.EMPLOYEE, ""),
        (Event.GIVE_TEXT, Party.EMPLOYEE, "3 digest"),
        (Event.RECORD, Party.HOST, ""),
    ]
