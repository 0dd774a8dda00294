"""What counts as private in a text: one judgement for what is masked in words and what is hidden in pictures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a private passage is."""

    BANK_CARD = "bank card"
    IDENTITY_NUMBER = "identity number"
    PHONE = "phone number"
    EMAIL = "e-mail address"
    PASSWORD = "password"  # noqa: S105 - the name of a kind
    LICENCE_KEY = "licence key"
    USER_NAME = "user name"
    PAYMENT_CODE = "payment code"


@dataclass(frozen=True, slots=True)
class Passage:
    """Characters `start` to `end` (exclusive) of a text."""

    start: int
    end: int
    kind: Kind


# A name is at most 64 characters long (RFC 5321); without that bound a long line without any @ takes seconds.
_EMAIL = re.compile(r"(?:[a-z0-9._%+'-]{1,64}|[^\W\d_a-z]{1,20})@[a-z0-9-]+(?:\.[a-z0-9-]+)*", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![0-9])[0-9](?:[ -]{0,2}[0-9])*(?![0-9])")
_CHINESE_ID = re.compile(r"(?<![0-9])[1-9][0-9]{5}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9xX](?![0-9a-zA-Z])")
_MOBILE = re.compile(r"(?<![0-9])(?:(?:\+|00)?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}(?![0-9])")
_ABROAD = re.compile(r"(?<![0-9+])\+[1-9](?:[ ().-]{0,2}[0-9]){7,14}(?![0-9])")
_LICENCE = re.compile(r"(?<![a-z0-9-])[a-z0-9]{5}(?:[ ]?-[ ]?[a-z0-9]{5}){3,5}(?![a-z0-9-])", re.IGNORECASE)
_LABEL = (
    r"(?:pass\s?word|pass\s?phrase|pass\s?code|passwd|pwd|pin(?:[ ]code)?|secret|api[ _-]?key|access[ _-]?key|token"
    r"|密\s?码|口\s?令|验证码|授权码|激活码|动态码|密\s?钥|licen[cs]e[ ]key|product[ ]key|serial[ ](?:number|no\.?)"
    r"|序列号|产品密钥)"
)
_SECRET = re.compile(rf"(?<![a-z]){_LABEL}[ \t]*[:=][ \t]*(?:\r?\n[ \t]*)?(?P<value>\S+)", re.IGNORECASE)
# "The token is invalid" tells no secret, "the PIN is 4711" does.
_SAID = re.compile(rf"(?<![a-z]){_LABEL}[ \t]*(?:\bis\b|为|是)[ \t]*(?P<value>(?=\S*[0-9])\S+)", re.IGNORECASE)
_WINDOWS_HOME = re.compile(
    r"[\\/](?:users|documents and settings)[\\/]+(?P<value>[^\\/:*?\"<>|\r\n]+?)(?=[\\/\"'<>|\r\n]|\s*$|[,;])",
    re.IGNORECASE | re.MULTILINE,
)
_UNIX_HOME = re.compile(r"/home/(?P<value>[^/\s:,;\"'<>|]+)", re.IGNORECASE)
_SHARED_HOMES = frozenset({"public", "default", "all users", "shared", "***"})


def plain(text: str) -> str:
    """The text, character for character, with full-width letters and every script's digits in ASCII."""
    return "".join(map(_plain_character, text))


def _plain_character(character: str) -> str:
    if character.isascii():
        return character
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    if "\uff01" <= character <= "\uff5e":
        return chr(ord(character) - 0xFEE0)
    return {"\u3000": " ", "\u00a0": " ", "\u2013": "-", "\u2010": "-", "\u2011": "-"}.get(character, character)


def passages(text: str) -> tuple[Passage, ...]:
    """What is private in a text, in order; overlapping finds are one passage, named for the longest of them."""
    joined: list[tuple[Passage, int]] = []
    for passage in sorted(_found(plain(text)), key=lambda each: (each.start, -each.end)):
        length = passage.end - passage.start
        if not joined or passage.start >= joined[-1][0].end:
            joined.append((passage, length))
            continue
        before, longest = joined[-1]
        kind = passage.kind if length > longest else before.kind
        joined[-1] = (Passage(before.start, max(before.end, passage.end), kind), max(length, longest))
    return tuple(passage for passage, _ in joined)


def _found(text: str) -> Iterator[Passage]:
    """Where something private starts and ends, and what it is."""
    for match in _EMAIL.finditer(text):
        yield Passage(*match.span(), Kind.EMAIL)
    for pattern in (_MOBILE, _ABROAD):
        for match in pattern.finditer(text):
            yield Passage(*match.span(), Kind.PHONE)
    for match in _LICENCE.finditer(text):
        if any(map(str.isdigit, match[0])):
            yield Passage(*match.span(), Kind.LICENCE_KEY)
    for match in _CHINESE_ID.finditer(text):
        if is_chinese_id(match[0]):
            yield Passage(*match.span(), Kind.IDENTITY_NUMBER)
    for match in _DIGITS.finditer(text):
        for start, end in cards(match[0]):
            yield Passage(match.start() + start, match.start() + end, Kind.BANK_CARD)
    for pattern in (_SECRET, _SAID):
        for match in pattern.finditer(text):
            yield Passage(*match.span("value"), Kind.PASSWORD)
    for pattern in (_WINDOWS_HOME, _UNIX_HOME):
        for match in pattern.finditer(text):
            if match["value"].strip().lower() not in _SHARED_HOMES:
                yield Passage(*match.span("value"), Kind.USER_NAME)


def cards(run: str) -> Iterator[tuple[int, int]]:
    """Bank card numbers (13 to 19 digits, Luhn) in a run of digits grouped by blanks or hyphens; whole groups only."""
    groups = [match.span() for match in re.finditer(r"[0-9]+", run)]
    for first, (start, _) in enumerate(groups):
        digits = ""
        for begin, end in groups[first:]:
            digits += run[begin:end]
            if len(digits) > 19:
                break
            if len(digits) >= 13 and len(set(digits)) > 1 and luhn(digits):
                yield start, end


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def is_chinese_id(text: str) -> bool:
    """Whether 17 digits and a check character are a citizen's number (GB 11643)."""
    number = re.sub(r"[ -]", "", text).upper()
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(digit) for weight, digit in zip(weights, number[:17], strict=True))
    return "10X98765432"[total % 11] == number[17]
