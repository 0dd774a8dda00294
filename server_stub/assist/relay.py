"""Carries sealed bytes between host and viewer, and ends when the session does. It keeps nothing and reads nothing.

There is no queue: a message is taken from one socket only when the other has taken the one before, so that a slow line
slows the sender down through TCP itself, and memory stays at a message or two for each side.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from pydantic import Field, ValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.protocol.assist import MOST_BYTES
from app.protocol.escrow import WrappedKey
from app.protocol.message import Line, Message
from app.protocol.session import RECORDED, Event, Grade, Party, Reason
from server_stub.assist.linking import Linking
from server_stub.assist.recordings import Recordings
from server_stub.assist.tape import Tape
from server_stub.bell import Bell

log = logging.getLogger(__name__)

OVER = 4000
AGAIN = 4001
"""Close codes: the session is over; the other end is gone, link again."""

ENVELOPE = 64
"""Bytes by which sealing makes the longest message longer, and to spare."""

LOOK = 1.0
"""Seconds: what ends without the bell being rung here is noticed after this at the latest."""

BLIND = 5.0
"""Seconds that a session goes on while the database cannot be asked whether it is over."""

PARTING = 2.0
"""Seconds a socket that takes nothing any more is given for the last word."""

TOLD = RECORDED | {Event.CHAT, Event.INPUT}
"""What a host may tell the server of its session; CHAT and INPUT say that the agent is at work."""


class FromHost(Message):
    """A text frame of the host's: something happened on its machine, or it is over there."""

    event: Event | None = None
    party: Party = Party.HOST
    grade: Grade | None = None
    detail: Line = ""
    ended: Reason | None = None
    link: int = Field(default=0, ge=0)
    key: WrappedKey | None = None


@dataclass(slots=True)
class Pair:
    """Two sockets that belong together, and what they are waiting for."""

    number: int
    host: WebSocket | None = None
    viewer: WebSocket | None = None
    complete: asyncio.Event = field(default_factory=asyncio.Event)
    broken: asyncio.Event = field(default_factory=asyncio.Event)
    tape: Tape | None = None


