"""Every setting once: default, label, help, scope. Dialog, flags, README table and policy templates follow from it."""

from __future__ import annotations

import dataclasses
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

from app.errors import HelpdeskError, StorageError


class Scope(StrEnum):
    """Who may set a value besides a policy: only the machine's administrator, or the user too."""

    MACHINE = "machine"
    USER = "user"


class Source(StrEnum):
    """Where a value came from, strongest first."""

    POLICY = "policy"
    COMMAND_LINE = "command line"
    ENVIRONMENT = "environment"
    MACHINE = "machine"
    USER = "user"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Option:
    """What is known about one setting besides its value.

    `label` and `help` are English and translated where they are shown; `choices` is empty for free text and
    numbers, `lowest` and `highest` bound numbers.
    """

    label: str
    help: str
    scope: Scope = Scope.MACHINE
    choices: tuple[str, ...] = ()
    lowest: int = 0
    highest: int = 0
    secret: bool = False


def option(default: Any, described: Option) -> Any:
    """A dataclass field that carries its Option."""
    return field(default=default, metadata={"option": described})


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force; one instance per run, passed in, never changed."""

    server_url: str = option(
        "", Option("Server address", "Where tickets go and answers come from, e.g. https://help.example.com")
    )
    enrolment_token: str = option(
        "", Option("Enrolment token", "Lets this computer register itself once; kept from view", secret=True)
    )
    ca_file: str = option("", Option("Certificate file", "A PEM file with the company's own certificate authority"))
    proxy: str = option(
        "system", Option("Proxy", "system, direct, or the address of a proxy such as http://proxy:3128")
    )
    site: str = option("", Option("Site", "The shop or office this computer stands in"))
    language: str = option(
        "auto",
        Option("Language", "The language of windows and messages", Scope.USER, ("auto", "en", "zh-CN")),
    )
    theme: str = option("auto", Option("Appearance", "Light or dark windows", Scope.USER, ("auto", "light", "dark")))
    ocr_engine: str = option(
        "auto",
        Option(
            "Text recognition",
            "What reads the text in a picture",
            Scope.USER,
            ("auto", "rapidocr", "windows", "vision", "tesseract"),
        ),
    )
    autostart: bool = option(True, Option("Start at sign-in", "The bell is there when the computer is", Scope.USER))
    settle_delay: int = option(
        250,
        Option(
            "Delay before a picture",
            "Milliseconds between hiding our own windows and taking the picture",
            Scope.USER,
            lowest=0,
            highest=2000,
        ),
    )
    hotkey: str = option(
        "Ctrl+Shift+F1",
        Option("Hotkey", "Calls Deskbell from any program, e.g. Ctrl+Shift+F1; empty for none", Scope.USER),
    )
    hide_private: bool = option(
        False,
        Option("Hide private data at once", "Card, phone and identity numbers, passwords and codes, without asking"),
    )
    assist_answer_seconds: int = option(
        60,
        Option(
            "Time to answer a question",
            "Seconds until a question about remote assistance is denied by itself",
            lowest=30,
            highest=180,
        ),
    )
    assist_minutes: int = option(
        30,
        Option(
            "Length of remote assistance",
            "Minutes until remote assistance ends unless the employee extends it",
            lowest=5,
            highest=60,
        ),
    )
    assist_idle_minutes: int = option(
        5,
        Option(
            "Idle agent loses control",
            "Minutes without anything done by the agent until they may only look",
            lowest=2,
            highest=15,
        ),
    )
    assist_idle_end_minutes: int = option(
        10,
        Option(
            "Idle agent is sent away",
            "Minutes without anything done by the agent until remote assistance ends",
            lowest=2,
            highest=15,
        ),
    )
    assist_hold_seconds: int = option(
        2,
        Option(
            "Your hand goes first",
            "Seconds the agent has to wait after the employee's own mouse or keyboard",
            lowest=1,
            highest=5,
        ),
    )
    assist_wayland: str = option(
        "refuse",
        Option(
            "Remote assistance under Wayland",
            "refuse, or portal: by the desktop's own sharing, where private windows and notifications are seen",
            choices=("refuse", "portal"),
        ),
    )
    assist_stop_keys: str = option(
        "Ctrl+Alt+Shift+X",
        Option("Stop keys", "End remote assistance from any program, e.g. Ctrl+Alt+Shift+X", Scope.USER),
    )
    log_level: str = option(
        "info",
        Option("Log detail", "How much is written to the log file", choices=("debug", "info", "warning")),
    )
    allow_environment: bool = option(
        True, Option("Environment variables count", "Whether DESKBELL_… variables may set values")
    )


OPTIONS: Mapping[str, Option] = {each.name: each.metadata["option"] for each in fields(Settings)}
PREFIX = "DESKBELL_"


@dataclass(frozen=True, slots=True)
class Resolved:
    """Settings together with the source each value won from."""

    settings: Settings
    sources: Mapping[str, Source]

    def is_managed(self, name: str) -> bool:
        """True when the organisation decided and the user may not."""
        return self.sources[name] is Source.POLICY or OPTIONS[name].scope is Scope.MACHINE


@dataclass(frozen=True, slots=True)
class Files:
    """Settings files, each TOML with one line a setting; any of them may be missing."""

    policy: Path
    machine: Path
    user: Path


def load(
    files: Files,
    environment: Mapping[str, str] = os.environ,
    flags: Mapping[str, str] | None = None,
    entries: Mapping[str, str] | None = None,
) -> Resolved:
    """Resolve every setting: policy > command line > environment (if allowed) > machine > user > default.

    `entries` are policy values that are not in a file (the Windows registry); they win over the policy file.

    Raises HelpdeskError naming the file and the key when a value is not of its setting's form.
    """
    user = read(files.user)
    layers: list[tuple[Source, Mapping[str, Any], str]] = [
        (
            Source.USER,
            {k: v for k, v in user.items() if k in OPTIONS and OPTIONS[k].scope is Scope.USER},
            str(files.user),
        ),
        (Source.MACHINE, read(files.machine), str(files.machine)),
        (Source.ENVIRONMENT, named_in(environment), "the environment"),
        (Source.COMMAND_LINE, flags or {}, "the command line"),
        (Source.POLICY, {**read(files.policy), **(entries or {})}, str(files.policy)),
    ]
    default = Settings()
    values: dict[str, Any] = {name: getattr(default, name) for name in OPTIONS}
    sources = dict.fromkeys(OPTIONS, Source.DEFAULT)
    for source, layer, place in layers:
        if source is Source.ENVIRONMENT and not environment_counts(layers, default):
            continue
        for name, value in layer.items():
            if name in OPTIONS:
                values[name] = checked(name, value, getattr(default, name), place)
                sources[name] = source
    return Resolved(Settings(**values), sources)


def environment_counts(layers: list[tuple[Source, Mapping[str, Any], str]], default: Settings) -> bool:
    """Whether policy or machine settings let environment variables decide; the environment itself may not."""
    by_source = {source: layer for source, layer, _ in layers}
    for source in (Source.POLICY, Source.MACHINE):
        if "allow_environment" in by_source[source]:
            place = str(source)
            return bool(checked("allow_environment", by_source[source]["allow_environment"], True, place))
    return default.allow_environment


def named_in(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings an environment gives, e.g. `DESKBELL_SERVER_URL` for `server_url`."""
    given = {name: environment.get(PREFIX + name.upper()) for name in OPTIONS if name != "allow_environment"}
    return {name: value for name, value in given.items() if value is not None}


