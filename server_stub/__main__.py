"""The command `deskbell-server`."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence

from pydantic import ValidationError

from app import __version__
from app.errors import HelpdeskError
from server_stub.commands import agents, announce, articles, backup, demo, devices, move, serve, servers, verify

VERBS = (serve, articles, agents, devices, announce, backup, verify, servers, move, demo)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command: 0 done, 1 could not, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="deskbell-server", description="Deskbell's companion server.")
    parser.add_argument("--version", action="version", version=f"deskbell-server {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    for each in VERBS:
        each.register(verbs)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    for noisy in ("uvicorn", "alembic", "PIL", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    try:
        return int(given.run(given))
    except HelpdeskError as problem:
        print(
            f"deskbell-server: {problem.summary}", *([problem.hint] if problem.hint else []), sep="\n", file=sys.stderr
        )
        return 1
    except ValidationError as problem:
        said = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problem.errors())
        print(f"deskbell-server: {said}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 1


if __name__ == "__main__":
    sys.exit(main())
