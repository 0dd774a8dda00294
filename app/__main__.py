"""Parses the command line and runs: `deskbell` alone is the bell in the tray, a verb does one thing and ends."""

from __future__ import annotations

import argparse
import functools
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from app import __version__
from app.errors import HelpdeskError
from app.settings import OPTIONS, Settings

ALIASES = {"server_url": ("--server",), "enrolment_token": ("--token",)}
"""Shorter names for what scripts type most."""

NOT_A_FLAG = frozenset({"allow_environment"})
"""Only an administrator's file may say whether the environment counts."""

OCR_WORKER = "ocr-worker"
"""The word with which a frozen program starts itself as the process that reads pictures."""

ASSIST_HOST = "assist-host"
"""The word with which a frozen program starts itself as the process that shows the screen (app/assist/child.py)."""


class Parser(argparse.ArgumentParser):
    """Knows flags by their full names only: a script must not change its meaning when a flag is added."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **{"allow_abbrev": False, **options})

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and where help is; the list of thirty flags would bury it."""
        self.exit(2, f"{self.prog}: error: {message}\nTry `{self.prog} --help`.\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and give the exit code: 0 done, 1 could not, 2 wrong usage, 130 interrupted."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words == [OCR_WORKER]:
        from app.capture.worker import main as work

        return work()
    if words == [ASSIST_HOST]:
        from app.assist.start import main as host

        return host()
    speak_utf8()
    try:
        options = build_parser().parse_args(arguments)
        code = run(options)
        if sys.stdout is not None:
            sys.stdout.flush()
        return code
    except HelpdeskError as error:
        from app.commands.call import print_error

        print_error(error)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Who read our answer has gone; flushing at exit would complain once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001  # the last resort: one clear line, details in the log
        return report_bug(error)


def run(options: argparse.Namespace) -> int:
    """Build the services from the settings and run the verb, or the tray when there is none."""
    import faulthandler

    from app.assembly import assemble
    from app.commands.call import Call

    if sys.stderr is not None:
        faulthandler.enable()
    services = assemble(flags_of(options))
    if getattr(options, "keeps_log", options.verb is None):
        from app.journal import open_journal

        secrets = (services.settings.enrolment_token,)
        open_journal(services.paths.log_file, services.settings.log_level, secrets)
    try:
        if options.verb is None:
            from app.assembly import desktop

            return desktop(services, "background" if options.background else "open")
        return int(options.run(Call(options, services)))
    finally:
        services.close()


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; a setting's flag stands before or after the verb."""
    from app.commands import demo, diagnose, engines, enrol, open_window, outbox, report, settings, suggest

    shared = settings_flags()
    parser = Parser(
        prog="deskbell",
        description="The help bell on this computer. Without a verb it starts in the tray, or shows its window.",
        parents=[shared],
    )
    parser.add_argument("--version", action="version", version=f"Deskbell {__version__}")
    parser.add_argument("--background", action="store_true", help="start without showing a window")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", title="verbs", parser_class=Parser)
    for verb in (open_window, suggest, report, diagnose, outbox, settings, engines, enrol, demo):
        verb.declare(verbs, shared)
    return parser


def settings_flags() -> argparse.ArgumentParser:
    """One flag a setting, derived from the schema; a flag that is not given leaves no trace."""
    flags = Parser(add_help=False)
    group = flags.add_argument_group("settings", "override what files and environment say for this run")
    for name, described in OPTIONS.items():
        if name in NOT_A_FLAG:
            continue
        default = getattr(Settings(), name)
        choices = ("true", "false") if isinstance(default, bool) else described.choices or None
        number = isinstance(default, int) and choices is None
        group.add_argument(
            "--" + name.replace("_", "-"),
            *ALIASES.get(name, ()),
            dest=f"setting_{name}",
            default=argparse.SUPPRESS,
            choices=choices,
            type=functools.partial(whole_number, described.lowest, described.highest) if number else str,
            metavar=None if choices else "VALUE",
            help=described.help.replace("%", "%%"),
        )
    return flags


def whole_number(lowest: int, highest: int, text: str) -> str:
    """The text when it is a number within the bounds. Raises ArgumentTypeError."""
    if not (text.isascii() and text.isdigit() and lowest <= int(text) <= highest):
        raise argparse.ArgumentTypeError(f"{text} is not a number from {lowest} to {highest}")
    return text


def flags_of(options: argparse.Namespace) -> Mapping[str, str]:
    """The settings given on the command line."""
    given = vars(options)
    return {name: given[f"setting_{name}"] for name in OPTIONS if f"setting_{name}" in given}


def speak_utf8() -> None:
    """Print UTF-8 whatever the console's code page: scripts read it. Half characters become JSON escapes."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def report_bug(error: Exception) -> int:
    """Say in one line that the fault is ours; the traceback goes to the log."""
    if not logging.getLogger().handlers:
        from app import paths, system
        from app.journal import open_journal

        here = system.current()
        open_journal(paths.find(here.machine_folder(), here.policy_folder()).log_file, "info")
    logging.getLogger("app").error("unexpected", exc_info=error)
    if sys.stderr is not None:
        place = next((h.baseFilename for h in logging.getLogger().handlers if isinstance(h, logging.FileHandler)), "")
        hint = f" Details are in {place}." if place else ""
        print(f"deskbell: Deskbell itself has a fault: {type(error).__name__}: {error}.{hint}", file=sys.stderr)
    return 1


def start() -> NoReturn:
    """The installed command."""
    sys.exit(main())


if __name__ == "__main__":
    sys.exit(main())
