"""The picture by keyboard alone: tools, placing, moving, sizing, copying, walking from mark to mark."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from app.capture.annotation import operations
from app.capture.annotation.document import Mark, Point
from app.ui.report import tool as tools
from app.ui.report.region import middle, nudged, stretched
from app.ui.report.tool import Tool
from app.ui.report.zoom_view import STEP

if TYPE_CHECKING:
    from app.ui.report.picture_view import PictureView

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
TOOLS = {Qt.Key(ord(tool.value)): tool for tool in Tool}
APART = 16.0
"""Logical pixels between a copy and what it was copied from."""


class Clipboard:
    """Marks that were copied; they can be pasted on any picture of this program."""

    marks: tuple[Mark, ...] = ()


def pressed(view: PictureView, event: QKeyEvent) -> bool:
    """Do what a key means; False when it means nothing here."""
    key, modifiers = Qt.Key(event.key()), event.modifiers()
    bare = not modifiers & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
    if key in ARROWS:
        step = 10 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
        dx, dy = ARROWS[key]
        arrow(view, dx * step, dy * step, resize=bool(modifiers & Qt.KeyboardModifier.ControlModifier))
        return True
    if edited(view, event):
        return True
    if not bare:
        return False
    if key in TOOLS:
        view.tool_wanted.emit(TOOLS[key])
    elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        accept(view)
    elif key in (Qt.Key.Key_Space, Qt.Key.Key_Insert):
        place(view)
    elif key is Qt.Key.Key_Escape:
        return escape(view)
    elif Qt.Key.Key_1 <= key <= Qt.Key.Key_9:
        view.monitor_asked.emit(key - Qt.Key.Key_1)
    elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
        view.zoom_by(STEP)
    elif key is Qt.Key.Key_Minus:
        view.zoom_by(1 / STEP)
    elif key is Qt.Key.Key_0:
        view.fit()
    else:
        return False
    return True


def edited(view: PictureView, event: QKeyEvent) -> bool:
    """Copy, cut, paste, duplicate and delete."""
    duplicate = event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() == Qt.Key.Key_D
    if event.matches(QKeySequence.StandardKey.Copy):
        copy(view)
    elif event.matches(QKeySequence.StandardKey.Cut):
        copy(view)
        delete(view)
    elif event.matches(QKeySequence.StandardKey.Paste):
        Clipboard.marks = paste(view, Clipboard.marks)  # so that the next copy lies beside this one
    elif duplicate:
        paste(view, chosen(view))
    elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        delete(view)
    else:
        return False
    return True


def chosen(view: PictureView) -> tuple[Mark, ...]:
    """The selected mark, or nothing."""
    return tuple(mark for mark in view.document.marks if mark.id == view.chosen)


def copy(view: PictureView) -> None:
    """Remember the selected mark."""
    Clipboard.marks = chosen(view) or Clipboard.marks


def paste(view: PictureView, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Put copies beside the originals, select the last, and give the copies."""
    if not marks:
        return ()
    ids = [uuid4() for _ in marks]
    document = operations.paste(view.document, marks, ids, round(APART * view.document.scale))
    for each in ids:  # one that was copied from a larger picture is brought back onto this one
        document = tools.kept_in(document, each, 0, 0)
    view.commit(document, "paste", ids[-1])
    return tuple(document.mark(each) for each in ids)


def delete(view: PictureView) -> None:
    """Delete the selected mark."""
    if view.chosen is not None:
        view.commit(operations.delete(view.document, view.chosen), "delete")
        view.select(None)


def arrow(view: PictureView, dx: int, dy: int, *, resize: bool) -> None:
    """Move or size what is selected; without a selection, place something."""
    if view.tool is Tool.CROP:
        region = view.region
        change = stretched if resize else nudged
        view.crop_to(view.found or middle(view.bounds) if region is None else change(region, dx, dy, view.bounds))
    elif view.chosen is None:
        place(view)
    else:
        change_by = tools.stretched if resize else tools.kept_in
        name = f"{'size' if resize else 'move'} {view.chosen}"
        view.commit(change_by(view.document, view.chosen, dx, dy), name, merge=True)


def place(view: PictureView) -> None:
    """Put a mark of the tool in use into the middle."""
    seen = view.document.visible()
    if view.tool is Tool.CROP:
        view.crop_to(view.found or middle(view.bounds))
    elif view.tool is Tool.TEXT:
        corner = Point(seen.x + seen.width // 3, seen.y + seen.height // 3)
        view.write(tools.worded(view.document, view.ink_style, corner, ""))
    else:
        mark = tools.placed(view.tool, view.ink_style, view.document)
        if mark is not None:
            view.commit(operations.add(view.document, mark), view.tool.name.lower(), mark.id)


def accept(view: PictureView) -> None:
    """Enter: write into a text, be done with a mark, take the found dialog, or go on."""
    if view.chosen is not None:
        if not view.edit_chosen():
            view.select(None)
    elif view.tool is Tool.CROP and view.region is None and view.found is not None:
        view.crop_to(view.found)
    else:
        view.accepted.emit()


def escape(view: PictureView) -> bool:
    """One layer back: the gesture, the selection, the region; False when there is none left."""
    if view.hand.is_busy:
        view.hand.give_up(view)
    elif view.chosen is not None:
        view.select(None)
    elif view.tool is Tool.CROP and view.region is not None:
        view.crop_to(None)
    else:
        return False
    return True


def next_mark(view: PictureView, *, forward: bool) -> bool:
    """Tab: select the next mark; False after the last one, when the focus goes on."""
    ids: list[UUID | None] = [mark.id for mark in view.document.marks]
    if view.tool is Tool.CROP or not ids:
        return False
    at = ids.index(view.chosen) if view.chosen in ids else (-1 if forward else len(ids))
    place_now = at + (1 if forward else -1)
    if 0 <= place_now < len(ids):
        view.select(ids[place_now])
        return True
    view.select(None)
    return False
