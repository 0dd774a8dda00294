"""Paints list rows of two lines with a coloured word at their end, legible in every theme."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QTextCharFormat, QTextLayout
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from app.ui.theme import MEDIUM, SMALL, TIGHT, Tone, shades

HEIGHT = 68


@dataclass(frozen=True, slots=True)
class Painted:
    """What a row says: two lines, a word in a tone, a count in a disc when there is one, words to set off."""

    title: str
    detail: str
    word: str = ""
    tone: Tone = Tone.QUIET
    count: int = 0
    marked: tuple[str, ...] = ()


def row_size(font: QFont) -> QSize:
    """The height that two lines of the font need, 44 pixels at least."""
    return QSize(200, max(HEIGHT, 2 * QFontMetrics(font).height() + 2 * MEDIUM + SMALL))


def paint_row(painter: QPainter, option: QStyleOptionViewItem, row: Painted) -> None:
    """Paint one row into the option's rectangle."""
    worn = shades()
    state, font, area = _parts(option)
    card = QRectF(area).adjusted(1, 3, -1, -3)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    is_current = bool(state & QStyle.StateFlag.State_Selected)
    is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
    has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
    painter.setBrush(QColor(worn.accent_soft if is_current else worn.surface))
    edge = worn.accent if has_focus or is_hovered else worn.line
    painter.setPen(QPen(QColor(edge), 2.0 if has_focus else 1.0))
    painter.drawRoundedRect(card, 10, 10)
    inner = card.toRect().adjusted(MEDIUM + TIGHT, SMALL, -MEDIUM, -SMALL)
    right = _paint_word(painter, font, inner, row)
    _paint_lines(painter, font, QRect(inner.left(), inner.top(), right - MEDIUM - inner.left(), inner.height()), row)
    painter.restore()


def _parts(option: QStyleOptionViewItem) -> tuple[QStyle.StateFlag, QFont, QRect]:
    # PySide's stubs do not know the option's members.
    return option.state, option.font, option.rect  # type: ignore[attr-defined]


def _paint_word(painter: QPainter, font: QFont, inner: QRect, row: Painted) -> int:
    """Paint the word and the count at the right end; returns where they begin."""
    foreground, background = shades().of(row.tone)
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * 0.9)
    small.setWeight(QFont.Weight.DemiBold)
    metrics = QFontMetrics(small)
    left = inner.right()
    painter.setFont(small)
    if row.word:
        width = metrics.horizontalAdvance(row.word) + 2 * SMALL + 2
        height = metrics.height() + SMALL
        chip = QRect(inner.right() - width, inner.center().y() - height // 2, width, height)
        painter.setPen(QPen(QColor(foreground)) if shades().is_high_contrast else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(background))
        painter.drawRoundedRect(chip, 6, 6)
        painter.setPen(QColor(foreground))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, row.word)
        left = chip.left()
    if row.count:
        text = str(row.count) if row.count < 100 else "99+"
        size = max(metrics.height() + 4, metrics.horizontalAdvance(text) + SMALL + 2)
        disc = QRect(left - SMALL - size, inner.center().y() - (metrics.height() + 4) // 2, size, metrics.height() + 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(shades().accent))
        painter.drawRoundedRect(disc, disc.height() / 2, disc.height() / 2)
        painter.setPen(QColor(shades().on_accent))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, text)
        left = disc.left()
    return left


def _paint_lines(painter: QPainter, font: QFont, area: QRect, row: Painted) -> None:
    title, detail = QFont(font), QFont(font)
    title.setWeight(QFont.Weight.Bold if row.count else QFont.Weight.Medium)
    detail.setPointSizeF(font.pointSizeF() * 0.9)
    upper, lower = QFontMetrics(title), QFontMetrics(detail)
    height = upper.height() + (TIGHT + lower.height() if row.detail else 0)
    top = area.center().y() - height // 2
    first = QRect(area.left(), top, area.width(), upper.height())
    second = QRect(area.left(), first.bottom() + TIGHT, area.width(), lower.height())
    _paint_marked(painter, title, QColor(shades().text), first, row.title, row.marked)
    _paint_marked(painter, detail, QColor(shades().quiet), second, row.detail, row.marked)


def _paint_marked(
    painter: QPainter, font: QFont, colour: QColor, area: QRect, text: str, marked: tuple[str, ...]
) -> None:
    """One line, cut off at its end where it is too long, with the marked words bold and in the accent."""
    shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    layout = QTextLayout(shown, font)
    ranges = []
    for start, length in occurrences(shown, marked):
        form = QTextCharFormat()
        form.setForeground(QColor(shades().accent))
        if not shades().is_high_contrast:
            form.setBackground(QColor(shades().accent_soft))
        ranges.append(_range(start, length, form))
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(area.width() + 50)
    layout.endLayout()
    painter.setPen(colour)
    layout.draw(painter, QPointF(area.topLeft()), ranges)


def _range(start: int, length: int, form: QTextCharFormat) -> QTextLayout.FormatRange:
    made: Any = QTextLayout.FormatRange()  # PySide's stubs do not know its members
    made.start, made.length, made.format = start, length, form
    return cast(QTextLayout.FormatRange, made)


def occurrences(text: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Start and length of every word in the text, whatever the case, without overlaps."""
    found: list[tuple[int, int]] = []
    for word in words:
        for match in re.finditer(re.escape(word), text, re.IGNORECASE):
            start, length = match.start(), match.end() - match.start()
            found.append((start, length))
    return merged(found)


def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Starts and lengths in order, those that touch or overlap joined."""
    joined: list[tuple[int, int]] = []
    for start, length in sorted(spans):
        if joined and start <= sum(joined[-1]):
            first = joined[-1][0]
            joined[-1] = (first, max(sum(joined[-1]), start + length) - first)
        else:
            joined.append((start, length))
    return joined
