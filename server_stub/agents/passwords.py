"""Hashing and checking passwords, with the same work whether or not somebody has one."""

from __future__ import annotations

import base64
import secrets
import threading
import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 1000
"""Characters; more is refused before any work is done on it."""

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_hasher = PasswordHasher()
# Every check takes 64 MiB: two at a time are enough for a helpdesk, and a flood of guesses cannot exhaust memory.
_turns = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Check:
    """Whether a password was right, and whether its hash is of an older, weaker kind and should be renewed."""

    is_right: bool
    is_outdated: bool = False


def hashed(password: str) -> str:
    """The argon2id string of a password."""
    with _turns:
        return _hasher.hash(_normal(password))


def _nobodys() -> str:
    """A hash in our form that no password has, made without the work of hashing."""
    salt, digest = (
        base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode("ascii")
        for length in (_hasher.salt_len, _hasher.hash_len)
    )
    costs = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"


_NOBODY = _nobodys()


def check(password: str, known: str | None) -> Check:
    """Compare a password with a hash; without one the same work is done and the answer is no."""
    if len(password) > LONGEST:
        return Check(is_right=False)
    with _turns:
        try:
            _hasher.verify(known or _NOBODY, _normal(password))
        except (VerificationError, InvalidHashError):
            return Check(is_right=False)
    if known is None:
        return Check(is_right=False)
    return Check(is_right=True, is_outdated=_hasher.check_needs_rehash(known))


def invented() -> str:
    """A new password of 99 random bits that can be read aloud: `abcde-fghjk-mnpqr-23456`."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))


def _normal(password: str) -> str:
    """The same characters however a keyboard composed them; lone surrogates cannot be hashed and become `?`."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "replace").decode("utf-8")
