"""A server inside the test's process, and devices that talk to it."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from PIL import Image, ImageDraw

from app.protocol.identity import uuid7
from app.protocol.knowledge import Article, ErrorSignature
from app.protocol.language import Language
from app.protocol.tickets import (
    AttachmentKind,
    ContextItem,
    DeclaredAttachment,
    FieldName,
    NewEntry,
    Origin,
    TicketDraft,
    TicketField,
)
from server_stub.agents import service as agents
from server_stub.agents.tables import Agent
from server_stub.application import create_app
from server_stub.devices.enrolment import TokenTerms
from server_stub.rates import Rates
from server_stub.services import Services, open_services
from tests.server_stub.running import lay_out, running

API = "/api/v1"


class MovedClock:
    """The real time, moved by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def forward(self, **how_far: float) -> None:
        self.ahead += timedelta(**how_far)


class DeviceClient(httpx.Client):
    """An enrolled device."""

    def __init__(self, url: str, token: str, hostname: str = "POS-0412-03") -> None:
        super().__init__(base_url=url + API, timeout=30, trust_env=False)
        self.installation_id = uuid4()
        self.enrol(token, hostname)

    def enrol(self, token: str, hostname: str = "POS-0412-03") -> None:
        body = {
            "installation_id": str(self.installation_id),
            "hostname": hostname,
            "os": "Windows 10",
            "client_version": "0.1.0",
        }
        answer = self.post("/enroll", json=body, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 201, answer.text
        receipt = answer.json()
        self.device_id = UUID(receipt["device_id"])
        self.secret = receipt["secret"]
        self.headers["Authorization"] = f"Device {self.device_id}:{self.secret}"

    def send(self, request: httpx.Request, **more: object) -> httpx.Response:
        return super().send(request, **more)  # type: ignore[arg-type]

    def submit(self, draft: TicketDraft, **headers: str) -> httpx.Response:
        return self.post(
            "/tickets",
            content=draft.model_dump_json(),
            headers={"Content-Type": "application/json", "Idempotency-Key": str(draft.id), **headers},
        )

    def reply(self, ticket_id: UUID, entry: NewEntry) -> httpx.Response:
        return self.post(
            f"/tickets/{ticket_id}/entries",
            content=entry.model_dump_json(),
            headers={"Content-Type": "application/json", "Idempotency-Key": str(entry.id)},
        )

    def urge(self, ticket_id: UUID, key: UUID | None = None) -> httpx.Response:
        return self.post(f"/tickets/{ticket_id}/urge", headers={"Idempotency-Key": str(key or uuid4())})

    def begin(self, declared: DeclaredAttachment) -> httpx.Response:
        body = {"attachment_id": str(declared.id), "sha256": declared.sha256, "size": declared.size}
        return self.post("/uploads", json=body)

    def put(self, upload_id: str, offset: int, chunk: bytes) -> httpx.Response:  # type: ignore[override]
        return self.request("PUT", f"/uploads/{upload_id}", content=chunk, headers={"Upload-Offset": str(offset)})

    def upload(self, declared: DeclaredAttachment, content: bytes, chunk: int = 256 * 1024) -> httpx.Response:
        answer = self.begin(declared)
        while answer.status_code == 200 and not answer.json()["complete"]:
            at = answer.json()["offset"]
            answer = self.put(answer.json()["id"], at, content[at : at + chunk])
        return answer


class Served:
    """A running server, its parts, and shortcuts."""

    def __init__(self, services: Services, clock: MovedClock, url: str) -> None:
        self.services = services
        self.clock = clock
        self.url = url
        self.token = self.make_token(TokenTerms())
        self._clients: list[DeviceClient] = []

    def make_token(self, terms: TokenTerms) -> str:
        with self.services.database.write() as session:
            return self.services.enrolment.make_token(session, terms)

    def device(self, hostname: str = "POS-0412-03") -> DeviceClient:
        client = DeviceClient(self.url, self.token, hostname)
        self._clients.append(client)
        return client

    def anybody(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30, trust_env=False)

    def agent(self, login: str = "wang") -> Agent:
        with self.services.database.write() as session:
            found = agents.add(session, login, now=self.clock, name="Wang Fang", password="correct horse battery")
            return session.get_one(Agent, found.id)

    def teach(self, *articles: Article) -> None:
        self.services.library.take(articles)
        self.services.publication.refresh()

    def close(self) -> None:
        for client in self._clients:
            client.close()


@contextmanager
def serving(folder: Path, *, unlimited: bool = False, address: str = "", **options: object) -> Iterator[Served]:
    """A server on a free port for the length of a `with` block; `address` is that of a PostgreSQL database."""
    clock = MovedClock()
    if not address:
        lay_out(folder)
    services = open_services(folder, clock, Rates(1000.0) if unlimited else None, address=address)
    application = create_app(services, **options)  # type: ignore[arg-type]
    with running(application, services) as port:
        served = Served(services, clock, f"http://127.0.0.1:{port}")
        try:
            yield served
        finally:
            served.close()


def draft(
    subject: str = "Payment failed",
    *,
    said: str = "",
    fields: Sequence[TicketField] = (),
    context: Sequence[ContextItem] = (),
    attachments: Sequence[DeclaredAttachment] = (),
    signature: ErrorSignature | None = None,
) -> TicketDraft:
    """A draft as a client writes it."""
    now = datetime.now(UTC)
    told = [TicketField(name=FieldName.SUBJECT, value=subject, origin=Origin.RULE, confidence=0.5)]
    if said:
        told.append(TicketField(name=FieldName.DESCRIPTION, value=said, origin=Origin.EMPLOYEE))
    return TicketDraft(
        id=uuid7(now),
        created_at=now,
        language=Language.CHINESE,
        fields=(*told, *fields),
        context=tuple(context),
        attachments=tuple(attachments),
        signature=signature or ErrorSignature(),
    )


def entry(body: str = "It happens again", *attachments: DeclaredAttachment) -> NewEntry:
    """A reply as a client writes it."""
    return NewEntry(id=uuid7(datetime.now(UTC)), body=body, attachments=attachments)


def declare(
    content: bytes,
    name: str = "screen.png",
    media_type: str = "image/png",
    kind: AttachmentKind = AttachmentKind.SCREENSHOT,
) -> DeclaredAttachment:
    """A file as a client declares it."""
    sha256 = hashlib.sha256(content).hexdigest()
    return DeclaredAttachment(id=uuid4(), kind=kind, name=name, media_type=media_type, size=len(content), sha256=sha256)


def picture(width: int = 640, height: int = 400, text: str = "E1023", form: str = "PNG", **options: object) -> bytes:
    """A small screenshot."""
    image = Image.new("RGB", (width, height), "#40668f")
    ImageDraw.Draw(image).text((20, 20), text, fill="white")
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def article(article_id: str = "pos/e1023.md", **more: object) -> Article:
    """A knowledge article about the error on `picture`."""
    values: dict[str, object] = {
        "id": article_id,
        "title": "POS error E1023: card reader not found",
        "body": "# E1023\n\nUnplug the reader, wait ten seconds, plug it in again.",
        "signatures": ("E1023",),
        **more,
    }
    return Article.model_validate(values)


def invited(served: Served, ticket_id: UUID) -> UUID:
    """An invitation to remote assistance on a ticket, by an agent of its own; its id."""
    agent = served.agent(f"agent-{uuid4().hex[:8]}")
    with served.services.database.write() as session:
        commitment = base64.b64encode(bytes(32)).decode("ascii")
        assistance = served.services.assistance
        now = served.clock()
        return assistance.invite(session, agent, ticket_id, "Look at the card reader", commitment, now).id