def read(path: Path) -> dict[str, Any]:
    """The table in a TOML file; empty when there is no file. Raises HelpdeskError when it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise HelpdeskError(
            "The settings file {path} cannot be read: {reason}",
            "Mend the file or remove it, then start again.",
            path=path,
            reason=error,
        ) from error


def checked(name: str, value: Any, default: Any, place: str) -> Any:
    """The value in its setting's type. Raises HelpdeskError when it does not fit."""
    described = OPTIONS[name]
    if isinstance(default, bool):
        words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
        if isinstance(value, bool):
            return value
        if str(value).lower() in words:
            return words[str(value).lower()]
        raise unfit(name, value, "true, false", place)
    if isinstance(default, int):
        if isinstance(value, bool) or not str(value).isascii() or not str(value).isdigit():
            raise unfit(name, value, f"{described.lowest} … {described.highest}", place)
        if not described.lowest <= int(value) <= described.highest:
            raise unfit(name, value, f"{described.lowest} … {described.highest}", place)
        return int(value)
    if described.choices and value not in described.choices:
        raise unfit(name, value, ", ".join(described.choices), place)
    if not isinstance(value, str):
        raise unfit(name, value, "a text", place)
    return value.strip()


def unfit(name: str, value: object, wanted: str, place: str) -> HelpdeskError:
    """The error for a value that is not of its setting's form."""
    shown = "…" if OPTIONS[name].secret else str(value)
    return HelpdeskError(
        "The setting {name} in {place} is {value}, which it cannot be.",
        "It takes: {wanted}",
        name=name,
        place=place,
        value=shown,
        wanted=wanted,
    )


def save_user(path: Path, changes: Mapping[str, Any]) -> None:
    """Write the user's own choices into their settings file, keeping the others; atomic.

    Raises StorageError when the file cannot be written, ValueError for a setting the user may not set.
    """
    values = {k: v for k, v in read(path).items() if k in OPTIONS and OPTIONS[k].scope is Scope.USER}
    default = Settings()
    for name, value in changes.items():
        if OPTIONS[name].scope is not Scope.USER:
            raise ValueError(f"{name} is not the user's to set")
        values[name] = checked(name, value, getattr(default, name), str(path))
    lines = [f"{name} = {as_toml(value)}\n" for name, value in sorted(values.items())]
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("w", encoding="utf-8") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise StorageError(
            "Your settings could not be saved: {reason}",
            "Free some space or ask IT about the rights on {path}, then try again.",
            reason=error.strerror,
            path=path,
        ) from error


def as_toml(value: object) -> str:
    """A TOML literal for a checked value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    escaped = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def with_changes(settings: Settings, **changes: Any) -> Settings:
    """A copy with some values replaced."""
    return dataclasses.replace(settings, **changes)
