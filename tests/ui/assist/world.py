"""Both ends of a session for tests of the employee's side: invitations, a host that only listens, a clock by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from PySide6.QtCore import QRect

from app.assist.orders import Do, Monitor, Order, Setup
from app.assist.told import Gone, Standing, Told
from app.protocol.assist import Helper, Invitation
from app.protocol.session import Grade, Party, Reason, State
from app.system.base import Rect
from app.ui.assist.hosting import Hosting
from app.ui.assist.screens import Shareable
from app.ui.assist.visit import Visit

PHRASE = "4831 0927"


class HandClock:
    """Monotonic seconds, moved by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


class ListeningHost:
    """Keeps its orders and does nothing."""

    def __init__(self, told: Callable[[Told], None]) -> None:
        self.tell = told
        self.setup: Setup | None = None
        self.orders: list[Order] = []
        self.is_alive = True
        self.last: Do | None = None

    def begin(self, setup: Setup) -> None:
        self.setup = setup

    def order(self, order: Order) -> None:
        self.orders.append(order)

    def stop(self, last: Do = Do.STOP) -> None:
        self.is_alive, self.last = False, last

    def close(self, last: Do = Do.STOP) -> None:
        self.stop(last)

    def stands(
        self,
        grade: Grade = Grade.VIEW,
        *,
        state: State = State.ACTIVE,
        asked: Grade | None = None,
        expires_in: float = 1800.0,
        reason: Reason | None = None,
        screen: str = "",
        screen_asked: str = "",
    ) -> None:
        self.tell(Standing(state, grade, asked, expires_in, reason, screen, screen_asked))

    def end(self, reason: Reason | None) -> None:
        self.is_alive = False
        self.tell(Gone(reason))

    def done(self, do: Do) -> list[Order]:
        return [order for order in self.orders if order.do is do]


def invitation(name: str = "Li Na", *, is_recorded: bool = False, state: State = State.SHOWN) -> Invitation:
    agent = Helper(id=uuid4(), name=name, title="Support engineer", department="IT service desk")
    return Invitation(
        id=uuid4(),
        ticket_id=uuid4(),
        number="INC-000412",
        agent=agent,
        reason="Look at the card reader's port settings",
        invited_at=datetime.now(UTC),
        state=state,
        is_recorded=is_recorded,
        commitment="A" * 43 + "=",
    )


def screen(number: int = 1, *, is_primary: bool = True, is_side: bool = False, named: str = "") -> Shareable:
    place = QRect((number - 1) * 800, 0, 800, 800)
    rect = Rect(place.x(), 0, 800, 800)
    return Shareable(named or f"S-{number}", f"Screen {number}", rect, place, 1.0, is_primary, is_side)


class Notes:
    """The ledger lines a visit writes."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, Party, str]] = []

    def __call__(self, event: str, party: Party, detail: str) -> None:
        self.lines.append((str(event), party, detail))

    @property
    def events(self) -> list[str]:
        return [event for event, _, _ in self.lines]


def visit(clock: HandClock, shared: Shareable, invited: Invitation | None = None) -> tuple[Visit, ListeningHost, Notes]:
    notes = Notes()
    hosting = Hosting(ListeningHost)
    made = Visit(invited or invitation(), shared, hosting, notes, clock)
    hosting.setParent(made)
    return made, hosting.host, notes


def setup(session: UUID) -> Setup:
    one = Monitor("S-1", "Screen 1", Rect(0, 0, 800, 800))
    return Setup("http://127.0.0.1:1", session, uuid4(), uuid4(), uuid4(), "t" * 40, bytes(32), Grade.VIEW, "S-1",
                 (one,))  # fmt: skip
