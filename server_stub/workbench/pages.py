"""Rendering: templates with everything escaped, in the reader's language, under a policy that runs our files only."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.protocol.language import Language
from server_stub.agents.doorway import SignedIn
from server_stub.workbench import assets, visitors, words
from server_stub.workbench.languages import SCRIPT_SENTENCES, catalogue, language_of

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types deskbell",
    )
)


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a page is rendered; `token` goes into its forms."""

    language: Language
    signed_in: SignedIn | None
    token: str


def reader_of(request: Request, signed_in: SignedIn | None) -> Reader:
    """The reader of an answer to a request."""
    token = signed_in.csrf if signed_in else visitors.form_token(request)
    return Reader(language_of(request, signed_in), signed_in, token)


def page(
    request: Request, template: str, signed_in: SignedIn | None, *, status: int = 200, **model: object
) -> HTMLResponse:
    """A template, whole page or fragment, filled with a model of dataclasses."""
    reader = reader_of(request, signed_in)
    tr = catalogue(reader.language)
    text = (
        _environment()
        .get_template(template)
        .render(
            **model,
            tr=tr,
            words=words.Words(tr),
            reader=reader,
            asset=assets.address,
            styles=assets.STYLES,
            languages=tuple(Language),
            sentences=json.dumps({sentence: tr(sentence) for sentence in SCRIPT_SENTENCES}, ensure_ascii=False),
        )
    )
    response = HTMLResponse(text, status)
    response.headers["Content-Security-Policy"] = POLICY
    # Without a referrer to ourselves the browser would call the origin of our own forms "null".
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Content-Language"] = reader.language.value
    response.headers["Vary"] = "Cookie, Accept-Language"
    if signed_in is None:
        visitors.keep_form_token(request, response, reader.token)
    return response


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
