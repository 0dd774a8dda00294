"""Error codes in running text: every shape they come in, with what a reader confuses put right inside the shape."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from app.knowledge.tokens import plain


class CodeKind(IntEnum):
    """Shapes of codes, most telling first; the order is the order of a signature's codes."""

    HEX = 1  # 0x80070005, -2147024891
    SYMBOL = 2  # ERR_NAME_NOT_RESOLVED, E_ACCESSDENIED
    VENDOR = 3  # ORA-12541, FRM-41211
    LETTERED = 4  # E1023, AADSTS65005
    MAIL = 5  # 550 5.7.64
    NAMED = 6  # any token after "error code:"
    NUMBER = 7  # error 691, HTTP 503, event id 1309
    TRACE = 8  # after "trace id": differs every time


@dataclass(frozen=True, slots=True)
class Code:
    """One code. `text` is as the employee saw it, `canonical` as one writes it, `keys` what it is looked up by.

    The first key identifies the code; the others are equal or wider meanings of it.
    """

    text: str
    canonical: str
    kind: CodeKind
    keys: tuple[str, ...]


_EDGE = r"(?<![A-Za-z0-9_])"
_END = r"(?![A-Za-z0-9_])"
_HEX = re.compile(
    _EDGE + r"[0OoQΟ]\s?[xX×хХ]\s?([0-9A-Fa-fOoQlISsZz|]{1,16})((?: [0-9A-Fa-fOoQlISsZz|]{1,7}){0,4})" + _END
)
_BARE_HEX = re.compile(_EDGE + r"(?=[0-9A-Fa-f]*\d)([8Cc][0-9A-Fa-f]{7})" + _END)
_NEGATIVE = re.compile(r"(?<![A-Za-z0-9])[-–—−]\s?(\d{9,10})(?!\d)")
_UNSIGNED = re.compile(r"(?<![A-Za-z0-9.])([23]\d{9})(?!\d)")
_MAIL = re.compile(r"(?<![\w.])(?:([245]\d\d)[ -]+)?#?([245]\.\d{1,2}\.\d{1,3})(?![\w.]*\d)")
_SYMBOL = re.compile(_EDGE + r"((?:[A-Z][A-Za-z0-9]*\.)?[A-Z0]+[A-Z0-9]*(?:_ ?[A-Z0-9]{1,30})+)" + _END)
_MIXED_SYMBOL = re.compile(_EDGE + r"([A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+){1,8})" + _END)
_VENDOR = re.compile(_EDGE + r"([A-Z0158]{2,8}) ?[-–—−‐] ?([0-9OoIlSB]{3,7})" + _END)
_LETTERED = re.compile(_EDGE + r"([A-Z]{1,8})([0-9OoIlSB|]{3,8})([A-Z]?)" + _END)
_HTTP = re.compile(
    r"\bHTTP(?:S)?(?:/\d(?:\.\d)?)?(?: ?(?:Error|Status|错误|状态码?))?[ :：]{0,3}([1-5]\d\d)(?!\d)", re.IGNORECASE
)
_STATE = re.compile(r"SQL ?STATE[ =:：\[(]{0,4}([0-9A-Z]{5})" + _END)

