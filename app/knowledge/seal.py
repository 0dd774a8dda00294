"""The signature at the end of a knowledge pack: who made the file, and that nobody changed it since.

The file ends with a mark, the maker's public key (32 bytes) and an Ed25519 signature (64 bytes, RFC 8032) of the
SHA-256 of everything before. SQLite reads as many pages as its header counts, so the file opens with it or without.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from app.errors import HelpdeskError, StorageError

_MARK = b"DBKBSIG1"
_PURPOSE = b"deskbell knowledge pack\n"
_KEY, _SIGNATURE = 32, 64
LENGTH = len(_MARK) + _KEY + _SIGNATURE


class NotSigned(HelpdeskError):
    """A pack without a signature, with one of somebody else's, or changed after it was signed."""


def new_key() -> bytes:
    """A new private key, 32 bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_key(private: bytes) -> bytes:
    """The public half of a private key, 32 bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal(path: Path, private: bytes) -> None:
    """Signs a file that nobody reads yet, in place of a signature it may have. Raises OSError."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    remove(path)
    signature = Ed25519PrivateKey.from_private_bytes(private).sign(_PURPOSE + _digest(path, path.stat().st_size))
    with path.open("ab") as file:
        file.write(_MARK + public_key(private) + signature)
        file.flush()
        os.fsync(file.fileno())


def remove(path: Path) -> None:
    """Cuts the signature off, if there is one. Raises OSError."""
    if _tail(path):
        os.truncate(path, path.stat().st_size - LENGTH)


def check(path: Path, public: bytes) -> None:
    """Raises NotSigned unless the file is as the owner of that public key signed it, StorageError if unreadable."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        tail = _tail(path)
        digest = _digest(path, max(path.stat().st_size - LENGTH, 0))
    except OSError as error:
        raise StorageError("{path} cannot be read: {reason}.", path=path, reason=error.strerror) from error
    signer, signature = tail[len(_MARK) : len(_MARK) + _KEY], tail[len(_MARK) + _KEY :]
    if signer != public:
        raise NotSigned(
            "The knowledge pack {path} does not come from your helpdesk.",
            "Fetch it from the helpdesk itself, or ask IT whether the helpdesk's server was replaced.",
            path=path,
        )
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _PURPOSE + digest)
    except InvalidSignature as error:
        raise NotSigned(
            "The knowledge pack {path} was changed after your helpdesk made it.",
            "Fetch it again.",
            path=path,
        ) from error


def _tail(path: Path) -> bytes:
    """The mark, key and signature; empty when there are none."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(size - LENGTH, 0))
        tail = file.read(LENGTH)
    return tail if len(tail) == LENGTH and tail.startswith(_MARK) else b""


def _digest(path: Path, length: int) -> bytes:
    """The SHA-256 of the first bytes of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while length > 0 and (piece := file.read(min(length, 1 << 20))):
            digest.update(piece)
            length -= len(piece)
    return digest.digest()
