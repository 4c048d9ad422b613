# SPDX-License-Identifier: MIT
"""Measures all numbers of a spin-transport state that its summary wants."""

from __future__ import annotations

import numpy as np

from fem_sf.spin.energy import Energies
from fem_sf.spin.nodal import end_directions, extent
from fem_sf.spin.observables import FaceStates
from fem_sf.spin.precession import Precession
from fem_sf.spin.system import SpinSystem
from fem_sf.study.spin_summary import Measurement, has_energy, voltage_drop


def measurement(
    system: SpinSystem, states: FaceStates, energies: Energies, precession: Precession
) -> Measurement:
    """All numbers of a solution that a summary wants; collective."""
    stack = system.stack
    depths = [float(np.ptp(extent(system, stack.names[end]))) for end in (0, -1)]
    return Measurement(
        interfaces=states.interfaces,
        left_end=states.left_end,
        right_end=states.right_end,
        drop=voltage_drop(stack, states.left_end, states.right_end, (depths[0], depths[1])),
        dimension=system.mesh.dimension,
        extents=states.extents,
        end_extents=states.end_extents,
        imbalances=states.imbalances,
        entering=states.entering,
        heat=(
            energies.heat_in_layers() + energies.heat_at_interfaces() if has_energy(stack) else None
        ),
        precession=precession(),
        directions={name: end_directions(system, name) for name in system.tilts},
    )
