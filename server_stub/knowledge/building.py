"""Building a large index in a process of its own, so that requests go on being answered and an end is prompt."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from app.errors import HelpdeskError
from app.knowledge.build import build
from app.protocol.knowledge import Visibility
from server_stub.database import Database
from server_stub.knowledge.library import Library
from server_stub.knowledge.outcomes import learned
from server_stub.knowledge.slimming import Part
from server_stub.storage import open_database


class Building:
    """Runs this module on a database that it only reads. One build at a time; `give_up` ends it from elsewhere."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._given_up = False

    @property
    def given_up(self) -> bool:
        """Whether the server is ending."""
        with self._lock:
            return self._given_up

    def build(self, visible: frozenset[Visibility], path: Path, version: str, part: Part | None = None) -> None:
        """Write the index of those articles, or of a part of them, to `path`.

        Raises HelpdeskError when it could not be written.
        """
        command = [sys.executable, "-m", __name__, str(path), version, *sorted(visible)]
        with self._lock:
            if self._given_up:
                raise HelpdeskError("The server is ending.", retry=True)
            child = self._child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
        # An address may hold a password, and everybody on the machine can read a command line.
        told = (str(part.total), *part.kept) if part is not None else ()
        _, said = child.communicate("\n".join((self._database.address, *told)).encode())
        if child.returncode:
            reason = said.decode("utf-8", "replace").strip()[-500:] or f"code {child.returncode}"
            raise HelpdeskError("The index was not built: {reason}", retry=True, reason=reason)

    def give_up(self) -> None:
        """End what is being built, and let nothing be built any more."""
        with self._lock:
            self._given_up = True
            if self._child is not None and self._child.poll() is None:
                self._child.kill()


def main(arguments: list[str]) -> int:
    """Build one index: file to write, version, visibilities. From outside come, a line each, the database's address
    and for a part how many articles belong there and the ids of those that go."""
    address, *told = sys.stdin.buffer.read().decode().splitlines()
    database = open_database(address)
    now = datetime.now(UTC)
    library = Library(database, lambda: now)
    visible = frozenset(Visibility(each) for each in arguments[2:])
    kept = frozenset(told[1:])
    try:
        with database.read() as session:
            articles = (each for each in library.articles(session, visible) if not kept or each.id in kept)
            total = int(told[0]) if kept else 0
            build(articles, Path(arguments[0]), arguments[1], learned(session, now), total=total)
    except HelpdeskError as problem:
        sys.stderr.write(problem.summary)
        return 1
    finally:
        database.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
