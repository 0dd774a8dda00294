"""Nobody between host and browser reads, changes, repeats or drops a message unnoticed."""

from __future__ import annotations

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.assist.seal import (
    Broken,
    Direction,
    KeyPair,
    Opener,
    Sealer,
    as_bytes,
    as_text,
    commitment,
    is_committed,
    phrase,
)

SESSION = uuid4()
SHARED = KeyPair.make().shared(KeyPair.make().public)


def pair(link: int = 1) -> tuple[Sealer, Opener]:
    return Sealer(SHARED, SESSION, Direction.TO_VIEWER, link), Opener(SHARED, SESSION, Direction.TO_VIEWER, link)


def test_both_ends_compute_the_same_secret_and_phrase() -> None:
    host, viewer = KeyPair.make(), KeyPair.make()

    assert host.shared(viewer.public) == viewer.shared(host.public)
    assert phrase(SESSION, viewer.public, host.public) == phrase(SESSION, viewer.public, host.public)
    assert len(phrase(SESSION, viewer.public, host.public)) == 9


def test_somebody_in_between_gives_the_two_ends_different_phrases() -> None:
    host, viewer, between = KeyPair.make(), KeyPair.make(), KeyPair.make()

    seen_by_employee = phrase(SESSION, between.public, host.public)
    seen_by_agent = phrase(SESSION, viewer.public, between.public)

    assert seen_by_employee != seen_by_agent


def test_a_key_other_than_the_promised_one_is_noticed() -> None:
    viewer, other, nonce = KeyPair.make().public, KeyPair.make().public, bytes(32)

    promised = commitment(viewer, nonce)

    assert is_committed(promised, viewer, nonce)
    assert not is_committed(promised, other, nonce)
    assert not is_committed(promised, viewer, bytes([1]) * 32)


@given(st.lists(st.binary(max_size=300), max_size=8))
def test_what_is_sealed_is_opened_in_order(messages: list[bytes]) -> None:
    sealer, opener = pair()

    assert [opener.open(sealer.seal(each)) for each in messages] == messages


@given(st.binary(min_size=1, max_size=60), st.data())
def test_one_changed_bit_is_noticed(message: bytes, data: st.DataObject) -> None:
    sealer, opener = pair()
    sealed = bytearray(sealer.seal(message))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(Broken):
        opener.open(bytes(sealed))


def test_a_message_repeated_left_out_or_from_another_link_is_noticed() -> None:
    sealer, opener = pair()
    first, second, third = (sealer.seal(each) for each in (b"1", b"2", b"3"))
    opener.open(first)

    for wrong in (first, third, pair(link=2)[0].seal(b"1"), b"", b"short"):
        with pytest.raises(Broken):
            opener.open(wrong)
    assert opener.open(second) == b"2"


def test_a_message_cannot_be_turned_round() -> None:
    sealer = Sealer(SHARED, SESSION, Direction.TO_HOST, 1)
    opener = Opener(SHARED, SESSION, Direction.TO_VIEWER, 1)

    with pytest.raises(Broken):
        opener.open(sealer.seal(b"stop"))


@pytest.mark.parametrize("key", [b"", bytes(65), b"\x04" + bytes(64), bytes(33)])
def test_a_key_that_is_no_point_is_refused(key: bytes) -> None:
    with pytest.raises(Broken):
        KeyPair.make().shared(key)


def test_rubbish_is_no_base64() -> None:
    assert as_bytes(as_text(b"abc")) == b"abc"
    with pytest.raises(Broken):
        as_bytes("!!")
