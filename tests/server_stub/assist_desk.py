"""Both ends of a remote-assist session for tests: an employee's machine by script, and an agent's browser by hand."""

from __future__ import annotations

import json
import secrets
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import httpx
import zstandard
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from app.assist import seal
from app.protocol.assist import Invitation
from app.protocol.session import Grade, State
from app.protocol.stream import Frame, FromViewer, Part, PartKind, Status, ViewerMessage
from server_stub.devices.enrolment import TokenTerms
from tests.server_stub.served import DeviceClient, draft
from tests.server_stub.workbench_desk import Desk
from tests.server_stub.workbench_visitor import Visitor

PATIENCE = 20.0
"""Seconds after which something will not come any more, also on a busy machine."""
REASON = "Look at the card reader's settings"


class Machine(DeviceClient):
    """An employee's computer that answers invitations."""

    def __init__(self, desk: Desk, hostname: str = "POS-0412-03") -> None:
        with desk.services.database.write() as session:
            token = desk.services.enrolment.make_token(session, TokenTerms())
        super().__init__(desk.url, token, hostname)
        desk.visitors.append(self)
        self.keys = seal.KeyPair.make()

    def send_ticket(self, subject: str = "Payment failed") -> UUID:
        sent = draft(subject)
        assert self.submit(sent).status_code == 201
        return sent.id

    def invitation(self, session_id: object, wait: float = 0) -> Invitation:
        answer = self.get(f"/assist/{session_id}", params={"wait": wait})
        assert answer.status_code == 200, answer.text
        return Invitation.model_validate_json(answer.content)

    def show(self, session_id: object, **terms: int) -> httpx.Response:
        shown = {"host_public": seal.as_text(self.keys.public), "terms": terms}
        return self.post(f"/assist/{session_id}/show", json=shown)

    def answer(self, session_id: object, answer: str = "allow") -> httpx.Response:
        return self.post(f"/assist/{session_id}/answer", json={"answer": answer})

    def invited(self, seconds: float = 10.0) -> UUID:
        """The session the newest invitation in the feed is about."""
        page = self.get("/events", params={"after": 0, "wait": seconds}).json()
        found = [each["assist_id"] for each in page["events"] if each["kind"] == "assist"]
        return UUID(found[-1])


@dataclass
class Browser:
    """What the viewer's page does until it is linked, without a page."""

    visitor: Visitor
    ticket: UUID
    csrf: str = ""
    session: str = ""
    keys: seal.KeyPair = field(default_factory=seal.KeyPair.make)
    nonce: bytes = field(default_factory=lambda: secrets.token_bytes(32))

    def invite(self, reason: str = REASON, **more: str) -> dict[str, object]:
        self.csrf = self.visitor.token()
        commitment = seal.as_text(seal.commitment(self.keys.public, self.nonce))
        answer = self.post(f"tickets/{self.ticket}/assist", reason=reason, commitment=commitment, **more)
        assert answer.status_code == 200, answer.text
        self.session = answer.json()["id"] or ""
        return answer.json()

    def post(self, path: str, **form: str) -> httpx.Response:
        return self.visitor.post(f"/workbench/{path}", {"csrf": self.csrf, **form}, Accept="application/json")

    def reveal(self) -> httpx.Response:
        return self.post(
            f"assist/{self.session}/reveal",
            viewer_public=seal.as_text(self.keys.public),
            nonce=seal.as_text(self.nonce),
        )

    def standing(self) -> dict[str, object]:
        return self.visitor.get(f"/workbench/assist/{self.session}").json()

    def token(self) -> str:
        answer = self.post(f"assist/{self.session}/ticket")
        assert answer.status_code == 200, answer.text
        return answer.json()["token"]

    def link(self, token: str | None = None, **headers: str) -> ClientConnection:
        desk = self.visitor.desk
        cookies = "; ".join(f"{name}={value}" for name, value in self.visitor.client.cookies.items())
        sent = {"Origin": desk.url, "Cookie": cookies, **headers}
        address = (
            f"{desk.url.replace('http', 'ws')}/workbench/assist/{self.session}/link?ticket={token or self.token()}"
        )
        origin = sent.pop("Origin")
        options = {"compression": None, "max_size": None, "proxy": None, "legacy": True}
        return connect(address, additional_headers=sent, origin=origin or None, **options)


def host_link(desk: Desk, session_id: object, token: str) -> ClientConnection:
    """The host's side of the link, open."""
    address = f"{desk.url.replace('http', 'ws')}/api/v1/assist/{session_id}/link?role=host"
    headers = {"Authorization": f"Assist {token}"}
    return connect(address, additional_headers=headers, compression=None, max_size=None, proxy=None, legacy=True)