_CALLED = (
    r"(?:错误(?:代码|编号|码|号)?|故障(?:代码|码)?|报错(?:代码)?|异常(?:代码|码)?|返回(?:代码|码|值)|应答码|响应码|状态(?:代码|码)"
    r"|提示码|结果码|代码|编码|消息|事件 ?(?:ID|代码)|校验码|失败码"
    r"|error[ -]?(?:code|id|number|no\.?)?|err(?:or)?code|errno|event ?(?:id|code)?|return ?code|status ?code"
    r"|exit ?code|result ?code|stop ?code|reason ?code|response ?code|validation ?code|fault ?code|reference ?error ?id"
    r"|bccode|winerror|sqlcode|native ?error|log ?id|code|reason|hresult|hr|msg|rc)"
)
_TRACED = (
    r"(?:跟踪(?:标识|ID|号)|追踪(?:标识|ID|号)|流水号|请求(?:ID|标识|号)|会话(?:ID|标识)|关联(?:ID|标识)|订单号|单号"
    r"|trace ?id|correlation ?id|request ?id|session ?id|activity ?id|transaction ?id|tid)"
)
_BRIDGE = r"[ \t]?(?:为|是|is|was|of)?[ \t]{0,2}[:：=#\[(（【'\"]{0,3}[ \t]{0,2}"
_NUMBERED = re.compile(rf"(?<![A-Za-z]){_CALLED}{_BRIDGE}(-?\d{{1,7}})(?![\w%]|[.-]\d)", re.IGNORECASE)
_NAMED = re.compile(rf"(?<![A-Za-z])({_CALLED}|{_TRACED}){_BRIDGE}([A-Za-z0-9][A-Za-z0-9._-]{{0,39}})", re.IGNORECASE)
_BCCODE = re.compile(r"BCCode[ :：]{1,3}([0-9A-Fa-f]{1,8})" + _END, re.IGNORECASE)
_TRACE_NAME = re.compile(rf"^{_TRACED}$", re.IGNORECASE)
_BRACKETED = re.compile(r"[\[【]([0-9A-Z]{2,10}-[0-9A-Z]{1,8})[\]】]")

# In a code's digit places a letter was a digit, in its letter places the reverse.
_TO_DIGIT = str.maketrans("OoQlI|SsBZz", "00011155822")
_TO_HEX = str.maketrans("OoQlI|SsZz", "0001115522")
_TO_LETTER = str.maketrans("0158", "OISB")
# For comparing codes that may have been misread: both readings fold to one.
_FOLD = str.maketrans("oqilsbz", "0011582")

# Letters and digits that name a thing, not a fault.
_NOT_CODES = re.compile(
    r"^(?:KB|WIN|UTF|ISO|RFC|GB|MD|SHA|BASE|SQL|OFFICE|WINDOWS|EXCHANGE|COM|LPT|USB|IPV|MP|HTTP|TLS|SSL|AES|RSA|X|V|VER|"
    r"VISTA|SERVER|OUTLOOK|PORT|FY|Q|SP|CU|UCS|DDR|HDMI|CVE|IE)$"
)
_FACILITY_WIN32 = 0x80070000
_NT_BIT = 0x10000000


def folded(text: str) -> str:
    """A key under which misread forms of one code meet: no separators, no case, confusable signs made one."""
    return re.sub(r"[^a-z0-9]", "", text.casefold()).translate(_FOLD)


def hex_keys(value: int) -> tuple[str, ...]:
    """Look-up keys of a 32-bit status: itself, the Win32 number inside it, the HRESULT around an NTSTATUS."""
    keys = [f"x{value:x}"]
    if value & 0xFFFF0000 == _FACILITY_WIN32:
        keys.append(f"w{value & 0xFFFF}")
    if value >> 28 == 0xD:
        keys.append(f"x{value & ~_NT_BIT:x}")
    return tuple(keys)


def _hex_code(text: str, digits: str) -> Code:
    digits = digits.translate(_TO_HEX).upper()
    value = int(digits, 16)
    return Code(text, f"0x{digits}", CodeKind.HEX, hex_keys(value))


def _from_hex(line: str) -> Iterator[tuple[int, int, Code]]:
    for match in _HEX.finditer(line):
        first, rest = match.group(1), match.group(2)
        end = match.end(1)
        digits = first
        # Readers put spaces into long codes; eight or sixteen digits in all show that they belong together.
        if len(first) < 8:
            for piece in re.finditer(r" (\S+)", rest):
                digits += piece.group(1)
                if len(digits) in (8, 16):
                    end = match.start(2) + piece.end()
                    break
            else:
                digits = first
        if not re.search(r"[0-9A-Fa-f]", digits) or len(digits) < 2:
            continue
        yield match.start(), end, _hex_code(line[match.start() : end].strip(), digits)
    for match in _BARE_HEX.finditer(line):
        digits = match.group(1)
        yield match.start(), match.end(), Code(digits, digits.upper(), CodeKind.HEX, hex_keys(int(digits, 16)))
    for pattern, sign in ((_NEGATIVE, -1), (_UNSIGNED, 1)):
        for match in pattern.finditer(line):
            value = sign * int(match.group(1)) & 0xFFFFFFFF
            if value >> 28 in (0x8, 0xC, 0xD):
                code = Code(match.group().strip(), f"0x{value:08X}", CodeKind.HEX, hex_keys(value))
                yield match.start(), match.end(), code


