"""Everything the routes work with, built once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from secrets import token_urlsafe

from fastapi import Request

from server_stub.announcements.service import Announcements
from server_stub.assist.courses import Courses
from server_stub.assist.linking import Linking
from server_stub.assist.pictures import Pictures
from server_stub.assist.pinning import unpin
from server_stub.assist.recordings import Recordings
from server_stub.assist.service import Assistance
from server_stub.assist.transcript import Transcript
from server_stub.bell import Bell
from server_stub.clock import Clock, utc_now
from server_stub.database import Database
from server_stub.devices.enrolment import Enrolment
from server_stub.events.log import EventLog
from server_stub.folder import DataFolder
from server_stub.hearing import Hearing
from server_stub.knowledge.editions import Editions
from server_stub.knowledge.library import Library
from server_stub.knowledge.outcomes import Outcomes
from server_stub.knowledge.publication import Publication
from server_stub.knowledge.scoped import ScopedPacks
from server_stub.knowledge.signing import pack_key
from server_stub.knowledge.solutions import Solutions
from server_stub.postgres import PostgresDatabase
from server_stub.rates import Rates
from server_stub.servers.roll import Roll
from server_stub.storage import open_storage
from server_stub.tickets.conversation import Conversation
from server_stub.tickets.intake import Intake
from server_stub.tickets.transitions import Transitions
from server_stub.tickets.urging import Urging
from server_stub.uploads.receiving import Receiving
from server_stub.uploads.storage import BlobFiles, PartFiles


@dataclass(frozen=True, slots=True)
class Services:
    """What a running server consists of besides its routes."""

    folder: DataFolder
    database: Database
    bell: Bell
    events: EventLog
    intake: Intake
    transitions: Transitions
    conversation: Conversation
    urging: Urging
    enrolment: Enrolment
    receiving: Receiving
    blobs: BlobFiles
    library: Library
    publication: Publication
    outcomes: Outcomes
    solutions: Solutions
    announcements: Announcements
    assistance: Assistance
    recordings: Recordings
    linking: Linking
    transcript: Transcript
    pictures: Pictures
    rates: Rates
    now: Clock
    control_secret: str
    hearing: Hearing | None
    roll: Roll | None

    def close(self) -> None:
        """Let nobody wait, finish what is being written, let another process in."""
        self.bell.close()
        if self.hearing is not None and self.hearing.is_alive():
            self.hearing.join()
        if self.roll is not None:
            self.roll.leave()
        self.publication.close()
        self.database.close()
        self.folder.unlock()


def open_services(
    root: Path,
    now: Clock = utc_now,
    rates: Rates | None = None,
    record_days: int = 0,
    address: str = "",
) -> Services:
    """Lock the data folder, bring its database up to date and wire everything on it.

    `record_days` is for how long sessions of remote assistance are recorded and kept; 0 records none. With the
    `address` of a PostgreSQL database the folder is shared with every other process that has the same.
    Raises FolderInUse, StorageError or HelpdeskError.
    """
    folder = DataFolder(root)
    folder.prepare()
    database = open_storage(folder, address)
    bell = Bell()
    events = EventLog(bell, now)
    with database.read() as session:
        bell.ring(events.latest(session))
    transitions = Transitions(events, now)
    blobs = BlobFiles(folder.blobs)
    library = Library(database, now)
    outcomes = Outcomes(now)
    editions = Editions(database, library, folder.knowledge, pack_key(database, now), now)
    courses = Courses(events, now)
    recordings = Recordings(database, courses, folder.recordings, record_days, now)
    assistance = Assistance(courses, recordings, now)
    roll = Roll(database, bell, partial(unpin, courses)) if isinstance(database, PostgresDatabase) else None
    linking = Linking(database, courses, assistance, now, roll.id if roll is not None else None)
    if roll is None:
        linking.forget_all()
    conversation = Conversation(events, transitions, now)
    return Services(
        folder=folder,
        database=database,
        bell=bell,
        events=events,
        intake=Intake(events, now),
        transitions=transitions,
        conversation=conversation,
        urging=Urging(events, transitions, now),
        enrolment=Enrolment(now),
        receiving=Receiving(database, events, PartFiles(folder.parts), blobs, now),
        blobs=blobs,
        library=library,
        publication=Publication(database, library, events, editions, ScopedPacks(editions, now)),
        outcomes=outcomes,
        solutions=Solutions(library, outcomes, transitions, now),
        announcements=Announcements(events, now),
        assistance=assistance,
        recordings=recordings,
        linking=linking,
        transcript=Transcript(events, now),
        pictures=Pictures(database, events, conversation, blobs, now),
        rates=rates or Rates(),
        control_secret=token_urlsafe(32),
        now=now,
        roll=roll,
        hearing=Hearing(database, bell) if isinstance(database, PostgresDatabase) else None,
    )


def services(request: Request) -> Services:
    """The services of the application a request came to; for `Depends`."""
    found: Services = request.app.state.services
    return found
