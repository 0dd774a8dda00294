"""What a report needs of the rest of the program; app.assembly builds it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.capture.drafts import Drafts
    from app.capture.reader import Reader
    from app.capture.screen import Screen
    from app.helpdesk.outbox import Outbox
    from app.report import Journey
    from app.settings import Settings
    from app.system.base import System


class Services(Protocol):
    """Objects that live longer than a report and may be used from any thread."""

    @property
    def settings(self) -> Settings: ...

    @property
    def system(self) -> System: ...

    @property
    def now(self) -> Callable[[], datetime]: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def screen(self) -> Screen: ...

    @property
    def drafts(self) -> Drafts | None: ...

    @property
    def reader(self) -> Reader: ...

    def journey(self) -> Journey: ...
