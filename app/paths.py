"""Where settings, drafts, knowledge and logs live on this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from app.errors import StorageError

HOME_VARIABLE = "DESKBELL_HOME"


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders of one user on one machine. `machine` and `policy` are the administrator's and only read."""

    config: Path
    data: Path
    cache: Path
    log: Path
    machine: Path
    policy: Path

    @property
    def user_settings(self) -> Path:
        return self.config / "settings.toml"

    @property
    def machine_settings(self) -> Path:
        return self.machine / "settings.toml"

    @property
    def policy_settings(self) -> Path:
        return self.policy / "policy.toml"

    @property
    def outbox(self) -> Path:
        return self.data / "outbox.sqlite"

    @property
    def tickets(self) -> Path:
        return self.data / "tickets.sqlite"

    @property
    def assist(self) -> Path:
        return self.data / "assist.sqlite"

    @property
    def assist_again(self) -> Path:
        return self.data / "assist-again.json"

    @property
    def identity(self) -> Path:
        return self.data / "identity.json"

    @property
    def drafts(self) -> Path:
        return self.data / "drafts"

    @property
    def knowledge(self) -> Path:
        return self.data / "knowledge"

    @property
    def log_file(self) -> Path:
        return self.log / "deskbell.log"

    def make(self) -> None:
        """Create the user's folders, private to the user. Raises StorageError when that is not possible."""
        for folder in (self.config, self.data, self.cache, self.log):
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as error:
                raise StorageError(
                    "The folder {folder} cannot be made: {reason}",
                    "Free some space or ask IT about the rights on it, then try again.",
                    folder=folder,
                    reason=error.strerror,
                ) from error


def find(machine: Path, policy: Path, environment: Mapping[str, str] = os.environ) -> Paths:
    """The usual folders of this system, or all of them below `DESKBELL_HOME` when that is set.

    `machine` and `policy` come from app.system, which knows where an administrator writes.
    """
    home = environment.get(HOME_VARIABLE)
    if home:
        root = Path(home)
        return Paths(
            config=root / "config",
            data=root / "data",
            cache=root / "cache",
            log=root / "log",
            machine=root / "machine",
            policy=root / "policy",
        )
    usual = platformdirs.PlatformDirs("Deskbell", appauthor=False, roaming=False)
    return Paths(
        config=Path(usual.user_config_dir),
        data=Path(usual.user_data_dir),
        cache=Path(usual.user_cache_dir),
        log=Path(usual.user_log_dir),
        machine=machine,
        policy=policy,
    )
