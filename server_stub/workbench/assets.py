"""Style sheets and scripts, served from memory under an address that changes with their content."""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Response

from app.protocol.problems import ProblemCode
from server_stub.problems import Refusal

FOLDER = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
STYLES = ("base", "frame", "queue", "ticket", "viewer", "conversation", "article", "assist")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Asset:
    """One file and its media type."""

    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every asset by name; `version` is a digest of them all."""

    version: str
    assets: dict[str, Asset]


@cache
def shelf() -> Shelf:
    """The assets as they are in this release."""
    digest = hashlib.sha256()
    assets = {}
    for path in sorted(each for each in FOLDER.rglob("*") if each.is_file()):
        name = path.relative_to(FOLDER).as_posix()
        content = path.read_bytes()
        digest.update(name.encode() + b"\0" + content)
        media_type = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        assets[name] = Asset(content, media_type)
    return Shelf(digest.hexdigest()[:16], assets)


def address(name: str) -> str:
    """Where a page finds an asset."""
    return f"/workbench/static/{shelf().version}/{name}"


@router.get("/workbench/static/{version}/{name:path}")
def asset(version: str, name: str) -> Response:
    """An asset; one of another release is not kept by the browser."""
    found = shelf().assets.get(name)
    if found is None:
        raise Refusal(ProblemCode.NOT_FOUND)
    caching = FOR_EVER if version == shelf().version else "no-cache"
    # A worker is governed by the policy of its own answer, not by that of the page that starts it.
    headers = {
        "Cache-Control": caching,
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'",
    }
    return Response(found.content, media_type=found.media_type, headers=headers)
