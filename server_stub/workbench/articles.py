"""Articles: the list with its search, reading one, and a plain editor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from markupsafe import Markup
from pydantic import ValidationError
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.knowledge.teaching import is_code, lessons
from app.protocol.identity import uuid7
from app.protocol.knowledge import Article, Visibility
from app.protocol.language import Language
from app.protocol.message import one_line
from app.protocol.problems import ProblemCode
from app.protocol.tickets import FieldName
from server_stub.agents.doorway import SignedIn
from server_stub.knowledge.library import STAFF, digest_of
from server_stub.knowledge.outcomes import counts
from server_stub.knowledge.tables import ArticleRecord
from server_stub.problems import Refusal
from server_stub.services import Services
from server_stub.services import services as services_of
from server_stub.tickets.agent_view import load
from server_stub.workbench.markdown import rendered
from server_stub.workbench.pages import page
from server_stub.workbench.visitors import Acting, Looking

SHOWN = 100
EDITOR = "/workbench/article-editor"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Title:
    """An article in the list."""

    id: str
    title: str
    locale: str
    visibility: Visibility
    tags: tuple[str, ...]
    signatures: tuple[str, ...]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Shelf:
    """The articles a search found, or the newest; `total` counts all there are."""

    text: str
    titles: tuple[Title, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Draft:
    """The editor's fields as typed; `digest` is that of the article the editing began with, empty for a new one."""

    id: str = ""
    digest: str = ""
    title: str = ""
    body: str = ""
    locale: str = Language.ENGLISH.value
    applications: str = ""
    signatures: str = ""
    codes: str = ""
    tags: str = ""
    sites: str = ""
    versions: str = ""
    visibility: Visibility = Visibility.EMPLOYEES

    def article(self, new_id: str) -> Article:
        """The article that was typed; one thing a line. Raises ValidationError."""
        return Article(
            id=self.id or new_id,
            title=self.title,
            body=self.body.replace("\r\n", "\n"),
            locale=self.locale,
            applications=_lines(self.applications),
            signatures=tuple(dict.fromkeys((*_lines(self.signatures), *_lines(self.codes)))),
            sites=_lines(self.sites),
            versions=_lines(self.versions),
            tags=_lines(self.tags.replace("，", "\n").replace(",", "\n")),
            visibility=self.visibility,
        )


@router.get("/workbench/articles")
def shelf(request: Request, signed_in: Looking, q: str = "") -> Response:
    """The list, or what a search finds in it."""
    services = services_of(request)
    with services.database.read() as session:
        found = _found(session, services, q)
    return page(request, "articles.html", signed_in, shelf=found)


@router.get("/workbench/articles/{article_id:path}")
def read(request: Request, signed_in: Looking, article_id: str, pane: int = 0) -> Response:
    """One article, as a page or as the pane beside a ticket."""
    services = services_of(request)
    article = _article(services, article_id)
    with services.database.read() as session:
        became = counts(session, article_id)
    template = "article_pane.html" if pane else "article.html"
    return page(request, template, signed_in, article=article, body=rendered(article.body), became=became)


@router.get(EDITOR)
def edit(request: Request, signed_in: Looking, id: str = "", ticket: UUID | None = None) -> Response:  # noqa: A002  # the word in the address
    """The editor: with an article, with what a ticket says of itself, or empty."""
    draft = Draft()
    if ticket is not None:
        draft = _draft_of(services_of(request), ticket)
    elif id:
        article = _article(services_of(request), id)
        draft = Draft(
            id=article.id,
            digest=digest_of(article),
            title=article.title,
            body=article.body,
            locale=article.locale,
            applications="\n".join(article.applications),
            signatures="\n".join(each for each in article.signatures if not is_code(each)),
            codes="\n".join(filter(is_code, article.signatures)),
            sites="\n".join(article.sites),
            versions="\n".join(article.versions),
            tags=", ".join(article.tags),
            visibility=article.visibility,
        )
    return _editor(request, signed_in, draft)


