"""A program that presses Send: forked from a warm parent, killed from outside or at a step of its own choosing.

Run as a script it reads one order per line and prints what happens, one line each: `pressed ID`, `saved ID`,
`number ID NUMBER`, `done`, `steps N`, `ended STATUS`.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from app.errors import Unreachable
from app.helpdesk import link
from app.helpdesk.courier import Courier
from app.helpdesk.enrolment import Enrolment, Installation
from app.helpdesk.outbox import Outbox
from app.helpdesk.server import Server
from app.protocol.identity import uuid7
from app.protocol.language import Language
from app.protocol.tickets import AttachmentKind, DeclaredAttachment, FieldName, Origin, TicketDraft, TicketField

PATIENCE = 30.0
SIZES = (300_000, 700)  # two pieces, and less than one


@dataclass(frozen=True)
class Order:
    """What to do: put a report with so many files (unless `only_deliver`) and deliver.

    `die_at` is the step to die at, 0 for none.
    """

    home: str
    url: str
    token: str
    files: int = 2
    only_deliver: bool = False
    die_at: int = 0


def now() -> datetime:
    return datetime.now(UTC)


def identity(order: Order) -> Enrolment:
    def describe() -> Installation:
        return Installation("till", "Debian", "0.1.0", machine=order.home)

    return Enrolment(Path(order.home) / "identity.json", describe=describe, now=now, token=order.token)


def content(draft_id: UUID, number: int) -> bytes:
    """The bytes of a report's file, known from its id."""
    line = hashlib.sha256(f"{draft_id} {number}".encode()).hexdigest().encode() + b"\n"
    return (line * (SIZES[number] // len(line) + 1))[: SIZES[number]]


def tell(words: str) -> None:
    os.write(1, f"{words}\n".encode())


class Steps:
    """Counts what a program does to the world and ends it at the chosen step."""

    def __init__(self, die_at: int) -> None:
        self.count = 0
        self._die_at = die_at

    def __call__(self) -> None:
        self.count += 1
        if self.count == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, home: str) -> None:
        """Every file made, opened or renamed in `home`, and both sides of every exchange with the server."""
        events = {"open", "os.rename", "os.mkdir", "os.remove", "socket.connect"}

        def audit(event: str, values: tuple[Any, ...]) -> None:
            if event in events and (event == "socket.connect" or str(values[0]).startswith(home)):
                self()

        sys.addaudithook(audit)
        exchange = link.Link.exchange

        def stepped(line: link.Link, *values: Any) -> link.Answer:
            self()
            answer = exchange(line, *values)
            self()
            return answer

        link.Link.exchange = stepped  # type: ignore[method-assign]


class SteppedOutbox(Outbox):
    """An outbox that makes a step before every statement."""

    def __init__(self, path: Path, steps: Steps) -> None:
        super().__init__(path, now)
        self._steps = steps

    def _checked(self) -> sqlite3.Connection:
        connection = super()._checked()
        connection.set_trace_callback(lambda _: self._steps())
        return connection


def carry_out(order: Order) -> None:
    steps = Steps(order.die_at)
    if order.die_at:
        steps.watch(order.home)
    outbox = SteppedOutbox(Path(order.home) / "outbox.sqlite", steps)
    if not order.only_deliver:
        draft_id = uuid7(now())
        files = {uuid7(now()): content(draft_id, number) for number in range(order.files)}
        draft = TicketDraft(
            id=draft_id,
            created_at=now(),
            language=Language.ENGLISH,
            fields=(TicketField(name=FieldName.SUBJECT, value=str(draft_id), origin=Origin.EMPLOYEE),),
            attachments=tuple(
                DeclaredAttachment(
                    id=file_id,
                    kind=AttachmentKind.FILE,
                    name=f"file-{number}.txt",
                    media_type="text/plain",
                    size=len(held),
                    sha256=hashlib.sha256(held).hexdigest(),
                )
                for number, (file_id, held) in enumerate(files.items())
            ),
        )
        tell(f"pressed {draft_id}")
        outbox.put(draft, files)
        tell(f"saved {draft_id}")
        steps()
    server = Server(order.url, identity(order), now=now)
    report = Courier(outbox, server, now=now, random=random.Random()).deliver(early=True)
    for each in report.delivered:
        tell(f"number {each.id} {each.number}")
    if report.trouble is not None:
        tell(f"trouble {report.trouble.summary}")
    tell(f"steps {steps.count}")


def warm() -> None:
    """Load what is loaded late and would be loaded again by every child."""
    line = link.Link("http://127.0.0.1:9")
    with suppress(Unreachable):
        line.exchange(link.Ask("GET", "/health"))
    line.close()
    gc.collect()
    gc.freeze()


def serve() -> None:
    warm()
    tell("ready")
    for line in sys.stdin:
        order = Order(**json.loads(line))
        child = os.fork()
        if child == 0:
            carry_out(order)
            os._exit(0)
        tell(f"child {child}")
        _, status = os.waitpid(child, 0)
        tell(f"ended {status}")


class Sender:
    """The warm parent, seen from a test."""

    def __init__(self) -> None:
        environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        command = [sys.executable, "-u", __file__]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
        self._rest = b""
        assert self.line() == "ready"

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        self._process.stdout.close()

    def line(self, seconds: float = PATIENCE) -> str | None:
        """The next line, None when none came in time."""
        assert self._process.stdout is not None
        until = time.monotonic() + seconds
        while b"\n" not in self._rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self._process.stdout], [], [], left)[0]:
                return None
            piece = os.read(self._process.stdout.fileno(), 65536)
            assert piece, "the sender is gone"
            self._rest += piece
        found, _, self._rest = self._rest.partition(b"\n")
        return found.decode()

    def run(self, order: Order, kill_after: float | None = None) -> list[str]:
        """Have an order carried out; what was said. Killed so many seconds after Send was pressed."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
        self._process.stdin.flush()
        said: list[str] = []
        child, kill_at = 0, float("inf")
        while not said or not said[-1].startswith("ended"):
            found = self.line(min(PATIENCE, max(0.0, kill_at - time.monotonic())))
            if found is None:
                assert kill_at != float("inf"), said
                os.kill(child, signal.SIGKILL)
                kill_at = float("inf")
                continue
            if found.startswith("child"):
                child = int(found.split()[1])
            if found.startswith("pressed") and kill_after is not None:
                kill_at = time.monotonic() + kill_after
            said.append(found)
        return said


if __name__ == "__main__":
    serve()
