# SPDX-License-Identifier: MIT
"""Tells how a Usadel case would be solved on some ranks and what memory that takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import dolfinx
import numpy as np
from mpi4py import MPI

from fem_sf.errors import InputError, Problem
from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.settings import AccuracySettings, UsadelCase
from fem_sf.solve.linear import multigrid_size
from fem_sf.solve.process_grid import ProcessGrid, choose_groups, deal, split
from fem_sf.study.frequencies import rule_of
from fem_sf.study.nodes import element_degree
from fem_sf.study.usadel_memory import PER_FREQUENCY_IN_A_LINE
from fem_sf.usadel.choices import choose_parametrisation, choose_solver
from fem_sf.usadel.coarser import Discretisation, coarser
from fem_sf.usadel.exchange import exchange_fields
from fem_sf.usadel.one_by_one import most_kept
from fem_sf.usadel.sweep import costs

START = 150e6
"""Bytes of a rank before it solves anything: Python and its libraries."""

PER_FREQUENCY = {
    "in a line": PER_FREQUENCY_IN_A_LINE,
    "factorised": 1.9e3,
    "multigrid": 1.0e3,
}
"""Bytes of each unknown that the solution at one frequency and its linearisation take; measured."""

SHARED = 4.5e3
"""Bytes of each unknown that do not grow with the number of frequencies that share a linearisation.

Measured: mesh, fields and the linearisation 2.4 kB, the factorised mass matrix of Δ 0.7 kB, and the
three systems of the bulk's inverse 1.4 kB.
"""

SOLUTION = 16
"""Bytes of each unknown for the solution at one frequency, a complex number."""


@dataclass(frozen=True)
class Plan:
    """How a case would be solved.

    Parameters
    ----------
    groups, ranks
        Groups of ranks, and ranks of each.
    frequencies, most_frequencies
        In all, and of the group that has most.
    unknowns
        Of each frequency.
    linear_solver
        ``"in a line"``, ``"factorised"`` or ``"multigrid"``.
    kept
        Linearisations that are kept; where they are fewer than frequencies, one serves the others.
    accuracy
        What is asked for, if anything: all this is then only about where it starts.
    first
        How a rougher problem would be solved before, if it starts from there.
    """

    groups: int
    ranks: int
    frequencies: int
    most_frequencies: int
    unknowns: int
    linear_solver: str
    kept: int
    accuracy: AccuracySettings | None = None
    first: Plan | None = None

    @property
    def bytes_of_a_rank(self) -> float:
        """About what memory a rank needs at most."""
        first = 0.0 if self.first is None else self.first.bytes_of_a_rank
        return max(first, self._bytes_at_last)

    @property
    def _bytes_at_last(self) -> float:
        per_unknown = PER_FREQUENCY[self.linear_solver] * self.kept
        if self.kept < self.most_frequencies:
            per_unknown += SHARED + SOLUTION * self.frequencies
        return START + self.unknowns * per_unknown / self.ranks

    @property
    def lines(self) -> list[tuple[str, str]]:
        """What it says, with headings."""
        ranks, groups = self.groups * self.ranks, _count(self.groups, "group")
        memory = self.bytes_of_a_rank
        lines = [
            ("ranks", f"{ranks}: {groups} of {_count(self.ranks, 'rank')} that share a mesh"),
            ("unknowns", f"{self.unknowns} complex ones at each frequency{self._after}"),
            (
                "frequencies",
                f"{self.frequencies}, at most {self.most_frequencies} for each group",
            ),
            ("linear solver", f"{_SOLVERS[self.linear_solver]}, {self._of_which}"),
            ("memory", f"about {_size(memory)} for each rank, {_size(memory * ranks)} in all"),
        ]
        if self.accuracy is not None:
            lines.append(("accuracy", _MORE.format(self.accuracy)))
        return lines

    @property
    def _of_which(self) -> str:
        if self.kept == self.most_frequencies:
            return "kept for each frequency"
        return f"kept for {self.kept - 1}, and one for the other frequencies"

    @property
    def _after(self) -> str:
        if self.first is None:
            return ""
        first = self.first
        return f", after {first.unknowns} at {first.frequencies} frequencies{first._after}"


_SOLVERS = {
    "in a line": "factorisation (LU)",
    "factorised": "factorisation (MUMPS)",
    "multigrid": "GMRES with multigrid",
}


_MORE = (
    "about this at first, then as much as takes every number to {0.tolerance:g}, in at most "
    "{0.rounds} rounds"
)


def process_grid(case: UsadelCase, comm: MPI.Comm) -> ProcessGrid:
    """The groups of ranks that share the frequencies of a case; collective.

    Raises
    ------
    InputError
        If the ranks cannot form as many groups as the case asks for.
    """
    return split(comm, _groups(case, comm.size))


def plan(case: UsadelCase, comm: MPI.Comm) -> Plan:
    """How a case would be solved on these ranks; collective.

    Raises
    ------
    InputError, MeshError
        As solving it would.
    """
    groups = _groups(case, comm.size)
    geometry = checked_geometry(case.stack, case.mesh) if comm.rank == 0 else None
    mesh = LayeredMesh.distribute(comm, geometry)
    return _with(Discretisation(element_degree(case.mesh), rule_of(case)), case, mesh, groups)


def _with(own: Discretisation, case: UsadelCase, mesh: LayeredMesh, groups: int) -> Plan:
    """How it would be solved with some elements and frequencies, and before with others."""
    frame = exchange_fields(case.stack, mesh).frame
    parametrisation = choose_parametrisation(case.stack, frame)
    components = math.prod(parametrisation.field_shape(frame.shape))
    spaces = [
        dolfinx.fem.functionspace(mesh.part((name,)).mesh, ("Lagrange", own.degree))
        for name in case.stack.names
    ]
    unknowns = components * sum(space.dofmap.index_map.size_global for space in spaces)
    chosen = choose_solver(parametrisation, mesh)
    frequencies, ranks = own.rule.frequencies, mesh.comm.size // groups
    most = int(np.bincount(deal(costs(frequencies), groups)).max())
    kind = "in a line" if mesh.dimension == 1 else "factorised"
    kept = most
    if unknowns > multigrid_size(chosen):
        kind, kept = "multigrid", most_kept(most, unknowns, ranks)
    first = None
    if case.gap == "self-consistent" and case.temperature < 1:
        rough = coarser(own, mesh.dimension, unknowns, groups)
        first = None if rough is None else _with(rough, case, mesh, groups)
    return Plan(
        groups,
        ranks,
        len(frequencies),
        most,
        unknowns,
        kind,
        kept,
        accuracy=case.accuracy,
        first=first,
    )


def _groups(case: UsadelCase, ranks: int) -> int:
    frequencies, wanted = len(rule_of(case)), case.solver.groups
    if wanted is None:
        return choose_groups(ranks, frequencies)
    if ranks % wanted or wanted > frequencies:
        possible = [each for each in range(1, ranks + 1) if not ranks % each]
        numbers = ", ".join(str(each) for each in possible if each <= frequencies)
        raise InputError(
            [
                Problem(
                    "solver.groups",
                    f"{_count(ranks, 'rank')} and {_count(frequencies, 'frequency')} can be dealt "
                    f"to as many groups as {numbers}, not to {wanted}",
                )
            ]
        )
    return wanted


def _count(count: int, what: str) -> str:
    plural = what[:-1] + "ies" if what.endswith("y") else what + "s"
    return f"{count} {what if count == 1 else plural}"


def _size(size: float) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"
