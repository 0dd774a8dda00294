"""What the agent asks of this machine: each message is judged by the session table, then carried out."""

from __future__ import annotations

from collections.abc import Callable

from app.assist.conduct import Conduct, is_counted
from app.assist.deliveries import Deliveries
from app.assist.hands import Reach
from app.assist.orders import Teller
from app.assist.show import Show
from app.assist.witness import Witness
from app.protocol.session import Event, Grade, Outcome, Party
from app.protocol.stream import (
    ACK_BODY,
    EVENTS,
    POINT_BODY,
    Chat,
    FromViewer,
    Garbled,
    Ink,
    InputEvent,
    InputKind,
    ViewerMessage,
    Wanted,
    Wish,
    of_json,
)

ASKED: dict[str, Event] = {
    "ask_grade": Event.ASK_GRADE,
    "lower_grade": Event.LOWER_GRADE,
    "ask_screen": Event.ASK_SCREEN,
    "stop": Event.STOP,
    "withdraw_offer": Event.WITHDRAW_OFFER,
}
DELIVERED = (FromViewer.FILE, FromViewer.CHUNK, FromViewer.TEXT)
"""Kinds that app.assist.deliveries takes, and tells the server about in full."""


class Wishes:
    """The closed list of what a viewer can bring about here."""

    def __init__(
        self,
        conduct: Conduct,
        show: Show,
        reach: Reach,
        tray: Teller,
        witness: Witness,
        deliveries: Deliveries,
        is_screen: Callable[[str], bool],
        highest: Grade = Grade.CONTROL,
    ) -> None:
        """`is_screen` tells whether there is a screen of that id now; beyond `highest` nobody is asked."""
        self._conduct = conduct
        self._show = show
        self._reach = reach
        self._tray = tray
        self._witness = witness
        self._deliveries = deliveries
        self._is_screen = is_screen
        self._highest = highest

    def take(self, message: ViewerMessage) -> None:
        """Judge one message and do what it says. Raises Garbled."""
        if not is_counted(message.kind):
            if message.kind is FromViewer.ACK and len(message.body) == ACK_BODY.size:
                self._show.acknowledged(ACK_BODY.unpack(message.body)[0])
            if message.kind is FromViewer.WISH:
                wish: Wish = of_json(Wish, message.body)
                self._show.play_films(is_possible=wish.films)
            return
        seen = self._conduct.session.screen  # before it is judged: a choice in between makes the message stale
        event, grade, screen = self._named(message)
        if event is Event.ASK_SCREEN and not self._is_screen(screen):
            return  # unplugged while the agent was choosing
        if self._conduct.heard(message, event, grade, screen) is not Outcome.ACCEPTED:
            return
        if event is Event.WITHDRAW_OFFER:
            self._deliveries.withdrawn()
            return
        if message.kind in DELIVERED:
            self._deliveries.take(message)
            return
        self._witness.saw(event or EVENTS[message.kind], Party.AGENT, grade, screen)
        match message.kind:
            case FromViewer.INPUT:
                deed: InputEvent = of_json(InputEvent, message.body)
                is_done = self._reach.apply(deed, seen)
                if deed.kind is InputKind.SECURE_ATTENTION and not is_done:
                    self._tray.tell("attention")  # only a hand on the keyboard can do it here
                if not self._conduct.session.may_do(Grade.CONTROL):
                    self._reach.release_all()  # taken away in this very moment: nothing stays pressed
            case FromViewer.POINT:
                self._pointed(message.body)
            case FromViewer.INK:
                ink: Ink = of_json(Ink, message.body)
                self._tray.tell("ink", shape=ink.shape, points=ink.points)
            case FromViewer.CHAT:
                chat: Chat = of_json(Chat, message.body)
                self._tray.tell("chat", text=chat.text)
            case FromViewer.EVENT if event is Event.ASK_GRADE and grade is not None and grade > self._highest:
                self._refuse()
            case FromViewer.EVENT if event is Event.LOWER_GRADE and grade is not None:
                self._tray.tell("lowered", grade=int(grade))  # time lowers it too, which is nobody's doing
            case _:
                pass  # an event has done its work in the table

    def _refuse(self) -> None:
        """What this desktop cannot keep within its limits is not the employee's to grant."""
        if self._conduct.host(Event.REFUSE_GRADE) is Outcome.ACCEPTED:
            self._witness.saw(Event.REFUSE_GRADE, Party.HOST)
            self._tray.tell("by_desktop", event=Event.REFUSE_GRADE)

    @staticmethod
    def _named(message: ViewerMessage) -> tuple[Event | None, Grade | None, str]:
        """The event, grade and screen an EVENT message names; nothing for the others. Raises Garbled."""
        if message.kind is not FromViewer.EVENT:
            return None, None, ""
        wish: Wanted = of_json(Wanted, message.body)
        return ASKED[wish.event], wish.grade, wish.screen

    def _pointed(self, body: bytes) -> None:
        if len(body) != POINT_BODY.size:
            raise Garbled("a place has five bytes")
        x, y, visible = POINT_BODY.unpack(body)
        self._tray.tell("pointer", x=x, y=y, is_visible=bool(visible))
