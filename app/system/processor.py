"""What the numerical libraries must be told about the processor before they are loaded."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, MutableMapping

X86_64 = frozenset({"x86_64", "amd64"})


def prepare(environment: MutableMapping[str, str] = os.environ, machine: str = platform.machine()) -> None:
    """One thread for everything but the networks, which are told themselves; and no AVX where it is not needed.

    The OpenBLAS inside of numpy takes AVX for granted and ends the process on a processor without it (seen with an
    emulated Nehalem), unless it is told the core. Neither reading nor showing the screen multiplies matrices with
    numpy, so that costs nothing. ONNX Runtime looks for itself.
    """
    environment.update(careful(environment, machine))


def careful(
    environment: Mapping[str, str] = os.environ, machine: str = platform.machine()
) -> tuple[tuple[str, str], ...]:
    """What a child that uses numpy finds in its environment beside `environment`: what is set there stays."""
    told = [(name, "1") for name in ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")]
    if machine.lower() in X86_64:
        told.append(("OPENBLAS_CORETYPE", "NEHALEM"))
    return tuple((name, value) for name, value in told if name not in environment)
