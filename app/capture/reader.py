"""The program's side of the OCR worker: starts it early, asks, waits no longer than allowed, and starts it anew."""

from __future__ import annotations

import itertools
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import IO, TYPE_CHECKING

from app.capture.engine import Deadline
from app.capture.engine_choice import EngineChoice
from app.capture.reading import Reading
from app.capture.wire import Answer, Garbled, Request, read_answer, write
from app.errors import HelpdeskError
from app.system.base import Rect, System, Window

if TYPE_CHECKING:
    from PIL import Image

AUTO = "auto"
Heard = Callable[[Reading], None] | None
GRACE = 1.5  # seconds beyond the deadline that a busy machine may take to answer
START_SECONDS = 20.0
END_SECONDS = 2.0
IDLE_EXIT = 0


class Reader:
    """Reads pictures in a child process, one at a time. All methods may be called from any thread."""

    def __init__(self, system: System, engine: str = AUTO, choice: EngineChoice | None = None) -> None:
        """`engine` is the setting: `auto` or an engine's name; `choice` remembers what `auto` was found to be."""
        self._system = system
        self._choice = choice if engine == AUTO else None
        # `auto` is measured by the first worker of all, which takes a moment; later ones are told.
        self._chosen = (self._choice.known() if self._choice else "") or engine
        self._numbers = itertools.count(1)
        self._one_at_a_time = threading.Lock()
        self._state = threading.Lock()
        self._child: _Child | None = None

    def warm(self) -> None:
        """Have a worker ready soon; returns at once. Raises HelpdeskError when none can be started."""
        self._running()

    def wait_until_ready(self, seconds: float) -> bool:
        """Whether the worker has loaded its models within that time; starts one when there is none."""
        return self._running().is_ready(seconds)

    def read(
        self,
        image: Image.Image,
        *,
        region: Rect | None = None,
        hint: Window | Rect | None = None,
        deadline: float = 8.0,
        meanwhile: Callable[[Reading], None] | None = None,
    ) -> Reading:
        """The text of `image` (RGB), lines and region in its pixels.

        `meanwhile` is told, in this thread, what is known before the whole picture was looked over. Without `region`
        the dialog is found first and read alone. `hint` is the foreground window, in pixels of the image. Raises
        HelpdeskError when the worker dies, hangs or is cancelled; the next read works again.
        """
        with self._one_at_a_time:
            pixels = image.convert("RGB").tobytes()
            window = hint.rect if isinstance(hint, Window) else hint
            request = Request(
                number=next(self._numbers),
                engine=self._chosen,
                width=image.width,
                height=image.height,
                seconds=deadline,
                region=region,
                window=window,
                is_modal=isinstance(hint, Window) and hint.is_modal,
            )
            return self._ask(request, pixels, meanwhile)

    def cancel(self) -> None:
        """End the reading that is under way; whoever waits for it gets a HelpdeskError at once."""
        self._drop()

    def close(self) -> None:
        """End the worker."""
        with self._state:
            child, self._child = self._child, None
        if child is not None:
            child.close()

    @property
    def process_id(self) -> int | None:
        """The worker's process; None when there is none at the moment."""
        with self._state:
            return self._child.process.pid if self._child and self._child.is_alive else None

    def _ask(self, request: Request, pixels: bytes, meanwhile: Heard) -> Reading:
        child = self._running()
        answer = self._answer(child, request, pixels, meanwhile)
        if answer is None and child.ended_idle:  # it had just gone to bed
            child = self._running()
            answer = self._answer(child, request, pixels, meanwhile)
        if answer is None:
            self._drop(child)
            raise _lost()
        if answer.failure is not None:
            self._measure_anew()
            raise answer.failure.error()
        self._found(answer.engine)
        if answer.reading is None:
            self._drop(child)
            raise _lost()
        return answer.reading

    def _found(self, engine: str) -> None:
        """The worker says which engine it took: that of the setting, or the one measured for `auto`."""
        if engine and engine != self._chosen:
            self._chosen = engine
            if self._choice is not None:
                self._choice.keep(engine)

    def _measure_anew(self) -> None:
        """What was chosen for `auto` failed: it may have been removed since."""
        if self._choice is not None and self._chosen != AUTO:
            self._choice.forget()
            self._chosen = AUTO

    @staticmethod
    def _answer(child: _Child, request: Request, pixels: bytes, meanwhile: Heard) -> Answer | None:
        if not child.is_ready(START_SECONDS):
            return None
        return child.ask(request, pixels, request.seconds + GRACE, meanwhile)

    def _running(self) -> _Child:
        """The worker, started when there is none."""
        with self._state:
            if self._child is None or not self._child.is_alive:
                if self._child is not None:
                    self._child.kill()
                self._child = _Child(self._system, self._chosen)
            return self._child

    def _drop(self, child: _Child | None = None) -> None:
        with self._state:
            if child is None or child is self._child:
                child, self._child = self._child, None
        if child is not None:
            child.kill()


