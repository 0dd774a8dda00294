"""The command that starts this program again, frozen or from source."""

from __future__ import annotations

import sys


def own_command(*arguments: str) -> tuple[str, ...]:
    """Program and arguments that start Deskbell with `arguments`."""
    if getattr(sys, "frozen", False):
        return (sys.executable, *arguments)
    return (sys.executable, "-m", "app", *arguments)
