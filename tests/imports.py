# SPDX-License-Identifier: MIT
"""What has to work without DOLFINx: every module loads, and a made-up result is drawn.

python3 imports.py FOLDER. Nothing but DOLFINx and what comes with it may be missing.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

import numpy as np

import fem_sf
from fem_sf.errors import MissingDependency
from fem_sf.output.write import plot_folder, write_result
from fem_sf.study.results import USADEL_COLUMNS, LayerFields, UsadelResult

OF_SOLVERS = {"basix", "dolfinx", "mpi4py", "petsc4py", "slepc4py", "ufl"}


def load_everything() -> None:
    """Import all modules, and all that the package gives by its name."""
    for module in pkgutil.walk_packages(fem_sf.__path__, "fem_sf."):
        try:
            importlib.import_module(module.name)
        except MissingDependency:
            continue
        except ModuleNotFoundError as error:
            if error.name is None or error.name.partition(".")[0] not in OF_SOLVERS:
                raise
    for name in fem_sf.__all__:
        try:
            getattr(fem_sf, name)
        except MissingDependency as error:
            assert name in ("run_case", "run_sweep"), (name, error)


def draw(folder: Path) -> None:
    """Write a made-up result of a case, read it and draw it again."""
    case = fem_sf.load_case(Path("fig1.toml"))
    values = dict.fromkeys(USADEL_COLUMNS, np.array([0.5, 1.5]))
    points, cells = np.array([[0.0], [1.0]]), np.array([[0, 1]])
    layers = {name: LayerFields(points, cells, values) for name in case.stack.names}
    write_result(UsadelResult(case, layers, {}, {"kind": "usadel", "title": "made up"}), folder)
    assert plot_folder(folder)
    assert fem_sf.load_result(folder).title


if __name__ == "__main__":
    load_everything()
    draw(Path(sys.argv[1]))
    print("every module loads, and a result is written, read and drawn")
