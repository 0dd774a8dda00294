"""UI Automation over a recorded window: real tables of functions, as COM has them, with recorded answers."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from app.system import uiautomation
from app.system.base import ElementRole, Rect, TextElement
from app.system.uiautomation import Automation, Variant
from app.system.user32 import CRect

BUTTON, EDIT, TEXT, PANE = 50000, 50004, 50020, 50033
POINTER = ctypes.c_void_p


@dataclass
class Element:
    """What one element of the window says."""

    control: int
    name: str
    rect: tuple[int, int, int, int] = (0, 0, 10, 10)
    value: str = ""
    password: bool = False
    offscreen: bool = False


@dataclass
class Recording:
    """Libraries and objects that answer from recorded elements; counts what is created and released."""

    window: Element
    elements: list[Element]
    fails: bool = False
    kept: list[Any] = field(default_factory=list)
    living: int = 0
    texts: int = 0
    joined: int = 0

    def CoInitializeEx(self, reserved: Any, kind: int) -> int:
        self.joined += 1
        return 0

    def CoUninitialize(self) -> None:
        self.joined -= 1

    def CoCreateInstance(self, class_id: Any, outer: Any, where: int, interface: Any, target: Any) -> int:
        if self.fails:
            return -2147221164  # REGDB_E_CLASSNOTREG
        target._obj.value = self._object(
            {6: (self._window, 2), 8: (self._focused, 1), 21: (lambda this, out: self._give(out, self._object({})), 1)}
        )
        return 0

    def SysFreeString(self, text: Any) -> None:
        self.texts -= 1

    def VariantClear(self, variant: Any) -> int:
        self.texts -= variant._obj.kind == 8
        return 0

    def _object(self, methods: dict[int, tuple[Callable[..., int], int]]) -> int:
        """A pointer to a pointer to a table of functions; every method takes so many arguments besides itself."""
        table = (POINTER * 60)()
        for index, (method, arguments) in {2: (self._release, 0), **methods}.items():
            prototype = ctypes.CFUNCTYPE(ctypes.c_int32, POINTER, *[POINTER] * arguments)
            function = prototype(method)
            self.kept.append(function)
            table[index] = ctypes.cast(function, POINTER).value
        instance = POINTER(ctypes.addressof(table))
        self.kept += [table, instance]
        self.living += 1
        return ctypes.addressof(instance)

    def _release(self, this: int) -> int:
        self.living -= 1
        return 0

    @staticmethod
    def _give(out: int, value: int) -> int:
        ctypes.cast(out, ctypes.POINTER(POINTER))[0] = value
        return 0

    def _string(self, out: int, text: str) -> int:
        buffer = ctypes.create_unicode_buffer(text)
        self.kept.append(buffer)
        self.texts += 1
        return self._give(out, ctypes.addressof(buffer))

    @staticmethod
    def _integer(out: int, value: int) -> int:
        ctypes.cast(out, ctypes.POINTER(ctypes.c_int))[0] = value
        return 0

    def _window(self, this: int, handle: int, out: int) -> int:
        assert handle == 4711
        return self._give(out, self._element(self.window, {6: (self._array, 3)}))

    def _focused(self, this: int, out: int) -> int:
        return self._give(out, self._element(self.window, {}))

    def _array(self, this: int, scope: int, condition: int, out: int) -> int:
        assert scope == 4
        methods: dict[int, tuple[Callable[..., int], int]] = {
            3: (lambda this, out: self._integer(out, len(self.elements)), 1),
            4: (lambda this, index, out: self._give(out, self._element(self.elements[index or 0], {})), 2),
        }
        return self._give(out, self._object(methods))

    def _element(self, said: Element, more: dict[int, tuple[Callable[..., int], int]]) -> int:
        def bounds(this: int, out: int) -> int:
            rect = ctypes.cast(out, ctypes.POINTER(CRect))[0]
            rect.left, rect.top, rect.right, rect.bottom = said.rect
            return 0

        def value(this: int, which: int, out: int) -> int:
            assert which == uiautomation.VALUE_PROPERTY
            if said.value:
                variant = ctypes.cast(out, ctypes.POINTER(Variant))[0]
                variant.kind = 8
                buffer = ctypes.create_unicode_buffer(said.value)
                self.kept.append(buffer)
                self.texts += 1
                variant.value = ctypes.addressof(buffer)
            return 0

        return self._object(
            {
                10: (value, 2),
                21: (lambda this, out: self._integer(out, said.control), 1),
                23: (lambda this, out: self._string(out, said.name) if said.name else 0, 1),
                35: (lambda this, out: self._integer(out, said.password), 1),
                38: (lambda this, out: self._integer(out, said.offscreen), 1),
                43: (bounds, 1),
                **more,
            }
        )


def recorded(*elements: Element) -> Recording:
    return Recording(Element(50032, "收银系统", (100, 200, 500, 360)), list(elements))


def test_a_message_box_is_read_exactly() -> None:
    recording = recorded(
        Element(TEXT, "支付失败\n错误代码：E1023", (160, 250, 480, 290)), Element(BUTTON, "重试", (400, 320, 480, 346))
    )

    texts = Automation(recording, recording).texts(4711)

    assert texts == (
        TextElement("收银系统", Rect(0, 0, 400, 160), ElementRole.TITLE),
        TextElement("支付失败\n错误代码：E1023", Rect(60, 50, 320, 40), ElementRole.TEXT),
        TextElement("重试", Rect(300, 120, 80, 26), ElementRole.BUTTON),
    )


def test_passwords_hidden_elements_and_mere_containers_are_left_out() -> None:
    recording = recorded(
        Element(EDIT, "Password", value="s3cret", password=True),
        Element(TEXT, "invisible", offscreen=True),
        Element(PANE, "container"),
        Element(TEXT, ""),
        Element(EDIT, "Details", value="Stack trace: 0x80070005"),
    )

    texts = Automation(recording, recording).texts(4711)

    assert [(each.text, each.role) for each in texts[1:]] == [("Stack trace: 0x80070005", ElementRole.FIELD)]


def test_everything_that_was_taken_is_given_back() -> None:
    recording = recorded(Element(TEXT, "A message of some length"), Element(EDIT, "Details", value="More"))

    Automation(recording, recording).texts(4711)

    assert (recording.living, recording.texts, recording.joined) == (0, 0, 0)


def test_a_system_without_ui_automation_says_so() -> None:
    recording = recorded()
    recording.fails = True

    with pytest.raises(OSError, match="not available"):
        Automation(recording, recording).texts(4711)

    assert recording.joined == 0


def test_a_window_with_thousands_of_elements_is_read_up_to_a_limit() -> None:
    recording = recorded(*[Element(TEXT, f"Row {number}") for number in range(uiautomation.MAX_ELEMENTS + 50)])

    assert len(Automation(recording, recording).texts(4711)) == uiautomation.MAX_ELEMENTS + 1
