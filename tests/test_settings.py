"""Where a setting's value comes from, and what happens to a wrong one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from app.errors import HelpdeskError
from app.settings import OPTIONS, Files, Settings, Source, load, save_user


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "policy.toml", tmp_path / "machine.toml", tmp_path / "user.toml")


def test_without_any_file_every_value_is_the_default(files: Files) -> None:
    resolved = load(files, {})

    assert resolved.settings == Settings()
    assert set(resolved.sources.values()) == {Source.DEFAULT}


def test_each_source_beats_the_weaker_ones(files: Files) -> None:
    layers = [
        (Source.USER, lambda: files.user.write_text('language = "zh-CN"')),
        (Source.MACHINE, lambda: files.machine.write_text('language = "en"')),
    ]
    for source, write in layers:
        write()
        assert load(files, {}).sources["language"] is source

    environment = {"DESKBELL_LANGUAGE": "zh-CN"}
    assert load(files, environment).sources["language"] is Source.ENVIRONMENT
    assert load(files, environment, {"language": "en"}).sources["language"] is Source.COMMAND_LINE

    files.policy.write_text('language = "zh-CN"')
    resolved = load(files, environment, {"language": "en"})
    assert resolved.sources["language"] is Source.POLICY
    assert resolved.settings.language == "zh-CN"


def test_a_value_in_the_registry_wins_over_everything(files: Files) -> None:
    files.policy.write_text('theme = "light"')

    resolved = load(files, {}, {"theme": "auto"}, {"theme": "dark"})

    assert resolved.settings.theme == "dark"
    assert resolved.sources["theme"] is Source.POLICY


def test_a_policy_can_shut_out_the_environment(files: Files) -> None:
    files.policy.write_text("allow_environment = false")

    resolved = load(files, {"DESKBELL_SERVER_URL": "https://elsewhere.example"})

    assert resolved.settings.server_url == ""


def test_the_environment_cannot_let_itself_in(files: Files) -> None:
    files.policy.write_text("allow_environment = false")

    resolved = load(files, {"DESKBELL_ALLOW_ENVIRONMENT": "true", "DESKBELL_SITE": "x"})

    assert resolved.settings.site == ""


def test_a_user_cannot_set_what_belongs_to_the_machine(files: Files) -> None:
    files.user.write_text('server_url = "https://elsewhere.example"\ntheme = "dark"')

    resolved = load(files, {})

    assert resolved.settings.server_url == ""
    assert resolved.settings.theme == "dark"


@pytest.mark.parametrize(
    "line",
    ['theme = "pink"', "theme = 3", "settle_delay = -1", "settle_delay = 99999", 'settle_delay = "soon"',
     "settle_delay = true", 'autostart = "perhaps"'],
)  # fmt: skip
def test_a_wrong_value_is_named_with_its_file(files: Files, line: str) -> None:
    files.machine.write_text(line)

    with pytest.raises(HelpdeskError, match=line.split(" ")[0]) as caught:
        load(files, {})

    assert str(files.machine) in caught.value.summary
    assert caught.value.hint


def test_a_broken_file_is_named(files: Files) -> None:
    files.user.write_bytes(b"theme = \xff\xfe")

    with pytest.raises(HelpdeskError, match=r"user\.toml"):
        load(files, {})


def test_a_wrong_secret_is_not_repeated_in_the_error(files: Files) -> None:
    files.machine.write_text("enrolment_token = 123456")

    with pytest.raises(HelpdeskError) as caught:
        load(files, {})

    assert "123456" not in caught.value.summary


def test_unknown_keys_of_a_newer_version_do_no_harm(files: Files) -> None:
    files.machine.write_text('hologram = "on"\nsite = "Shop 12"')

    assert load(files, {}).settings.site == "Shop 12"


def test_a_users_choice_is_remembered_and_keeps_the_others(files: Files) -> None:
    save_user(files.user, {"theme": "dark"})
    save_user(files.user, {"language": "zh-CN", "settle_delay": 300, "autostart": False})

    resolved = load(files, {})

    assert resolved.settings.theme == "dark"
    assert resolved.settings.settle_delay == 300
    assert resolved.settings.autostart is False
    assert tomllib.loads(files.user.read_text())["language"] == "zh-CN"


def test_a_user_file_cannot_be_written_for_machine_settings(files: Files) -> None:
    with pytest.raises(ValueError, match="server_url"):
        save_user(files.user, {"server_url": "https://elsewhere.example"})


def test_every_setting_is_described() -> None:
    assert all(described.label and described.help for described in OPTIONS.values())
