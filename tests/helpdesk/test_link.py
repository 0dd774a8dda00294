"""What each failure of the line, the network or the server's manners reads like."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import truststore
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.errors import HelpdeskError, Refused, Unreachable
from app.helpdesk import failures, link
from app.helpdesk.server import Server
from helpdesk.conftest import Connect
from helpdesk.small_helpdesk import (
    Fault,
    SmallHelpdesk,
    forget_to_answer,
    hang_up,
    keep_waiting,
    raw,
    refuse,
    running,
    say,
)


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (hang_up, Unreachable, "broke off"),
        (forget_to_answer, Unreachable, "broke off"),
        (raw(b"garbage\r\n\r\n"), Unreachable, "broke off"),
        (
            raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nContent-Type: application/json\r\n\r\n{"),
            Unreachable,
            "broke",
        ),
        (raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000), Unreachable, "broke off"),
        (say(200, b"<html>", "text/html"), Unreachable, "Something else"),
        (say(302, b"", "text/html", Location="https://elsewhere.example"), Unreachable, "Something else"),
        (say(301, b"", "text/html", Location="/api/v1/tickets"), Unreachable, "Something else"),
        (say(404, b"{}", "application/json"), Unreachable, "Something else"),
        (say(404, b"{}", "application/problem+json"), Unreachable, "Something else"),
        (say(403, b"<html>blocked</html>", "text/html"), Unreachable, "Something else"),
        (say(502, b"<html>", "text/html"), failures.Busy, "busy"),
        (refuse(429, "too_many_requests"), failures.Busy, "busy"),
        (refuse(507, "storage_full"), failures.Busy, "busy"),
        (say(407, b"", "text/html"), Unreachable, "proxy"),
        (refuse(500, "internal"), failures.NotNow, "fault of its own"),
        (refuse(409, "still_running"), failures.NotNow, "still at work"),
        (refuse(404, "not_found"), Refused, "no longer has"),
        (refuse(418, "teapot", title="I am a teapot"), Refused, "I am a teapot"),
        (say(200, b"{", "application/json"), HelpdeskError, "makes no sense"),
        (say(200, b'{"tickets": [{}], "as_of": 1}', "application/json"), HelpdeskError, "makes no sense"),
        (say(200, b'{"tickets": [], "as_of": "\xff"}', "application/json"), HelpdeskError, "makes no sense"),
        (say(200, b"[" * 50_000, "application/json"), HelpdeskError, "makes no sense"),
        (say(200, b"\x1f\x8b\x08", "application/json", Content_Encoding="gzip"), HelpdeskError, "makes no sense"),
        (say(200, b" " * (link.ANSWER_LIMIT + 1), "application/json"), HelpdeskError, "more than"),
    ],
)
def test_a_failure_says_what_it_is(
    helpdesk: SmallHelpdesk, server: Server, fault: Fault, kind: type[HelpdeskError], words: str
) -> None:
    helpdesk.spoil("GET", "/tickets", fault)

    with pytest.raises(kind) as caught:
        server.tickets()

    assert words in caught.value.summary
    assert caught.value.retry is (kind is not Refused)


def test_nobody_at_the_address(connect: Connect) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        server = connect(f"http://127.0.0.1:{unused.getsockname()[1]}")

        with pytest.raises(Unreachable, match="cannot be reached"):
            server.check()


def test_a_server_that_never_answers(helpdesk: SmallHelpdesk, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "READ", 0.1)
    helpdesk.spoil("GET", "/health", keep_waiting)

    with pytest.raises(Unreachable, match="does not answer in time"):
        server.check()


def test_a_server_that_drips_is_given_up(
    helpdesk: SmallHelpdesk, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drip(handler: object) -> bool:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n")  # type: ignore[attr-defined]
        while not handler.helpdesk.released.wait(0.02):  # type: ignore[attr-defined]
            handler.wfile.write(b" ")  # type: ignore[attr-defined]
        return True

    monkeypatch.setattr(link, "WHOLE", 0.2)
    helpdesk.spoil("GET", "/health", drip)

    with pytest.raises(Unreachable, match="does not answer in time"):
        server.check()


def test_closing_wakes_a_thread_that_waits(helpdesk: SmallHelpdesk, server: Server) -> None:
    asked = threading.Event()

    def wait(handler: object) -> bool:
        asked.set()
        return keep_waiting(handler)  # type: ignore[arg-type]

    helpdesk.spoil("GET", "/events", wait)
    caught: list[HelpdeskError] = []

    def poll() -> None:
        try:
            server.events(7)
        except Unreachable as error:
            caught.append(error)

    thread = threading.Thread(target=poll)
    thread.start()
    assert asked.wait(10)
    server.close()
    thread.join(5)

    assert len(caught) == 1
    with pytest.raises(Unreachable):
        server.check()


def test_closing_does_not_wait_for_an_enrolment_under_way(helpdesk: SmallHelpdesk, server: Server) -> None:
    asked = threading.Event()

    def wait(handler: object) -> bool:
        asked.set()
        return keep_waiting(handler)  # type: ignore[arg-type]

    def list_tickets() -> None:
        with pytest.raises(Unreachable):
            server.tickets()

    helpdesk.spoil("POST", "/enroll", wait)
    thread = threading.Thread(target=list_tickets)
    thread.start()
    assert asked.wait(10)
    server.close()
    thread.join(5)

    assert not thread.is_alive()


@pytest.mark.parametrize(
    "address",
    ["", "  ", "helpdesk.example.com", "ftp://helpdesk", "https://", "http://[", "https://a?b=1", "file:///etc/passwd"],
)
def test_an_address_that_is_none_says_so(connect: Connect, address: str) -> None:
    with pytest.raises(HelpdeskError) as caught:
        connect(address).check()

    assert "settings" in caught.value.hint or "should look like" in caught.value.hint


def test_an_unusable_proxy_says_so(connect: Connect) -> None:
    with pytest.raises(HelpdeskError, match="proxy"):
        connect("https://helpdesk.invalid:1", proxy="gopher://proxy").check()


def test_an_unencrypted_address_elsewhere_is_remarked_on(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    link.Link("http://helpdesk.example.com").close()

    assert "not encrypted" in caplog.text
    caplog.clear()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("999999999", 86400),
        ("-3", None),
        ("soon", None),
        ("", None),
        ("1e3", None),
        ("\u0663", None),
    ],
)
def test_retry_after_in_seconds(header: str, seconds: float | None) -> None:
    assert failures.header_seconds(httpx.Headers([(b"retry-after", header.encode())])) == seconds


def test_retry_after_as_a_date_is_read_by_the_servers_clock() -> None:
    headers = httpx.Headers({"retry-after": "Wed, 21 Oct 2015 07:30:00 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"})

    assert failures.header_seconds(headers) == 120


@pytest.mark.parametrize("wait", ["NaN", "1e999", "-1e999"])
def test_an_absurd_wait_is_not_believed(wait: str) -> None:
    body = json.dumps({"type": "x", "title": "x", "status": 429, "code": "too_many_requests"})[:-1]
    body += f', "retry_after": {wait}}}'
    headers = httpx.Headers({"content-type": "application/problem+json"})

    error = failures.refusal(429, headers, body.encode(), "here")

    assert failures.retry_after(error) in (None, 0.0, failures.LONGEST_WAIT)


def test_a_servers_words_are_cleaned_before_they_are_shown(helpdesk: SmallHelpdesk, server: Server) -> None:
    helpdesk.spoil("GET", "/tickets", refuse(418, "odd", title="a\u202eb\x1b[31m{name}\ncd"))

    with pytest.raises(Refused) as caught:
        server.tickets()

    assert caught.value.summary == "The helpdesk refused this: ab[31m{name} cd"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    folder = tmp_path_factory.mktemp("certificates")
    return SimpleNamespace(
        good=certificate(folder / "good.pem", "127.0.0.1"),
        elsewhere=certificate(folder / "elsewhere.pem", "192.0.2.1"),
        expired=certificate(folder / "expired.pem", "127.0.0.1", days=-1),
    )


def certificate(path: Path, address: str, days: int = 1) -> Path:
    import ipaddress

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def encrypted(request: pytest.FixtureRequest, certificates: SimpleNamespace) -> Iterator[SmallHelpdesk]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(getattr(certificates, request.param))
    with running(context) as helpdesk:
        yield helpdesk


@pytest.mark.parametrize("encrypted", ["good"], indirect=True)
def test_the_companys_own_certificate_is_accepted_when_it_was_installed(
    encrypted: SmallHelpdesk, connect: Connect, certificates: SimpleNamespace
) -> None:
    server = connect(encrypted.url, ca_file=certificates.good)

    assert server.tickets().tickets == ()


@pytest.mark.parametrize("encrypted", ["good"], indirect=True)
def test_the_systems_own_judgement_of_certificates_can_be_used(
    encrypted: SmallHelpdesk, connect: Connect, certificates: SimpleNamespace
) -> None:
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(Unreachable, match="identity of"):
        connect(encrypted.url, context=context).tickets()
    context.load_verify_locations(certificates.good)

    assert connect(encrypted.url, context=context).tickets().tickets == ()


@pytest.mark.parametrize(
    ("encrypted", "trusted"),
    [("good", None), ("elsewhere", "elsewhere"), ("expired", "expired"), ("good", "elsewhere")],
    indirect=["encrypted"],
)
def test_nobody_elses_certificate_is_accepted(
    encrypted: SmallHelpdesk, connect: Connect, certificates: SimpleNamespace, trusted: str | None
) -> None:
    ca_file = getattr(certificates, trusted) if trusted else None
    server = connect(encrypted.url, ca_file=ca_file)

    with pytest.raises(Unreachable, match="identity of") as caught:
        server.tickets()

    assert "date and time" in caught.value.hint
    assert encrypted.seen == []


def test_encryption_asked_of_a_server_that_has_none(helpdesk: SmallHelpdesk, connect: Connect) -> None:
    server = connect(helpdesk.url.replace("http:", "https:"))

    with pytest.raises(Unreachable, match="secure connection"):
        server.check()


def test_a_certificate_file_that_is_none_says_so(connect: Connect, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("no certificate")

    for path in (wrong, tmp_path / "missing.pem"):
        with pytest.raises(HelpdeskError, match="certificate file"):
            connect("https://127.0.0.1:1", ca_file=path).check()