def _symbol_keys(symbol: str) -> tuple[str, ...]:
    keys = ["s" + folded(symbol)]
    if "." in symbol:
        keys.append("s" + folded(symbol.rsplit(".", 1)[1]))
    return tuple(keys)


def _from_symbols(line: str) -> Iterator[tuple[int, int, Code]]:
    for match in _SYMBOL.finditer(line):
        symbol = match.group(1).replace(" ", "")
        if len(symbol) < 5:
            continue
        start = match.start()
        yield start, match.end(), Code(match.group(1), symbol, CodeKind.SYMBOL, _symbol_keys(symbol))
        if "." in symbol:
            tail = symbol.rsplit(".", 1)[1]
            yield start, match.end(), Code(tail, tail, CodeKind.SYMBOL, ("s" + folded(tail),))


def _from_vendors(line: str) -> Iterator[tuple[int, int, Code]]:
    for match in _VENDOR.finditer(line):
        letters = match.group(1).translate(_TO_LETTER)
        digits = match.group(2).translate(_TO_DIGIT)
        if match.group(1).isdigit() or not any(sign.isdigit() for sign in match.group(2)) or _NOT_CODES.match(letters):
            continue
        canonical = f"{letters}-{digits}"
        yield match.start(), match.end(), Code(match.group(), canonical, CodeKind.VENDOR, ("v" + folded(canonical),))
    for match in _LETTERED.finditer(line):
        letters, middle, tail = match.groups()
        if sum(sign.isdigit() for sign in middle) < 2 or _NOT_CODES.match(letters):
            continue
        canonical = letters + middle.translate(_TO_DIGIT) + tail
        yield match.start(), match.end(), Code(match.group(), canonical, CodeKind.LETTERED, ("v" + folded(canonical),))
    for match in _BRACKETED.finditer(line):
        text = match.group(1)
        yield match.start(1), match.end(1), Code(text, text, CodeKind.NAMED, ("v" + folded(text),))


def _from_mail_and_web(line: str) -> Iterator[tuple[int, int, Code]]:
    for match in _MAIL.finditer(line):
        reply, extended = match.groups()
        if reply is None and not re.search(r"错误|error|status|code|NDR|SMTP|remote server", line, re.IGNORECASE):
            continue
        canonical = f"{reply} {extended}" if reply else extended
        yield match.start(), match.end(), Code(match.group(), canonical, CodeKind.MAIL, ("m" + extended,))
    for match in _HTTP.finditer(line):
        number = match.group(1)
        yield match.start(1), match.end(1), Code(number, number, CodeKind.NUMBER, ("n" + number, "http" + number))
    for match in _STATE.finditer(line):
        state = match.group(1)
        yield match.start(1), match.end(1), Code(state, state, CodeKind.NAMED, ("v" + folded(state),))


def _named(text: str, called: str) -> Code | None:
    """The token after "error code:" as a code; None for an ordinary word."""
    text = text.rstrip("._-")
    if not text or text.isdigit():
        return None
    has_digit = any(sign.isdigit() for sign in text)
    telling = has_digit or "_" in text or (text.isupper() and len(text) >= 4)
    if not telling or re.fullmatch(r"\d+(?:\.\d+)+|[vV]?\d+(?:st|nd|rd|th|ms|s|MB|GB|KB)?", text):
        return None
    kind = CodeKind.TRACE if _TRACE_NAME.match(called) else CodeKind.NAMED
    key = "s" if text.isupper() and not has_digit else "v"
    keys: tuple[str, ...] = (key + folded(text),)
    if re.fullmatch(r"[0-9A-Fa-f]{8}", text):
        keys = (*hex_keys(int(text, 16)), *keys)
    return Code(text, text, kind, keys)


