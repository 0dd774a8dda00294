"""Knowledge over the wire: the pack, search, articles, suggestions and what became of them."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Response

from app.knowledge.scope import day
from app.protocol.knowledge import ArticleBody, OutcomeReport, PackKey, SearchAnswer, SuggestionList, SuggestionQuery
from app.protocol.language import choose
from app.protocol.problems import ProblemCode
from server_stub.asking import PROBLEMS, Found, spends
from server_stub.devices.authentication import AskingDevice
from server_stub.devices.enrolment import standing_at
from server_stub.devices.tables import Device
from server_stub.files import KeptFile
from server_stub.knowledge.library import EVERYBODY
from server_stub.knowledge.reach import LONGEST_SITE
from server_stub.knowledge.scoped import Download
from server_stub.problems import Refusal
from server_stub.rates import RateClass
from server_stub.services import Services

router = APIRouter(tags=["knowledge"], responses=PROBLEMS)

Languages = Annotated[str, Header(alias="Accept-Language", max_length=200)]


Site = Annotated[str, Query(max_length=LONGEST_SITE)]
_TAG = re.compile(r'"([0-9a-f.]{1,60})"')


@router.get("/knowledge/pack", response_class=KeptFile, dependencies=[spends(RateClass.KNOWLEDGE)])
def pack(
    device: AskingDevice,
    found: Found,
    site: Site = "",
    languages: Languages = "",
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """The employees' articles and their index in one file; takes `If-None-Match`, `Range` and `If-Range`.

    Where all articles are too many for one file, it holds those for the device's site and everybody, the most used
    and those in the first of its languages first. `site` counts where the device's token does not name one.
    """
    known = _TAG.findall(if_none_match or "")
    offered = _offered(device, found, site, languages, known)
    headers = _head(offered)
    if offered.path is None or offered.version in known or (if_none_match or "").strip() == "*":
        return Response(status_code=304, headers=headers)
    return KeptFile(offered.path, media_type="application/vnd.sqlite3", headers=headers)


@router.get("/knowledge/pack/delta/{have}", response_class=KeptFile, dependencies=[spends(RateClass.KNOWLEDGE)])
def delta(
    have: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    device: AskingDevice,
    found: Found,
    site: Site = "",
    languages: Languages = "",
) -> Response:
    """What makes the newest pack of the one with that SHA-256: Zstandard with the old file as dictionary.

    304 when that is the newest, `not_found` when the whole pack is to be fetched.
    """
    offered = _offered(device, found, site, languages)
    headers = _head(offered)
    if offered.digest == have:
        return Response(status_code=304, headers=headers)
    path = found.publication.delta(have, offered.path) if offered.path is not None else None
    if path is None:
        raise Refusal(ProblemCode.NOT_FOUND)
    return KeptFile(path, media_type="application/zstd", headers=headers)


def _offered(device: Device, found: Services, site: str, languages: str, known: Collection[str] = ()) -> Download:
    with found.database.read() as session:
        here = standing_at(session, device, site)
    language = choose(_tags(languages)).value if languages else ""
    return found.publication.download(here, language, known)


def _head(offered: Download) -> dict[str, str]:
    return {"ETag": f'"{offered.version}"', "Cache-Control": "private, no-cache"}


def _tags(languages: str) -> list[str]:
    return [each.split(";")[0].strip() for each in languages.split(",")]


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
        language=choose(_tags(languages)).value if languages else "",
        top=query.top,
    )


@router.post(
    "/suggestions/outcomes", status_code=204, response_class=Response, dependencies=[spends(RateClass.OUTCOMES)]
)
def outcomes(report: OutcomeReport, device: AskingDevice, found: Found) -> None:
    """What became of a suggestion; the report's id makes it count once."""
    with found.database.write() as session:
        found.outcomes.record(session, device, report)
