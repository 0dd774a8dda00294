"""The bytes between host and viewer."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.protocol.session import Grade, State
from app.protocol.stream import (
    Chat,
    Frame,
    FromHost,
    FromViewer,
    Garbled,
    Ink,
    InputEvent,
    Part,
    PartKind,
    Status,
    ViewerMessage,
    of_json,
)

place = st.integers(0, 65535)
parts = st.builds(Part, st.sampled_from(PartKind), place, place, place, place, st.binary(max_size=50))
frames = st.builds(Frame, st.integers(0, 2**32 - 1), st.lists(parts, max_size=6).map(tuple))
viewer_messages = st.builds(
    ViewerMessage, st.sampled_from(FromViewer), st.integers(0, 2**32 - 1), place, st.binary(max_size=50)
)


@given(frames)
def test_a_frame_is_read_as_it_was_written(frame: Frame) -> None:
    assert Frame.unpack(frame.pack()) == frame


@given(viewer_messages)
def test_a_viewers_message_is_read_as_it_was_written(message: ViewerMessage) -> None:
    assert ViewerMessage.unpack(message.pack()) == message


@given(st.binary(max_size=80))
def test_no_bytes_break_the_readers(data: bytes) -> None:
    for reader in (Frame.unpack, ViewerMessage.unpack):
        try:
            reader(data)
        except Garbled:
            pass


@given(frames.filter(lambda frame: frame.parts), st.data())
def test_a_frame_cut_short_is_garbled(frame: Frame, data: st.DataObject) -> None:
    packed = frame.pack()

    with pytest.raises(Garbled):
        Frame.unpack(packed[: data.draw(st.integers(0, len(packed) - 1))])


def test_the_status_tells_the_viewer_what_it_shows() -> None:
    status = Status(State.ACTIVE, Grade.POINT, 3, None, "DP-1", (("DP-1", "左屏", 1920, 1080),), 12.34, False, 2000)

    packed = status.pack()

    assert packed[0] == FromHost.STATUS
    assert json.loads(packed[1:])["screens"] == [["DP-1", "左屏", 1920, 1080]]
    assert json.loads(packed[1:])["grade"] == 2


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (InputEvent, b'{"kind":"fly"}'),
        (InputEvent, b'{"kind":"move","x":-1}'),
        (InputEvent, b'{"kind":"move","x":1e9}'),
        (InputEvent, b'{"kind":"key_down","code":"../x"}'),
        (InputEvent, b'{"kind":"move","run":"calc"}'),
        (Ink, b'{"shape":"box","points":[[1]]}'),
        (Chat, b"{}"),
        (Chat, b"\xff"),
    ],
)
def test_what_is_not_as_it_should_be_is_garbled(kind: type, body: bytes) -> None:
    with pytest.raises(Garbled):
        of_json(kind, body)
