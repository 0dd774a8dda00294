"""One door for people who work on Deskbell: `python3 dev.py demo|test|suite|lint|format|bench|shell`.

Standard library only, so that it runs on a machine that has nothing yet. It makes `.venv`, installs exactly what
`requirements.lock` names, and on Debian installs missing system packages (or prints the command for it).
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
IS_WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if IS_WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if IS_WINDOWS else "python")
STAMP = VENV / "installed"
NO_TESTS = 5
"""Pytest's exit code when a selection matched nothing."""
LOCK = ROOT / "requirements.lock"

VENV_PACKAGES = ("python3-venv", "python3-pip")
RUN_PACKAGES = (
    # What Qt links or loads, each shown not to come with the others; then fonts with Chinese and Latin letters.
    "libegl1", "libgl1", "libdbus-1-3", "libfontconfig1", "libglib2.0-0", "libxkbcommon-x11-0", "libxcb-cursor0",
    "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0", "fonts-noto-cjk", "fonts-dejavu-core",
)  # fmt: skip
TEST_PACKAGES = (
    "xvfb", "xfce4-panel", "xfconf", "xfwm4", "dbus", "dbus-x11", "libglib2.0-bin", "xdotool", "imagemagick",
    "x11-utils", "x11-xserver-utils", "xterm", "mousepad", "zenity", "at-spi2-core", "chromium", "firefox-esr",
    "tesseract-ocr", "tesseract-ocr-chi-sim", "tesseract-ocr-eng", "fonts-wqy-zenhei", "git", "postgresql",
    "gstreamer1.0-plugins-base",
)  # fmt: skip
CLUSTERS = Path("/etc/postgresql-common/createcluster.d/deskbell.conf")
"""Where Debian's package of PostgreSQL asks whether to start a database of its own. The tests start theirs."""
PEER_PACKAGES = {"assist": ("x11vnc", "novnc", "websockify")}
"""What a benchmark measures us against, by its name."""


def say(text: str) -> None:
    print(f"dev: {text}", flush=True)


def run(*command: str | Path, **options: object) -> int:
    """Run a command in the repository and return its exit code."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False, **options).returncode  # type: ignore[call-overload,no-any-return]


def must(*command: str | Path, **options: object) -> None:
    """Run a command that has to succeed, or stop with its exit code."""
    code = run(*command, **options)
    if code:
        say(f"`{' '.join(str(part) for part in command)}` failed with exit code {code}")
        raise SystemExit(code if 0 < code < 256 else 1)


def missing_packages(names: tuple[str, ...]) -> list[str]:
    """The Debian packages among `names` that are not installed; none on other systems."""
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        return []
    answer = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Package} ${db:Status-Status}\n", *names],
        capture_output=True,
        text=True,
        check=False,
    )
    rows = (row.rsplit(" ", 1) for row in answer.stdout.splitlines() if " " in row)
    installed = {row[0] for row in rows if row[1] == "installed"}
    return [name for name in names if name not in installed]


def install_packages(names: tuple[str, ...], why: str) -> bool:
    """Install what is missing when we may, else print the one command. True when nothing is missing any more."""
    missing = missing_packages(names if can_make_venv() else (*VENV_PACKAGES, *names))
    if not missing:
        return True
    command = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    if os.geteuid() != 0:
        told = f"sudo sh -c 'apt-get update && {' '.join(command)}'"
        say(f"{why} needs system packages. Run this once, then start again:\n  {told}")
        return False
    say(f"installing {len(missing)} system packages for {why}: {' '.join(missing)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if "postgresql" in missing and not CLUSTERS.exists():
        CLUSTERS.parent.mkdir(parents=True, exist_ok=True)
        CLUSTERS.write_text("create_main_cluster = false\n")
    must("apt-get", "update", "-q", env=quiet, stdout=subprocess.DEVNULL)
    must(*command, env=quiet, stdout=subprocess.DEVNULL)
    return True


def fingerprint() -> str:
    """Changes when the lock, the project file or the interpreter does."""
    digest = hashlib.sha256(LOCK.read_bytes())
    digest.update((ROOT / "pyproject.toml").read_bytes())
    digest.update(sys.version.encode())
    digest.update(str(ROOT).encode())
    return digest.hexdigest()


def make_environment() -> None:
    """Make `.venv` and install the locked packages; does nothing when it is already as the lock says."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what an older Python gets to read first
        raise SystemExit("dev: Deskbell needs Python 3.11 or newer")
    if STAMP.exists() and STAMP.read_text() == fingerprint():
        return
    if not install_packages((), "the Python environment"):
        raise SystemExit(1)
    if not has_pip():
        say("making .venv")
        must(sys.executable, "-m", "venv", "--clear", VENV)
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    say("installing the packages of requirements.lock (about a minute the first time)")
    must(*pip, "--require-hashes", "-r", LOCK)
    must(*pip, "--no-build-isolation", "--no-deps", "-e", ROOT)
    STAMP.write_text(fingerprint())


