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
# Told as a telephone by its label, by the area code of a Chinese line, or by the groups of a North American one.
_TELEPHONE = re.compile(
    r"(?:电话|座机|传真|手机号?码?|(?<![a-z])(?:tele)?phone|(?<![a-z])(?:tel|fax|mobile|cell)(?![a-z]))"
    r"(?:[ ]?(?:no\.?|number))?[ \t:.]{0,3}(?P<value>\(?[0-9](?:[ ().-]{0,2}[0-9]){6,14})(?![0-9])",
    re.IGNORECASE,
)
_LANDLINE = re.compile(
    r"(?<![0-9.-])(?:(?:0[0-9]{2,3}[ ]?[ -][ ]?|\(0[0-9]{2,3}\)[ ]?)[2-9][0-9]{2,3}[ ]?[0-9]{4}"
    r"|\(?[2-9][0-9]{2}(?:\)[ ]?|-)[0-9]{3}-[0-9]{4})(?![0-9]|[.-][0-9])"
)
# A number that says by its label that it is private needs no right check digit: one may have been misread.
_LABELLED = re.compile(
    r"(?:身份证|护照|通行证|社保|医保|证件|驾驶证|银行卡|信用卡|借记卡|储蓄卡|会员卡|卡|账|帐)号?码?"
    r"|(?:员工|职工|工|学)号|(?<![a-z])(?:ssn|social security|passport|id card|identity card|(?:credit |bank |debit )?"
    r"card|bank account|account|iban|pan|employee|staff)(?: id)?(?: no\.?| number)?(?![a-z])",
    re.IGNORECASE,
)
_LABELLED_NUMBER = re.compile(
    r"[ \t]?(?:为|是|is)?[ \t:=#\[(]{0,3}(?!0x)"
    r"(?P<value>[A-Z]{0,3}[0-9][A-Z0-9*]{0,33}(?:[ -][A-Z0-9*]{0,8}[0-9*][A-Z0-9*]{0,8}){0,8})",
    re.IGNORECASE,
)
_BANKING = re.compile(
    r"银行|信用卡|借记卡|储蓄卡|^卡|账|帐|^(?:credit |bank |debit )?card|account|iban|^pan", re.IGNORECASE
)
_FEWEST_LABELLED = 6  # digits
_BIRTH = re.compile(
    r"(?<![0-9A-Za-z])[1-8][0-9]{5}[ -]?(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[ -]?[0-9]{3}[0-9xX](?![0-9a-zA-Z])"
)
_SOCIAL = re.compile(r"(?<![0-9-])[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}(?![0-9-])")
_IBAN = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![A-Z0-9])")
# What lets somebody in: in addresses, in headers, and keys known by their beginnings.
_TOKEN = re.compile(
    r"(?P<jwt>(?<![\w-])eyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?)"
    r"|(?:\bauthorization[ ]?[:=][ ]?(?:bearer|basic)[ ]+|\bbearer[ ]+(?=\S*[0-9]))"
    r"(?P<bearer>[\w.+/=~-]{8,})"
    r"|://(?P<login>[^\s/@:]{1,64}(?::[^\s/@]{1,64})?)@|(?<!\w)(?P<key>(?:AKIA|LTAI|gh[pousr]_|sk-|xox[bp]-)[\w-]{12,})",
    re.IGNORECASE,
)
_PARAMETER = re.compile(r"[?&#;](?P<name>[\w.-]{1,40})=(?P<value>[^\s&#;\"'<>，。；]+)")
_PRIVATE_PARAMETER = re.compile(
    r"token|secret|passw|pwd|sign?$|signature|session|^s?sid$|auth|ticket|jwt|api_?key|^key$|^code$|^state$|nonce|user|^uid$"
    r"|account|e?mail|phone|mobile|name|openid|unionid|id_?card|card_?no",
    re.IGNORECASE,
)
_SHORTEST_PARAMETER = 4  # `code=404` stays
_LONG_PARAMETER = 20
_SID = re.compile(r"\bS-1-5-21(?:-[0-9]{1,10}){3,4}\b")
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
    r"(?:[\\/](?:users|documents and settings|用户)|\\(?:homes?|profiles?)\$?)[\\/]+"
    r"(?P<value>[^\\/:*?\"<>|\r\n]+?)(?=[\\/\"'<>|\r\n]|\s*$|[,;])",
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
    for pattern in (_MOBILE, _ABROAD, _LANDLINE):
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
    for match in _TELEPHONE.finditer(text):
        yield Passage(*match.span("value"), Kind.PHONE)
    yield from _numbers(text)
    yield from _tokens(text)
    for pattern in (_SECRET, _SAID):
        for match in pattern.finditer(text):
            yield Passage(*match.span("value"), Kind.PASSWORD)
    for pattern in (_WINDOWS_HOME, _UNIX_HOME):
        for match in pattern.finditer(text):
            if match["value"].strip().lower() not in _SHARED_HOMES:
                yield Passage(*match.span("value"), Kind.USER_NAME)


def _numbers(text: str) -> Iterator[Passage]:
    """Numbers of people and their accounts that their label, their groups or their own check tell."""
    for match in _LABELLED.finditer(text):
        number = _LABELLED_NUMBER.match(text, match.end())
        if number and sum(map(str.isdigit, number["value"])) >= _FEWEST_LABELLED:
            kind = Kind.BANK_CARD if _BANKING.search(match[0]) else Kind.IDENTITY_NUMBER
            yield Passage(*number.span("value"), kind)
    for pattern in (_BIRTH, _SOCIAL):
        for match in pattern.finditer(text):
            yield Passage(*match.span(), Kind.IDENTITY_NUMBER)
    for match in _IBAN.finditer(text):
        ends = [match.start() + piece.end() for piece in re.finditer(r"[A-Z0-9]+", match[0])]
        end = next((each for each in reversed(ends) if is_iban(text[match.start() : each])), None)
        if end is not None:
            yield Passage(match.start(), end, Kind.BANK_CARD)


def _tokens(text: str) -> Iterator[Passage]:
    for match in _TOKEN.finditer(text):
        yield Passage(*match.span(match.lastgroup or 0), Kind.PASSWORD)
    for match in _PARAMETER.finditer(text):
        value = match["value"]
        told = _PRIVATE_PARAMETER.search(match["name"]) is not None and len(value) >= _SHORTEST_PARAMETER
        if told or (len(value) >= _LONG_PARAMETER and any(map(str.isdigit, value))):
            yield Passage(*match.span("value"), Kind.PASSWORD)
    for match in _SID.finditer(text):
        yield Passage(*match.span(), Kind.USER_NAME)


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


def is_iban(text: str) -> bool:
    """Whether an international bank account number's check digits (ISO 13616) are right."""
    number = text.replace(" ", "")
    if not 15 <= len(number) <= 34:
        return False
    return int("".join(str(int(sign, 36)) for sign in number[4:] + number[:4])) % 97 == 1


def is_chinese_id(text: str) -> bool:
    """Whether 17 digits and a check character are a citizen's number (GB 11643)."""
    number = re.sub(r"[ -]", "", text).upper()
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(digit) for weight, digit in zip(weights, number[:17], strict=True))
    return "10X98765432"[total % 11] == number[17]
