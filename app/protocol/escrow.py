"""How a host opens one connection's messages to the server, where the policy is to record and the employee was told.

The key of the messages to the viewer (32 bytes) is sealed to the server's recording key as in ECIES: an ephemeral
ECDH key on P-256, HKDF-SHA256, AES-256-GCM. The server then keeps the messages just as they passed, unreadable to
whoever has the disk but not the recording key; the other direction, the agent's input, stays closed to it.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import StringConstraints

from app.protocol.assist import PublicKey
from app.protocol.message import Message

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

NONCE = bytes(12)
"""Every wrapping key is used once."""


class WrappedKey(Message):
    """`public` is the ephemeral point, `sealed` the key and its tag (48 bytes), both in base64."""

    public: PublicKey
    sealed: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{64}$")]


def wrap(key: bytes, recorder: bytes, session: UUID, link: int) -> WrappedKey:
    """The key of one connection for the owner of `recorder` (an uncompressed point of 65 bytes). Raises ValueError."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), recorder)
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    public = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    wrapping = _derived(ephemeral.exchange(ec.ECDH(), theirs), session, link)
    sealed = AESGCM(wrapping).encrypt(NONCE, key, session.bytes)
    return WrappedKey(public=base64.b64encode(public).decode(), sealed=base64.b64encode(sealed).decode())


def unwrap(wrapped: WrappedKey, private: EllipticCurvePrivateKey, session: UUID, link: int) -> bytes:
    """The key that was wrapped. Raises ValueError when it was wrapped for another recorder, session or connection."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), base64.b64decode(wrapped.public))
    wrapping = _derived(private.exchange(ec.ECDH(), public), session, link)
    try:
        return AESGCM(wrapping).decrypt(NONCE, base64.b64decode(wrapped.sealed), session.bytes)
    except InvalidTag as error:
        raise ValueError("not a key for this recording") from error


def _derived(secret: bytes, session: UUID, link: int) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    info = f"deskbell-assist recording/{link}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=session.bytes, info=info).derive(secret)
