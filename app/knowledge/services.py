"""Codes of the web, of mail, of databases, of POSIX systems and of business software, each in its own form."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.knowledge.code import Code, CodeKind, folded

_EDGE, _END = r"(?<![A-Za-z0-9_])", r"(?![A-Za-z0-9_])"
_MAIL = re.compile(r"(?<![\w.])(?:([245]\d\d)[ -]*)?#?([245]\.\d{1,2}\.\d{1,3})(?![\w.]*\d)")
_HTTP = re.compile(
    r"\bHTTP(?:S)?(?:/\d(?:\.\d)?)?(?: ?(?:Error|Status|错误|状态码?))?[ :：]{0,3}([1-5]\d\d(?:\.\d{1,2})?)(?!\d)",
    re.IGNORECASE,
)
# A web server's own page names the status and its standard words (RFC 9110), no more.
_REASONS = (
    r"Bad Request|Unauthori[sz]ed|Payment Required|Forbidden|(?:Page )?Not Found|Method Not Allowed|Not Acceptable"
    r"|Proxy Authentication Required|Request Time-?out|Conflict|Gone|Too Many Requests|Request Entity Too Large"
    r"|Payload Too Large|(?:Internal )?Server Error|Not Implemented|Bad Gateway|Service (?:Temporarily )?Unavailable"
    r"|Gateway Time-?out|错误请求|未授权|禁止访问|服务器内部错误|内部服务器错误|错误的?网关|网关(?:错误|超时)"
    r"|服务不可用"
)
_WEB_PAGE = re.compile(rf"(?<![\w.,:/-])([45]\d\d)[ ]?[-–—:：|(（]?[ ]?(?:{_REASONS})", re.IGNORECASE)
_STATE = re.compile(r"SQL ?STATE[ =:：\[(]{0,4}([0-9A-Z]{5})" + _END)
_NATIVE = re.compile(r"SQL ?STATE[ =:：]{0,2}\[\w{5}\][ :：]{0,2}\[(\d{3,6})\]")
# The names of POSIX errors (and the few that Node adds); no underscore tells them from words in capitals.
_POSIX_NAMES = """
EACCES EADDRINUSE EADDRNOTAVAIL EAGAIN EBADF EBUSY ECONNABORTED ECONNREFUSED ECONNRESET EDQUOT EEXIST EFAULT EFBIG
EHOSTDOWN EHOSTUNREACH EINTR EINVAL EIO EISDIR EMFILE ENAMETOOLONG ENETDOWN ENETRESET ENETUNREACH ENOBUFS ENODEV ENOENT
ENOMEM ENOSPC ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ENOTFOUND ENOTSUP ENXIO EOPNOTSUPP EPERM EPIPE EPROTO EROFS
ESOCKETTIMEDOUT ESRCH ETIMEDOUT ETXTBSY EXDEV
"""
_POSIX = re.compile(rf"{_EDGE}((?:WSA)?(?:{'|'.join(_POSIX_NAMES.split())})){_END}")
# SAP: a message class and three digits, `M7 021`, `VL150`, `00 398`.
_SAP = re.compile(
    r"(?:message no\.?|消息(?:编)?号)[ :：]{0,2}((?=[A-Z0-9_/]*[A-Z])[A-Z0-9_/]{1,20}|\d{2}(?= )) ?(\d{3})(?!\d)",
    re.IGNORECASE,
)
# The display of a printer: `49.4C02`, `59.F0`.
_PRINTER = re.compile(r"(?<![\w.])(\d{2}\.(?=[0-9A-F.]*[A-F])[0-9A-F]{2,4}(?:\.[0-9A-F]{2})?)(?![\w.]*\d)")


def from_services(line: str) -> Iterator[tuple[int, int, Code]]:
    """Start, end and code of each in a line."""
    yield from _of_mail(line)
    for pattern in (_HTTP, _WEB_PAGE):
        for match in pattern.finditer(line):
            number = match.group(1)
            status = number.partition(".")[0]
            keys = dict.fromkeys(("n" + number, "n" + status, "http" + status))
            yield match.start(1), match.end(1), Code(number, number, CodeKind.NUMBER, tuple(keys))
    for match in _STATE.finditer(line):
        state = match.group(1)
        yield match.start(1), match.end(1), Code(state, state, CodeKind.NAMED, ("v" + folded(state),))
    for match in _NATIVE.finditer(line):
        number = match.group(1)
        yield match.start(1), match.end(1), Code(number, number, CodeKind.NUMBER, ("n" + number,))
    for match in _POSIX.finditer(line):
        name = match.group(1)
        yield match.start(1), match.end(1), Code(name, name, CodeKind.SYMBOL, ("s" + folded(name),))
    for match in _SAP.finditer(line):
        text = line[match.start(1) : match.end(2)]
        # Five digits alone would be any number: its name belongs to a code without letters.
        canonical = f"Message no. {text}" if match.group(1).isdigit() else text.replace(" ", "")
        yield match.start(1), match.end(2), Code(text, canonical, CodeKind.NAMED, ("v" + folded(text),))
    for match in _PRINTER.finditer(line):
        text = match.group(1)
        yield match.start(1), match.end(1), Code(text, text, CodeKind.NAMED, ("v" + folded(text),))


def _of_mail(line: str) -> Iterator[tuple[int, int, Code]]:
    for match in _MAIL.finditer(line):
        reply, extended = match.groups()
        is_glued = reply is not None and match.group().startswith(reply + extended)
        if is_glued and reply[0] != extended[0]:
            continue
        if (reply is None or is_glued) and not re.search(
            r"错误|error|status|code|NDR|SMTP|remote server", line, re.IGNORECASE
        ):
            continue
        canonical = f"{reply} {extended}" if reply else extended
        yield match.start(), match.end(), Code(match.group(), canonical, CodeKind.MAIL, ("m" + extended,))
