"""A small helpdesk in memory behind a real socket, whose line and manners can be spoilt on purpose."""

from __future__ import annotations

import hashlib
import json
import re
import ssl
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "token-of-the-shop"
JSON = "application/json"


@dataclass(frozen=True)
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Upload:
    id: str
    size: int
    sha256: str
    content: bytearray = field(default_factory=bytearray)
    complete: bool = False


Fault = Callable[["Handler"], bool]
"""Done with a request before it is carried out; True when nothing else is to happen."""


class SmallHelpdesk:
    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.secret = "s" * 40
        self.revoked = False
        self.tickets: dict[str, dict[str, Any]] = {}
        self.actions: list[tuple[str, str]] = []
        self.uploads: dict[str, Upload] = {}
        self.seen: list[Seen] = []
        self.enrolments = 0
        self.pack = b""
        self.pack_etag = '"v1"'
        self.pack_key = ""
        self.deltas: dict[str, bytes] = {}
        self.events: list[dict[str, Any]] = []
        self.lock = threading.Lock()
        self.released = threading.Event()
        self._faults: list[tuple[str, str, Fault]] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self._http.helpdesk = self  # type: ignore[attr-defined]
        if context is not None:
            self._http.socket = context.wrap_socket(self._http.socket, server_side=True)
        self.port = self._http.server_address[1]
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def spoil(self, method: str, path: str, *faults: Fault) -> None:
        """The next requests of that kind (path is a regular expression) meet these faults, one each."""
        with self.lock:
            self._faults += [(method, path, fault) for fault in faults]

    def fault_for(self, method: str, path: str) -> Fault | None:
        with self.lock:
            for index, (wanted, pattern, fault) in enumerate(self._faults):
                if wanted == method and re.search(pattern, path):
                    del self._faults[index]
                    return fault
        return None

    def asked(self, method: str, path: str) -> list[Seen]:
        return [each for each in self.seen if each.method == method and re.search(path, each.path)]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def helpdesk(self) -> SmallHelpdesk:
        return self.server.helpdesk  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None: ...

    def setup(self) -> None:
        super().setup()
        self.body: bytes | None = None

    def handle_one_request(self) -> None:
        self.body = None
        try:
            super().handle_one_request()
        except (OSError, ssl.SSLError):
            self.close_connection = True

    def read_body(self, most: int | None = None) -> bytes:
        if self.body is None:
            length = int(self.headers.get("Content-Length", 0))
            self.body = self.rfile.read(length if most is None else min(most, length))
        return self.body

    def serve(self) -> None:
        fault = self.helpdesk.fault_for(self.command, self.path)
        if fault is not None and fault(self):
            return
        body = self.read_body()
        with self.helpdesk.lock:
            self.helpdesk.seen.append(Seen(self.command, self.path, dict(self.headers), body))
            status, answer = self.carry_out(body)
        if getattr(self, "mute", False):
            self.mute = False
            self.hang_up()
        elif isinstance(answer, bytes):
            self.answer_pack(answer)
        else:
            self.answer(status, json.dumps(answer).encode(), JSON if status < 400 else "application/problem+json")

    do_GET = do_POST = do_PUT = serve  # noqa: N815 - the library calls them so

    def answer(self, status: int, body: bytes, media_type: str, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self) -> None:
        self.close_connection = True
        self.connection.shutdown(2)

    def answer_pack(self, content: bytes) -> None:
        helpdesk = self.helpdesk
        if self.headers.get("If-None-Match") == helpdesk.pack_etag:
            self.send_response(304)
            self.end_headers()
            return
        span = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if span and self.headers.get("If-Range") == helpdesk.pack_etag:
            start = int(span[1])
            if start >= len(content):
                self.answer(416, b"", "text/plain")
                return
            rest = content[start:]
            shown = f"bytes {start}-{len(content) - 1}/{len(content)}"
            self.answer(206, rest, "application/octet-stream", ETag=helpdesk.pack_etag, Content_Range=shown)
        else:
            self.answer(200, content, "application/octet-stream", ETag=helpdesk.pack_etag)

    def carry_out(self, body: bytes) -> tuple[int, Any]:
        helpdesk, path = self.helpdesk, self.path.removeprefix("/api/v1").split("?")[0]
        if path == "/health":
            return 200, {"status": "ok"}
        if path == "/enroll":
            if self.headers.get("Authorization") != f"Bearer {TOKEN}":
                return problem(401, "token_refused")
            helpdesk.enrolments += 1
            helpdesk.revoked = False
            helpdesk.secret = f"{helpdesk.enrolments:040}"
            return 200, {"device_id": "0190a000-0000-7000-8000-000000000001", "secret": helpdesk.secret}
        if not self.headers.get("Authorization", "").endswith(helpdesk.secret):
            return problem(401, "not_authenticated")
        if helpdesk.revoked:
            return problem(403, "device_revoked")
        if path == "/knowledge/pack":
            return 200, helpdesk.pack
        if path == "/knowledge/key":
            return (200, {"key": helpdesk.pack_key}) if helpdesk.pack_key else problem(404, "not_found")
        if path.startswith("/knowledge/pack/delta/"):
            delta = helpdesk.deltas.get(path.rsplit("/", 1)[1])
            return (200, delta) if delta is not None else problem(404, "not_found")
        if path == "/events":
            return 200, {"events": helpdesk.events, "next": len(helpdesk.events) + 7}
        if path == "/tickets" and self.command == "GET":
            return 200, {"tickets": [summary(each) for each in helpdesk.tickets.values()], "as_of": 7}
        if path == "/suggestions":
            return 200, {"signature": {}, "suggestions": []}
        if path.startswith("/uploads"):
            return self.upload(path, body)
        return self.ticket(path, body)

    def ticket(self, path: str, body: bytes) -> tuple[int, Any]:
        helpdesk, key = self.helpdesk, self.headers["Idempotency-Key"]
        if path != "/tickets":
            if (path, key) not in helpdesk.actions:
                helpdesk.actions.append((path, key))
            return 200, {}
        draft = json.loads(body)
        assert key == draft["id"]
        known = helpdesk.tickets.setdefault(
            key, {"draft": draft, "number": f"INC-{len(helpdesk.tickets) + 1:06}", "at": datetime.now(UTC)}
        )
        if known["draft"] != draft:
            return problem(422, "idempotency_key_reused")
        return 201, {"id": key, "number": known["number"], "received_at": known["at"].isoformat()}

    def upload(self, path: str, body: bytes) -> tuple[int, Any]:
        helpdesk = self.helpdesk
        if self.command == "POST":
            asked = json.loads(body)
            made = Upload(str(uuid.uuid4()), asked["size"], asked["sha256"])
            return 200, state(helpdesk.uploads.setdefault(asked["attachment_id"], made))
        found = next(each for each in helpdesk.uploads.values() if each.id == path.rsplit("/", 1)[1])
        if self.command == "PUT":
            if int(self.headers["Upload-Offset"]) != len(found.content):
                return problem(409, "offset_mismatch")
            found.content += body
            if len(found.content) == found.size:
                if hashlib.sha256(found.content).hexdigest() != found.sha256:
                    found.content.clear()
                    return problem(422, "digest_mismatch")
                found.complete = True
        return 200, state(found)


