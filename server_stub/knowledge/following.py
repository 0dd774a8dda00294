"""Takes into use what another server of the same database published."""

from __future__ import annotations

import threading

from server_stub.bell import Bell
from server_stub.knowledge.publication import Publication

LOOK = 5.0
"""Seconds between two looks; the bell is rung for what clients are told of."""


class Following(threading.Thread):
    """Runs until the server ends, where there are several."""

    def __init__(self, publication: Publication, bell: Bell) -> None:
        super().__init__(name="following", daemon=True)
        self._publication = publication
        self._bell = bell

    def run(self) -> None:
        """Look, wait for something to happen, look again."""
        while not self._bell.closed:
            seen = self._bell.latest
            self._publication.follow()
            self._bell.wait_beyond(seen, LOOK)