def has_pip() -> bool:
    """Whether `.venv` is whole enough to install into; a start that was interrupted may have left half of it."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return PYTHON.exists() and run(PYTHON, "-m", "pip", "--version", **quiet) == 0


def can_make_venv() -> bool:
    """Whether there is an environment already, or this Python has venv and ensurepip, which Debian packs apart."""
    if STAMP.exists():
        return True
    probe = "import venv, ensurepip"
    return run(sys.executable, "-c", probe, stderr=subprocess.DEVNULL) == 0


def has_display() -> bool:
    """Whether a window could be shown: always on Windows and macOS."""
    return (
        IS_WINDOWS or sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    )


def demo(arguments: list[str]) -> int:
    """A server with starter articles, and the main job against it: in a window, or told step by step without one."""
    if not install_packages(RUN_PACKAGES, "the demo"):
        return 1
    make_environment()
    with tempfile.TemporaryDirectory(prefix="deskbell-demo-") as home:
        say("starting a server with the starter articles")
        server = subprocess.Popen(
            [str(PYTHON), "-m", "server_stub", "demo"],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        client: subprocess.Popen[bytes] | None = None
        try:
            told = first_words(server)
            flags = ["--server", told["address"], "--token", told["token"]]
            verb = [] if has_display() and "--headless" not in arguments else ["journey"]
            if not verb:
                say(f"the workbench is at {told['workbench']} (login {told['login']}, password {told['password']})")
                say("opening the tray app; quit it from its menu to end the demo")
            environment = {**os.environ, "DESKBELL_HOME": home}
            client = subprocess.Popen([str(PYTHON), "-m", "app", *verb, *flags], cwd=ROOT, env=environment)
            return client.wait()
        finally:
            for process in (client, server):
                if process is not None:
                    process.terminate()
                    process.wait(20)


def first_words(server: subprocess.Popen[str]) -> dict[str, str]:
    """What a fresh server says once: address, workbench, login, password and enrolment token."""
    wanted = {
        "Deskbell server is listening on ": "address",
        "Workbench: ": "workbench",
        "Workbench login: ": "login",
        "Workbench password: ": "password",
        "Enrolment token: ": "token",
    }
    told: dict[str, str] = {}
    for line in server.stdout or ():
        for start, name in wanted.items():
            if line.startswith(start):
                told[name] = line.removeprefix(start).strip()
        if len(told) == len(wanted):
            return told
    raise SystemExit("dev: the server ended before it was ready, see above")


def test(arguments: list[str]) -> int:
    """Format, lint and types, then the whole suite; pytest's closing line comes last."""
    if not install_packages(RUN_PACKAGES + TEST_PACKAGES, "the tests"):
        return 1
    checks = lint([])
    if checks:
        say("format, lint or types found something, see above; the tests run all the same")
    return suite(arguments) or checks


def suite(arguments: list[str]) -> int:
    """The tests alone, a file at a time on each of two workers; arguments go to pytest (`suite -m slow`)."""
    make_environment()
    code = run(PYTHON, "-m", "pytest", "-n", "2", "--dist", "loadfile", *arguments)
    return 0 if code == NO_TESTS and arguments else code


def lint(_: list[str]) -> int:
    """Format check, lint and types."""
    make_environment()
    codes = [
        run(PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."),
        run(PYTHON, "-m", "ruff", "check", "--quiet", "."),
        run(PYTHON, "-m", "mypy"),
    ]
    return max(codes)


def tidy(_: list[str]) -> int:
    """Format and mend what can be mended by itself."""
    make_environment()
    return run(PYTHON, "-m", "ruff", "check", "--fix", "--quiet", ".") or run(PYTHON, "-m", "ruff", "format", ".")


def bench(arguments: list[str]) -> int:
    """Run a benchmark of tests/benchmarks by name, e.g. `bench answers`; without a name, list them."""
    peers = PEER_PACKAGES.get(arguments[0], ()) if arguments else ()
    if not install_packages(RUN_PACKAGES + TEST_PACKAGES + peers, "the benchmarks"):
        return 1
    make_environment()
    folder = ROOT / "tests" / "benchmarks"
    names = sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))
    if not arguments or arguments[0] not in names:
        say(f"which one? {', '.join(names)}")
        return 2
    return run(PYTHON, "-m", f"tests.benchmarks.{arguments[0]}", *arguments[1:])


def shell(_: list[str]) -> int:
    """A Python prompt inside the environment."""
    make_environment()
    return run(PYTHON)


VERBS = {"demo": demo, "test": test, "suite": suite, "lint": lint, "format": tidy, "bench": bench, "shell": shell}


def main() -> int:
    described = "\n".join(f"  {name:7} {verb.__doc__}" for name, verb in VERBS.items())
    parser = argparse.ArgumentParser(
        prog="dev.py", description=described, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("verb", choices=VERBS)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on")
    given = parser.parse_args()
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            # An end from outside is an orderly one too: what was started here ends with it.
            signal.signal(getattr(signal, name), lambda number, _: sys.exit(128 + number))
    try:
        return VERBS[given.verb](given.arguments)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
