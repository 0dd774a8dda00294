"""The OCR worker: `python -m app.capture.worker` reads pictures from stdin and answers on stdout.

It has no network, little priority, ends with the program that started it and after a minute without work.
"""

from __future__ import annotations

import functools
import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import IO

from app.capture.engine import Deadline, ReadingEngine
from app.capture.reading import Reading
from app.capture.wire import Answer, Failure, Garbled, Request, read_request, write
from app.errors import HelpdeskError
from app.system.processor import prepare

IDLE_SECONDS = 60.0
NETWORK_EVENTS = frozenset({"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"})

Work = tuple[Request, bytes]


def main() -> int:
    """Serve until the pipe closes or nothing has come for a minute."""
    from app.system import current

    requests, answers = _private_pipes()
    sys.addaudithook(_no_network)
    prepare()
    system = current()
    system.lower_own_priority()
    work: queue.Queue[Work] = queue.Queue(maxsize=4)
    threading.Thread(target=_listen, args=(requests, work), daemon=True).start()
    engines: dict[str, ReadingEngine] = {}
    while True:
        try:
            request, pixels = work.get(timeout=IDLE_SECONDS)
        except queue.Empty:
            return 0
        write(answers, _answer(request, pixels, engines, functools.partial(write, answers)))
        del pixels
        system.release_memory()


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The two pipes under numbers of their own, so that nothing printed by a library gets into an answer."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    silence = os.open(os.devnull, os.O_RDWR)
    os.dup2(silence, 0)
    os.dup2(silence, 1)
    return requests, answers


def _no_network(event: str, _: tuple[object, ...]) -> None:
    """Nothing in this process ever downloads anything."""
    if event in NETWORK_EVENTS:
        raise PermissionError("the OCR worker has no network")


def _listen(requests: IO[bytes], work: queue.Queue[Work]) -> None:
    """Pass requests on; end the process at once when the program is gone, even in the middle of a picture."""
    while True:
        try:
            received = read_request(requests)
        except (Garbled, OSError):
            os._exit(3)
        if received is None:
            os._exit(0)
        work.put(received)


def _answer(
    request: Request, pixels: bytes, engines: dict[str, ReadingEngine], send: Callable[[Answer], None]
) -> Answer:
    from app.capture.engines import all_engines, chosen
    from app.capture.salience import read_picture

    try:
        if request.engine not in engines:
            engines[request.engine] = chosen(request.engine, all_engines())
        engine = engines[request.engine]
        if not request.width:
            return Answer(request.number, engine=engine.name)

        def meanwhile(known: Reading) -> None:
            send(Answer(request.number, engine=engine.name, reading=known, is_final=False))

        reading = read_picture(engine, request, pixels, Deadline.after(request.seconds), meanwhile)
        return Answer(request.number, engine=engine.name, reading=reading)
    except HelpdeskError as error:
        names = tuple(error.values)
        values = tuple(str(error.values[name]) for name in names)
        return Answer(request.number, failure=Failure(error.summary_template, error.hint_template, names, values))


if __name__ == "__main__":
    sys.exit(main())
