"""What the windows ask for of the rest of the program; app.assembly builds it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from app.helpdesk.assistance import Assistance
from app.helpdesk.courier import Courier
from app.helpdesk.ledger import Ledger
from app.helpdesk.outbox import Outbox
from app.helpdesk.pack import Pack
from app.helpdesk.server import Server
from app.paths import Paths
from app.settings import Resolved, Settings
from app.system.base import System

if TYPE_CHECKING:
    from app.assist.ledger import Ledger as AssistLedger
    from app.capture.drafts import Drafts
    from app.capture.reader import Reader
    from app.capture.screen import Screen
    from app.report import Journey


class Services(Protocol):
    """Objects built once, each when it is first asked for; all may be used from any thread."""

    @property
    def resolved(self) -> Resolved: ...

    @property
    def settings(self) -> Settings: ...

    @property
    def paths(self) -> Paths: ...

    @property
    def system(self) -> System: ...

    @property
    def now(self) -> Callable[[], datetime]: ...

    @property
    def server(self) -> Server: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def courier(self) -> Courier: ...

    @property
    def pack(self) -> Pack: ...

    @property
    def ledger(self) -> Ledger: ...

    @property
    def assistance(self) -> Assistance: ...

    @property
    def assist_ledger(self) -> AssistLedger: ...

    @property
    def screen(self) -> Screen: ...

    @property
    def drafts(self) -> Drafts | None: ...

    @property
    def reader(self) -> Reader: ...

    def journey(self) -> Journey: ...

    def close(self) -> None: ...