@router.post(EDITOR)
def save(
    request: Request,
    signed_in: Acting,
    title: Annotated[str, Form()] = "",
    body: Annotated[str, Form()] = "",
    locale: Annotated[str, Form(max_length=40)] = Language.ENGLISH.value,
    applications: Annotated[str, Form()] = "",
    signatures: Annotated[str, Form()] = "",
    codes: Annotated[str, Form()] = "",
    tags: Annotated[str, Form()] = "",
    sites: Annotated[str, Form()] = "",
    versions: Annotated[str, Form()] = "",
    visibility: Annotated[Visibility, Form()] = Visibility.EMPLOYEES,
    article_id: Annotated[str, Form()] = "",
    digest: Annotated[str, Form()] = "",
) -> Response:
    """Keep an article; the version before stays in the store, and the index follows in the background."""
    draft = Draft(
        id=article_id,
        digest=digest,
        title=title,
        body=body,
        locale=locale,
        applications=applications,
        signatures=signatures,
        codes=codes,
        tags=tags,
        sites=sites,
        versions=versions,
        visibility=visibility,
    )
    services = services_of(request)
    try:
        article = draft.article(str(uuid7(services.now())))
    except (ValidationError, ValueError):
        return _editor(request, signed_in, draft, ProblemCode.MALFORMED)
    if not article.title or not article.body.strip():
        return _editor(request, signed_in, draft, ProblemCode.MALFORMED)
    if draft.id and digest_of(_article(services, draft.id)) != draft.digest:
        return _editor(request, signed_in, draft, ProblemCode.CHANGED_MEANWHILE)
    services.library.take([article])
    services.publication.refresh_in_background()
    return RedirectResponse(f"/workbench/articles/{quote(article.id)}", 303)


@router.post(EDITOR + "/preview")
def preview(
    request: Request,
    signed_in: Acting,
    title: Annotated[str, Form()] = "",
    body: Annotated[str, Form()] = "",
    locale: Annotated[str, Form()] = "",
) -> Response:
    """How an article that is being written will look, with the letters its language is read in."""
    return page(request, "article_preview.html", signed_in, title=title, body=rendered(body), locale=locale)


def _editor(request: Request, signed_in: SignedIn, draft: Draft, problem: ProblemCode | None = None) -> Response:
    status = {None: 200, ProblemCode.CHANGED_MEANWHILE: 412}.get(problem, 422)
    shown: Markup = rendered(draft.body)
    locales = dict.fromkeys((*(each.value for each in Language), draft.locale))
    return page(
        request,
        "article_editor.html",
        signed_in,
        status=status,
        draft=draft,
        body=shown,
        problem=problem,
        locales=tuple(locales),
        visibilities=tuple(Visibility),
    )


def _draft_of(services: Services, ticket_id: UUID) -> Draft:
    """An article begun from a ticket: its error as it was shown, nothing of who reported it."""
    with services.database.read() as session:
        ticket = load(session, ticket_id)
    signature = ticket.signature
    draft = Article(id="new", title=ticket.row.subject, body="")
    text = ticket.value(FieldName.RECOGNISED_TEXT).splitlines()
    learned = lessons([*text, *signature.codes], signature.title, draft)
    if not any(not is_code(each) for each in learned) and signature.title:
        learned = (*learned, signature.title)
    return Draft(
        title=ticket.row.subject,
        locale=ticket.language.value,
        applications=signature.application or ticket.value(FieldName.APPLICATION),
        signatures="\n".join(each for each in learned if not is_code(each)),
        codes="\n".join(dict.fromkeys((*filter(is_code, learned), *signature.codes))),
    )


def _found(session: Session, services: Services, text: str) -> Shelf:
    wanted = _searchable(text)
    existing = select(ArticleRecord).where(ArticleRecord.retired_at.is_(None))
    total = session.scalar(select(func.count()).select_from(existing.subquery())) or 0
    if not wanted:
        records = session.scalars(existing.order_by(ArticleRecord.updated_at.desc(), ArticleRecord.id).limit(SHOWN))
        return Shelf(wanted, tuple(_title(each) for each in records), total)
    try:
        ids = [each.id for each in services.publication.agents.base.search(wanted, limit=SHOWN)]
        found = {each.id: each for each in session.scalars(existing.where(ArticleRecord.id.in_(ids)))}
        ranked = [found[each] for each in ids if each in found]
    except Refusal:
        # The index is still being built: titles are better than nothing.
        ranked = []
    if not ranked:
        like = or_(
            ArticleRecord.title.icontains(wanted, autoescape=True),
            ArticleRecord.body.icontains(wanted, autoescape=True),
        )
        ranked = list(session.scalars(existing.where(like).limit(SHOWN)))
    return Shelf(wanted, tuple(_title(each) for each in ranked), total)


def _title(record: ArticleRecord) -> Title:
    return Title(
        record.id,
        record.title,
        record.locale,
        record.visibility,
        tuple(record.tags),
        tuple(record.signatures),
        record.updated_at,
    )


def _article(services: Services, article_id: str) -> Article:
    with services.database.read() as session:
        article = services.library.article(session, article_id, STAFF)
    if article is None:
        raise Refusal(ProblemCode.NOT_FOUND)
    return article


def _lines(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for line in (each.strip() for each in text.splitlines()) if line))


def _searchable(text: str) -> str:
    try:
        return one_line(text)[:200]
    except ValueError:
        return ""
