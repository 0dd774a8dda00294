"""Recordings of sessions, where the policy of this server is to make them: who is asked, who keeps, who may watch.

A recording is the very messages that passed the relay, sealed as they were; the keys that open them were wrapped by
the employee's machine for this server's recording key (app.protocol.escrow). Nothing readable is ever written.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.errors import StorageError
from app.protocol.escrow import WrappedKey, unwrap
from app.protocol.problems import ProblemCode
from server_stub.agents.tables import Agent, Role
from server_stub.assist.courses import Courses
from server_stub.assist.tables import AssistRecord, AssistRecording, RecordedLink
from server_stub.assist.tape import Tape
from server_stub.clock import Clock
from server_stub.database import Database
from server_stub.events.tables import AssistStep
from server_stub.problems import Refusal

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

LONGEST_DAYS = 90
"""A recording is kept for so long at most."""


@dataclass(frozen=True, slots=True)
class Playable:
    """What plays a recording: the file, and the key of each link in it (32 bytes)."""

    path: Path
    keys: dict[int, bytes]


class Recordings:
    """`days` a recording is kept; 0 when this server makes none. Files lie in `folder`, the private key beside it."""

    def __init__(self, database: Database, courses: Courses, folder: Path, days: int, now: Clock) -> None:
        self._database = database
        self._courses = courses
        self._folder = folder
        self._key_file = folder.with_name("recording.key")
        self._now = now
        self.days = min(days, LONGEST_DAYS)
        self._private: EllipticCurvePrivateKey | None = None

    def begin(self, session: Session, record: AssistRecord) -> None:
        """An invitation was made: by the policy of this moment its session is recorded, or is not."""
        if self.days > 0:
            expires_at = record.invited_at + timedelta(days=self.days)
            session.add(AssistRecording(session_id=record.id, days=self.days, expires_at=expires_at, links=()))
            session.flush()

    def public(self) -> str:
        """The key that machines wrap for: base64 of an uncompressed point of P-256. Raises StorageError."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        point = self._owned().public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.b64encode(point).decode()

    def open_tape(self, session_id: UUID, link: int, wrapped: WrappedKey) -> Tape | None:
        """A machine has opened a link to us: write from now on. None when this session is not to be recorded."""
        with self._database.write() as session:
            recording = session.get(AssistRecording, session_id)
            if recording is None or recording.deleted_at is not None:
                return None
            others = tuple(each for each in recording.links if each.number != link)
            recording.links = (*others, RecordedLink(number=link, key=wrapped))
        return Tape(self.path(session_id), link, self._now)

    def broke(self, session_id: UUID, why: str) -> None:
        """Nothing more can be written; the session goes on, and both records of the server say so."""
        with self._database.write() as session:
            record = session.get_one(AssistRecord, session_id)
            self._courses.note(session, record, AssistStep.RECORDING_BROKEN, None, detail=why)

    def watch(self, agent_id: UUID, session_id: UUID) -> Playable:
        """Open a recording for an agent, and write that down. Raises Refusal(not_found), StorageError."""
        with self._database.write() as session:
            record, recording = self._for(session, agent_id, session_id)
            if not self.path(session_id).is_file():
                raise Refusal(ProblemCode.NOT_FOUND)
            self._courses.note_by(session, record, AssistStep.RECORDING_WATCHED, session.get_one(Agent, agent_id))
            links = recording.links
        private = self._owned()
        try:
            keys = {link.number: unwrap(link.key, private, session_id, link.number) for link in links}
        except ValueError as problem:
            raise StorageError(
                "The recording cannot be opened: {path} is not the key it was made for.",
                "Put the recording.key of that time back into the data folder.",
                path=self._key_file,
            ) from problem
        return Playable(self.path(session_id), keys)

    def delete(self, agent_id: UUID, session_id: UUID) -> None:
        """Delete a recording, as an employee may ask for. Raises Refusal(not_found)."""
        with self._database.write() as session:
            record, recording = self._for(session, agent_id, session_id)
            recording.deleted_at, recording.links = self._now(), ()
            self._courses.note_by(session, record, AssistStep.RECORDING_DELETED, session.get_one(Agent, agent_id))
        self.path(session_id).unlink(missing_ok=True)

    def may_watch(self, session: Session, agent_id: UUID, session_id: UUID) -> bool:
        """Whether there is a recording that this agent may see: their own session's, or any for administrators."""
        try:
            self._for(session, agent_id, session_id)
        except Refusal:
            return False
        return True

    def expire(self) -> int:
        """Delete what has been kept for as long as it may; how many."""
        with self._database.write() as session:
            query = select(AssistRecording).where(
                AssistRecording.expires_at <= self._now(), AssistRecording.deleted_at.is_(None)
            )
            old = list(session.scalars(query))
            for recording in old:
                recording.deleted_at, recording.links = self._now(), ()
            ids = [recording.session_id for recording in old]
        for session_id in ids:
            self.path(session_id).unlink(missing_ok=True)
        return len(ids)

    def _for(self, session: Session, agent_id: UUID, session_id: UUID) -> tuple[AssistRecord, AssistRecording]:
        """A recording that is there and the agent's to see. Raises Refusal(not_found)."""
        record, recording = session.get(AssistRecord, session_id), session.get(AssistRecording, session_id)
        agent = session.get_one(Agent, agent_id)
        is_theirs = record is not None and (record.agent_id == agent_id or agent.role is Role.ADMINISTRATOR)
        is_gone = recording is None or recording.deleted_at is not None or recording.expires_at <= self._now()
        if record is None or recording is None or not is_theirs or is_gone or not recording.links:
            raise Refusal(ProblemCode.NOT_FOUND)
        return record, recording

    def path(self, session_id: UUID) -> Path:
        """Where a recording lies, if there is one."""
        return self._folder / f"{session_id}.tape"

    def _owned(self) -> EllipticCurvePrivateKey:
        """The private key, made when it is first needed. Raises StorageError."""
        from cryptography.hazmat.primitives.asymmetric.ec import (
            SECP256R1,
            EllipticCurvePrivateKey,
            generate_private_key,
        )
        from cryptography.hazmat.primitives.serialization import (
            Encoding,
            NoEncryption,
            PrivateFormat,
            load_pem_private_key,
        )

        if self._private is not None:
            return self._private
        try:
            if not self._key_file.exists():
                made = generate_private_key(SECP256R1())
                self._keep_key(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            found = load_pem_private_key(self._key_file.read_bytes(), None)
        except (OSError, ValueError) as problem:
            raise StorageError(
                "The key of recordings in {path} cannot be used: {reason}.", path=self._key_file, reason=problem
            ) from problem
        if not isinstance(found, EllipticCurvePrivateKey):
            raise StorageError(
                "The key of recordings in {path} cannot be used: {reason}.",
                path=self._key_file,
                reason="it is of another kind",
            )
        self._private = found
        return found

    def _keep_key(self, pem: bytes) -> None:
        """Write the key of recordings whole or not at all; one that another server wrote meanwhile stays."""
        unfinished = self._key_file.with_name(f"{self._key_file.name}.{token_hex(4)}.new")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(pem)
                stream.flush()
                os.fsync(stream.fileno())
            os.link(unfinished, self._key_file)
        except FileExistsError:
            pass
        finally:
            unfinished.unlink(missing_ok=True)


def recording_of(session: Session, record: AssistRecord) -> AssistRecording | None:
    """The recording an invitation promises; None when there is none."""
    return session.get(AssistRecording, record.id)
