"""How an article answers a question, as numbers between nought and one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.knowledge.candidates import Candidate, FirstLook
from app.knowledge.codes import CodeKind
from app.knowledge.question import Question
from app.knowledge.texts import Text, held
from app.knowledge.word_features import Words

QUICK = (
    "words",  # shared rare words, of the best candidate's
    "words_of_all",  # the same, of what a perfect article would have
    "segments",  # longer letter pieces of the message in the article, weighted by how few candidates have them
    "segments_plain",  # the same, each counted alike
    "title",  # words of the article's title in the question
    "message_title",  # words of the article's title in the message
    "topic_title",  # words of the message that mostly stand in titles, in the article's title
    "code",  # the rarest code both have
    "codes",  # all codes both have
    "code_named",  # the article's title names the code
    "code_wider",  # only an equivalent meaning of the code met
    "number",  # a number called error, event or message
    "number_named",
    "hint_named",  # a bare number of the question is in the article's title
    "same_language",
    "meaning",  # what the question's codes or messages are known to mean, said otherwise, in the article's title
)
CLOSE = (
    "cover",  # letter pieces of the question in the article, weighted by how few candidates have them
    "cover_message",  # the same without the title line
    "cover_named",  # the same in the article's title and signatures only
    "cover_plain",  # pieces of the message found, each counted alike
    "runs",  # pieces that stand together in long stretches
    "longest",  # the longest stretch
    "line",  # whole lines of the message stand in the article
    "known_words",  # words of the question in the article, weighted by rarity in the whole base
    "lead_words",  # words of the message in the article's first paragraphs
    "lead_cover",  # letter pieces of the message there
    "topic_lead",
    "topic_body",
    "heading",  # words of the title line in the article's title or id
    "pairs",  # neighbouring words
    "clash",  # another article names the question's code, and this one does not have it
    "length",
    "lacks_code",  # the question has a code that names a fault, and the article has none of them
    "missing",  # the rarest word of the message that the article lacks
    "missing_topic",  # the same among words that mostly stand in titles
    "lead_line",  # the best line of the message, by its words in the article's first paragraphs
    "meaning_lead",  # the known meaning in the article's first paragraphs
)
_NAMING = frozenset({CodeKind.HEX, CodeKind.SYMBOL, CodeKind.VENDOR, CodeKind.LETTERED, CodeKind.MAIL})
_SHORTEST_LINE = 8
_LONG_RUN = 8


@dataclass(frozen=True, slots=True)
class Look:
    """A candidate with its text and the quick numbers, in the order of QUICK."""

    candidate: Candidate
    text: Text
    quick: tuple[float, ...]


def quick_look(question: Question, look: FirstLook, texts: Mapping[int, Text]) -> list[Look]:
    """Every candidate with what is cheap to know of it."""
    candidates = [candidate for candidate in look.candidates if candidate.document in texts]
    found = [[piece in texts[each.document].whole for piece in question.segments] for each in candidates]
    weights = _rarities(found, len(candidates))
    peak = max((candidate.lexical for candidate in candidates), default=0.0) or 1.0
    message = {term: known for term, known in look.terms.items() if term not in question.title_terms}
    topical = sum(known.rarity * known.topical for known in message.values()) or 1.0
    looks = []
    for candidate, hits in zip(candidates, found, strict=True):
        text = texts[candidate.document]
        whole = sum(text.title_words.values()) or 1.0
        # In the title's order: sets of words have another order, and sums another last digit, in every process.
        shared = [term for term in text.title_words if term in look.terms]
        said = [term for term in shared if term in message]
        quick = (
            candidate.lexical / peak,
            candidate.lexical / (look.ideal or 1.0),
            _share(weights, hits),
            sum(hits) / max(len(hits), 1),
            sum(text.title_words[term] for term in shared) / whole,
            sum(text.title_words[term] for term in said) / whole,
            sum(message[term].rarity * message[term].topical for term in said) / topical,
            *_codes(candidate),
            float(question.wordless or question.chinese == text.chinese),
            max((held(each, text.title) for each in question.otherwise), default=0.0),
        )
        looks.append(Look(candidate, text, quick))
    return looks


def close_look(question: Question, look: FirstLook, chosen: Sequence[Look]) -> list[tuple[float, ...]]:
    """The numbers of CLOSE for each of the chosen candidates, in the same order."""
    found = [[gram in each.text.whole for gram in question.grams] for each in chosen]
    weights = _rarities(found, len(chosen))
    naming = any(code.kind in _NAMING and code.telling for code in question.codes)
    named = [
        any(_is_code(hit.hinted, hit.code.kind) and hit.share == 1 for hit in each.candidate.hits) for each in chosen
    ]
    asked = Words(question, look.terms)
    rows = []
    for each, hits in zip(chosen, found, strict=True):
        words = asked.compared(each.text)
        coded = any(_is_code(hit.hinted, hit.code.kind) for hit in each.candidate.hits)
        rows.append(
            (
                *_cover(question, hits, weights, each.text),
                _lines_in(question, each.text),
                words.known,
                words.lead,
                _lead_cover(question, hits, weights, each.text),
                words.topic_lead,
                words.topic_body,
                words.heading,
                sum(pair in each.text.whole for pair in question.pairs) / max(len(question.pairs), 1),
                float(any(named) and not coded),
                min(math.log(1 + len(each.text.whole)) / 10, 1.0),
                float(naming and not coded),
                words.missing,
                words.missing_topic,
                words.lead_line,
                max((held(saying, each.text.lead) for saying in question.otherwise), default=0.0),
            )
        )
    return rows


def _is_code(hinted: bool, kind: CodeKind) -> bool:
    return not hinted and kind is not CodeKind.NUMBER


def _rarities(found: Sequence[Sequence[bool]], count: int) -> list[float]:
    """For every piece, how telling it is: the fewer candidates hold it, the more."""
    return [math.log(1 + count / (0.5 + sum(column))) for column in zip(*found, strict=True)]


def _share(weights: Sequence[float], hits: Sequence[bool]) -> float:
    whole = sum(weights)
    return sum(weight for weight, hit in zip(weights, hits, strict=True) if hit) / whole if whole else 0.0


def _cover(question: Question, hits: Sequence[bool], weights: Sequence[float], text: Text) -> tuple[float, ...]:
    start = question.heading if question.heading < len(hits) else 0
    message, rare = hits[start:], weights[start:]
    names = "\0".join((text.title, *text.signatures))
    named = [hit and gram in names for gram, hit in zip(question.grams[start:], message, strict=True)]
    long = longest = run = 0
    for hit in (*message, False):
        if hit:
            run += 1
            continue
        longest = max(longest, run)
        long += run if run >= _LONG_RUN else 0
        run = 0
    count = max(len(message), 1)
    return (
        _share(weights, hits),
        _share(rare, message),
        _share(rare, named),
        sum(message) / count,
        long / count,
        longest / count,
    )


def _lines_in(question: Question, text: Text) -> float:
    lines = [line for line in question.message if len(line) >= _SHORTEST_LINE]
    size = sum(map(len, lines))
    return sum(len(line) for line in lines if line in text.whole) / size if size else 0.0


def _lead_cover(question: Question, hits: Sequence[bool], weights: Sequence[float], text: Text) -> float:
    start = question.heading if question.heading < len(hits) else 0
    lead = text.lead
    grams = zip(question.grams[start:], hits[start:], strict=True)
    return _share(weights[start:], [hit and gram in lead for gram, hit in grams])


def _codes(candidate: Candidate) -> tuple[float, ...]:
    code = codes = code_named = wider = number = number_named = hint = 0.0
    for hit in candidate.hits:
        gain = hit.rarity * hit.share
        if hit.hinted:
            hint = max(hint, hit.rarity)
        elif hit.code.kind is CodeKind.NUMBER:
            number = max(number, gain)
            number_named = max(number_named, hit.rarity * (hit.share == 1))
        elif hit.wider:
            wider = max(wider, gain)
        else:
            code = max(code, gain)
            codes += gain
            code_named = max(code_named, hit.rarity * (hit.share == 1))
    return code, min(codes / 3, 1.0), code_named, wider, number, number_named, hint
