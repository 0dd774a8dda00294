"""The computer's own virus scanner and the mark of files from elsewhere: Defender, ClamAV, Gatekeeper."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from enum import Enum
from pathlib import Path

DEADLINE = 120.0
"""Seconds a scan may take."""
CLAMD = "clamdscan"
INTERNET_ZONE = "[ZoneTransfer]\r\nZoneId=3\r\n"
QUARANTINE = "0083;00000000;Deskbell;"
"""Flags as browsers set them: downloaded, to be asked about when it is opened first."""


class Finding(Enum):
    """What a scanner said; UNKNOWN where there is none or it failed."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNKNOWN = "unknown"


def scan(path: Path) -> Finding:
    """Have a file looked at. Blocks for seconds; never raises for a scanner that fails."""
    command, infected = scanner(path)
    if not command:
        return Finding.UNKNOWN
    try:
        done = subprocess.run(  # a scanner in its own place, with our own path
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=DEADLINE, check=False, creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return Finding.UNKNOWN
    if done.returncode == infected:
        return Finding.INFECTED
    return Finding.CLEAN if done.returncode == 0 else Finding.UNKNOWN


def scanner(path: Path, platform: str = sys.platform) -> tuple[tuple[str, ...], int]:
    """The command that scans a file, empty where there is none, and the exit code that means a finding."""
    if platform == "win32":
        program = Path(os.environ.get("PROGRAMFILES", r"C:\Program Files")) / "Windows Defender" / "MpCmdRun.exe"
        command = (str(program), "-Scan", "-ScanType", "3", "-File", str(path), "-DisableRemediation")
        return (command if program.exists() else ()), 2
    found = shutil.which(CLAMD)
    return ((found, "--fdpass", "--no-summary", str(path)) if found else ()), 1


def mark_foreign(path: Path) -> None:
    """Mark a file as one that came from elsewhere, so that the system asks before it runs. Best effort."""
    with suppress(OSError):
        if sys.platform == "win32":
            with Path(f"{path}:Zone.Identifier").open("w", newline="") as stream:
                stream.write(INTERNET_ZONE)
        elif sys.platform == "darwin":
            import ctypes

            libc = ctypes.CDLL(None, use_errno=True)
            value = QUARANTINE.encode()
            libc.setxattr(os.fsencode(path), b"com.apple.quarantine", value, len(value), 0, 0)
        else:
            path.chmod(0o600)
            os.setxattr(path, "user.xdg.origin.url", b"deskbell:remote-assistance")
