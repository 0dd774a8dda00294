"""What the log file keeps to itself."""

from __future__ import annotations

import logging

import pytest

from app.journal import Masking


@pytest.mark.parametrize(
    ("message", "secret"),
    [
        ("Authorization: Device 4f2:abcdef", "abcdef"),
        ("enrolment_token=s3cr3t-1", "s3cr3t-1"),
        ('password: "hunter2"', "hunter2"),
        ("sent with known-secret inside", "known-secret"),
    ],
)
def test_a_secret_is_masked(message: str, secret: str) -> None:
    record = logging.LogRecord("deskbell", logging.INFO, __file__, 1, message, None, None)

    line = Masking(["known-secret"]).format(record)

    assert secret not in line
    assert "***" in line


def test_an_ordinary_sentence_is_left_alone() -> None:
    record = logging.LogRecord("deskbell", logging.INFO, __file__, 1, "ticket %s saved", ("INC-1",), None)

    assert Masking().format(record).endswith("ticket INC-1 saved")
