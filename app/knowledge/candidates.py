"""The first look: which articles share rare words or codes with the question."""

from __future__ import annotations

import heapq
import json
import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from app.knowledge import postings
from app.knowledge.codes import Code, CodeKind
from app.knowledge.feedback import Said, said_of
from app.knowledge.known import known
from app.knowledge.question import MEANT, Question
from app.knowledge.store import Store, damaged
from app.knowledge.wordlists import IMPACT_STEPS, MOST_POSTINGS

MOST_BY_WORDS = 70
MOST_BY_CODES = 20
_MOST_TERMS = 24
_WIDE = 4_000  # postings read before the field is narrowed
_NARROW = 500  # articles that stay in the field then
_MOST_SHARING_A_CODE = 400
_MOST_ASKED = 400
_TITLED = 0.7  # what a word counts that only stands in the window's title
_SILENCE = Said()
_NAMED = 100  # the weight of a code in an article's title; an editor's own codes weigh more


@dataclass(frozen=True, slots=True)
class CodeHit:
    """A code of the question that an article holds.

    `rarity` is 0..1 of the rarest possible; `share` how much the article is about it (1 when its title names it),
    `signed` whether its editor gave it; `wider` whether only an equivalent or wider meaning met; `hinted` whether
    the employee's text only might have been a code.
    """

    code: Code
    rarity: float
    share: float
    signed: bool
    wider: bool
    hinted: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article to look at closely.

    `lexical` sums what its words shared with the question are worth, `said` is what employees said of it.
    """

    document: int
    lexical: float
    hits: tuple[CodeHit, ...]
    said: Said = _SILENCE


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the question: how rare (0..1) it is in the base, and how often it stands in a title when it occurs."""

    rarity: float
    topical: float


@dataclass(frozen=True, slots=True)
class FirstLook:
    """The candidates, the question's words as the base knows them, and what a perfect article would score."""

    candidates: tuple[Candidate, ...]
    terms: Mapping[str, Term]
    ideal: float


@dataclass(frozen=True, slots=True)
class _Listed:
    term: str
    spread: int
    idf: float
    data: bytes


def first_look(store: Store, question: Question, count: int, fingerprint: str = "") -> FirstLook:
    """The articles worth comparing with the question, those that solved the same fault before among them.

    Raises HelpdeskError when the file is damaged.
    """
    most = math.log(1 + max(count, 1) / 0.5)
    listed, terms = _listed(store, question, count, most)
    scores, ideal = _by_words(store, question, listed)
    hits = _by_codes(store, question, count, most)
    chosen = set(_best(scores, MOST_BY_WORDS))
    worth = {document: sum(hit.rarity * hit.share for hit in found) for document, found in hits.items()}
    chosen.update(
        heapq.nlargest(MOST_BY_CODES, hits, key=lambda document: (worth[document], scores.get(document, 0), -document))
    )
    said = said_of(store, fingerprint)
    chosen.update(document for document, each in said.items() if each.worth > 0)
    candidates = tuple(
        Candidate(document, scores.get(document, 0.0), tuple(hits.get(document, ())), said.get(document, _SILENCE))
        for document in sorted(chosen)
    )
    return FirstLook(candidates, terms, ideal)


def _listed(store: Store, question: Question, count: int, most: float) -> tuple[list[_Listed], dict[str, Term]]:
    rows = store.rows(
        "SELECT term, spread, titled, postings FROM terms WHERE term IN (SELECT value FROM json_each(?))",
        (json.dumps([*question.terms, *question.meant][:_MOST_ASKED]),),
    )
    terms = dict.fromkeys(question.terms, Term(1.0, 0.05))
    listed = []
    for row in rows:
        term, spread, titled, data = str(row[0]), int(row[1] or 0), int(row[2] or 0), row[3]
        idf = math.log(1 + (count - spread + 0.5) / (spread + 0.5))
        if term in terms:
            terms[term] = Term(idf / most, (titled + 1) / (spread + 8))
        listed.append(_Listed(term, spread, idf, data if isinstance(data, bytes) else b""))
    listed.sort(key=lambda each: (each.spread, each.term))
    return listed[:_MOST_TERMS], terms


def _by_words(store: Store, question: Question, listed: list[_Listed]) -> tuple[dict[int, float], float]:
    """Scores by shared words, rarest words first; the commonest words only compare the best so far."""
    scores: dict[int, float] = {}
    ideal, read, narrowed = 0.0, 0, False
    try:
        for each in listed:
            weight = each.idf * _count(question, each.term) / IMPACT_STEPS
            ideal += weight * 255
            pairs = postings.decoded(each.data)
            if not narrowed and read > _WIDE:
                scores = {document: scores[document] for document in _best(scores, _NARROW)}
                narrowed = True
            if narrowed:
                impacts = dict(pairs)
                for document in scores.keys() & impacts.keys():
                    scores[document] += weight * impacts[document]
                continue
            read += min(each.spread, MOST_POSTINGS)
            known = scores.get
            for document, impact in pairs:
                scores[document] = known(document, 0.0) + weight * impact
    except (ValueError, zlib.error) as error:
        raise damaged(store.path, error) from error
    return scores, ideal


def _best(scores: Mapping[int, float], most: int) -> list[int]:
    """The articles with the highest scores, the first of equal ones."""
    if len(scores) <= most:
        return list(scores)
    least = sorted(scores.values())[-most]
    above = [document for document, score in scores.items() if score > least]
    equal = sorted(document for document, score in scores.items() if score == least)
    return above + equal[: most - len(above)]


def _count(question: Question, term: str) -> float:
    """How often a word counts: once or twice in the message, less in the window's title or in a code's meaning."""
    count = min(question.terms[term], 2)
    return (_TITLED if count == 1 and term in question.title_terms else count) or MEANT


def _by_codes(store: Store, question: Question, count: int, most: float) -> dict[int, list[CodeHit]]:
    hits: dict[int, list[CodeHit]] = {}
    asked = [(code, False) for code in question.codes if code.kind is not CodeKind.TRACE]
    for code, hinted in (*asked[:_MOST_TERMS], *((code, True) for code in question.hints)):
        same = known(code)
        # A meaning found in the message leads to all its codes alike; a code leads to its equivalents as well.
        keys = dict.fromkeys((*code.keys, *(same.keys if same and not hinted else ())))
        for place, key in enumerate(keys):
            rows = store.rows(
                "SELECT doc, weight FROM codes WHERE key = ? ORDER BY weight DESC LIMIT ?",
                (key, _MOST_SHARING_A_CODE),
            )
            rarity = math.log(1 + count / (0.5 + len(rows))) / most
            for row in rows:
                weight = int(row[1] or 0)
                if not hinted or weight >= _NAMED:
                    hit = CodeHit(code, rarity, min(weight / _NAMED, 1.0), weight > _NAMED, place > 0, hinted)
                    hits.setdefault(int(row[0] or 0), []).append(hit)
    return hits
