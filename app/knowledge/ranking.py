"""The order of the articles for a question, and how sure the first places are."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.knowledge.candidates import CodeHit, FirstLook, first_look
from app.knowledge.codes import CodeKind
from app.knowledge.features import CLOSE, QUICK, Look, close_look, quick_look
from app.knowledge.feedback import Said, helpful
from app.knowledge.model import inputs, model
from app.knowledge.question import Question
from app.knowledge.scope import NOWHERE, Place, standing
from app.knowledge.store import Store
from app.knowledge.texts import Text, held, texts_of
from app.knowledge.tokens import is_han
from app.protocol.knowledge import Fit

CHOSEN = 24
SIFT_SCALE = 20  # makes the quick score a number of the size of the other features
_SIGNED = 4.0  # what an editor's own signature is worth, in the model's units
_CERTAIN, _LEAST = 0.8, -1.0  # from when on it is certain, and where an article with such a one starts from
_FITTING = -0.45  # where an article with the message's words or its rare code starts from: it is possible
_RARE, _MOSTLY = 0.6, 0.6
_TRANSLATED = 2.0  # how far an article that only means the same stays behind one with the very words
_CODE, _SAME_LANGUAGE = (QUICK.index(name) for name in ("code", "same_language"))
_LINE, _LACKS_CODE = (len(QUICK) + CLOSE.index(name) for name in ("line", "lacks_code"))
_UNLIKE = -3.0  # where an article that solved the fault starts from, however unlike its text is
_SILENCE = Said()
_OWN_LANGUAGE = 0.3  # breaks ties between translations of one article
_OWN_LANGUAGE_CODE = 1.0  # the same where a code says that they are about one fault


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article with its score; `look` tells what was compared."""

    look: Look
    score: float

    @property
    def fit(self) -> Fit | None:
        """How sure; None when it should not be shown."""
        if self.score >= model().good:
            return Fit.GOOD
        return Fit.POSSIBLE if self.score >= model().possible else None


def ranked(
    store: Store,
    question: Question,
    count: int,
    *,
    fingerprint: str = "",
    place: Place = NOWHERE,
    without: Collection[int] = (),
) -> tuple[FirstLook, list[Ranked]]:
    """The articles that may answer, best first, those numbered `without` left out.

    Raises HelpdeskError when the file is damaged.
    """
    look = first_look(store, question, count, fingerprint)
    if without:
        look = replace(look, candidates=tuple(each for each in look.candidates if each.document not in without))
    looks = quick_look(question, look, texts_of(store, [each.document for each in look.candidates]))
    learned = model()
    looks.sort(key=lambda each: (-_rough(question, each), each.candidate.document))
    chosen = looks[:CHOSEN]
    close = close_look(question, look, chosen)
    rows = [
        (*each.quick, *more, learned.quick(each.quick) / SIFT_SCALE) for each, more in zip(chosen, close, strict=True)
    ]
    known = helpful(store, [each.candidate.document for each in chosen])
    found = []
    quoted = any(row[_SAME_LANGUAGE] and _fits(row) for row in rows)
    for each, row in zip(chosen, inputs(rows), strict=True):
        score = _told(sum(tree.value(row) for tree in learned.trees), _signed(question, each))
        if _fits(row):
            score = max(score, _FITTING)
        if quoted and not row[_SAME_LANGUAGE] and not _coded(each):
            score -= _TRANSLATED
        if _translated(question, each.text, place.language):
            score += _OWN_LANGUAGE_CODE if _coded(each) else _OWN_LANGUAGE
        score += standing(each.text.scope, known.get(each.candidate.document, _SILENCE), place)
        found.append(Ranked(each, _experienced(score, each.candidate.said)))
    found.sort(key=lambda each: (-each.score, each.look.candidate.document))
    return look, found


def _told(score: float, signed: float) -> float:
    """The score with what an editor's signature is worth: one that certainly stands on the screen wins over text."""
    if signed >= _CERTAIN and score < _LEAST:
        score = _LEAST + (score - _LEAST) * 0.2
    return score + _SIGNED * signed


def _fits(row: Sequence[float]) -> bool:
    """Whether the article has most of a message without a code line by line, or its rare code in another language."""
    if not row[_SAME_LANGUAGE]:
        return row[_CODE] >= _RARE
    return row[_LINE] >= _MOSTLY and not row[_LACKS_CODE]


def _experienced(score: float, said: Said) -> float:
    """The score with what employees said; what is proven to solve this very fault needs no word in common with it."""
    return (max(score, _UNLIKE) if said.proven else score) + said.worth


def _rough(question: Question, look: Look) -> float:
    return model().quick(look.quick) + _SIGNED * _signed(question, look) + 2 * look.candidate.said.worth


def _translated(question: Question, text: Text, language: str) -> bool:
    """Whether the article is in the reader's language; a Chinese message shows that its reader knows Chinese."""
    if question.chinese or not language:
        return text.chinese == question.chinese
    return text.chinese == language.startswith("zh")


def _coded(look: Look) -> bool:
    return any(not hit.hinted and hit.code.kind is not CodeKind.NUMBER for hit in look.candidate.hits)


def _signed(question: Question, look: Look) -> float:
    """How surely one of the editor's signatures is on the screen, 0..1: its code, or its message."""
    signed = [hit for hit in look.candidate.hits if hit.signed and not hit.hinted]
    codes = max((_surely(hit) for hit in signed), default=0.0)
    return max(codes, _message(question, look.text))


def _surely(hit: CodeHit) -> float:
    """How much a signature's code says: a bare number (`5`, `05`) may be another program's."""
    if hit.code.kind is CodeKind.NUMBER:
        return 0.3 + 0.3 * hit.rarity
    return (0.4 if hit.wider else 0.6) + 0.4 * hit.rarity


def _message(question: Question, text: Text) -> float:
    """How much of the best signature stands in the question, less for a short one; 0..1."""
    best = 0.0
    for signature in text.signatures:
        han = is_han(signature)
        if len(signature) < (4 if han else 8):
            continue
        weight = min(1.0, len(signature) / (12 if han else 24))
        best = max(best, weight * held(signature, question.squeezed))
    return best


def probability(score: float) -> float:
    """The score as the chance, 0..1, that the article is the right one."""
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))


def shown(found: Sequence[Ranked], top: int) -> list[Ranked]:
    """The first articles, as far as they may be shown: nothing when even the first does not fit.

    Of articles that say the same word for word only the best is shown.
    """
    if not found or found[0].fit is None:
        return []
    near = (each for each in found if each.score >= found[0].score - model().behind)
    different = {each.look.text.whole: each for each in reversed(list(near))}
    return sorted(different.values(), key=lambda each: (-each.score, each.look.candidate.document))[:top]
