"""What `auto` was found to be is remembered, and found out anew when it no longer holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.capture import engine_choice
from app.capture.engine_choice import FILE, EngineChoice


@pytest.fixture
def choice(tmp_path: Path) -> EngineChoice:
    (tmp_path / "own").mkdir()
    (tmp_path / "machine").mkdir()
    return EngineChoice(tmp_path / "own", tmp_path / "machine")


def test_what_was_measured_is_known_the_next_time(choice: EngineChoice, tmp_path: Path) -> None:
    assert choice.known() == ""

    kept = choice.keep("tesseract")

    assert kept == tmp_path / "own" / FILE
    assert EngineChoice(tmp_path / "own", tmp_path / "machine").known() == "tesseract"


def test_the_installer_measures_for_everybody_and_a_user_may_know_better(choice: EngineChoice, tmp_path: Path) -> None:
    choice.keep("rapidocr", for_all=True)
    assert EngineChoice(tmp_path / "another", tmp_path / "machine").known() == "rapidocr"

    choice.keep("tesseract")

    assert choice.known() == "tesseract"


def test_without_the_right_to_write_for_all_it_is_kept_for_oneself(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "machine").write_text("a file where a folder should be")

    assert (
        EngineChoice(tmp_path / "own", tmp_path / "machine").keep("rapidocr", for_all=True) == tmp_path / "own" / FILE
    )


def test_a_new_version_measures_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choice = EngineChoice(tmp_path, tmp_path / "machine")
    choice.keep("tesseract")

    monkeypatch.setattr(engine_choice, "__version__", "99")

    assert choice.known() == ""


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{}", b'{"engine": 5}', b"nonsense"])
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)

    assert EngineChoice(tmp_path, tmp_path / "machine").known() == ""


def test_an_engine_that_failed_is_forgotten(tmp_path: Path) -> None:
    choice = EngineChoice(tmp_path, tmp_path / "machine")
    choice.keep("tesseract")

    choice.forget()

    assert choice.known() == ""


def test_nothing_is_written_where_deskbell_has_no_folder(tmp_path: Path) -> None:
    assert EngineChoice(tmp_path / "own", tmp_path / "machine").keep("rapidocr") is None
    assert list(tmp_path.iterdir()) == []
