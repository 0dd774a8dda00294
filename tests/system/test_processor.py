"""Old processors: what is set for them, and a real reading on one that is emulated."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from app.system.linux import LinuxSystem
from app.system.null import NullSystem
from app.system.processor import careful, prepare

ROOT = Path(__file__).parents[2]
SHOW = """
import app.assist.host
import numpy
assert not numpy._core._multiarray_umath.__cpu_features__["AVX"], "this processor has AVX"
print(0.0)
"""
READ = """
from app.system.processor import prepare
prepare()
import numpy
assert not numpy._core._multiarray_umath.__cpu_features__["AVX"], "this processor has AVX"
from app.capture.engine import Deadline
from app.capture.engines import errors_in, sample
from app.capture.rapid import RapidEngine
lines = RapidEngine().read(sample(), Deadline())
print(errors_in("\\n".join(line.text for line in lines)))
"""


def test_openblas_is_told_the_core_on_the_machines_that_have_one_like_it() -> None:
    told: dict[str, str] = {}
    prepare(told, "AMD64")
    assert told["OPENBLAS_CORETYPE"] == "NEHALEM"
    assert told["OPENBLAS_NUM_THREADS"] == "1"

    told = {}
    prepare(told, "arm64")

    assert "OPENBLAS_CORETYPE" not in told


def test_what_an_administrator_set_stays() -> None:
    told = {"OPENBLAS_CORETYPE": "HASWELL", "OMP_NUM_THREADS": "2"}

    prepare(told, "x86_64")

    assert (told["OPENBLAS_CORETYPE"], told["OMP_NUM_THREADS"]) == ("HASWELL", "2")


def test_children_are_told_by_whoever_starts_them() -> None:
    for system in (NullSystem(), LinuxSystem()):
        told = dict(system.child_options().environment)
        assert ("OPENBLAS_NUM_THREADS" in told) != ("OPENBLAS_NUM_THREADS" in os.environ)


def test_the_program_itself_loads_no_numpy() -> None:
    """The tray has no such environment, and needs none."""
    code = "import sys, app.assembly, app.report; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.slow
def test_the_host_starts_on_a_processor_without_avx() -> None:
    assert emulated(SHOW, dict(careful({}))) == "0.0"


@pytest.mark.slow
def test_a_message_is_read_on_a_processor_without_avx() -> None:
    assert float(emulated(READ, {})) == 0.0


def emulated(code: str, told: dict[str, str]) -> str:
    """What a program says on a processor of 2008."""
    emulator = shutil.which("qemu-x86_64")
    if emulator is None:
        pytest.skip("no emulator (Debian: apt-get install qemu-user)")
    packages = os.pathsep.join([str(ROOT), sysconfig.get_path("purelib")])
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("OPENBLAS", "OMP"))}

    done = subprocess.run(
        [emulator, "-cpu", "Nehalem", os.path.realpath(sys.executable), "-c", code],
        env=clean | {"PYTHONPATH": packages} | told,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
