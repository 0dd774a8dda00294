"""GStreamer's own library: frames come out as they went in, and what is missing is told."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest

from app.assist.gstreamer import Pipeline, library, warm
from app.errors import NotAvailable

WIDTH, HEIGHT = 100, 60
SECONDS = 20.0


@pytest.fixture(autouse=True)
def _installed() -> None:
    try:
        found = library()
    except NotAvailable:
        pytest.skip("GStreamer is not installed (Debian: apt-get install libgstreamer-plugins-base1.0-0)")
    for element in (b"videotestsrc", b"videoconvert", b"appsink"):
        found.gst_element_factory_find.restype = ctypes.c_void_p
        if not found.gst_element_factory_find(element):
            pytest.skip(
                "GStreamer's base plug-ins are not installed (Debian: apt-get install gstreamer1.0-plugins-base)"
            )


@pytest.mark.parametrize("size", [(WIDTH, HEIGHT), (2 * WIDTH, 2 * HEIGHT), (WIDTH + 1, HEIGHT + 1)])
def test_frames_come_in_the_size_asked_for_whatever_the_source_gives(size: tuple[int, int]) -> None:
    given = f"video/x-raw,format=BGRx,width={size[0]},height={size[1]}"
    pipeline = Pipeline(f"videotestsrc pattern=solid-color foreground-color=0xff204060 ! {given}", WIDTH, HEIGHT)

    frame = pipeline.newest(SECONDS)

    assert frame is not None
    assert frame.shape == (HEIGHT, WIDTH, 4)
    assert (frame[..., :3] == (0x60, 0x40, 0x20)).all()
    assert not pipeline.has_ended
    pipeline.close()


def test_a_frame_of_the_same_size_keeps_every_pixel_and_rows_that_are_padded_are_read_right() -> None:
    whole = Pipeline(
        f"videotestsrc pattern=smpte ! video/x-raw,format=BGRx,width={WIDTH},height={HEIGHT}", WIDTH, HEIGHT
    )
    turned = Pipeline(
        f"videotestsrc pattern=smpte ! video/x-raw,format=RGB,width={WIDTH},height={HEIGHT}", WIDTH, HEIGHT
    )

    one, other = whole.newest(SECONDS), turned.newest(SECONDS)

    assert one is not None
    assert other is not None
    assert len(np.unique(one[..., :3].reshape(-1, 3), axis=0)) > 5
    assert (one[: HEIGHT // 2, :, :3] == other[: HEIGHT // 2, :, :3]).all()  # below there is noise
    whole.close()
    turned.close()


def test_an_end_is_told_and_the_last_frame_still_handed_out() -> None:
    pipeline = Pipeline("videotestsrc num-buffers=1", WIDTH, HEIGHT)
    try:
        assert pipeline.newest(SECONDS) is not None
        assert pipeline.newest(SECONDS) is None
        assert pipeline.has_ended
    finally:
        pipeline.close()


def test_a_part_that_is_missing_is_named_with_its_package() -> None:
    with pytest.raises(NotAvailable, match="missing") as raised:
        Pipeline("thereisnosuchsource fd=3", WIDTH, HEIGHT)

    assert "gstreamer1.0-pipewire" in raised.value.hint


def test_warming_up_captures_nothing() -> None:
    warm()
