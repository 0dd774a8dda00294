"""What goes from hand to hand in a session: files and clipboard text from the agent, and the employee's own text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QStandardPaths, Signal, Slot
from PySide6.QtGui import QGuiApplication, QScreen

from app.assist.orders import Do, Order
from app.assist.parcel import FOLDER, Parcel, Spoilt
from app.assist.told import FileOffered, OfferOver, Piece, Taken, TextOffered, ToClipboard
from app.errors import HelpdeskError
from app.protocol.handover import FileOffer, Step
from app.protocol.message import printable
from app.system import scanner
from app.ui.assist.offers import FilePrompt, GivePrompt, TextPrompt
from app.ui.assist.parcel_note import ParcelNote
from app.ui.assist.prompt import Said
from app.ui.assist.questions import Question
from app.ui.assist.visit import Visit
from app.ui.background import ASSIST, Background
from app.ui.language import error_texts, tr

LONGEST_TEXT = 20_000


class Handover(QObject):
    """One thing at a time. The host judges each word; files are written here, in the background."""

    shown = Signal()
    """A window of ours has appeared."""

    def __init__(
        self,
        visit: Visit,
        background: Background,
        screen: Callable[[], QScreen | None],
        folder: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.visit = visit
        self.prompt: Question | None = None
        self.note: ParcelNote | None = None
        self._background = background
        self._screen = screen
        self._folder = folder or downloads()
        self._number = -1
        self._photo = visit.invitation.agent.photo
        self._offer: FileOffer | None = None
        self._parcel: Parcel | None = None
        visit.delivered.connect(self._told)

    def give(self) -> str:
        """Ask whether the copied text shall be sent; why there is nothing to ask, or an empty text."""
        text = clean(QGuiApplication.clipboard().text())
        if not text.strip():
            return tr("Nothing is copied that is text.")
        if len(text) > LONGEST_TEXT:
            return tr("The copied text is too long. Send it as a file on the ticket.")
        if self.visit.is_paused:
            return tr("{name} is not connected at the moment.", name=self.visit.name)
        if self.prompt is not None:
            return tr("Answer the other question first.")
        is_recorded = self.visit.invitation.is_recorded
        prompt = GivePrompt(self.visit.name, text, self._screen(), is_recorded=is_recorded)
        self._ask(prompt, lambda said: self._give_answered(text, said))
        return ""

    def close(self) -> None:
        """The session is over: what is not whole is gone."""
        self._withdraw()
        parcel, self._parcel = self._parcel, None
        if parcel is not None:
            self._background.run(ASSIST, parcel.discard, nothing, nothing)
        if self.note is not None and not self.note.is_over:
            self.note.failed(tr("The session ended before the file was there. Nothing of it was kept."))

    @Slot(object)
    def _told(self, told: object) -> None:
        match told:
            case FileOffered():
                self._offer = told.offer
                prompt = FilePrompt(self.visit.name, told.offer, str(self._folder), self._screen(), photo=self._photo)
                self._ask_about(told.number, prompt)
            case TextOffered():
                self._ask_about(
                    told.number, TextPrompt(self.visit.name, told.offer.text, self._screen(), photo=self._photo)
                )
            case Taken() if told.number == self._number and self._offer is not None:
                self._begin(self._offer)
            case Piece() if told.number == self._number and self._parcel is not None:
                self._write(self._parcel, told)
            case ToClipboard():
                QGuiApplication.clipboard().setText(told.text)
            case OfferOver() if told.number == self._number:
                self._over(told.step)

    def _ask_about(self, number: int, prompt: Question) -> None:
        self._withdraw()
        self._number = number
        self._ask(prompt, lambda said: self._offer_answered(number, said))

    def _ask(self, prompt: Question, answered: Callable[[Said], None]) -> None:
        def once(said: Said) -> None:
            self.prompt = None
            answered(said)

        prompt.answered.connect(once)
        self.prompt = prompt
        prompt.ask()
        self.shown.emit()

    def _offer_answered(self, number: int, said: Said) -> None:
        do = Do.TAKE if said is Said.ALLOW else Do.TURN_DOWN
        self.visit.deliver(Order(do, offer=number))

    def _give_answered(self, text: str, said: Said) -> None:
        if said is Said.ALLOW:
            self.visit.deliver(Order(Do.GIVE, text=text))

    def _begin(self, offer: FileOffer) -> None:
        """Make room; the host has told the viewer that the first piece may come."""
        parcel = self._parcel = Parcel(self._folder, offer)
        note = self.note = ParcelNote(self.visit.name, parcel.name)
        note.cancelled.connect(self._cancel)
        note.progress(0, offer.size)
        note.appear(self._screen())
        self.shown.emit()
        number = self._number
        self._background.run(ASSIST, parcel.open, nothing, lambda error: self._spoilt(number, parcel, error))

    def _write(self, parcel: Parcel, piece: Piece) -> None:
        def written(received: int) -> None:
            if parcel is not self._parcel:
                return
            if self.note is not None:
                self.note.progress(received, parcel.offer.size)
            if parcel.is_whole:
                self._finish(piece.number, parcel)
            else:
                self.visit.deliver(Order(Do.GOT, offer=piece.number, received=received))

        task = lambda: parcel.add(piece.offset, piece.data)  # noqa: E731
        self._background.run(ASSIST, task, written, lambda error: self._spoilt(piece.number, parcel, error))

    def _finish(self, number: int, parcel: Parcel) -> None:
        if self.note is not None:
            self.note.checking()

        def kept(place: Path) -> None:
            if parcel is self._parcel:
                self._parcel = None
                self.visit.deliver(Order(Do.FINISH, offer=number, step=Step.KEPT))
            if self.note is not None:
                self.note.kept(place.name, str(place.parent))

        def finish() -> Path:
            return parcel.finish(scanner.scan, scanner.mark_foreign)

        self._background.run(ASSIST, finish, kept, lambda error: self._spoilt(number, parcel, error))

    def _spoilt(self, number: int, parcel: Parcel, error: HelpdeskError) -> None:
        if parcel is not self._parcel:
            return
        self._parcel = None
        step = error.step if isinstance(error, Spoilt) else Step.NO_SPACE
        self.visit.deliver(Order(Do.FINISH, offer=number, step=step))
        if self.note is not None:
            self.note.failed(" ".join(error_texts(error)).strip())

    @Slot()
    def _cancel(self) -> None:
        self.visit.deliver(Order(Do.TURN_DOWN, offer=self._number))

    def _over(self, step: Step) -> None:
        self._withdraw()
        parcel, self._parcel = self._parcel, None
        if parcel is None:
            return
        self._background.run(ASSIST, parcel.discard, nothing, nothing)
        if self.note is not None and step is Step.WITHDRAWN:
            self.note.failed(tr("{name} has cancelled it. Nothing of it was kept.", name=self.visit.name))
        elif self.note is not None:
            self.note.close()

    def _withdraw(self) -> None:
        prompt, self.prompt = self.prompt, None
        if prompt is not None:
            prompt.withdraw()


def downloads() -> Path:
    """The folder below the employee's downloads that files from IT come to, and nothing else."""
    found = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    return Path(found or Path.home()) / FOLDER


def clean(text: str) -> str:
    """Copied text without what cannot be kept; half of a character makes it none."""
    try:
        return printable(text)
    except ValueError:
        return ""


def nothing(_result: object) -> None:
    """There is nothing to do about it."""