def _from_context(line: str) -> Iterator[tuple[int, int, Code]]:
    for match in _BCCODE.finditer(line):
        digits = match.group(1)
        value = int(digits, 16)
        yield match.start(1), match.end(1), Code(digits, f"0x{value:08X}", CodeKind.HEX, hex_keys(value))
    for match in _NUMBERED.finditer(line):
        number = match.group(1).lstrip("-")
        if number.strip("0"):
            keys = ("n" + number.lstrip("0"), "w" + number.lstrip("0"))
            yield match.start(1), match.end(1), Code(number, number, CodeKind.NUMBER, keys)
    for match in _NAMED.finditer(line):
        code = _named(match.group(2), match.group(1))
        if code is not None:
            yield match.start(2), match.end(2), code
    for match in _MIXED_SYMBOL.finditer(line):
        text = match.group(1)
        if text.count("_") >= 2 and not text.isupper() and not text.islower() and len(text) >= 8:
            yield match.start(), match.end(), Code(text, text, CodeKind.SYMBOL, _symbol_keys(text))


_READERS = (_from_hex, _from_symbols, _from_vendors, _from_mail_and_web, _from_context)


def in_line(line: str) -> list[Code]:
    """The codes of one line in reading order; a stretch of text is one code, in its most telling shape."""
    line = plain(line)
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, Code]] = []
    for reader in _READERS:
        mine: list[tuple[int, int]] = []
        for start, end, code in reader(line):
            if any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            if reader is _from_context:
                taken.append((start, end))
            mine.append((start, end))
            found.append((start, code))
        taken.extend(mine)
    found.sort(key=lambda pair: pair[0])
    return [code for _, code in found]


_LOOSE_NUMBER = re.compile(r"(?<![\w.,:/-])(\d{3,6})(?![\w%]|[.,:/-]\d)")
_CAPITALS = re.compile(r"(?<![A-Za-z0-9])[A-Z0]{2,}(?: [A-Z0]{2,}){1,7}(?![A-Za-z0-9])")
_JOINED_NUMBER = re.compile(r"(?<![0-9])(\d{2,7})(?![0-9])")


def hints(lines: Iterable[str], found: Iterable[Code]) -> tuple[Code, ...]:
    """What may be a code without looking like one: bare numbers, and capitals whose underscores were lost."""
    known = {key for code in found for key in code.keys}
    hinted: dict[str, Code] = {}
    for line in lines:
        line = plain(line)
        for match in _LOOSE_NUMBER.finditer(line):
            number = match.group(1)
            hinted["n" + number.lstrip("0")] = Code(number, number, CodeKind.NUMBER, ("n" + number.lstrip("0"),))
        for match in _CAPITALS.finditer(line):
            text = match.group()
            hinted["s" + folded(text)] = Code(text, text.replace(" ", "_"), CodeKind.SYMBOL, ("s" + folded(text),))
    return tuple(code for key, code in hinted.items() if key not in known)[:8]


def in_name(text: str) -> tuple[str, ...]:
    """Look-up keys of the numbers in an article's title or id, where a number is rarely anything but a code."""
    return tuple(
        "n" + number.lstrip("0")
        for number in _JOINED_NUMBER.findall(plain(text))
        if not 1990 <= int(number) <= 2035 and number.strip("0")
    )


def find(lines: Iterable[str]) -> tuple[Code, ...]:
    """All codes of some lines without repetitions, most telling kind first, else in reading order."""
    seen: dict[str, Code] = {}
    for line in lines:
        for code in in_line(line):
            known = seen.get(code.keys[0])
            if known is None or code.kind < known.kind:
                seen[code.keys[0]] = code
    return tuple(sorted(seen.values(), key=lambda code: code.kind))
