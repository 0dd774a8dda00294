"""Knowledge over the wire: the pack, search, articles, suggestions and what became of them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from app.knowledge.scope import day
from app.protocol.knowledge import ArticleBody, OutcomeReport, PackKey, SearchAnswer, SuggestionList, SuggestionQuery
from app.protocol.language import choose
from app.protocol.problems import ProblemCode
from server_stub.asking import PROBLEMS, Found, spends
from server_stub.devices.authentication import AskingDevice
from server_stub.files import KeptFile
from server_stub.knowledge.library import EVERYBODY
from server_stub.problems import Refusal
from server_stub.rates import RateClass

router = APIRouter(tags=["knowledge"], responses=PROBLEMS)

Languages = Annotated[str, Header(alias="Accept-Language", max_length=200)]


@router.get("/knowledge/pack", response_class=KeptFile, dependencies=[spends(RateClass.KNOWLEDGE)])
def pack(found: Found, if_none_match: Annotated[str | None, Header()] = None) -> Response:
    """The employees' articles and their index in one file; takes `If-None-Match`, `Range` and `If-Range`."""
    edition = found.publication.clients
    headers = {"ETag": f'"{edition.version}"', "Cache-Control": "private, no-cache"}
    known = {each.strip().removeprefix("W/") for each in (if_none_match or "").split(",")}
    if headers["ETag"] in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return KeptFile(edition.path, media_type="application/vnd.sqlite3", headers=headers)


@router.get("/knowledge/pack/delta/{have}", response_class=KeptFile, dependencies=[spends(RateClass.KNOWLEDGE)])
def delta(have: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")], found: Found) -> Response:
    """What makes the newest pack of the one with that SHA-256: Zstandard with the old file as dictionary.

    304 when that is the newest, `not_found` when the whole pack is to be fetched.
    """
    edition = found.publication.clients
    headers = {"ETag": f'"{edition.version}"', "Cache-Control": "private, no-cache"}
    if edition.digest == have:
        return Response(status_code=304, headers=headers)
    path = found.publication.delta(have)
    if path is None:
        raise Refusal(ProblemCode.NOT_FOUND)
    return KeptFile(path, media_type="application/zstd", headers=headers)


@router.get("/knowledge/key", dependencies=[spends(RateClass.KNOWLEDGE)])
def key(found: Found) -> PackKey:
    """The public key that packs are signed with."""
    return PackKey(key=found.publication.key.hex())


@router.get("/knowledge/search", dependencies=[spends(RateClass.KNOWLEDGE)])
def search(
    found: Found,
    q: Annotated[str, Query(max_length=300)],
    limit: Annotated[int, Query(ge=1, le=50)] = 20,
    locale: Annotated[str, Query(max_length=40)] = "",
    topic: Annotated[str, Query(max_length=300)] = "",
) -> SearchAnswer:
    """Articles for what somebody types, best first: in one language, about one application or with one tag."""
    return SearchAnswer(suggestions=found.publication.employees.base.search(q, limit, locale=locale, topic=topic))


@router.get("/knowledge/articles/{article_id:path}", dependencies=[spends(RateClass.KNOWLEDGE)])
def article(article_id: str, found: Found) -> ArticleBody:
    """One article, body as Markdown source."""
    with found.database.read() as session:
        wanted = found.library.article(session, article_id, EVERYBODY)
    if wanted is None:
        raise Refusal(ProblemCode.NOT_FOUND)
    return ArticleBody(id=wanted.id, title=wanted.title, body=wanted.body)


@router.post("/suggestions", dependencies=[spends(RateClass.SUGGESTIONS)])
def suggestions(query: SuggestionQuery, found: Found, languages: Languages = "") -> SuggestionList:
    """Articles for recognised lines, for clients without a pack of their own."""
    return found.publication.employees.base.suggest(
        query.lines,
        title=query.title,
        application=query.application,
        site=query.site,
        today=day(found.now()),
        language=choose([each.split(";")[0].strip() for each in languages.split(",")]).value if languages else "",
        top=query.top,
    )


@router.post(
    "/suggestions/outcomes", status_code=204, response_class=Response, dependencies=[spends(RateClass.OUTCOMES)]
)
def outcomes(report: OutcomeReport, device: AskingDevice, found: Found) -> None:
    """What became of a suggestion; the report's id makes it count once."""
    with found.database.write() as session:
        found.outcomes.record(session, device, report)
