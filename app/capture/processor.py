"""What the numerical libraries must be told about the processor before they are loaded."""

from __future__ import annotations

import os
import platform
from collections.abc import MutableMapping

X86_64 = frozenset({"x86_64", "amd64"})


def prepare(environment: MutableMapping[str, str] = os.environ, machine: str = platform.machine()) -> None:
    """One thread for everything but the networks, which are told themselves; and no AVX where it is not needed.

    The OpenBLAS inside of numpy takes AVX for granted and ends the process on a processor without it (seen with an
    emulated Nehalem), unless it is told the core. Reading multiplies no matrices with numpy, so that costs nothing.
    ONNX Runtime looks for itself.
    """
    for name in ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        environment.setdefault(name, "1")
    if machine.lower() in X86_64:
        environment.setdefault("OPENBLAS_CORETYPE", "NEHALEM")
