"""Secrets and tokens: random, long, and kept only as digests."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_secret() -> str:
    """256 random bits, less one in 64 of them, in 43 characters. None begins like an option of a command line."""
    while True:
        secret = secrets.token_urlsafe(32)
        if not secret.startswith("-"):
            return secret


def digest(secret: str) -> str:
    """The SHA-256 (hexadecimal). A slow hash would add nothing: 256 random bits cannot be guessed."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def matches(secret: str, kept: str) -> bool:
    """Whether a secret has that digest, in a time that does not depend on either."""
    return hmac.compare_digest(digest(secret), kept)
