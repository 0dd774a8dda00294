"""How the words of a question stand in an article, as numbers between nought and one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.knowledge.candidates import Term
from app.knowledge.question import Question
from app.knowledge.texts import Text


@dataclass(frozen=True, slots=True)
class WordFeatures:
    """Shares of the question's words, weighted by rarity in the base; `missing` is what the article lacks.

    `topic` ones weigh words by how often they stand in titles, `lead` ones look at the first paragraphs only.
    """

    known: float
    lead: float
    topic_lead: float
    topic_body: float
    heading: float
    missing: float
    missing_topic: float
    lead_line: float


@dataclass(frozen=True, slots=True)
class _Word:
    term: str
    rarity: float
    topic: float
    in_heading: bool
    searched: bool


class Words:
    """A question's words, prepared for being compared with many articles."""

    def __init__(self, question: Question, terms: Mapping[str, Term]) -> None:
        # Two or three letters stand inside many words; only as a title's word do they count.
        self._words = [
            _Word(
                term,
                known.rarity,
                known.rarity * known.topical,
                term in question.title_terms,
                len(term) > 3 or not term.isascii(),
            )
            for term, known in terms.items()
        ]
        message = [each for each in self._words if not each.in_heading]
        self._mass = sum(each.rarity for each in self._words) or 1.0
        self._said = sum(each.rarity for each in message) or 1.0
        self._topic = sum(each.topic for each in message) or 1.0
        self._headed = sum(each.rarity for each in self._words if each.in_heading) or 1.0
        lines = [{term: terms[term].rarity for term in line if term in terms} for line in question.line_terms]
        self._lines = [(line, sum(line.values()) or 1.0) for line in lines if len(line) > 1]

    def compared(self, text: Text) -> WordFeatures:
        """The question's words in one article."""
        titles, whole, lead = text.title_words, text.whole, text.lead
        known = in_lead = topic_lead = topic_body = heading = missing = missing_topic = 0.0
        leading: set[str] = set()
        for word in self._words:
            term, rarity = word.term, word.rarity
            titled = term in titles
            held = titled or (word.searched and term in whole)
            if held:
                known += rarity
                if titled or (word.searched and term in lead):
                    leading.add(term)
                    if not word.in_heading:
                        in_lead += rarity
                        topic_lead += word.topic
                if word.in_heading:
                    heading += rarity * titled
                else:
                    topic_body += word.topic
            elif not word.in_heading and rarity < 1.0:
                # What the base does not know at all is a name or misread; no article could have it.
                missing = max(missing, rarity)
                missing_topic = max(missing_topic, word.topic)
        best_line = max((self._held(line, leading) / mass for line, mass in self._lines), default=0.0)
        return WordFeatures(
            known / self._mass,
            in_lead / self._said,
            topic_lead / self._topic,
            topic_body / self._topic,
            heading / self._headed,
            missing,
            missing_topic,
            best_line,
        )

    @staticmethod
    def _held(line: Mapping[str, float], leading: set[str]) -> float:
        return sum(rarity for term, rarity in line.items() if term in leading)