class Relay:
    """The pairs of sockets of one server process. For its event loop only."""

    def __init__(self, linking: Linking, recordings: Recordings, bell: Bell) -> None:
        self._linking = linking
        self._recordings = recordings
        self._bell = bell
        self._pairs: dict[UUID, Pair] = {}
        self._turns: dict[UUID, asyncio.Lock] = {}
        self._unnoted: set[asyncio.Task[None]] = set()

    async def host(self, session_id: UUID, socket: WebSocket, next_token: str) -> None:
        """Serve an admitted, accepted host until its socket or the session ends."""
        pair = await self._join(session_id, socket, is_host=True)
        await self._serve(session_id, pair, socket, is_host=True, greeting={"link": pair.number, "token": next_token})

    async def viewer(self, session_id: UUID, socket: WebSocket) -> None:
        """Serve an admitted, accepted viewer."""
        pair = await self._join(session_id, socket, is_host=False)
        await self._serve(session_id, pair, socket, is_host=False, greeting={"link": pair.number})

    async def _join(self, session_id: UUID, socket: WebSocket, *, is_host: bool) -> Pair:
        async with self._turn(session_id):
            pair = self._pairs.get(session_id)
            if pair is not None and (pair.host if is_host else pair.viewer) is not None:
                # The newest socket is the one that lives; what it replaces may not have noticed its end yet.
                await self._break(session_id, pair)
                pair = None
            if pair is None:
                pair = Pair(await run_in_threadpool(self._linking.next_number, session_id))
                self._pairs[session_id] = pair
            if is_host:
                pair.host = socket
            else:
                pair.viewer = socket
            return pair

    async def _serve(
        self, session_id: UUID, pair: Pair, socket: WebSocket, *, is_host: bool, greeting: dict[str, object]
    ) -> None:
        try:
            await socket.send_text(json.dumps(greeting))
            async with self._turn(session_id):
                is_new = not pair.complete.is_set() and not pair.broken.is_set()
                are_both = pair.host is not None and pair.viewer is not None
                if is_new and are_both and await run_in_threadpool(self._linking.complete, session_id):
                    pair.complete.set()
            await first(
                self._carry(session_id, pair, socket, is_host=is_host),
                self._until_over(session_id),
                pair.broken.wait(),
            )
        except WebSocketDisconnect:
            pass
        except SQLAlchemyError as problem:
            log.error("a session of remote assistance has to be linked again: %s", problem)  # noqa: TRY400
        finally:
            await self._leave(session_id, pair, socket)

    async def _leave(self, session_id: UUID, pair: Pair, socket: WebSocket) -> None:
        async with self._turn(session_id):
            await self._break(session_id, pair)
        try:
            reason = await run_in_threadpool(self._linking.reason, session_id)
        except SQLAlchemyError:
            reason = None
        if reason is not None:
            self._turns.pop(session_id, None)
        with suppress(WebSocketDisconnect, RuntimeError, TimeoutError):
            await asyncio.wait_for(_farewell(socket, reason), PARTING)

    async def _break(self, session_id: UUID, pair: Pair) -> None:
        """Note that a pair is none any more, before its other end or a new pair hears of it. In the session's turn."""
        if self._pairs.get(session_id) is pair:
            del self._pairs[session_id]
            if pair.complete.is_set():
                await self._lost(session_id)
        pair.broken.set()
        if pair.tape is not None:
            pair.tape.close()
            pair.tape = None

    async def _lost(self, session_id: UUID) -> None:
        """Note that a link is lost; while the database is away, as soon as it is back and nobody has linked again."""
        try:
            await run_in_threadpool(self._linking.lost, session_id)
        except SQLAlchemyError:
            task = asyncio.create_task(self._lost_later(session_id))
            self._unnoted.add(task)
            task.add_done_callback(self._unnoted.discard)

    async def _lost_later(self, session_id: UUID) -> None:
        while not self._bell.closed:
            await self._bell.beyond(self._bell.latest, LOOK)
            async with self._turn(session_id):
                if session_id in self._pairs:
                    return
                with suppress(SQLAlchemyError):
                    await run_in_threadpool(self._linking.lost, session_id)
                    return

    def _turn(self, session_id: UUID) -> asyncio.Lock:
        return self._turns.setdefault(session_id, asyncio.Lock())

    async def _until_over(self, session_id: UUID) -> None:
        """Return when the session is over, or relayed by another server, or may be: who knows nothing of the database
        for so long has been taken for gone by now. Raises SQLAlchemyError then."""
        seen, known_at = self._bell.latest, monotonic()
        while not self._bell.closed:
            try:
                if await run_in_threadpool(self._linking.is_done_here, session_id):
                    return
                known_at = monotonic()
            except SQLAlchemyError:
                if monotonic() - known_at > BLIND:
                    raise
            await self._bell.beyond(seen, LOOK)
            seen = self._bell.latest

    async def _carry(self, session_id: UUID, pair: Pair, socket: WebSocket, *, is_host: bool) -> None:
        """Pass on what comes from a socket until it ends. Raises WebSocketDisconnect."""
        greeted = asyncio.create_task(_greet(pair, socket))
        try:
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    raise WebSocketDisconnect(message.get("code", 1000))
                sealed: bytes | None = message.get("bytes")
                other = pair.viewer if is_host else pair.host
                if sealed is not None:
                    if not pair.complete.is_set() or other is None or len(sealed) > MOST_BYTES + ENVELOPE:
                        await self._breach(session_id, is_host=is_host)
                        return
                    if is_host and pair.tape is not None:
                        await self._record(session_id, pair, pair.tape, sealed)
                    with suppress(WebSocketDisconnect, RuntimeError):
                        await other.send_bytes(sealed)
                elif not is_host or not await self._told(session_id, pair, message.get("text") or ""):
                    await self._breach(session_id, is_host=is_host)
                    return
        finally:
            greeted.cancel()

    async def _record(self, session_id: UUID, pair: Pair, tape: Tape, sealed: bytes) -> None:
        """Keep a message as it is. Help goes on when that fails; both records say that the recording broke off."""
        try:
            await run_in_threadpool(tape.append, sealed)
        except OSError as problem:
            pair.tape = None
            tape.close()
            await run_in_threadpool(self._recordings.broke, session_id, problem.strerror or str(problem))

    async def _opened(self, session_id: UUID, pair: Pair, key: WrappedKey) -> bool:
        """The machine lets us open what it sends from now on; False when nobody told the employee so."""
        try:
            pair.tape = await run_in_threadpool(self._recordings.open_tape, session_id, pair.number, key)
        except OSError as problem:
            await run_in_threadpool(self._recordings.broke, session_id, problem.strerror or str(problem))
            return True
        return pair.tape is not None

    async def _told(self, session_id: UUID, pair: Pair, text: str) -> bool:
        """Take note of a text frame of the host's; False when it is none of this protocol."""
        try:
            heard = FromHost.model_validate_json(text[:2000])
        except ValidationError:
            return False
        if heard.key is not None:
            return await self._opened(session_id, pair, heard.key)
        if heard.ended is not None:
            await run_in_threadpool(self._linking.end, session_id, heard.ended, Party.HOST)
        elif heard.event in TOLD:
            await run_in_threadpool(
                self._linking.heard, session_id, heard.event, heard.party, heard.grade, heard.detail
            )
        else:
            return heard.event is None and heard.link > 0
        return True

    async def _breach(self, session_id: UUID, *, is_host: bool) -> None:
        party = Party.HOST if is_host else Party.AGENT
        await run_in_threadpool(self._linking.end, session_id, Reason.VIOLATION, party)


async def _farewell(socket: WebSocket, reason: Reason | None) -> None:
    """Say why, and close."""
    if reason is None:
        await socket.close(AGAIN)
        return
    await socket.send_text(json.dumps({"ended": reason.value}))
    await socket.close(OVER)


async def _greet(pair: Pair, socket: WebSocket) -> None:
    """Tell a socket when the other end is there too."""
    await pair.complete.wait()
    with suppress(WebSocketDisconnect, RuntimeError):
        await socket.send_text(json.dumps({"peer": "here"}))


async def first(*ways: Awaitable[object]) -> None:
    """Wait for the first to end and end the others; what it raised is raised."""
    tasks = [asyncio.ensure_future(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
