"""Whether two words differ by one slip of the fingers, or by two in a long word."""

from __future__ import annotations

_LONG = 8


def close_to(typed: str, word: str) -> bool:
    """One letter missing, added, wrong or two swapped; two such slips from eight letters on."""
    slips = 2 if len(typed) >= _LONG else 1
    if abs(len(typed) - len(word)) > slips or typed == word:
        return False
    if len(set(typed) ^ set(word)) > 2 * slips:
        return False
    return _distance(typed, word, slips) <= slips


def _distance(first: str, second: str, most: int) -> int:
    """Edits and swaps of neighbours between two short words; more than `most` once that is certain."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for place, sign in enumerate(first, 1):
        earlier, before, row = before, row, [place]
        for column, other in enumerate(second, 1):
            best = min(before[column] + 1, row[-1] + 1, before[column - 1] + (sign != other))
            swapped = column > 1 and place > 1 and sign == second[column - 2] and first[place - 2] == other
            if swapped:
                best = min(best, earlier[column - 2] + 1)
            row.append(best)
        if min(row) > most:
            return most + 1
    return row[-1]
