"""The shapes error codes come in, with what a reader confuses put right inside the shape."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.knowledge.code import Code, CodeKind, folded, hex_keys
from app.knowledge.services import from_services

_EDGE = r"(?<![A-Za-z0-9_])"
_END = r"(?![A-Za-z0-9_])"
_HEX = re.compile(
    _EDGE + r"[0OoQΟ]\s?[xX×хХ]\s?([0-9A-Fa-fOoQlISsZz|]{1,16})((?: [0-9A-Fa-fOoQlISsZz|]{1,7}){0,4})"
    r"(?:(?<=[0-9A-Fa-f]{8})[hHL])?" + _END
)
# Eight decimal digits are a telephone or a till more often than a status: only those of a known facility are one.
_BARE_HEX = re.compile(
    _EDGE + r"(?=[0-9A-Fa-f]*\d)((?=80(?:0\d|13|24)|[Cc]00|[8Cc]\d{0,6}[A-Fa-f])[8Cc][0-9A-Fa-f]{7})" + _END
)
_CONTEXT = 40  # characters
_STOP_BEFORE = re.compile(
    r"(?:stop|bug ?check|停止|终止|错误检查|蓝屏)[^0-9A-Za-z]{0,12}(?:(?:代码|code)[^0-9A-Za-z]{0,4})?$", re.IGNORECASE
)
_ERROR_BEFORE = re.compile(r"(?:error|错误)(?:[ ]?(?:代码|码|号|code|no\.?))?[ :：=(（]{0,3}$", re.IGNORECASE)
_NEGATIVE = re.compile(r"(?:(?<![A-Za-z0-9])|(?<=[Ee]rror)|(?<=[Cc]ode))[-–—−]\s?(\d{9,10})(?!\d)")
_UNSIGNED = re.compile(r"(?<![A-Za-z0-9.])([23]\d{9})(?!\d)")
_SYMBOL = re.compile(_EDGE + r"((?:ACQ[. ]|[A-Z][A-Za-z0-9]*\.)?[A-Z0]+[A-Z0-9]*(?: ?_ ?[A-Z0-9]{1,30})+)" + _END)
_MIXED_SYMBOL = re.compile(_EDGE + r"([A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+){1,8})" + _END)
_VENDOR = re.compile(_EDGE + r"([A-Z0158]{2,8}|SP2) ?[-–—−‐] ?([0-9OoIlSB]{3,7})" + _END)
_ORACLE = re.compile(_EDGE + r"(ORA|TNS|PLS|FRM|RMAN) ([0-9OIlSB]{5})" + _END)  # the dash was not read
_LETTERED = re.compile(_EDGE + r"([A-Z]{1,8})([0-9OoIlSB|]{3,8})([A-Z]?)" + _END)
CALLED = (
    r"(?:错误(?:代码|编号|码|号)?|故障(?:代码|码)?|报错(?:代码)?|异常(?:代码|码)?|返回(?:代码|码|值)|应答码|响应码|状态(?:代码|码)"
    r"|提示码|消息(?:编)?号|结果码|代码|编码|消息|事件 ?(?:ID|代码)|校验码|失败码"
    r"|error[ -]?(?:code|id|number|no\.?)?|err(?:or)?code|errno|err(?![A-Za-z])"
    r"|message (?:no\.?|number|id)|event ?(?:id|code)?|return ?code|status ?code"
    r"|exit ?code|result ?code|stop ?code|reason ?code|response ?code|validation ?code|fault ?code|reference ?error ?id"
    r"|bccode|winerror|getlasterror(?:\(\))?|sqlcode|native ?error|log ?id|code|reason|hresult|hr|msg|rc)"
)
TRACED = (
    r"(?:跟踪(?:标识|ID|号)|追踪(?:标识|ID|号)|流水号|请求(?:ID|标识|号)|会话(?:ID|标识)|关联(?:ID|标识)|订单号|单号"
    r"|trace ?id|correlation ?id|request ?id|session ?id|activity ?id|transaction ?id|tid)"
)
BRIDGE = r"[ \t]?(?:为|是|is|was|of)?[ \t]{0,2}[:：=#\[(（【'\"]{0,3}[ \t]{0,2}"
_AFRESH = r"(?:(?<![A-Za-z])|(?=[\u4e00-\u9fff]))"  # `POS错误: 51` calls a number, `terror: 51` does not
# What is called so is no Win32 error, whose meaning would be another's.
_NOT_WIN32 = re.compile(
    r"event|事件|消息|msg|message|应答|响应|提示|校验|validation|errno|sqlcode|native|log|状态|status|response|stop|bccode|终止",
    re.IGNORECASE,
)
_WEB_STATUS = re.compile(r"status ?code|状态(?:代码|码)", re.IGNORECASE)
_NUMBERED = re.compile(rf"{_AFRESH}({CALLED}){BRIDGE}(-?\d{{1,7}})(?![\w%]|[.-]\d)", re.IGNORECASE)
_NAMED = re.compile(rf"{_AFRESH}({CALLED}|{TRACED}){BRIDGE}([A-Za-z0-9][A-Za-z0-9._-]{{0,39}})", re.IGNORECASE)
_SHORT_VENDOR = re.compile(r"([A-Z])-([0-9OoIlSB]{2,7})")
_BCCODE = re.compile(r"BCCode[ :：]{1,3}([0-9A-Fa-f]{1,8})" + _END, re.IGNORECASE)
_TRACE_NAME = re.compile(rf"^{TRACED}$", re.IGNORECASE)
_SHORTEST_TRACE = 4
_BUSINESS = re.compile(r"^(?:流水号|订单号|单号|transaction ?id)$", re.IGNORECASE)  # a plain number there counts sales
_STOPPED = re.compile(
    r"(?:错误检查|终止代码|stop ?code|bug ?check)[ :：]{0,3}(?:[0Oo][xX×][0-9A-FO]{2,8}[ :：]{0,3})?"
    r"([A-Z0][A-Z0-9_]+(?: [A-Z0-9_]{2,}){1,9})" + _END,
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"[\[【]([0-9A-Z]{2,10}-[0-9A-Z]{1,8})[\]】]")

_ZERO = re.compile(r"(?<=_)O(?=\d)|(?<=\d)O(?=\d|$)")
# In a code's digit places a letter was a digit, in its letter places the reverse.
_TO_DIGIT = str.maketrans("OoQlI|SsBZz", "00011155822")
_TO_HEX = str.maketrans("OoQlI|SsZz", "0001115522")
_TO_LETTER = str.maketrans("0158", "OISB")
# Letters and digits that name a thing, not a fault.
_NOT_CODES = re.compile(
    r"^(?:KB|WIN|UTF|ISO|RFC|GB|MD|SHA|BASE|SQL|OFFICE|WINDOWS|EXCHANGE|COM|LPT|USB|IPV|MP|HTTP|TLS|SSL|AES|RSA|X|V|VER|"
    r"VISTA|SERVER|OUTLOOK|PORT|FY|Q|SP|CU|UCS|DDR|HDMI|CVE|IE)$"
)


def _hex_code(text: str, digits: str, before: str) -> Code:
    digits = digits.translate(_TO_HEX).upper()
    if len(digits) == 16 and digits.startswith("FFFFFFFF") and digits[8] in "89ABCDEF":
        digits = digits[8:]  # a status that a 64-bit program widened
    value = int(digits, 16)
    keys = hex_keys(value)
    is_win32 = len(digits) == 8 or _ERROR_BEFORE.search(before)
    if 0 < value <= 0xFFFF and is_win32 and not _STOP_BEFORE.search(before):
        keys = (*keys, f"w{value}")
    return Code(text, f"0x{digits}", CodeKind.HEX, keys)


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
        if not re.search(r"[0-9A-Fa-f]", digits):
            continue
        before = line[: match.start()][-_CONTEXT:]
        if len(digits) < 2 and not (_ERROR_BEFORE.search(before) or _STOP_BEFORE.search(before)):
            continue
        yield match.start(), end, _hex_code(line[match.start() : end].strip(), digits, before)
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
        symbol = _ZERO.sub("0", match.group(1).replace("ACQ ", "ACQ.").replace(" ", ""))
        if len(symbol) < 5:
            continue
        start = match.start()
        # Where a setting is kept says nothing about the fault.
        telling = not symbol.startswith("HKEY_")
        yield start, match.end(), Code(match.group(1), symbol, CodeKind.SYMBOL, _symbol_keys(symbol), telling=telling)
        if "." in symbol:
            tail = symbol.rsplit(".", 1)[1]
            yield start, match.end(), Code(tail, tail, CodeKind.SYMBOL, ("s" + folded(tail),))


def _from_capitals(line: str) -> Iterator[tuple[int, int, Code]]:
    """A stop code whose underscores were read as spaces."""
    for match in _STOPPED.finditer(line):
        symbol = match.group(1).replace(" ", "_")
        yield match.start(1), match.end(1), Code(match.group(1), symbol, CodeKind.SYMBOL, _symbol_keys(symbol))


def _from_vendors(line: str) -> Iterator[tuple[int, int, Code]]:
    for match in (*_VENDOR.finditer(line), *_ORACLE.finditer(line)):
        letters = match.group(1).translate(_TO_LETTER)
        digits = match.group(2).translate(_TO_DIGIT)
        if match.group(1).isdigit() or not any(sign.isdigit() for sign in match.group(2)) or _NOT_CODES.match(letters):
            continue
        canonical = f"{letters}-{digits}"
        yield match.start(), match.end(), Code(match.group(), canonical, CodeKind.VENDOR, ("v" + folded(canonical),))
    for match in _LETTERED.finditer(line):
        letters, middle, tail = match.groups()
        of_db2 = letters == "SQL" and tail in ("N", "W", "C")
        if sum(sign.isdigit() for sign in middle) < 2 or (_NOT_CODES.match(letters) and not of_db2):
            continue
        canonical = letters + middle.translate(_TO_DIGIT) + tail
        yield match.start(), match.end(), Code(match.group(), canonical, CodeKind.LETTERED, ("v" + folded(canonical),))
    for match in _BRACKETED.finditer(line):
        text = match.group(1)
        yield match.start(1), match.end(1), Code(text, text, CodeKind.NAMED, ("v" + folded(text),))


def _named(text: str, called: str) -> Code | None:
    """The token after "error code:" as a code; None for an ordinary word."""
    text = text.rstrip("._-")
    is_trace = _TRACE_NAME.match(called) is not None
    if text.isdigit() and len(text) >= _SHORTEST_TRACE and is_trace and not _BUSINESS.match(called):
        return Code(text, text, CodeKind.TRACE, ("v" + folded(text),), telling=False)
    if not text or text.isdigit():
        return None
    has_digit = any(sign.isdigit() for sign in text)
    telling = has_digit or "_" in text or (text.isupper() and len(text) >= 4)
    if not telling or re.fullmatch(r"\d+(?:\.\d+)+|[vV]?\d+(?:st|nd|rd|th|ms|s|MB|GB|KB)?", text):
        return None
    shown, short = text, _SHORT_VENDOR.fullmatch(text)
    if short and any(sign.isdigit() for sign in short.group(2)):
        text = f"{short.group(1)}-{short.group(2).translate(_TO_DIGIT)}"
    kind = CodeKind.TRACE if is_trace else CodeKind.NAMED
    key = "s" if text.isupper() and not has_digit else "v"
    keys: tuple[str, ...] = (key + folded(text),)
    if re.fullmatch(r"[0-9A-Fa-f]{8}", text):
        keys = (*hex_keys(int(text, 16)), *keys)
    return Code(shown, text, kind, keys)


def _number_keys(called: str, number: str) -> tuple[str, ...]:
    number = number.lstrip("0")
    if "errno" in called.lower():
        return ("n" + number, "e" + number)
    if _WEB_STATUS.fullmatch(called) and 400 <= int(number) <= 599:
        return ("n" + number, "http" + number)
    return ("n" + number,) if _NOT_WIN32.search(called) else ("n" + number, "w" + number)


def _from_context(line: str) -> Iterator[tuple[int, int, Code]]:
    for match in _BCCODE.finditer(line):
        digits = match.group(1)
        value = int(digits, 16)
        yield match.start(1), match.end(1), Code(digits, f"0x{value:08X}", CodeKind.HEX, hex_keys(value))
    for match in _NUMBERED.finditer(line):
        called, number = match.group(1), match.group(2).lstrip("-")
        if number.strip("0"):
            yield match.start(2), match.end(2), Code(number, number, CodeKind.NUMBER, _number_keys(called, number))
    for match in _NAMED.finditer(line):
        code = _named(match.group(2), match.group(1))
        if code is not None:
            yield match.start(2), match.end(2), code
    for match in _MIXED_SYMBOL.finditer(line):
        text = match.group(1)
        if text.count("_") >= 2 and not text.isupper() and not text.islower() and len(text) >= 8:
            yield match.start(), match.end(), Code(text, text, CodeKind.SYMBOL, _symbol_keys(text))


READERS = (_from_hex, _from_symbols, _from_capitals, _from_vendors, from_services, _from_context)
