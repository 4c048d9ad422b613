# SPDX-License-Identifier: MIT
"""Samples a solved stack at all nodes of each rank, for files that every rank writes a part of."""

from __future__ import annotations

from fem_sf.mesh.sampling import (
    all_local_nodes,
)
from fem_sf.study.usadel_columns import columns, current_column
from fem_sf.study.vtx import LocalFields
from fem_sf.usadel.observables import (
    sample,
)
from fem_sf.usadel.solution import (
    Solution,
)
from fem_sf.usadel.supercurrent import supercurrent_density


def local_fields(solution: Solution, reference: str | None) -> dict[str, LocalFields]:
    """Observables at all nodes of this rank, for files that every rank writes a part of."""
    system = solution.sweep.system
    spaces = {name: system.layer_space(name) for name in system.stack.names}
    everywhere = {name: all_local_nodes(space) for name, space in spaces.items()}
    currents = supercurrent_density(solution.sweep)
    values = sample(solution.sweep, reference, everywhere)
    absent = {
        f"{vector}_{axis}"
        for axis, components in zip("xyz", system.frame.axes.T, strict=True)
        for vector in ("dM", "triplet", "triplet_imaginary")
        if not components.any()
    }
    return {
        name: LocalFields(
            spaces[name],
            {
                key: column
                for key, column in (
                    columns(each, system.frame) | current_column(currents, name, everywhere[name])
                ).items()
                if key not in absent
            },
        )
        for name, each in values.items()
    }