class _Child:
    """One worker process with the thread that listens to it."""

    def __init__(self, system: System, engine: str) -> None:
        options = system.child_options()
        try:
            self.process = subprocess.Popen(
                worker_command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=options.creation_flags,
                env=os.environ | dict(options.environment),
            )
        except OSError as error:
            raise HelpdeskError(
                "The part that reads text could not be started: {reason}",
                "The report works without it.",
                retry=True,
                reason=error.strerror,
            ) from error
        self._answers: queue.Queue[Answer | None] = queue.Queue()
        self._ready = threading.Event()
        threading.Thread(target=self._listen, name="ocr-answers", daemon=True).start()
        self._send(Request(0, engine), b"")

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self.process.poll() is None

    @property
    def ended_idle(self) -> bool:
        """Whether it ended by itself, because there was nothing to do."""
        return self.process.poll() == IDLE_EXIT

    def is_ready(self, seconds: float) -> bool:
        """Wait until it has loaded its models, or ended, or the time is over."""
        return self._ready.wait(seconds)

    def ask(self, request: Request, pixels: bytes, seconds: float, meanwhile: Heard) -> Answer | None:
        """Its final answer; None when it ended, sent garbage or took too long."""
        self._send(request, pixels)
        deadline = Deadline.after(seconds)
        try:
            while True:
                answer = self._answers.get(timeout=max(0.0, deadline.seconds))
                if answer is None or (answer.number == request.number and answer.is_final):
                    return answer
                if answer.number == request.number and answer.reading is not None and meanwhile is not None:
                    meanwhile(answer.reading)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Close its pipe, which ends it; kill it when that does not help."""
        self._close(self.process.stdin)
        try:
            self.process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it now."""
        self.process.kill()
        self._close(self.process.stdin)
        self.process.wait()

    def _send(self, request: Request, pixels: bytes) -> None:
        """In a thread of its own: a worker that hangs does not empty the pipe, and nobody may wait for that."""
        threading.Thread(target=self._write, args=(request, pixels), name="ocr-request", daemon=True).start()

    def _write(self, request: Request, pixels: bytes) -> None:
        if self.process.stdin is None:
            return
        try:
            write(self.process.stdin, request, pixels)
        except (OSError, ValueError):
            return  # it is gone; the listening thread has noticed

    def _listen(self) -> None:
        stream = self.process.stdout
        try:
            while stream is not None:
                answer = read_answer(stream)
                if answer is None:
                    break
                if answer.number == 0:
                    self._ready.set()
                else:
                    self._answers.put(answer)
        except (Garbled, OSError, ValueError):
            self.process.kill()
        self._close(stream)
        self.process.wait()
        self._answers.put(None)
        self._ready.set()

    @staticmethod
    def _close(stream: IO[bytes] | None) -> None:
        try:
            if stream is not None:
                stream.close()
        except (OSError, ValueError):
            pass  # the pipe broke before it was closed


def worker_command() -> tuple[str, ...]:
    """How the worker is started; a frozen program starts itself with a word that its entry point knows."""
    if getattr(sys, "frozen", False):
        return (sys.executable, "ocr-worker")
    return (sys.executable, "-m", "app.capture.worker")


def _lost() -> HelpdeskError:
    return HelpdeskError("The text in the picture could not be read.", "The report works without it.", retry=True)
