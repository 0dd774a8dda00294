"""Every setting once: default, label, help, scope. Dialog, flags, README table and policy templates come from here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum

from app.errors import HelpdeskError


class Scope(StrEnum):
    """Who may set a value."""

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
    """What is known about one setting besides its value. `choices` is empty for free text and numbers."""

    label: str
    help: str
    scope: Scope
    choices: tuple[str, ...] = ()
    lowest: int | None = None
    highest: int | None = None
    secret: bool = False


def option(default: object, label: str, help_text: str, scope: Scope, **more: object) -> object:
    """A dataclass field with its Option; the labels are English and translated by the user interface."""
    described = Option(label, help_text, scope, **more)  # type: ignore[arg-type]  # checked by tests/test_settings.py
    return dataclasses.field(default=default, metadata={"option": described})
