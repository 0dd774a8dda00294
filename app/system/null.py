"""A system that knows nothing, for unknown platforms and as the base of the others."""

from __future__ import annotations

import getpass
import hashlib
import os
import platform
import uuid
from collections.abc import Sequence
from pathlib import Path

from app.errors import NotAvailable
from app.system.base import APPLICATION, ChildOptions, PolicyEntry, TextElement, Window
from app.system.processor import careful


class NullSystem:
    """Answers what Python alone can tell."""

    name = "null"

    def os_description(self) -> str:
        """Kernel name and release."""
        return f"{platform.system()} {platform.release()}".strip()

    def foreground(self) -> Window | None:
        """Nobody can tell."""
        return None

    def windows(self) -> tuple[Window, ...]:
        """Nobody can tell."""
        return ()

    def window_texts(self, handle: int) -> tuple[TextElement, ...]:  # noqa: ARG002  # the protocol's shape
        """None are offered."""
        return ()

    def is_wayland(self) -> bool:
        """No portal here."""
        return False

    def user_name(self) -> str:
        """The login name; empty when the account has none."""
        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError):
            return ""

    def session_id(self) -> str:
        """One session is assumed."""
        return "0"

    def machine_id(self) -> str:
        """What identifies the machine; stays in this process."""
        return f"{uuid.getnode():012x}"

    def machine_id_hash(self) -> str:
        """SHA-256 over the machine id and the program's name, so that no other program has the same pseudonym."""
        return hashlib.sha256(f"{APPLICATION}:{self.machine_id()}".encode()).hexdigest()[:32]

    def boot_id(self) -> str:
        """The minute the machine was started in."""
        import psutil

        return str(round(psutil.boot_time() / 60))

    def child_options(self) -> ChildOptions:
        """Nothing special but numpy told to be careful."""
        return ChildOptions(environment=careful())

    def lower_own_priority(self) -> None:
        """A nicer niceness where the system has one."""
        if hasattr(os, "nice"):
            os.nice(5)

    def release_memory(self) -> None:
        """Left to the allocator."""

    def policy_folder(self) -> Path:
        """Inside the machine folder."""
        return self.machine_folder() / "policy"

    def policy_entries(self) -> tuple[PolicyEntry, ...]:
        """Files only."""
        return ()

    def machine_folder(self) -> Path:
        """As on Unix."""
        return Path("/etc") / APPLICATION

    def set_autostart(self, enabled: bool, command: Sequence[str] = ()) -> None:  # noqa: ARG002  # the protocol's shape
        """Raises NotAvailable: there is no place to say it."""
        if enabled:
            raise NotAvailable(
                "Deskbell cannot start by itself on this system.",
                "Add it to the programs that start with your session.",
            )

    def autostart(self) -> bool:
        """Never."""
        return False
