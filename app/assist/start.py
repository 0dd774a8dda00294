"""Starts the host so that it dies with the tray from its first moment on: `python -m app.assist.start`.

The host takes a second to load, several on a busy machine, and reads its pipe only then. Until it does, a thread that
needs nothing but the standard library watches whether the tray still holds the other end.
"""

from __future__ import annotations

import os
import select
import sys
import threading


def watch(descriptor: int) -> None:
    """End this process as soon as the other end of a pipe is closed; returns where pipes cannot be watched."""
    if not hasattr(select, "poll"):
        return  # Windows: the host reads the end of the pipe itself
    poll = select.poll()
    poll.register(descriptor, 0)  # the end of the other side is told without being asked for
    poll.poll()
    os._exit(0)


def main() -> int:
    """Watch, load, run."""
    threading.Thread(target=watch, args=(sys.stdin.fileno(),), name="tray's end", daemon=True).start()
    from app.assist.serving import main as serve

    return serve()


if __name__ == "__main__":
    sys.exit(main())
