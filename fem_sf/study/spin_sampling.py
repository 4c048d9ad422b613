# SPDX-License-Identifier: MIT
"""Samples a state of spin transport: columns at nodes and probes, and numbers of its summary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fem_sf.mesh.sampling import Sampling, node_cells, node_sampling, point_sampling
from fem_sf.spin.energy import Energies
from fem_sf.spin.exact import Side
from fem_sf.spin.face_states import FaceStates
from fem_sf.spin.nodal import (
    NodalGradients,
    directions,
    end_directions,
    extent,
    gradient_currents,
    integrated_currents,
    sinks,
)
from fem_sf.spin.precession import Precession
from fem_sf.spin.settings import SpinCase
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transport import SIZE
from fem_sf.study.nodes import probe_points, sorted_fields
from fem_sf.study.results import ACROSS_COLUMNS, DIRECTION_COLUMNS, SPIN_COLUMNS, LayerFields
from fem_sf.study.spin_measurement import Measurement, has_energy, voltage_drop
from fem_sf.study.vtx import LocalFields

FloatArray = NDArray[np.float64]

_STATE_COLUMNS = SPIN_COLUMNS[:5]
_CURRENT_COLUMNS = SPIN_COLUMNS[5:]


@dataclass(frozen=True)
class _LayerSampling:
    """How one layer is read: its nodes, and the linear cells through them on rank 0."""

    nodes: Sampling
    points: FloatArray | None
    cells: NDArray[np.int64] | None


class Sampler:
    """Reads the fields of a system at its nodes and at the probes of a case, as often as wanted.

    Parameters
    ----------
    case
        Asks for probes.
    system
        The fields.
    """

    def __init__(self, case: SpinCase, system: SpinSystem):
        self._case, self._system = case, system
        self._comm = system.mesh.comm
        self._line = system.mesh.dimension == 1
        self._layers = {name: self._layer_sampling(name) for name in system.fields}
        if not self._line:
            self._gradients = {name: NodalGradients(system, name) for name in system.fields}
        self._probe_points = self._comm.bcast(self._find_probes())
        self._probes = {
            name: point_sampling(system.fields[name].function_space, points)
            for name, points in self._probe_points.items()
        }

    def sample(self, states: FaceStates) -> tuple[dict[str, LayerFields], dict[str, LayerFields]]:
        """Observables at nodes and probes by layer; both empty but on rank 0.

        Parameters
        ----------
        states
            What flows through the faces, where integration along a line begins.
        """
        layers: dict[str, LayerFields] = {}
        probes: dict[str, LayerFields] = {}
        for name, layer in self._layers.items():
            local = self._local_columns(name)
            columns = self._gather(layer.nodes, local)
            if columns is not None:
                values = dict(zip(self._columns, columns.T, strict=True))
                fields = sorted_fields(LayerFields(layer.points, layer.cells, values))
                layers[name] = self._finished(name, fields, states)
            if name in self._probes:
                asked = self._gather(self._probes[name], local)
                if asked is not None:
                    values = dict(zip(self._columns, asked.T, strict=True))
                    empty = np.empty((0, 0), dtype=np.int64)
                    fields = LayerFields(self._probe_points[name], empty, values)
                    probes[name] = self._finished_probe(fields, layers[name])
        return layers, probes

    def local_fields(self) -> dict[str, LocalFields]:
        """Observables at all nodes of this rank; currents in a plane only."""
        fields = {}
        for name, u in self._system.fields.items():
            columns = self._local_columns(name)
            values = dict(zip(self._columns, columns.T, strict=True))
            known = {key: each for key, each in values.items() if not key.startswith("sink")}
            fields[name] = LocalFields(u.function_space, known)
        return fields

    @property
    def _columns(self) -> tuple[str, ...]:
        """What is sampled, before currents along a line are integrated."""
        rest = ("sink_0", "sink_1", "sink_2", "sink_3")
        if not self._line:
            rest = (*_CURRENT_COLUMNS, *ACROSS_COLUMNS)
        walls = DIRECTION_COLUMNS if self._system.tilts else ()
        return (*_STATE_COLUMNS, *rest, *walls)

    def _local_columns(self, name: str) -> FloatArray:
        """All columns at the local nodes, ghosts included; shape (n, columns)."""
        system = self._system
        material = system.stack.layer(name).material
        u = system.fields[name].x.array.real.reshape(-1, SIZE)
        density = material.conductivity / material.diffusivity
        charge = density / material.alpha1 * (u[:, 0] - u[:, 4])
        parts = [u[:, 4], charge, density * u[:, 1:4]]
        if self._line:
            parts.append(sinks(system, name))
        else:
            currents = gradient_currents(system, name, self._gradients[name]())
            parts += [currents[:, :, 0], currents[:, :, 1]]
        if system.tilts:
            parts.append(directions(system, name))
        return np.column_stack(parts)

    def _finished(self, name: str, fields: LayerFields, states: FaceStates) -> LayerFields:
        """Currents in the place of what they are integrated from."""
        if not self._line:
            return fields
        values = dict(fields.values)
        sink = np.column_stack([values.pop(f"sink_{i}") for i in range(4)])
        start = self._left_face(name, states)
        flow = np.array([start.current, *start.spin_current])
        x = fields.points[:, 0]
        currents = integrated_currents(x, sink, flow, self._system.degree)
        return LayerFields(fields.points, fields.cells, _ordered(values, currents))

    def _finished_probe(self, fields: LayerFields, layer: LayerFields) -> LayerFields:
        if not self._line:
            return fields
        values = {key: each for key, each in fields.values.items() if not key.startswith("sink")}
        nodal = np.column_stack([layer.values[name] for name in _CURRENT_COLUMNS])
        x = fields.points[:, 0]
        currents = _along_cells(x, layer.points[:, 0], nodal, self._system.degree)
        return LayerFields(fields.points, fields.cells, _ordered(values, currents))

    def _left_face(self, name: str, states: FaceStates) -> Side:
        names = self._system.stack.names
        number = names.index(name)
        if number == 0:
            return states.left_end
        interface = self._system.stack.interface(names[number - 1], name)
        assert interface is not None
        return states.interfaces[interface.name].right

    def _layer_sampling(self, name: str) -> _LayerSampling:
        space = self._system.fields[name].function_space
        nodes = node_sampling(space)
        count = nodes.weights.shape[0]
        dimension = self._system.mesh.mesh.geometry.dim
        positions = space.tabulate_dof_coordinates()[:count, :dimension]
        return _LayerSampling(nodes, nodes.gather(self._comm, positions), node_cells(space))

    def _find_probes(self) -> dict[str, FloatArray] | None:
        asked = self._case.output.probes
        if self._comm.rank:
            return None
        return {
            name: probe_points(positions, self._probe_frame(name))
            for name, positions in asked.items()
        }

    def _probe_frame(self, name: str) -> FloatArray:
        """Points whose left end probes are counted from; of a semi-infinite layer its face."""
        points = self._layers[name].points
        assert points is not None
        first = self._system.stack.layers[0]
        if first.name == name and first.semi_infinite:
            return points[points[:, 0] >= points[:, 0].max()]
        return points

    def _gather(self, sampling: Sampling, local: FloatArray) -> FloatArray | None:
        return sampling.gather(self._comm, sampling.weights @ local)


def _ordered(values: Mapping[str, FloatArray], currents: FloatArray) -> dict[str, FloatArray]:
    """Columns in the order of the tables."""
    everything = {**values, **dict(zip(_CURRENT_COLUMNS, currents.T, strict=True))}
    names = (*SPIN_COLUMNS, *DIRECTION_COLUMNS)
    return {name: everything[name] for name in names if name in everything}


def _along_cells(x: FloatArray, nodes: FloatArray, values: FloatArray, degree: int) -> FloatArray:
    """Values at places on a line from those at the nodes of its cells; shape (n, columns)."""
    from scipy.interpolate import KroghInterpolator

    result = np.empty((len(x), values.shape[1]))
    ends = nodes[::degree]
    cells = np.clip(np.searchsorted(ends, x, side="right") - 1, 0, len(ends) - 2)
    for cell in np.unique(cells):
        own = slice(cell * degree, (cell + 1) * degree + 1)
        inside = cells == cell
        result[inside] = KroghInterpolator(nodes[own], values[own])(x[inside])
    return result


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
