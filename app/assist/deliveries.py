"""What the agent hands over, as far as the host goes: every word is judged, the employee says yes, the tray writes.

The host itself opens no file: pieces of one that was taken go to the tray, and the next is asked for when the tray has
written the one before.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from threading import RLock

from app.assist.conduct import Conduct
from app.assist.orders import Do, Order, Teller
from app.assist.witness import Witness
from app.protocol.handover import CHUNK_HEAD, LOST, MOST_PIECE, Delivery, FileOffer, Step, TextOffer
from app.protocol.session import Event, Outcome, Party
from app.protocol.stream import FromHost, FromViewer, Garbled, ViewerMessage, of_json

ENDS = (Step.KEPT, *LOST)


class Deliveries:
    """One offer at a time, known by the number of the message that made it. Used from two threads.

    `employee` has the session table judge the employee's word and tells the server what was accepted.
    """

    def __init__(
        self,
        conduct: Conduct,
        tray: Teller,
        witness: Witness,
        employee: Callable[[Event, str], bool],
        send: Callable[[bytes], None],
    ) -> None:
        self._conduct = conduct
        self._tray = tray
        self._witness = witness
        self._employee = employee
        self._send = send
        self._number = -1
        self._file: FileOffer | None = None
        self._text: TextOffer | None = None
        self._forwarded = 0
        self._last = Delivery(step=Step.NOTHING)
        self._lock = RLock()

    def take(self, message: ViewerMessage) -> None:
        """Carry out an accepted offer or piece of the viewer's. Raises Garbled."""
        with self._lock:
            match message.kind:
                case FromViewer.FILE:
                    self._offered(message.number, of_json(FileOffer, message.body))
                case FromViewer.TEXT:
                    self._offered(message.number, of_json(TextOffer, message.body))
                case _:
                    self._piece(message.body)

    def withdrawn(self) -> None:
        """The agent has thought better of it."""
        with self._lock:
            if self._is_open:
                self._witness.saw(Event.WITHDRAW_OFFER, Party.AGENT)
                self._over(Step.WITHDRAWN)

    def obey(self, order: Order) -> None:
        """Carry out what the tray says about an offer; what is meant for an earlier one is dropped."""
        with self._lock:
            if order.do is Do.GIVE:
                self._give(order.text)
            elif order.offer != self._number or not self._is_open:
                return
            elif order.do is Do.TAKE:
                self._taken()
            elif order.do is Do.TURN_DOWN:
                if self._employee(Event.REFUSE_OFFER, ""):
                    self._over(Step.REFUSED)
            elif self._file is not None and order.do is Do.GOT:
                self._forwarded = min(order.received, self._forwarded)  # what was not written comes once more
                self._tell(Step.TAKEN, self._forwarded)
            elif self._file is not None and order.step in ENDS:
                self._finished(self._file, order.step)

    def tell_again(self) -> None:
        """A viewer is there again that may have missed the last word."""
        with self._lock:
            if self._last.step is not Step.NOTHING:
                self._tell(self._last.step, self._last.received)

    @property
    def _is_open(self) -> bool:
        return self._file is not None or self._text is not None

    def _offered(self, number: int, offer: FileOffer | TextOffer) -> None:
        self._number, self._forwarded = number, 0
        if isinstance(offer, FileOffer):
            self._file, self._text = offer, None
            self._witness.saw(Event.OFFER_FILE, Party.AGENT, detail=offer.line)
            self._tray.tell("file", offer=number, name=offer.name, size=offer.size, sha256=offer.sha256)
        else:
            self._file, self._text = None, offer
            self._witness.saw(Event.OFFER_TEXT, Party.AGENT, detail=offer.line)
            self._tray.tell("text", offer=number, text=offer.text)
        self._tell(Step.ASKED)

    def _piece(self, body: bytes) -> None:
        """Bytes of the file. What is not the next piece was sent twice, or after one that was lost with the line."""
        if self._file is None or not CHUNK_HEAD.size < len(body) <= CHUNK_HEAD.size + MOST_PIECE:
            raise Garbled("not a piece of a file")
        [offset] = CHUNK_HEAD.unpack_from(body)
        data = body[CHUNK_HEAD.size :]
        if offset + len(data) > self._file.size:
            raise Garbled("more than was offered")
        if offset == self._forwarded:
            self._forwarded += len(data)
            self._tray.tell("piece", offer=self._number, offset=offset, data=base64.b64encode(data).decode())

    def _taken(self) -> None:
        if not self._employee(Event.TAKE_OFFER, ""):
            return
        self._tray.tell("taken", offer=self._number)
        if self._text is not None:
            self._tray.tell("clipboard", offer=self._number, text=self._text.text)
            self._over(Step.TAKEN)
        else:
            self._tell(Step.TAKEN)

    def _finished(self, file: FileOffer, step: Step) -> None:
        if self._conduct.host(Event.END_OFFER) is Outcome.ACCEPTED:
            detail = f"{step} {file.sha256}"
            self._witness.saw(Event.END_OFFER, Party.HOST, detail=detail)
            self._over(step, detail)

    def _give(self, text: str) -> None:
        try:
            given = TextOffer(text=text)
        except ValueError:
            return  # half of a character, or nothing: the tray asks for words only
        if self._employee(Event.GIVE_TEXT, given.line):
            self._tray.tell("given", detail=given.line)
            self._send(bytes([FromHost.TEXT]) + given.model_dump_json().encode())

    def _over(self, step: Step, detail: str = "") -> None:
        self._file = self._text = None
        self._tray.tell("offer_over", offer=self._number, step=step, detail=detail)
        self._tell(step)

    def _tell(self, step: Step, received: int = 0) -> None:
        self._last = Delivery(step=step, received=received)
        self._send(bytes([FromHost.DELIVERY]) + self._last.model_dump_json().encode())
