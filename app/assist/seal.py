"""End-to-end encryption between host and browser, and the phrase by which people check it.

Keys are agreed by ECDH on P-256 (what every browser's WebCrypto has). The browser commits to its key before it sees the
host's, so that eight digits suffice: a relay that wants to sit in between has one guess in a hundred million (as in
ZRTP, RFC 6189, section 4.4). Keys come from HKDF-SHA256, messages are sealed with AES-256-GCM under a counter.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.errors import HelpdeskError

COUNTER = struct.Struct(">Q")
PHRASE = b"deskbell-assist-phrase"


class Direction(IntEnum):
    """Which way a sealed message goes."""

    TO_VIEWER = 0
    TO_HOST = 1


class Broken(HelpdeskError):
    """A sealed message that was changed, repeated or left out on the way."""

    def __init__(self) -> None:
        super().__init__(
            "The connection was tampered with or broken, so it was ended.", "Ask the agent to invite you again."
        )


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A key for one session. Nothing of it is ever written anywhere."""

    private: ec.EllipticCurvePrivateKey

    @classmethod
    def make(cls) -> KeyPair:
        """A fresh key."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @property
    def public(self) -> bytes:
        """The uncompressed point, 65 bytes."""
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def shared(self, other: bytes) -> bytes:
        """The 32 bytes only both ends can compute. Raises Broken when `other` is no point of the curve."""
        try:
            public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), other)
        except ValueError as error:
            raise Broken from error
        return self.private.exchange(ec.ECDH(), public)


def commitment(viewer_public: bytes, nonce: bytes) -> bytes:
    """What the browser shows before its key."""
    return hashlib.sha256(viewer_public + nonce).digest()


def is_committed(promised: bytes, viewer_public: bytes, nonce: bytes) -> bool:
    """Whether the key is the one that was promised."""
    return hmac.compare_digest(promised, commitment(viewer_public, nonce))


def phrase(session: UUID, viewer_public: bytes, host_public: bytes) -> str:
    """Eight digits in two groups, the same at both ends unless somebody sits in between."""
    digest = hashlib.sha256(PHRASE + session.bytes + viewer_public + host_public).digest()
    number = f"{int.from_bytes(digest[:4], 'big') % 10**8:08d}"
    return f"{number[:4]} {number[4:]}"


def key(shared: bytes, session: UUID, direction: Direction, link: int) -> bytes:
    """The key of one direction of one link, 32 bytes; every reconnection is a link of its own."""
    way = "host->viewer" if direction is Direction.TO_VIEWER else "viewer->host"
    info = f"deskbell-assist {way}/{link}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=session.bytes, info=info).derive(shared)


class Sealer:
    """Seals the messages of one direction of one link."""

    def __init__(self, shared: bytes, session: UUID, direction: Direction, link: int) -> None:
        self._cipher = AESGCM(key(shared, session, direction, link))
        self._bound = session.bytes + bytes([direction])
        self._next = 0

    def seal(self, message: bytes) -> bytes:
        """The message, unreadable and numbered."""
        counter = COUNTER.pack(self._next)
        self._next += 1
        return counter + self._cipher.encrypt(bytes(4) + counter, message, self._bound)


class Opener:
    """Opens what the other end's Sealer made, each message once and in order."""

    def __init__(self, shared: bytes, session: UUID, direction: Direction, link: int) -> None:
        self._cipher = AESGCM(key(shared, session, direction, link))
        self._bound = session.bytes + bytes([direction])
        self._next = 0

    def open(self, sealed: bytes) -> bytes:
        """The message. Raises Broken for anything but the next one as it was sealed."""
        counter = sealed[: COUNTER.size]
        if len(counter) < COUNTER.size or COUNTER.unpack(counter)[0] != self._next:
            raise Broken
        try:
            message = self._cipher.decrypt(bytes(4) + counter, sealed[COUNTER.size :], self._bound)
        except InvalidTag as error:
            raise Broken from error
        self._next += 1
        return message


def as_text(data: bytes) -> str:
    """Base64 as the protocol writes keys and digests."""
    return base64.b64encode(data).decode()


def as_bytes(text: str) -> bytes:
    """The bytes of such a text. Raises Broken."""
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Broken from error
