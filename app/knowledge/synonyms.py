"""Words that stand in for each other, mined from the articles themselves when a base is built.

Only what articles say outright counts, and each pair is kept with the number of articles that say it:

- an abbreviation beside its long form, *Azure Active Directory (AAD)*, its letters found in the words by the algorithm
  of Schwartz and Hearst (*A simple algorithm for identifying abbreviation definitions in biomedical text*, 2003);
- a gloss in brackets, *销售点 (POS)*, and a name given outright, *Skype for Business (formerly Lync)*, *又称*. Where
  the name before it begins is told by its neighbours: it is the longest one that stands after different words;
- a word and its translation in the titles of articles that are translations of each other by their ids.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from app.knowledge.store import Store
from app.knowledge.tokens import HAN, is_empty, is_han, plain
from app.protocol.knowledge import Article

MOST_PAIRS = 1_000
MOST_OTHERS = 3  # for one form, those that most articles tell
LONGEST_WORDS, LONGEST_HAN, LONGEST_ALONE = 6, 10, 6
_READ = 60  # characters before a bracket or a marker
_SHARE = 0.6  # of the articles that use a gloss, so many use it for this name
_TOGETHER, _ALIKE = 3, 0.8  # pairs of titles with both words, and their share of those with either
_BRACKET = re.compile(r"[(（][\s*`\"“]{0,3}([^()（）\n]{2,40}?)[\s*`\"”]{0,3}[)）]")
_GIVEN = re.compile(
    r"[(（,，]\s?(?:also (?:known|referred to) as|formerly(?: known as| called)?|previously(?: known as| called)|"
    r"以前称为|也称为|也称作|又称|简称|旧称|原名)\s?[\"“]?([^()（）,，.。;；:：\"”\n]{2,40})"
)
_MARKERS = ("also known as", "also referred", "formerly", "previously", "称", "原名")
_SHORT = re.compile(r"[A-Z][A-Za-z0-9/-]{0,7}[A-Z0-9]s?|[A-Z]{2,8}s?")
_WORDS = re.compile(r"[A-Za-z][A-Za-z-]+(?: [A-Za-z][A-Za-z-]+){0,2}")
_RUN = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+(?:[_.-][^\W_{HAN}]+)*")
_CLOSED = r"[\s*`\"”]{0,3}$"
_LAST_HAN = re.compile(rf"((?:[A-Za-z][\w.-]*[ ]?){{0,3}})([{HAN}]+){_CLOSED}")
_LEADING = re.compile("^(?:请参阅|使用|添加|通过|打开|选择|[的和与在从将为或是及]|对(?![象话比称应等接账]))+(?=..)")
_JOINED = re.compile(r"[+/&、]\s?$")
_LAST_WORDS = re.compile(rf"((?:[^\W{HAN}][\w.&/-]*[ ]){{0,{LONGEST_WORDS + 3}}}[^\W{HAN}][\w.&/-]*){_CLOSED}")
_LOCALE = re.compile(r"(?i)(?:^|(?<=[/_.-]))(?:zh-cn|zh-hans|zh|en-us|en)(?=$|[/_.-])")


@dataclass(slots=True)
class _Gloss:
    """What stands before one gloss: by possible name the articles and what it came after."""

    articles: set[int] = field(default_factory=set)
    names: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    before: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


class SynonymMiner:
    """Reads the articles of a build and writes what they told at its end."""

    def __init__(self) -> None:
        self._told: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._glosses: dict[tuple[str, bool], _Gloss] = defaultdict(_Gloss)
        self._titles: dict[str, dict[bool, str]] = defaultdict(dict)

    def add(self, document: int, article: Article) -> None:
        """Read one article."""
        for text in (article.title, article.body):
            for match in _BRACKET.finditer(text):
                self._read(document, text[max(match.start() - _READ, 0) : match.start()], match.group(1))
            if any(marker in text for marker in _MARKERS):
                for match in _GIVEN.finditer(text):
                    before = text[max(match.start() - _READ, 0) : match.start()]
                    self._gloss(document, before, match.group(1), is_named=True)
        alike = _LOCALE.sub("", article.id)
        if alike != article.id:
            self._titles[alike].setdefault(is_han(article.title), article.title)

    def pairs(self) -> list[tuple[str, str, int]]:
        """Two forms and how many articles tell that they stand for each other, the surest first, each pair once."""
        found: Counter[tuple[str, str]] = Counter()
        for told, count in (*self._abbreviations(), *self._named(), *_translated(self._titles.values())):
            first, second = sorted(told)
            if first.replace(" ", "") != second.replace(" ", "") and not _is_idle(first) and not _is_idle(second):
                found[first, second] += count
        ordered = sorted(found.items(), key=lambda each: (-each[1], each[0]))[:MOST_PAIRS]
        return [(first, second, count) for (first, second), count in ordered]

    def write(self, connection: sqlite3.Connection) -> None:
        """Write the table `synonyms`, each pair in both directions."""
        others: Counter[str] = Counter()
        rows = []
        for first, second, count in self.pairs():
            for form, other in ((first, second), (second, first)):
                others[form] += 1
                if others[form] <= MOST_OTHERS:
                    rows.append((form, other, count))
        connection.executemany("INSERT INTO synonyms VALUES(?, ?, ?)", sorted(rows))

    def _read(self, document: int, before: str, inside: str) -> None:
        """What a pair of brackets may tell: an abbreviation, the long form of one, or a gloss."""
        words = _LAST_WORDS.search(before)
        if words is not None:
            short = words[1].rsplit(" ", 1)[-1]
            if _SHORT.fullmatch(inside) and (long := _long_form(inside, words[1])):
                self._told[_singular(inside), normal(long)].add(document)
            elif _SHORT.fullmatch(short) and _WORDS.match(inside) and _long_form(short, inside) == inside:
                self._told[_singular(short), normal(inside)].add(document)
        elif _SHORT.fullmatch(inside) or (_WORDS.fullmatch(inside) and not inside.istitle()):
            self._gloss(document, before, inside, is_named=False)

    def _gloss(self, document: int, before: str, inside: str, *, is_named: bool) -> None:
        other = _singular(inside) if _SHORT.fullmatch(inside) else _begun(normal(inside))
        run = _LAST_HAN.search(before)
        if run is not None:
            # A name may begin with Latin words, *Azure 信息保护*; one that a sign joins to another is a part of a name.
            left, least, most = [*run[1].split(), *run[2]], 2, LONGEST_HAN
            if _JOINED.search(before, 0, run.start()):
                return
        else:
            words = _LAST_WORDS.search(before) if is_named else None
            if words is None:
                return
            left, least, most = normal(words[1]).split(), 1, LONGEST_WORDS
        gloss = self._glosses[other, run is not None]
        gloss.articles.add(document)
        for size in range(least, min(len(left), most) + 1):
            name = normal(_joined(left[-size:]))
            gloss.names[name].add(document)
            gloss.before[name].add(left[-size - 1] if size < len(left) else "")

    def _abbreviations(self) -> Iterator[tuple[tuple[str, str], int]]:
        for (short, long), articles in self._told.items():
            # *Objects* counts for *object* where there is that.
            single = long.removesuffix("s")
            yield (short, single if (short, single) in self._told else long), len(articles)

    def _named(self) -> Iterator[tuple[tuple[str, str], int]]:
        for (other, _), gloss in self._glosses.items():
            enough = max(2, _SHARE * len(gloss.articles))
            certain = [
                name
                for name, articles in gloss.names.items()
                if len(articles) >= enough
                and (len(gloss.before[name]) > 1 or (gloss.before[name] == {""} and _is_whole(name)))
            ]
            if certain:
                name = max(certain, key=len)
                yield (_begun(name), other), len(gloss.names[name])


def _is_whole(name: str) -> bool:
    """Whether what stands after no other words may be taken for a name: a short one, or one with a Latin beginning."""
    return len(name) <= LONGEST_ALONE or not is_han(name[0])


def _joined(parts: Sequence[str]) -> str:
    """Han characters without, Latin words with spaces between them."""
    return "".join(part if is_han(part) else f" {part} " for part in parts)


def _begun(name: str) -> str:
    """A name without the small words that only lead to it."""
    parts = name.split()
    while len(parts) > 1 and is_empty(parts[0]):
        parts = parts[1:]
    return _LEADING.sub("", " ".join(parts))


def others(store: Store, names: Sequence[str]) -> dict[str, list[str]]:
    """By form, the forms that stand for it, the surest first. Raises HelpdeskError for a damaged file."""
    rows = store.rows(
        "SELECT form, other FROM synonyms WHERE form IN (SELECT value FROM json_each(?)) ORDER BY articles DESC, other",
        (json.dumps(names),),
    )
    found: dict[str, list[str]] = defaultdict(list)
    for form, other in rows:
        found[str(form)].append(str(other))
    return found


def normal(text: str) -> str:
    """A form as it is kept and asked for: words and Han runs in reading order, without case, spaces between."""
    return " ".join(_RUN.findall(plain(text).casefold()))


def _singular(short: str) -> str:
    return normal(short[:-1] if short.endswith("s") and len(short) > 2 else short)


def _is_idle(form: str) -> bool:
    """Whether a form tells nothing: numbers, one letter, or words that stand everywhere."""
    parts = form.split()
    return any(len(part) < 2 for part in parts) or not any(part.isalpha() and not is_empty(part) for part in parts)


def _long_form(short: str, text: str) -> str:
    """The words at the end of a text that a short form abbreviates, "" when there are none (Schwartz and Hearst).

    Stricter than theirs in that every word but small ones must give a letter.
    """
    letters = [letter for letter in short.removesuffix("s").casefold() if letter.isalnum()]
    words = text.split()
    words = words[-min(len(letters) + 5, len(letters) * 2) :]
    for start in range(len(words) - 1, -1, -1):
        chosen = words[start:]
        if chosen[0][:1].casefold() == letters[0] and _spells(letters, chosen):
            return " ".join(chosen)
    return ""


def _spells(letters: Sequence[str], words: Sequence[str]) -> bool:
    """Whether the letters are the words' first ones, in order, or capitals and firsts of parts inside them."""
    marks = []
    for word in words:
        inside = [sign.casefold() for place, sign in enumerate(word) if place == 0 or sign.isupper() or sign.isdigit()]
        marks.append((inside, is_empty(word.casefold()) or word.casefold() in {"and", "of", "or", "for"}))
    place = 0
    for inside, is_small in marks:
        taken = 0
        for sign in inside:
            if place < len(letters) and sign == letters[place]:
                place += 1
                taken += 1
        if not taken and not is_small:
            return False
    return place == len(letters) and len(words) > 1


def _translated(groups: Iterable[dict[bool, str]]) -> Iterator[tuple[tuple[str, str], int]]:
    """Words of titles that nearly always have the same Chinese characters in the other language's title."""
    both: Counter[tuple[str, str]] = Counter()
    single: Counter[str] = Counter()
    for titles in groups:
        if len(titles) < 2:
            continue
        latin = {word for word in normal(titles[False]).split() if len(word) > 2 and not is_empty(word)}
        han = set(_grams(titles[True]))
        single.update((*latin, *han))
        both.update((word, gram) for word in latin for gram in han)
    best: dict[str, tuple[int, str]] = {}
    for (word, gram), count in both.items():
        if count >= _TOGETHER and count >= _ALIKE * max(single[word], single[gram]):
            best[word] = max(best.get(word, (0, "")), (count, gram), key=lambda each: (each[0], len(each[1]), each[1]))
    for word, (count, gram) in best.items():
        yield (word, gram), count


def _grams(text: str) -> Iterator[str]:
    for run in _RUN.findall(plain(text)):
        if is_han(run):
            for first, last in combinations(range(len(run) + 1), 2):
                if 2 <= last - first <= 4:
                    yield run[first:last]