def state(upload: Upload) -> dict[str, Any]:
    return {"id": upload.id, "offset": len(upload.content), "size": upload.size, "complete": upload.complete}


def summary(ticket: dict[str, Any]) -> dict[str, Any]:
    at = ticket["at"].isoformat()
    subject = next(field["value"] for field in ticket["draft"]["fields"] if field["name"] == "subject")
    known = {"id": ticket["draft"]["id"], "number": ticket["number"], "subject": subject, "state": "new"}
    return known | {"created_at": at, "updated_at": at, "unread": 1}


def problem(status: int, code: str, **more: object) -> tuple[int, dict[str, Any]]:
    return status, {"type": f"urn:test:{code}", "title": code, "status": status, "code": code, **more}


def hang_up(handler: Handler) -> bool:
    """The line breaks before the request is read."""
    handler.hang_up()
    return True


def forget_to_answer(handler: Handler) -> bool:
    """The request is carried out, and the line breaks before the answer."""
    handler.mute = True  # type: ignore[attr-defined]
    return False


def break_after(size: int, *, kept: bool = True) -> Fault:
    """The line breaks within the body of an upload; the bytes that came are kept, or lost."""

    def fault(handler: Handler) -> bool:
        part = handler.read_body(size)
        if kept:
            upload_id = handler.path.rsplit("/", 1)[1]
            with handler.helpdesk.lock:
                found = next(each for each in handler.helpdesk.uploads.values() if each.id == upload_id)
                found.content += part
        handler.hang_up()
        return True

    return fault


def say(status: int, body: bytes, media_type: str, **headers: str) -> Fault:
    """An answer of somebody's own making."""

    def fault(handler: Handler) -> bool:
        handler.read_body()
        handler.answer(status, body, media_type, **headers)
        return True

    return fault


def refuse(status: int, code: str, **more: object) -> Fault:
    """A refusal with problem details."""
    return say(status, json.dumps(problem(status, code, **more)[1]).encode(), "application/problem+json")


def raw(content: bytes) -> Fault:
    """Bytes that need not be HTTP."""

    def fault(handler: Handler) -> bool:
        handler.read_body()
        handler.wfile.write(content)
        handler.hang_up()
        return True

    return fault


def keep_waiting(handler: Handler) -> bool:
    """No answer until the test is over."""
    handler.helpdesk.released.wait()
    return True


@contextmanager
def running(context: ssl.SSLContext | None = None) -> Iterator[SmallHelpdesk]:
    helpdesk = SmallHelpdesk(context)
    try:
        yield helpdesk
    finally:
        helpdesk.close()
