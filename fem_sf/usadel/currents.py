# SPDX-License-Identifier: MIT
"""Computes equilibrium currents of spin and charge through interfaces, and torques in layers.

The free energy does not change when all spins and exchange fields turn together. With M turned by
φ(x), δM = φ × M, and the exchange fields left alone, the action of a layer (`layer_action` of
`fem_sf.usadel.noncollinear`) changes by

    δA = ∫ j_i·∂_i φ + ∫ φ·(J × M) ν sin θ,    j_i = −ν a M × ∂_i M,

so that where it is stationary ∂_i j_i = ν (J × M) sin θ. F = 2πT Σ 2A and ∫δN_M = −∂F/∂J make the
right-hand side the torque J × δN_M on the exchange field, −∂F/∂φ when that is turned. Hence
4πT Σ ν a M × ∂M is the spin that flows, and what flows into a layer less what flows out of it is
the torque on it. Through a barrier with the action c[1 − cos(θ_2 − θ_1) W], turning all behind it,

    −∂F/∂φ = 4πT Σ c cos(θ_2 − θ_1) M_1 × M_2,

positive where spin flows from side 1 to side 2. Through a transparent plane it is found without
derivatives of M, as the reaction of the plane: the change of the action of one side's layer alone
when its nodes on the plane turn. That makes the balance of torques one of the discrete equations.
Where several transparent planes meet, the smallest currents at that node which balance are taken.

Likewise the free energy does not change when all phases turn together, γ → e^{iχ}γ, γ̃ → e^{−iχ}γ̃
and Δ → e^{iχ}Δ. Turning all behind a plane by φ, a current (2e/ħ) ∂F/∂φ passes it. With F in
ν_S Tc² ξ0 for each area and current densities in σ_S k_BTc/(eξ0), where σ_S = 2e²ν_S D_S and
D_S = 2k_BTc ξ0²/ħ, that is j = ½ dF/dφ, positive from side 1 to side 2 where the phase is a little
larger there: that of carriers whose charge counts as positive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import dolfinx
import numpy as np
import ufl
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf import compat
from fem_sf.mesh.layers import Plane
from fem_sf.usadel.fields import Conductor
from fem_sf.usadel.system import UsadelSystem


@dataclass(frozen=True)
class _Reactions:
    """The transparent planes of one conductor.

    Parameters
    ----------
    planes
        The planes.
    theta
        The unknown.
    residuals
        Derivative of the action of every layer with its barriers, compiled.
    nodes
        Local nodes of the unknown that are on a plane, shape (k,).
    shares
        How much of every layer's residual at a node comes through every plane, shape (k, planes,
        layers).
    """

    planes: tuple[Plane, ...]
    theta: dolfinx.fem.Function
    residuals: tuple[Any, ...]
    nodes: NDArray[np.intp]
    shares: NDArray[np.float64]


class Currents:
    """What passes the planes of a system at one frequency: spin, and with phases charge.

    Parameters
    ----------
    system
        The stack's fields.

    Attributes
    ----------
    planes
        The planes that they can pass, in the order of the values; none where nothing does.
    """

    def __init__(self, system: UsadelSystem):
        self.system = system
        self._turns = len(system.parametrisation.turns(system.conductors[0].theta))
        barriers = system.barriers if self._turns else ()
        conductors = system.conductors if self._turns else ()
        self._barriers = [system.writer.turns(system, barrier) for barrier in barriers]
        self._reactions = [_reactions(system, each) for each in conductors if len(each.layers) > 1]
        joints = [plane for each in self._reactions for plane in each.planes]
        self.planes: tuple[Plane, ...] = (*(each.plane for each in barriers), *joints)
        one = dolfinx.fem.Constant(system.mesh.mesh, PETSc.ScalarType(1.0))
        self._extents = [
            compat.form(one * system.plane_measure([plane])(0), system.entity_maps)
            for plane in self.planes
        ]

    def local_extents(self) -> NDArray[np.float64]:
        """Lengths or areas of the planes, this rank's part; shape (planes,)."""
        return np.array([compat.assemble_scalar(each).real for each in self._extents])

    def local_values(self) -> NDArray[np.float64]:
        """−2∂A/∂φ of what is right of each plane, this rank's part; shape (planes, turns).

        Before the sum over frequencies; turned about the normals of the spin frame, which makes it
        a spin current from `left` to `right`, and last, with phases, by a phase.
        """
        through_barriers = [
            [-compat.assemble_scalar(form).real for form in forms] for forms in self._barriers
        ]
        through_joints = [each for some in self._reactions for each in self._react(some)]
        shape = (len(self.planes), self._turns)
        return 2 * np.array([*through_barriers, *through_joints]).reshape(shape)

    def _react(self, reactions: _Reactions) -> NDArray[np.float64]:
        """Currents through the planes of one conductor, shape (planes, turns)."""
        theta, nodes = reactions.theta, reactions.nodes
        residuals = np.zeros((len(reactions.residuals), len(theta.x.array)), theta.x.array.dtype)
        for residual, form in zip(residuals, reactions.residuals, strict=True):
            compat.assemble_vector(residual, form)
        at_nodes = residuals.reshape(len(residuals), -1, *theta.ufl_shape)[:, nodes]
        values = theta.x.array.reshape(-1, *theta.ufl_shape)[nodes]
        turns = self.system.parametrisation.turn_values(values)
        return np.einsum("kpl,lkc,ktc->pt", reactions.shares, at_nodes, turns, optimize=True).real


