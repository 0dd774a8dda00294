"""Articles, signatures and suggestions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from app.protocol.message import Line, Message, Reply, printable

ArticleId = Annotated[str, StringConstraints(min_length=1, max_length=400), AfterValidator(printable)]
PublicKey = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Body = Annotated[str, StringConstraints(max_length=400_000)]


class Visibility(StrEnum):
    """Who may read an article; only employees' articles travel in the client's pack."""

    EMPLOYEES = "employees"
    AGENTS = "agents"


class Article(Reply):
    """One knowledge article. `signatures` are the editor's error codes and messages exactly as shown.

    `sites` and `versions` (of the application: `3.2` covers 3.2.7) are where it holds; empty means everywhere.
    """

    id: ArticleId
    title: Line
    body: Body
    locale: str = "en"
    applications: tuple[Line, ...] = ()
    signatures: tuple[Line, ...] = ()
    tags: tuple[Line, ...] = ()
    sites: tuple[Line, ...] = ()
    versions: tuple[Line, ...] = ()
    visibility: Visibility = Visibility.EMPLOYEES
    updated: datetime | None = None


class ErrorSignature(Message):
    """What an error says of itself, free of what varies from machine to machine.

    `codes` are canonical (`0x80070005`, `ORA-12541`, `ERR_NAME_NOT_RESOLVED`, `E1023`), most telling first;
    `fingerprint` is a short hexadecimal digest, equal for the same fault on every machine, empty when there was
    nothing to recognise. `version` and `module` are the failing program's and part's as the message names them;
    `names` is what it puts in quotation marks.
    """

    codes: tuple[Line, ...] = ()
    application: Line = ""
    version: Line = ""
    module: Line = ""
    names: tuple[Line, ...] = ()
    title: Line = ""
    fingerprint: Line = ""


class Fit(StrEnum):
    """How sure the ranking is. Below POSSIBLE nothing is shown."""

    GOOD = "good"
    POSSIBLE = "possible"


class ReasonKind(StrEnum):
    """What made an article match."""

    CODE = "code"
    MESSAGE = "message"
    WORDS = "words"


class Reason(Reply):
    """Why an article matched: the kind, and the codes or words themselves as the employee saw them."""

    kind: ReasonKind
    evidence: tuple[Line, ...] = ()


class Suggestion(Reply):
    """An article offered for an error, best first in its list; `score` is comparable within one list only."""

    id: ArticleId
    title: Line
    score: float
    fit: Fit
    reason: Reason
    locale: str = "en"


class SuggestionQuery(Message):
    """`POST /api/v1/suggestions`: recognised lines with private data already removed by the client."""

    lines: tuple[Line, ...] = Field(max_length=200)
    title: Line = ""
    application: Line = ""
    site: Line = ""
    top: int = Field(default=3, ge=1, le=20)


class SuggestionList(Reply):
    """Answer to a query; empty when nothing fits."""

    signature: ErrorSignature
    suggestions: tuple[Suggestion, ...]


class Outcome(StrEnum):
    """What became of a suggestion."""

    SHOWN = "shown"
    OPENED = "opened"
    SOLVED = "solved"
    DID_NOT_HELP = "did_not_help"


class OutcomeReport(Message):
    """`POST /api/v1/suggestions/outcomes`; `id` makes it idempotent."""

    id: UUID
    article_id: ArticleId
    outcome: Outcome
    signature: ErrorSignature


class SearchAnswer(Reply):
    """`GET /api/v1/knowledge/search?q=…`."""

    suggestions: tuple[Suggestion, ...]


class ArticleBody(Reply):
    """`GET /api/v1/knowledge/articles/{id}`, body as Markdown source."""

    id: ArticleId
    title: Line
    body: Body


class PackKey(Reply):
    """`GET /api/v1/knowledge/key`: the Ed25519 public key (hexadecimal) that the server signs packs with."""

    key: PublicKey
