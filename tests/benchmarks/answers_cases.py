"""What the ranking's weights are learned from: dialogs asked to bases that quote them, that do not, and small ones."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from app.knowledge.build import build
from app.knowledge.candidates import FirstLook, first_look
from app.knowledge.features import Look, quick_look
from app.knowledge.question import Question
from app.knowledge.store import Store
from app.knowledge.texts import texts_of
from app.protocol.knowledge import Article
from tests.benchmarks.answers_dialogs import Dialog
from tests.benchmarks.answers_translated import Pair

# Kinds that differ from one another in their code only count more, for there are few of them.
COUNTS = {"nt": 2.0, "hr": 1.5}
GONE_COUNTS, UNQUOTED_COUNTS = 2.0, 2.0
# Notes and instructions that an article quotes are no errors; they count less.
MUTE_COUNTS = 0.3
# Articles of a small base, how many such bases, and what their dialogs count.
SMALL, SMALL_COUNTS = ((40, 8), (300, 3), (2000, 1)), 0.7
MASKED_TURNS = 2
QUOTED = 3_600  # dialogs to ask the base that quotes them; more teach nothing
# Bases of so many articles that answer in the other language only, and how many dialogs are asked of each.
CROSS_SIZE, CROSS_BASES, CROSS_ASKED = 300, 5, 110


@dataclass(frozen=True, slots=True)
class Base:
    """A base to ask, and the numbers of its articles."""

    store: Store
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Case:
    """One dialog to ask one base; with `gone` the right articles are taken away."""

    base: Base
    dialog: Dialog
    wanted: frozenset[int]
    gone: bool
    kind: str

    @property
    def weight(self) -> float:
        """What the case counts."""
        counts = COUNTS.get(self.dialog.kind, 1.0) * (GONE_COUNTS if self.gone else 1.0)
        counts *= (1.0 if self.dialog.telling else MUTE_COUNTS) * (UNQUOTED_COUNTS if self.kind == "unquoted" else 1.0)
        return counts * (SMALL_COUNTS if self.kind.isdigit() else 1.0)

    def looked(self) -> tuple[Question, FirstLook, list[Look]]:
        """The candidates with their quick features; too large to keep for all cases."""
        question = Question.of(self.dialog.lines)
        look = first_look(self.base.store, question, len(self.base.numbers))
        if self.gone:
            look = replace(look, candidates=tuple(each for each in look.candidates if each.document not in self.wanted))
        texts = texts_of(self.base.store, [each.document for each in look.candidates])
        return question, look, quick_look(question, look, texts)


def cases_of(
    folder: Path, articles: Sequence[Article], pairs: Sequence[Pair], translated: Sequence[Pair]
) -> Iterator[Case]:
    """All cases; bases are built in `folder` where they are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = random.Random(4)
    whole = _base(folder / "train.kb", articles)
    yield from _against(whole, pairs[:QUOTED], "quoted", chance)
    yield from _against(whole, translated, "cross", chance)
    for turn in range(MASKED_TURNS):
        # With several articles quoting one message, taking it out of one of them proves nothing.
        quoting = [pair for pair in pairs if pair[0].turn == turn and _alone(pair)]
        out = {dialog.right: dialog.quoted for dialog, _ in quoting}
        unquoted = [_without(article, out.get(article.id, ())) for article in articles]
        yield from _against(_base(folder / f"train{turn}-{len(pairs)}.kb", unquoted), quoting, "unquoted", chance)
    for size, count in SMALL:
        for number in range(count):
            yield from _small(folder / f"small{size}-{number}-{len(pairs)}.kb", articles, pairs, size, number, chance)
    for number in range(CROSS_BASES):
        yield from _cross(folder / f"cross-{number}-{len(translated)}.kb", articles, translated, chance)


def _small(
    path: Path, articles: Sequence[Article], pairs: Sequence[Pair], size: int, number: int, chance: random.Random
) -> Iterator[Case]:
    """A small base, every second one without the messages; as many dialogs with an answer as without."""
    asked = chance.sample(list(pairs), min(size // 2, 250, len(pairs)))
    ids = {dialog.right for dialog, _ in asked}
    out = {pair[0].right: pair[0].quoted for pair in asked if _alone(pair)} if number % 2 or size >= 2000 else {}
    others = chance.sample([article for article in articles if article.id not in ids], size - len(ids))
    held = [_without(article, out.get(article.id, ())) for article in articles if article.id in ids]
    base = _base(path, [*held, *others])
    unanswered = [pair for pair in pairs if not any(identity in base.numbers for identity in pair[1])]
    for dialog, right in asked:
        yield Case(base, dialog, _numbers(base, right), gone=False, kind=str(size))
    for dialog, _ in chance.sample(unanswered, min(len(asked), len(unanswered))):
        yield Case(base, dialog, frozenset(), gone=True, kind=str(size))


def _cross(path: Path, articles: Sequence[Article], pairs: Sequence[Pair], chance: random.Random) -> Iterator[Case]:
    """A base that answers some dialogs, all in the other language; as many others it does not answer."""
    asked = chance.sample(list(pairs), min(CROSS_ASKED, len(pairs)))
    right = {identity for _, ids in asked for identity in ids}
    chosen = {dialog.right for dialog, _ in asked}
    others = [article for article in articles if article.id not in right]
    held = [article for article in articles if article.id in chosen]
    base = _base(path, [*held, *chance.sample(others, CROSS_SIZE - len(held))])
    unanswered = [pair for pair in pairs if not any(identity in base.numbers for identity in pair[1])]
    for dialog, ids in asked:
        yield Case(base, dialog, _numbers(base, ids), gone=False, kind="crossed")
    for dialog, _ in chance.sample(unanswered, min(len(asked), len(unanswered))):
        yield Case(base, dialog, frozenset(), gone=True, kind="crossed")


def _alone(pair: Pair) -> bool:
    return bool(pair[0].quoted) and len(pair[1]) == 1


def _numbers(base: Base, identities: frozenset[str]) -> frozenset[int]:
    return frozenset(base.numbers[identity] for identity in identities if identity in base.numbers)


def _against(base: Base, pairs: Sequence[Pair], kind: str, chance: random.Random) -> Iterator[Case]:
    """Every dialog as it is, and about every second one again without its right articles."""
    for dialog, right in pairs:
        wanted = _numbers(base, right)
        yield Case(base, dialog, wanted, gone=False, kind=kind)
        if chance.random() < 0.45:
            yield Case(base, dialog, wanted, gone=True, kind=kind)


def _base(path: Path, articles: Sequence[Article]) -> Base:
    if not path.is_file():
        build(articles, path, "1")
    store = Store(path)
    rows = store.rows("SELECT id, doc FROM articles")
    return Base(store, {str(row[0]): int(row[1] or 0) for row in rows})


def _without(article: Article, messages: Sequence[str]) -> Article:
    title, body = article.title, article.body
    for message in messages:
        title, body = title.replace(message, " "), body.replace(message, " ")
    return article.model_copy(update={"title": title, "body": body})
