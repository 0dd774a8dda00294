"""macOS: the window list of CoreGraphics, the version from its property list, a launch agent for autostart."""

from __future__ import annotations

import os
import platform
import plistlib
from collections.abc import Sequence
from pathlib import Path

from app.errors import StorageError
from app.system.base import Window
from app.system.launch import own_command
from app.system.null import NullSystem

LABEL = "org.deskbell.client"
SYSTEM_VERSION = Path("/System/Library/CoreServices/SystemVersion.plist")
MANAGED = Path("/Library/Managed Preferences")


class MacSystem(NullSystem):
    """macOS 12 and later."""

    name = "macos"

    def os_description(self) -> str:
        """`macOS 14.5 (23F79), arm64`."""
        try:
            version = plistlib.loads(SYSTEM_VERSION.read_bytes())
        except (OSError, plistlib.InvalidFileException):
            return f"macOS {platform.mac_ver()[0]}"
        return f"macOS {version['ProductVersion']} ({version['ProductBuildVersion']}), {platform.machine()}"

    def foreground(self) -> Window | None:
        """The frontmost ordinary window of another program; its title needs the screen recording permission."""
        return next(iter(self.windows()), None)

    def windows(self) -> tuple[Window, ...]:
        """Ordinary windows of other programs, frontmost first, in points."""
        from app.system.coregraphics import window_list

        try:
            return tuple(window for window in window_list() if window.process_id != os.getpid())
        except OSError:
            return ()

    def session_id(self) -> str:
        """The security session of this logon."""
        return os.environ.get("SECURITYSESSIONID") or str(os.getuid())

    def machine_id(self) -> str:
        """The host's UUID from gethostuuid(2)."""
        from app.system.coregraphics import host_uuid

        try:
            return host_uuid()
        except OSError:
            return super().machine_id()

    def policy_folder(self) -> Path:
        """Where a device management profile lands."""
        return MANAGED

    def machine_folder(self) -> Path:
        """For all users of this Mac."""
        return Path("/Library/Application Support/Deskbell")

    def set_autostart(self, enabled: bool, command: Sequence[str] = ()) -> None:
        """Write or remove this user's launch agent."""
        entry = self._agent()
        try:
            if not enabled:
                entry.unlink(missing_ok=True)
                return
            entry.parent.mkdir(parents=True, exist_ok=True)
            words = list(command) or list(own_command("--background"))
            agent = {"Label": LABEL, "ProgramArguments": words, "RunAtLoad": True, "ProcessType": "Interactive"}
            partial = entry.with_suffix(".partial")
            partial.write_bytes(plistlib.dumps(agent))
            partial.replace(entry)
        except OSError as error:
            raise StorageError(
                "The start-up entry {path} cannot be changed: {reason}",
                "Ask IT about the rights on that folder.",
                path=entry,
                reason=error.strerror,
            ) from error

    def autostart(self) -> bool:
        """Whether the launch agent is there."""
        return self._agent().is_file()

    @staticmethod
    def _agent() -> Path:
        return Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"
