"""Texts of a window by Microsoft UI Automation: exact where a program offers them, faster than reading pixels.

The interfaces are called through their tables of functions; only the few entries that are needed are known here.
"""

from __future__ import annotations

import ctypes
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.system.base import ElementRole, Rect, TextElement
from app.system.user32 import CRect

CLASS_ID = uuid.UUID("ff48dba4-60ef-4201-aa87-54103eef594e")
INTERFACE_ID = uuid.UUID("30cbe57d-d9d0-452a-ab13-7ac5ac4825ee")
IN_PROCESS = 1
MULTITHREADED = 0
DESCENDANTS = 4
VALUE_PROPERTY = 30045
TEXT_VARIANT = 8
MAX_ELEMENTS = 200

RELEASE = 2
ELEMENT_FROM_HANDLE, FOCUSED_ELEMENT, CREATE_TRUE_CONDITION = 6, 8, 21
FIND_ALL, PROPERTY_VALUE = 6, 10
CONTROL_TYPE, NAME, IS_PASSWORD, IS_OFFSCREEN, BOUNDS = 21, 23, 35, 38, 43
LENGTH, GET_ELEMENT = 3, 4

ROLES = {
    50000: ElementRole.BUTTON,
    50004: ElementRole.FIELD,
    50005: ElementRole.BUTTON,  # a link
    50020: ElementRole.TEXT,
    50030: ElementRole.FIELD,  # a document
    50037: ElementRole.TITLE,
}


class Variant(ctypes.Structure):
    """VARIANT, as far as a text in it is concerned."""

    _fields_ = (
        ("kind", ctypes.c_uint16),
        ("reserved", ctypes.c_uint16 * 3),
        ("value", ctypes.c_void_p),
        ("more", ctypes.c_void_p),
    )


class Automation:
    """UI Automation in this thread. Raises OSError when the system does not offer it."""

    def __init__(self, ole32: Any = None, oleaut32: Any = None) -> None:
        from app.system.windows import library

        self._ole32: Any = ole32 or library("ole32")
        self._oleaut32: Any = oleaut32 or library("oleaut32")
        self._method: Any = vars(ctypes).get("WINFUNCTYPE", ctypes.CFUNCTYPE)

    def texts(self, handle: int) -> tuple[TextElement, ...]:
        """The window's title and the texts in it, rectangles relative to its frame; no passwords, nothing hidden."""
        self._ole32.CoInitializeEx(None, MULTITHREADED)
        try:
            with (
                self._created() as automation,
                self._got(automation, ELEMENT_FROM_HANDLE, ctypes.c_void_p(handle)) as window,
            ):
                bounds = self._bounds(window)
                title = TextElement(self._text(window, NAME), bounds, ElementRole.TITLE)
                found = (title, *self._descendants(automation, window))
        finally:
            self._ole32.CoUninitialize()
        return tuple(
            TextElement(element.text, element.rect.moved(-bounds.x, -bounds.y), element.role)
            for element in found
            if element.text.strip()
        )

    def focused_secret(self) -> Rect | None:
        """Where the password field with the keyboard is, in desktop coordinates; None when it is in no such field."""
        self._ole32.CoInitializeEx(None, MULTITHREADED)
        try:
            with self._created() as automation, self._got(automation, FOCUSED_ELEMENT) as element:
                return self._bounds(element) if self._number(element, IS_PASSWORD) else None
        except OSError:
            return None
        finally:
            self._ole32.CoUninitialize()

    def _descendants(self, automation: int, window: int) -> Iterator[TextElement]:
        with (
            self._got(automation, CREATE_TRUE_CONDITION) as everything,
            self._got(window, FIND_ALL, ctypes.c_int(DESCENDANTS), ctypes.c_void_p(everything)) as array,
        ):
            count = ctypes.c_int()
            self._call(array, LENGTH, ctypes.byref(count))
            for index in range(min(count.value, MAX_ELEMENTS)):
                with self._got(array, GET_ELEMENT, ctypes.c_int(index)) as element:
                    role = ROLES.get(self._number(element, CONTROL_TYPE))
                    hidden = self._number(element, IS_PASSWORD) or self._number(element, IS_OFFSCREEN)
                    if role is not None and not hidden:
                        text = self._value(element) if role is ElementRole.FIELD else ""
                        yield TextElement(text or self._text(element, NAME), self._bounds(element), role)

    @contextmanager
    def _created(self) -> Iterator[int]:
        target = ctypes.c_void_p()
        class_id = (ctypes.c_char * 16).from_buffer_copy(CLASS_ID.bytes_le)
        interface_id = (ctypes.c_char * 16).from_buffer_copy(INTERFACE_ID.bytes_le)
        result = self._ole32.CoCreateInstance(class_id, None, IN_PROCESS, interface_id, ctypes.byref(target))
        if result or not target.value:
            raise OSError("UI Automation is not available")
        with self._held(target.value) as automation:
            yield automation

    @contextmanager
    def _got(self, owner: int, entry: int, *arguments: Any) -> Iterator[int]:
        """The object that a method delivers, released afterwards. Raises OSError when it delivers none."""
        target = ctypes.c_void_p()
        self._call(owner, entry, *arguments, ctypes.byref(target))
        if not target.value:
            raise OSError("the element is gone")
        with self._held(target.value) as held:
            yield held

    @contextmanager
    def _held(self, pointer: int) -> Iterator[int]:
        try:
            yield pointer
        finally:
            self._call(pointer, RELEASE)

    def _call(self, pointer: int, entry: int, *arguments: Any) -> int:
        table = ctypes.cast(pointer, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
        kinds = [ctypes.c_void_p if _is_reference(argument) else type(argument) for argument in arguments]
        function = self._method(ctypes.c_int32, ctypes.c_void_p, *kinds)(table[entry])
        passed = [ctypes.cast(a, ctypes.c_void_p) if _is_reference(a) else a for a in arguments]
        return int(function(pointer, *passed))

    def _number(self, element: int, entry: int) -> int:
        number = ctypes.c_int()
        self._call(element, entry, ctypes.byref(number))
        return number.value

    def _bounds(self, element: int) -> Rect:
        rect = CRect()
        self._call(element, BOUNDS, ctypes.byref(rect))
        return rect.rect()

    def _text(self, element: int, entry: int) -> str:
        text = ctypes.c_void_p()
        self._call(element, entry, ctypes.byref(text))
        if not text.value:
            return ""
        try:
            return ctypes.wstring_at(text.value)
        finally:
            self._oleaut32.SysFreeString(text)

    def _value(self, element: int) -> str:
        """What stands in a field, as opposed to its label."""
        variant = Variant()
        self._call(element, PROPERTY_VALUE, ctypes.c_int(VALUE_PROPERTY), ctypes.byref(variant))
        try:
            return ctypes.wstring_at(variant.value) if variant.kind == TEXT_VARIANT and variant.value else ""
        finally:
            self._oleaut32.VariantClear(ctypes.byref(variant))


def _is_reference(argument: Any) -> bool:
    return type(argument).__name__ == "CArgObject"
