# SPDX-License-Identifier: MIT
"""Lists the versions that a result was made with."""

from __future__ import annotations

import platform
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version


def versions() -> dict[str, str]:
    """Versions by name; of dolfinx only where it was used."""
    found = {"python": platform.python_version(), **_packages()}
    if "dolfinx" in sys.modules:
        found["dolfinx"] = sys.modules["dolfinx"].__version__
    return found


@cache
def _packages() -> dict[str, str]:
    found = {}
    for package in ("fem_sf", "fenics-dolfinx", "petsc4py", "mpi4py", "numpy", "scipy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
