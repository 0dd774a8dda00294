"""Takes what employees said of articles into the index, several times a day."""

from __future__ import annotations

import threading

from server_stub.bell import Bell
from server_stub.knowledge.publication import Publication

PAUSE = 6 * 3600.0
"""Seconds between two looks. Every computer fetches what has changed, so single votes are not worth an edition."""


class Relearning(threading.Thread):
    """Runs until the server ends; the index is built at the start by whoever starts the server."""

    def __init__(self, publication: Publication, bell: Bell) -> None:
        super().__init__(name="relearning", daemon=True)
        self._publication = publication
        self._bell = bell

    def run(self) -> None:
        """Look, rest, look again; a failure is logged and tried again at the next look."""
        while not self._bell.closed:
            self._bell.wait_for_close(PAUSE)
            if not self._bell.closed and not self._publication.refreshed_within(PAUSE / 2):
                self._publication.refresh_logged()
