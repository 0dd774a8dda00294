"""One HTTP exchange with the server, bounded in time and size. Nothing else in the client speaks HTTP."""

from __future__ import annotations

import ipaddress
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import httpx

from app import __version__
from app.errors import HelpdeskError, Unreachable
from app.helpdesk import failures

ANSWER_LIMIT = 2 * 1024 * 1024
"""Bytes of an ordinary answer. The longest honest one is an article of 400 000 characters."""

CONNECT, READ, WHOLE = 10.0, 30.0, 120.0
"""Seconds: to connect, between two reads or writes, for one whole ordinary answer."""

SLOWEST = 16 * 1024
"""Bytes a second that a shop's line brings at least, when a large answer is asked for."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request. `path` is below `/api/v1` and already quoted; `patience` is added to the time an answer may take."""

    method: str
    path: str
    body: bytes | None = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    limit: int = ANSWER_LIMIT
    patience: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer with a status below 400."""

    status: int
    headers: httpx.Headers
    body: bytes


class Link:
    """A pool of connections to one server. Usable from several threads; `close` ends what is under way.

    `ca_file` adds certificates to the system's own, `context` replaces the TLS settings altogether. `proxy` is a
    URL, "" for what the system says, "direct" for none; this computer itself is never asked through a proxy.
    Raises HelpdeskError for an address, a proxy or a certificate file that cannot be used.
    """

    def __init__(
        self, base_url: str, *, ca_file: Path | None = None, context: ssl.SSLContext | None = None, proxy: str = ""
    ) -> None:
        parts = split_address(base_url)
        self.host = parts.netloc.rpartition("@")[2]
        self._base = base_url.rstrip("/") + "/api/v1"
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._closed = False
        local = is_this_computer(parts.hostname or "")
        if parts.scheme == "http" and not local:
            log.warning("the helpdesk's address %s is not encrypted", self.host)
        through = None if local or proxy in ("", "direct") else proxy
        verify = context or (trusted(ca_file) if parts.scheme == "https" else bare_context())
        try:
            self._client = httpx.Client(
                verify=verify,
                proxy=through,
                trust_env=not local and proxy == "",
                follow_redirects=False,
                timeout=httpx.Timeout(READ, connect=CONNECT, pool=READ),
                limits=httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=4),
                headers={"User-Agent": f"Deskbell/{__version__}", "Accept-Encoding": "identity"},
            )
        except (httpx.InvalidURL, ValueError) as error:
            raise HelpdeskError(
                "The proxy {proxy} is not an address.", "Check the proxy in the settings.", retry=True, proxy=proxy
            ) from error

    def close(self) -> None:
        """Hang up, from any thread: requests under way end with Unreachable, later ones too."""
        with self._lock:
            self._closed = True
            sockets = list(self._sockets)
        for each in sockets:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # it was closed already
        self._client.close()

    def exchange(self, ask: Ask, authorization: str = "") -> Answer:
        """The whole answer. Raises Unreachable, Refused or HelpdeskError; a 304 is an answer, other 3xx are not."""
        with self.stream(ask, authorization) as (answer, pieces):
            deadline = time.monotonic() + WHOLE + ask.patience + (ask.limit - ANSWER_LIMIT) / SLOWEST
            body = bytearray()
            for piece in pieces:
                body += piece
                if len(body) > ask.limit:
                    raise failures.too_big(self.host, ask.limit)
                if time.monotonic() > deadline:
                    raise Unreachable("The helpdesk at {host} does not answer in time.", failures.KEPT, host=self.host)
            if answer.status >= 400:
                raise failures.refusal(answer.status, answer.headers, bytes(body), self.host)
            return Answer(answer.status, answer.headers, bytes(body))

    @contextmanager
    def stream(self, ask: Ask, authorization: str = "") -> Iterator[tuple[Answer, Iterator[bytes]]]:
        """The answer's head (its body empty) and its raw pieces, of whatever status. Raises what `exchange` does."""
        headers = dict(ask.headers)
        if authorization:
            headers["Authorization"] = authorization
        if ask.body is not None:
            headers["Content-Type"] = ask.media_type
        timeout = httpx.Timeout(READ + ask.patience, connect=CONNECT, pool=READ)
        try:
            with self._client.stream(
                ask.method,
                self._base + ask.path,
                content=ask.body,
                headers=headers,
                timeout=timeout,
                extensions={"trace": self._watch},
            ) as response:
                if 300 <= response.status_code < 400 and response.status_code != 304:
                    raise failures.somebody_else(self.host)
                if response.headers.get("content-encoding", "identity").lower() != "identity":
                    raise failures.nonsense(self.host)
                yield Answer(response.status_code, response.headers, b""), response.iter_raw()
        except (httpx.HTTPError, httpx.InvalidURL, OSError, RuntimeError) as error:
            # RuntimeError is what the library says when `close` came in between.
            if isinstance(error, RuntimeError) and not self._closed:
                raise
            raise failures.not_answering(error, self.host) from error

    def _watch(self, event: str, info: Mapping[str, object]) -> None:
        """Remember the sockets, so that `close` can wake a thread that waits on one."""
        if not event.endswith(("connect_tcp.complete", "start_tls.complete")):
            return
        stream = info.get("return_value")
        found = stream.get_extra_info("socket") if stream is not None else None  # type: ignore[attr-defined]
        if isinstance(found, socket.socket):
            with self._lock:
                self._sockets = {each for each in self._sockets if each.fileno() != -1} | {found}
                closed = self._closed
            if closed:
                found.close()


def split_address(base_url: str) -> SplitResult:
    """The parts of the server's address. Raises HelpdeskError when there is none or it is no http(s) address."""
    if not base_url.strip():
        raise HelpdeskError(
            "No helpdesk is set up on this computer.",
            "Enter the address of the helpdesk in the settings, or ask IT for it.",
            retry=True,
        )
    try:
        parts = urlsplit(base_url.strip())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment:
        raise HelpdeskError(
            "{url} is not the address of a helpdesk.",
            "It should look like https://helpdesk.example.com.",
            retry=True,
            url=base_url,
        )
    return parts


def is_this_computer(host: str) -> bool:
    """Whether a host name means the loopback interface."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def trusted(ca_file: Path | None) -> ssl.SSLContext:
    """The system's certificates and those in `ca_file` (PEM). Raises HelpdeskError when the file cannot be read."""
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError) as error:
            raise HelpdeskError(
                "The certificate file {path} cannot be read.",
                "Check it in the settings: it has to be a PEM file.",
                retry=True,
                path=ca_file,
            ) from error
    return context


def bare_context() -> ssl.SSLContext:
    """Settings for an unencrypted address: they verify, know no certificate, and cost no time to load."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
