"""The employee's journey from the click to the saved report, without a window: every front end walks it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING
from uuid import UUID

from app.answers import Answers, AnswerSource, recognised
from app.capture.accessible import offer
from app.capture.early import Early
from app.capture.frame import Frame
from app.capture.reading import Reading
from app.diagnostics.context import Device, items
from app.diagnostics.runner import Run
from app.helpdesk.privacy import Manifest, scrub, scrub_lines
from app.helpdesk.ticket import Attachment, Findings, Foreground, Recognised, build
from app.helpdesk.wording import clipped_line
from app.protocol.identity import uuid7
from app.protocol.knowledge import Article, ErrorSignature, Outcome, OutcomeReport, Suggestion
from app.protocol.language import Language
from app.protocol.tickets import ContextItem, ShownSuggestion
from app.system.base import Display, Rect, System, Window

if TYPE_CHECKING:
    from app.capture.reader import Reader
    from app.capture.screen import Screen
    from app.helpdesk.outbox import Outbox


class Step(StrEnum):
    """The parts of a journey whose time is kept."""

    CAPTURE = "capture"
    READ = "read"
    SUGGEST = "suggest"
    CONTEXT = "context"
    SAVE = "save"


@dataclass(frozen=True, slots=True)
class Advice:
    """What is known about an error. `source` NOBODY: there is no knowledge on this computer and no server."""

    signature: ErrorSignature
    suggestions: tuple[Suggestion, ...]
    source: AnswerSource
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Known:
    """What a report says about the error: the text that was read, and what it is recognised by."""

    reading: Reading | None = None
    signature: ErrorSignature = field(default_factory=ErrorSignature)


class Journey:
    """One report. Call the steps from any thread, one after the other; each keeps its milliseconds.

    `answers` may be asked again for another reading: the latest one counts. Nothing is stored before `send`.
    """

    def __init__(
        self,
        *,
        system: System,
        screen: Screen,
        reader: Reader,
        answers: Answers,
        device: Device,
        outbox: Outbox,
        language: Language,
        now: Callable[[], datetime],
        displays: Callable[[], tuple[Display, ...]],
    ) -> None:
        self._system, self._screen, self._reader, self._answers = system, screen, reader, answers
        self._device, self._outbox, self._now, self._displays = device, outbox, now, displays
        self.draft_id = uuid7(now())
        self._outcomes: dict[str, ShownSuggestion] = {}
        self._milliseconds: dict[Step, float] = {}
        self._run: Run | None = None
        self._noticed = False
        self._context: tuple[ContextItem, ...] | None = None
        self.language = language
        self.window: Window | None = None
        self.reading: Reading | None = None
        self.advice: Advice | None = None

    @property
    def milliseconds(self) -> Mapping[Step, float]:
        """How long each step took the last time it was walked."""
        return dict(self._milliseconds)

    @property
    def signature(self) -> ErrorSignature:
        """What is known of the error so far."""
        return self.advice.signature if self.advice is not None else ErrorSignature()

    @property
    def application(self) -> str:
        """The program in front at the click, empty when nobody could tell."""
        return self.window.application if self.window is not None else ""

    def notice(self) -> None:
        """Ask for the window in front before anything of ours moves the focus; `capture` then asks no more."""
        self.window = self._system.foreground()
        self._noticed = True

    def capture(self) -> tuple[Frame, ...]:
        """A frame of every monitor. Raises HelpdeskError.

        Whoever has noticed the window before begins the context, too, when the picture has been shown.
        """
        with self._timed(Step.CAPTURE):
            if not self._noticed:
                self.notice()
                self.begin_context()
            self._noticed = False
            return self._screen.capture()

    def open_picture(self, path: Path) -> Frame:
        """A picture file in place of the screen: somebody's photo, a script's screenshot. Raises HelpdeskError."""
        from app.capture.picture import read_picture

        with self._timed(Step.CAPTURE):
            self.begin_context()
            return read_picture(path, self._now())

    def default_frame(self, frames: tuple[Frame, ...]) -> Frame:
        """The monitor the employee works at."""
        from app.capture.screen import default_frame

        return default_frame(frames, self.window)

    def read(
        self, frame: Frame, region: Rect | None = None, meanwhile: Callable[[Reading], None] | None = None
    ) -> Reading:
        """The text in a region (pixels of the frame), of the dialog that is found when there is none.

        `meanwhile` is told, in any thread, of what is known earlier: what the program in front says by itself, then
        what is most likely meant while the rest of the screen is looked over; never after this has returned.
        Raises HelpdeskError when the engine fails or takes too long; the report goes on without text.
        """
        hint = self._hint(frame)
        with self._timed(Step.READ):
            if meanwhile is None:
                self.reading = self._reader.read(frame.image, region=region, hint=hint)
                return self.reading
            early = Early(meanwhile)
            if hint is not None and region is None:
                offer(self._system, hint, hint.rect, early.tell)
            try:
                self.reading = self._reader.read(frame.image, region=region, hint=hint, meanwhile=early.tell)
            finally:
                early.end()
        return self.reading

    def suggest(self, reading: Reading, *, top: int = 3) -> Advice:
        """Articles for what was read, recorded as shown. Raises HelpdeskError when only the server could tell and it
        does not answer; the error's signature is known all the same.
        """
        started = time.monotonic()
        self.advice = Advice(recognised(reading, self.application), (), AnswerSource.NOBODY, 0.0)
        with self._timed(Step.SUGGEST):
            found, source = self._answers.suggest(reading, self.application, self.language, top)
        took = (time.monotonic() - started) * 1000
        self.advice = Advice(found.signature, found.suggestions, source, took)
        for suggestion in found.suggestions:
            shown = ShownSuggestion(article_id=suggestion.id, title=suggestion.title, outcome=Outcome.SHOWN)
            self._outcomes.setdefault(suggestion.id, shown)
        return self.advice

    def article(self, article_id: str) -> Article:
        """An article to read; one that was suggested counts as opened. Raises HelpdeskError."""
        found = self._answers.article(article_id)
        known = self._outcomes.get(article_id)
        if known is not None and known.outcome is Outcome.SHOWN:
            self.outcome(article_id, Outcome.OPENED)
        return found

    def outcome(self, article_id: str, outcome: Outcome) -> None:
        """What became of a suggestion: kept for the ticket and told to the server when it can be reached.

        Raises StorageError when it cannot be kept for the server; the ticket will say it all the same.
        """
        known = self._outcomes.get(article_id)
        title = known.title if known is not None else article_id
        self._outcomes[article_id] = ShownSuggestion(article_id=article_id, title=title[:300], outcome=outcome)
        report = OutcomeReport(id=uuid7(self._now()), article_id=article_id, outcome=outcome, signature=self.signature)
        self._outbox.put_outcome(report)

    @property
    def outcomes(self) -> tuple[ShownSuggestion, ...]:
        """Every article shown in this journey and what became of it, in the order they came up."""
        return tuple(self._outcomes.values())

    def context(self) -> tuple[ContextItem, ...]:
        """The device context of the click; waits for what is left of its two seconds."""
        if self._context is None:
            with self._timed(Step.CONTEXT):
                self._context = items(self.begin_context().result())
        return self._context

    def manifest(
        self,
        sentence: str,
        pictures: Sequence[Attachment],
        known: Known | None = None,
        steps: Mapping[int, str] = MappingProxyType({}),
        *,
        hides_title: bool = False,
        is_hiding: bool = False,
    ) -> Manifest:
        """Every single thing that would be sent, all ticked. Raises HelpdeskError for a picture that is too large.

        `known` replaces the latest reading and its signature: a window in which areas can be hidden while a
        reading is under way says itself what may be told. Building it again for another sentence keeps the
        report's number: nothing is ever sent twice.

        `steps` are the titles of recorded steps by their number. `hides_title` says that the title of the window in
        front is hidden on a picture, so that it must not be told either; `is_hiding` that anything is hidden, so that
        the title is told without what looks private.
        """
        window = self.window
        title = "" if window is None or hides_title else window.title
        title = scrub(title) if is_hiding else title
        told = [
            ContextItem(name=f"step.{number}", value=f"{number}. {clipped_line(each)}")
            for number, each in steps.items()
        ]
        known = known or Known(self.reading, self.signature)
        found = Findings(
            sentence=sentence,
            recognised=Recognised() if known.reading is None else as_recognised(known.reading),
            signature=known.signature,
            foreground=Foreground() if window is None else Foreground(window.application, title),
            # The window is a field of the ticket already: one thing, one tick.
            context=(*told, *(item for item in self.context() if not item.name.startswith("window."))),
            suggestions=self.outcomes,
            attachments=tuple(pictures),
        )
        return build(found, now=self._now(), language=self.language, draft_id=self.draft_id)

    def send(self, manifest: Manifest) -> UUID:
        """Put what is ticked into the outbox; once this returns, no crash and no power cut loses it.

        Returns the draft's id. Raises StorageError when this computer cannot keep it; nothing is half done then.
        """
        with self._timed(Step.SAVE):
            parcel = manifest.parcel()
            self._outbox.put(parcel.draft, parcel.files)
        return parcel.draft.id

    def begin_context(self) -> Run:
        """Collect the device context in the background, once: no step waits for the network."""
        if self._run is None:
            self._run = self._device.begin(self._displays(), self.window)
        return self._run

    def _hint(self, frame: Frame) -> Window | None:
        """The window in front in pixels of the frame, None when it is on another monitor."""
        inside = frame.local(self.window.rect) if self.window is not None else None
        return None if self.window is None or inside is None else replace(self.window, rect=inside)

    @contextmanager
    def _timed(self, step: Step) -> Iterator[None]:
        started = time.monotonic()
        try:
            yield
        finally:
            self._milliseconds[step] = (time.monotonic() - started) * 1000


def without_private(reading: Reading) -> Reading:
    """What was read with everything masked that looks private: what is hidden at one place may stand at another."""
    clean = scrub_lines([line.text for line in reading.lines])
    lines = (
        line if text == line.text else replace(line, text=text, words=())
        for line, text in zip(reading.lines, clean, strict=True)
    )
    return replace(reading, lines=tuple(lines))


def as_recognised(reading: Reading) -> Recognised:
    """A reading as the ticket takes it; its confidence is the mean over the lines."""
    lines = reading.lines
    sure = sum(line.confidence for line in lines) / len(lines) if lines else None
    return Recognised(
        lines=tuple(line.text for line in lines),
        title=reading.title,
        confidence=None if sure is None else min(1.0, max(0.0, sure)),
    )


def picture_of(frame: Frame) -> Attachment:
    """A frame as it is, without any metadata, ready to be attached."""
    from app.capture.frame import png

    return Attachment(png(frame), "image/png")
