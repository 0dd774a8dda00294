"""Where no program may act for another: says so by doing nothing."""

from __future__ import annotations


class NoHands:
    """Wayland without the RemoteDesktop portal, and unknown systems. The agent can still look and point."""

    name = "none"

    def move(self, x: int, y: int) -> None:
        pass

    def button(self, number: int, pressed: bool) -> None:
        pass

    def wheel(self, dx: int, dy: int) -> None:
        pass

    def key(self, code: str, pressed: bool) -> bool:  # noqa: ARG002 - part of the protocol
        return False

    def text(self, text: str) -> None:
        pass

    def secure_attention(self) -> bool:
        return False

    def employee_moved_at(self) -> float:
        return 0.0

    def close(self) -> None:
        pass
