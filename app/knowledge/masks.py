"""What of an error message varies from machine to machine: paths, people, numbers, times, addresses."""

from __future__ import annotations

import re

from app.knowledge.names import names

_PATTERNS = (
    re.compile(r"[{(]?\b[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}\b[})]?"),
    re.compile(r"\b(?:https?|ftp|file)://\S+", re.IGNORECASE),
    re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"\b[A-Za-z]:\\[^\s\"'<>|，。；]*|\\\\[\w.$-]+\\[^\s\"'<>|，。；]*"),
    re.compile(r"(?<![\w/])/(?:[\w.-]+/)+[\w.-]*"),
    re.compile(r"\b\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]\d{1,2}[:：]\d{2}(?:[:：]\d{2})?)?"),
    re.compile(r"\b\d{1,2}/\d{1,2}/\d{2,4}\b|\b\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?:\s?[AP]M)?\b"),
    re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b"),
    re.compile(r"\b(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}\b"),
    re.compile(r"\b(?:[a-z0-9-]+\.)+(?:com|cn|net|org|local|io|lan|corp|internal)\b", re.IGNORECASE),
    re.compile(r"(?<![A-Za-z0-9_])[\"'“”‘’「『《][^\"'“”‘’「」『』《》]{1,60}[\"'“”‘’」』》]"),
    re.compile(r"\d+(?:[.,]\d+)*%?"),
    re.compile(r"\*{3}"),  # what was masked before a question left its computer
)


def masked(text: str) -> str:
    """The text with every variable part replaced by one space."""
    for start, end in sorted(names(text), reverse=True):
        text = text[:start] + " " * (end - start) + text[end:]
    for pattern in _PATTERNS:
        text = pattern.sub(" ", text)
    return text