def greeting(link: ClientConnection) -> dict[str, object]:
    """The next text frame."""
    return json.loads(link.recv(timeout=PATIENCE))


def allowed(desk: Desk, machine: Machine, browser: Browser) -> str:
    """Go from nothing to allowed; the host's token."""
    assert browser.invite()["id"]
    assert machine.show(browser.session).status_code == 200
    assert browser.reveal().status_code == 204
    answer = machine.answer(browser.session)
    assert answer.status_code == 200, answer.text
    return answer.json()["token"]


class ScriptedHost:
    """A host process by script: sends frames of pixels and keeps what the viewer sends, in a thread of its own."""

    def __init__(self, desk: Desk, machine: Machine, session_id: UUID, token: str, viewer_public: bytes) -> None:
        self.session_id = session_id
        self.shared = machine.keys.shared(viewer_public)
        self.desk = desk
        self.token = token
        self.received: list[ViewerMessage] = []
        self.texts: list[dict[str, object]] = []
        self.arrived = threading.Condition()
        self.complete = threading.Event()
        self.gone = threading.Event()
        self.frames = 0
        self.epoch = 0
        self.open()

    def open(self) -> None:
        """Link, again with the token of the link before."""
        self.gone.clear()
        self.complete.clear()
        self.link = host_link(self.desk, self.session_id, self.token)
        first = greeting(self.link)
        self.number = int(str(first["link"]))
        self.token = str(first["token"])
        self.sealer = seal.Sealer(self.shared, self.session_id, seal.Direction.TO_VIEWER, self.number)
        self.opener = seal.Opener(self.shared, self.session_id, seal.Direction.TO_HOST, self.number)
        self.zstd = zstandard.ZstdCompressor(level=3).compressobj()
        threading.Thread(target=self._listen, name="scripted host", daemon=True).start()

    def _listen(self) -> None:
        try:
            for message in self.link:
                if isinstance(message, str):
                    text = json.loads(message)
                    self.texts.append(text)
                    if text.get("peer") == "here":
                        self.complete.set()
                    continue
                opened = ViewerMessage.unpack(self.opener.open(message))
                with self.arrived:
                    self.received.append(opened)
                    self.arrived.notify_all()
        except ConnectionClosed:
            pass
        finally:
            self.gone.set()
            with self.arrived:
                self.arrived.notify_all()

    def of(self, kind: FromViewer) -> list[ViewerMessage]:
        """What has come of a kind."""
        with self.arrived:
            return [each for each in self.received if each.kind is kind]

    def wait_for(self, kind: FromViewer, count: int = 1, seconds: float = PATIENCE) -> list[ViewerMessage]:
        """Wait until so many messages of a kind have come."""
        with self.arrived:
            there = self.arrived.wait_for(
                lambda: sum(each.kind is kind for each in self.received) >= count or self.gone.is_set(), seconds
            )
        found = self.of(kind)
        assert there, kind.name
        assert len(found) >= count, f"{len(found)} of {count} {kind.name}"
        return found

    def send(self, message: bytes) -> None:
        self.link.send(self.sealer.seal(message))

    def status(self, grade: Grade = Grade.VIEW, state: State = State.ACTIVE, **more: object) -> None:
        values: dict[str, object] = {
            "asked": None,
            "screen": "1",
            "screens": (("1", "Display 1", 640, 400),),
            "expires_in": 1800.0,
            "is_paused_by_person": False,
            "line_kbps": 8000,
            "epoch": self.epoch,
            **more,
        }
        self.send(Status(state=state, grade=grade, **values).pack())  # type: ignore[arg-type]

    def frame(self, *parts: Part) -> int:
        self.frames += 1
        self.send(Frame(self.frames, parts).pack())
        return self.frames

    def pixels(self, x: int, y: int, width: int, height: int, rgb: bytes) -> Part:
        """A rectangle through the one zstd stream."""
        assert len(rgb) == width * height * 3
        data = self.zstd.compress(rgb) + self.zstd.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        return Part(PartKind.ZSTD, x, y, width, height, data)

    def tell(self, **frame: object) -> None:
        self.link.send(json.dumps(frame))

    def close(self) -> None:
        self.link.close()


@contextmanager
def closing(*links: ClientConnection):
    """Close sockets at the end, whatever happened."""
    try:
        yield
    finally:
        for link in links:
            link.close()


def utc() -> datetime:
    return datetime.now(UTC)