def _reactions(system: UsadelSystem, conductor: Conductor) -> _Reactions:
    layers = conductor.layers
    planes = tuple(
        each for each in system.mesh.planes if system.joins(each) and each.left in layers
    )
    of_layer = {name: _nodes_of(system, conductor, name) for name in layers}
    on_plane = np.array([of_layer[each.left] & of_layer[each.right] for each in planes])
    nodes = np.flatnonzero(on_plane.any(axis=0))
    # what leaves the left layer of a plane enters the right one
    incidence = np.array(
        [[(name == each.right) - float(name == each.left) for each in planes] for name in layers]
    )
    # the weaker a layer, the smaller is the rounding of its residual
    trust = 1 / np.array([system.stack.layer(name).material.conductivity for name in layers])
    weighted = trust[:, np.newaxis] * incidence * on_plane[:, nodes].T[:, np.newaxis]
    shares = np.linalg.pinv(weighted) * trust
    residuals = tuple(system.writer.layer_residual(system, name) for name in layers)
    return _Reactions(planes, conductor.theta, residuals, nodes, shares)


def _nodes_of(system: UsadelSystem, conductor: Conductor, layer: str) -> NDArray[np.bool_]:
    """Which local nodes of a conductor's unknown belong to cells of a layer on any rank."""
    dofmap = conductor.theta.function_space.dofmap
    marks = dolfinx.la.vector(dofmap.index_map, 1, dtype=np.float64)
    cells = conductor.part.sub_cells[system.mesh.owned_cells(layer)]
    marks.array[:] = 0.0
    marks.array[dofmap.list[cells].ravel()] = 1.0
    marks.scatter_reverse(dolfinx.la.InsertMode.add)
    marks.scatter_forward()
    return marks.array > 0


class Torques:
    """J × δM/2ν and its like, integrated over the layers where J varies, at one frequency.

    Parameters
    ----------
    system
        The stack's fields.
    layers
        Their names.
    """

    def __init__(self, system: UsadelSystem, layers: tuple[str, ...]):
        self.system, self.layers = system, layers
        self._torques, self._along, self._sizes = [], [], []
        for name in layers:
            exchange = system.parametrisation.components(system.data[name].exchange)
            moments = system.parametrisation.moments(system.theta_of(name))
            density = system.data[name].density_of_states
            # the least |J| that is told from zero
            least = (np.finfo(float).eps * system.exchange.strengths[name]) ** 2
            size = ufl.sqrt(sum(j * j for j in exchange) + (least or 1.0))
            along = sum(j * m for j, m in zip(exchange, moments, strict=True)) / size
            self._along.append(system.compile_integral(name, density * along))
            self._sizes.append(system.compile_integral(name, size))
            self._torques.append(
                [
                    system.compile_integral(
                        name, density * (exchange[i] * moments[j] - exchange[j] * moments[i])
                    )
                    for i, j in system.frame.planes
                ]
            )

    def local_torques(self) -> NDArray[np.float64]:
        """About the normals of the spin frame, this rank's part, shape (layers, turns)."""
        values = [[compat.assemble_scalar(each).real for each in forms] for forms in self._torques]
        return np.array(values).reshape(len(self.layers), len(self.system.frame.planes))

    def local_along(self) -> NDArray[np.float64]:
        """∫ δM·J/|J|, this rank's part, shape (layers,)."""
        return np.array([compat.assemble_scalar(each).real for each in self._along])

    def local_sizes(self) -> NDArray[np.float64]:
        """∫ |J|, this rank's part, shape (layers,)."""
        return np.array([compat.assemble_scalar(each).real for each in self._sizes])
