"""A running server with agents, devices and tickets for the workbench's tests."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from PIL import Image, ImageDraw

from app.protocol.identity import uuid7
from app.protocol.knowledge import ErrorSignature, Outcome
from app.protocol.language import Language
from app.protocol.tickets import (
    AttachmentKind,
    ContextItem,
    DeclaredAttachment,
    FieldName,
    NewEntry,
    Origin,
    ShownSuggestion,
    TicketDraft,
    TicketField,
)
from app.protocol.uploads import UploadRequest
from server_stub.agents import service
from server_stub.agents.tables import Role
from server_stub.agents.throttle import Throttle
from server_stub.application import create_app
from server_stub.devices.tables import Device
from server_stub.services import Services, open_services
from tests.server_stub.running import lay_out, running

PASSWORD = "correct horse battery"


class Clock:
    """The real time, moved by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Desk:
    """A server on a free port and shortcuts to what devices and agents do with it."""

    def __init__(self, services: Services, clock: Clock, port: int) -> None:
        self.services = services
        self.clock = clock
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.visitors: list[httpx.Client] = []

    def agent(self, login: str = "wang", name: str = "Wang Fang", role: Role = Role.AGENT) -> UUID:
        with self.services.database.write() as session:
            return service.add(session, login, now=self.clock, name=name, password=PASSWORD, role=role).id

    def device(self, hostname: str = "POS-0412-03", site: str = "Shop 412", os: str = "Windows 10 22H2") -> Device:
        now = self.clock()
        device = Device(
            id=uuid7(now),
            installation_id=uuid4(),
            hostname=hostname,
            os=os,
            client_version="0.1.0",
            site=site,
            enrolled_at=now,
            seen_at=now,
        )
        with self.services.database.write() as session:
            session.add(device)
        return device

    def ticket(
        self,
        device: Device,
        subject: str = "Payment failed",
        *,
        said: str = "",
        fields: Sequence[TicketField] = (),
        context: Sequence[ContextItem] = (),
        suggestions: Sequence[ShownSuggestion] = (),
        signature: ErrorSignature | None = None,
        pictures: Sequence[tuple[str, bytes]] = (),
        attachments: Sequence[DeclaredAttachment] = (),
    ) -> TicketDraft:
        told = [TicketField(name=FieldName.SUBJECT, value=subject, origin=Origin.RULE)]
        if said:
            told.append(TicketField(name=FieldName.DESCRIPTION, value=said, origin=Origin.EMPLOYEE))
        declared = [declare(name, content) for name, content in pictures]
        draft = TicketDraft(
            id=uuid7(self.clock()),
            created_at=self.clock(),
            language=Language.ENGLISH,
            fields=(*told, *fields),
            context=tuple(context),
            signature=signature or ErrorSignature(),
            suggestions=tuple(suggestions),
            attachments=(*declared, *attachments),
        )
        with self.services.database.write() as session:
            self.services.intake.receive(session, device, draft, self.clock())
        for each, (_, content) in zip(declared, pictures, strict=True):
            self.upload(device, each, content)
        return draft

    def upload(self, device: Device, declared: DeclaredAttachment, content: bytes, until: int | None = None) -> None:
        """Send the bytes up to `until`, all of them by default."""
        receiving = self.services.receiving
        state = receiving.start(
            device, UploadRequest(attachment_id=declared.id, sha256=declared.sha256, size=declared.size)
        )
        chunk = content[state.offset : until]
        if chunk and not state.complete:
            receiving.append(device, state.id, state.offset, chunk)

    def reply(self, device: Device, ticket_id: UUID, body: str) -> None:
        with self.services.database.write() as session:
            entry = NewEntry(id=uuid7(self.clock()), body=body)
            self.services.conversation.requester_reply(session, device, ticket_id, entry)

    def urge(self, device: Device, ticket_id: UUID) -> None:
        with self.services.database.write() as session:
            self.services.urging.urge(session, device, ticket_id)


def declare(name: str, content: bytes, kind: AttachmentKind = AttachmentKind.SCREENSHOT) -> DeclaredAttachment:
    media_type = "image/png" if kind is AttachmentKind.SCREENSHOT else "application/octet-stream"
    digest = hashlib.sha256(content).hexdigest()
    return DeclaredAttachment(id=uuid4(), kind=kind, name=name, media_type=media_type, size=len(content), sha256=digest)


def picture(width: int = 1280, height: int = 800, text: str = "Error 0x80070005", colour: str = "#40668f") -> bytes:
    """A PNG with a dialog on a desktop."""
    image = Image.new("RGB", (width, height), colour)
    drawing = ImageDraw.Draw(image)
    drawing.rectangle((width // 4, height // 3, width * 3 // 4, height * 2 // 3), fill="#f4f4f4", outline="#888888")
    drawing.text((width // 4 + 20, height // 3 + 20), text, fill="#111111")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def shown(article_id: str, title: str, outcome: Outcome) -> ShownSuggestion:
    return ShownSuggestion(article_id=article_id, title=title, outcome=outcome)


@contextmanager
def open_desk(folder: Path, throttle: Throttle | None = None, record_days: int = 0, address: str = ""):
    """The server, for the length of a `with` block."""
    clock = Clock()
    if not address:
        lay_out(folder)
    services = open_services(folder, clock, record_days=record_days, address=address)
    application = create_app(services)
    if throttle is not None:
        application.state.doorway = type(application.state.doorway)(services.database, clock, throttle)
    with running(application, services) as port:
        desk = Desk(services, clock, port)
        try:
            yield desk
        finally:
            for visitor in desk.visitors:
                visitor.close()
