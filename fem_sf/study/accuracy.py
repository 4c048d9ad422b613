# SPDX-License-Identifier: MIT
"""Solves a case again on finer meshes and with more frequencies, until it is accurate enough."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fem_sf.errors import NotConverged
from fem_sf.mesh.build import checked_geometry
from fem_sf.mesh.geometry import Geometry
from fem_sf.mesh.refine import refine
from fem_sf.parallel import only_first_rank
from fem_sf.settings import AccuracySettings, UsadelCase
from fem_sf.study.frequencies import rule_of
from fem_sf.study.gap_profile import GapProfile, gap_profile
from fem_sf.study.nodes import element_degree
from fem_sf.study.progress import Progress
from fem_sf.study.results import UsadelResult
from fem_sf.study.usadel import run_usadel
from fem_sf.study.usadel_bench import UsadelBench
from fem_sf.study.usadel_measurement import scales_of
from fem_sf.usadel.matsubara import MAX_TAIL_NODES, usual_exact
from fem_sf.usadel.scales import Scale

DEFAULT_ERROR = 1e-8
"""What the default mesh of degree 4 and the default frequencies are made for."""

HELPFUL = 0.6
"""Fraction of the error that may be left by what is worth doing again."""

COARSEST = 0.5
"""Refinement of the first mesh at least, over that of the case."""

MORE_NODES = 1.5
"""How many times as many nodes a frequency sum gets that is not good enough."""

FEWEST_NODES = 6
"""Of the first frequency sum."""

SMALL = 1e-3
"""Fraction of the largest number of a kind, or of what is natural for it in a stack.

To smaller ones errors may be as to one of it.
"""

NO_SCALE = Scale(0.0, 0.0)
"""Of numbers that are compared with one another alone."""

BULK = 0.7
"""Fraction of the indicated error in the cells that are split."""


@dataclass(frozen=True)
class LargestError:
    """The number of a result that is known worst.

    Parameters
    ----------
    relative
        Its error over its size.
    name
        What it is.
    """

    relative: float
    name: str


@dataclass(frozen=True, eq=False)
class Effort:
    """With what a case is solved.

    Parameters
    ----------
    refinement
        Of a generated mesh.
    tail
        Nodes of the frequency sum beside those summed one by one.
    geometry
        A mesh from a file as it has been refined, on rank 0 of those that share it.
    by_mesh
        Whether the last effort was a coarser mesh; else it had fewer frequencies.
    error
        What that one left.
    """

    refinement: float
    tail: int
    geometry: Geometry | None = None
    by_mesh: bool = True
    error: float = math.inf

    def of(self, case: UsadelCase) -> UsadelCase:
        """The case with this effort."""
        mesh = replace(case.mesh, refinement=self.refinement)
        return replace(case, mesh=mesh, solver=replace(case.solver, tail=self.tail))


def run_accurately(
    case: UsadelCase,
    bench: UsadelBench,
    progress: Progress,
    folder: Path | None = None,
    near: GapProfile | None = None,
) -> UsadelResult:
    """Solve a case as accurately as it asks for; once, if it does not. Collective.

    Generated meshes are refined everywhere, those from files where the solution is least smooth;
    frequencies are added where the sum over them needs more. Each number is asked for to its own
    size, or to a thousandth of the largest of its kind.

    Parameters
    ----------
    case, bench, progress, folder, near
        As of `run_usadel`.

    Returns
    -------
    UsadelResult
        With ``accuracy`` in its summary where one is asked for.

    Raises
    ------
    MeshError
        As `run_usadel`; or if a mesh file would have to be refined that cannot be.
    NotConverged
        As `run_usadel`, on a mesh at least as fine as without accuracy; or if the last round is
        not accurate enough, with its result as ``partial``.
    """
    if case.accuracy is None:
        return run_usadel(case, bench, progress, folder, near)
    wanted, effort = case.accuracy, _first_effort(case, case.accuracy, bench)
    for number in range(1, wanted.rounds + 1):
        try:
            result = run_usadel(effort.of(case), bench, progress, folder, near, effort.geometry)
        except NotConverged:
            if effort.refinement >= case.mesh.refinement or number == wanted.rounds:
                raise
            # on a coarser mesh than the usual one this says nothing of the case
            effort = replace(effort, refinement=case.mesh.refinement)
            continue
        found = bench.grid.agreed(largest_error(result.summary, _scales(case, result.summary)))
        if found.relative <= wanted.tolerance:
            break
        if number < wanted.rounds:
            near = _profile(result, bench)
            effort = _more(effort, result, found, case, bench)
    result.summary["accuracy"] = {
        "tolerance": wanted.tolerance,
        "reached": found.relative <= wanted.tolerance,
        "rounds": number,
        "largest_error": found.relative,
        "largest_error_of": found.name,
    }
    if found.relative > wanted.tolerance:
        raise _not_reached(result, wanted, found)
    return result


def largest_error(summary: Mapping[str, Any], scales: Mapping[str, Scale]) -> LargestError:
    """The number of a summary with the largest error over its size.

    Parameters
    ----------
    summary
        With estimates of errors. Numbers that are zero are compared with others of their kind.
    scales
        By kind, see `number_scales`.
    """
    numbers = list(_numbers(summary))
    largest: dict[str, float] = {}
    for each in numbers:
        largest[each.kind] = max(each.size, largest.get(each.kind, 0.0))
    worst = LargestError(0.0, "")
    for each in numbers:
        scale = _scale(each.kind, scales)
        if each.error <= scale.rounding:
            continue
        size = max(each.size, SMALL * max(largest[each.kind], scale.natural))
        relative = each.error / size if size else math.inf
        if relative > worst.relative:
            worst = LargestError(relative, each.name)
    return worst


def _scale(kind: str, scales: Mapping[str, Scale]) -> Scale:
    """That of a kind; of a supercurrent through an interface in no weak link, that of the stack."""
    whole = "supercurrent" if kind.startswith("supercurrent") else kind
    return scales.get(kind, scales.get(whole, NO_SCALE))


@dataclass(frozen=True)
class _Number:
    """A number of a summary with its error, and others of which it is to be compared with."""

    kind: str
    name: str
    size: float
    error: float


def _numbers(summary: Mapping[str, Any]) -> Iterator[_Number]:
    for name, layer in summary["layers"].items():
        yield from _of_layer(name, layer)
    for name, interface in summary["interfaces"].items():
        for quantity in ("spin_current", "supercurrent"):
            if quantity in interface:
                error = interface[f"{quantity}_error"]
                kind = quantity.replace("_", " ")
                what = f"{kind} through {name}"
                # weak links of one stack may differ by any factor
                kind = f"{kind} {name}" if quantity == "supercurrent" else kind
                yield _Number(kind, what, _size(interface[quantity]), error)
    yield _Number(
        "free energy",
        "free energy",
        abs(summary["free_energy"]),
        summary["free_energy_error"],
    )
    for key in ("critical_temperature", "critical_temperature_linear"):
        if summary.get(f"{key}_error") is not None:
            name = key.replace("_", " ")
            yield _Number(key, name, summary[key], summary[f"{key}_error"])
    for spectrum in summary.get("spectra", []):
        for name, layer in spectrum["layers"].items():
            for place, error in layer["error"].items():
                yield _Number("spectrum", f"density of states in {name}, {place}", 1.0, error)


def _of_layer(name: str, layer: Mapping[str, Any]) -> Iterator[_Number]:
    magnetization = layer["magnetization"]
    for key in ("integral", "left", "right"):
        error = magnetization["error"][key]
        kind = "∫δM" if key == "integral" else "δM"
        where = "" if key == "integral" else f", {key}"
        yield _Number(kind, f"{kind} of {name}{where}", _size(magnetization[key]), error)
    for key in ("left", "mean", "right") if "gap" in layer else ():
        error = layer["gap"]["error"][key]
        yield _Number("gap", f"Δ of {name}, {key}", abs(layer["gap"][key]), error)
    if "torque" in layer:
        yield _Number("torque", f"torque on {name}", _size(layer["torque"]), layer["torque_error"])


def _size(vector: Any) -> float:
    return float(np.linalg.norm(np.atleast_1d(vector)))


def _first_effort(case: UsadelCase, wanted: AccuracySettings, bench: UsadelBench) -> Effort:
    """As coarse as such a tolerance may do with; a file's mesh as it is."""
    solver, looser = case.solver, max(wanted.tolerance / DEFAULT_ERROR, 1.0)
    tail = solver.tail
    if tail is None:
        rule = rule_of(replace(case, solver=replace(solver, tail=None)))
        digits = math.log(wanted.tolerance / 10) / math.log(DEFAULT_ERROR / 10)
        exact = (
            solver.frequencies if solver.frequencies is not None else usual_exact(case.temperature)
        )
        wanted_nodes = math.ceil(min(digits, 1.0) * (len(rule) - exact))
        # no group of ranks without a frequency
        tail = max(wanted_nodes, FEWEST_NODES, bench.grid.groups)
    if case.mesh.file is None:
        # integrals converge with twice the degree
        coarser = looser ** (-1 / (2 * element_degree(case.mesh)))
        return Effort(case.mesh.refinement * max(coarser, COARSEST), tail)
    geometry = only_first_rank(bench.grid.space, lambda: checked_geometry(case.stack, case.mesh))
    return Effort(case.mesh.refinement, tail, geometry)


def _more(
    effort: Effort,
    result: UsadelResult,
    found: LargestError,
    case: UsadelCase,
    bench: UsadelBench,
) -> Effort:
    """What to solve with next, a finer mesh or more frequencies."""
    assert case.accuracy is not None
    by_mesh = _is_mesh_to_blame(effort, found)
    if not by_mesh or result.summary["frequency_sum_error"] > case.accuracy.tolerance:
        tail = min(math.ceil(MORE_NODES * effort.tail), MAX_TAIL_NODES)
        effort = replace(effort, tail=tail)
    effort = replace(effort, by_mesh=by_mesh, error=found.relative)
    if not by_mesh:
        return effort
    if case.mesh.file is not None:
        geometry, indicators = effort.geometry, result.indicators
        refined = only_first_rank(
            bench.grid.space, lambda: refine(geometry, largest_share(indicators))
        )
        return replace(effort, geometry=refined)
    # values at planes converge with the degree and one more
    factor = (1.5 * found.relative / case.accuracy.tolerance) ** (
        1 / (element_degree(case.mesh) + 1)
    )
    return replace(effort, refinement=effort.refinement * min(max(factor, 1.2), 2.0))


def _is_mesh_to_blame(effort: Effort, found: LargestError) -> bool:
    """Whether the mesh is to become finer: what has helped is done again, else the other thing."""
    helped = found.relative < HELPFUL * effort.error
    return effort.by_mesh == helped or effort.tail == MAX_TAIL_NODES


def largest_share(indicators: NDArray[np.float64]) -> NDArray[np.bool_]:
    """The fewest cells that have most of what is indicated (W. Dörfler, 1996).

    Parameters
    ----------
    indicators
        Of the cells, not negative.
    """
    order = np.argsort(-indicators, kind="stable")
    reached = np.cumsum(indicators[order])
    marked = np.zeros(len(indicators), dtype=bool)
    marked[order[: np.searchsorted(reached, BULK * reached[-1]) + 1]] = True
    return marked


def _scales(case: UsadelCase, summary: Mapping[str, Any]) -> dict[str, Scale]:
    volumes = {name: layer["volume"] for name, layer in summary["layers"].items()}
    return scales_of(case, volumes)


def _profile(result: UsadelResult, bench: UsadelBench) -> GapProfile | None:
    """The gap of the last round, on every rank."""
    state = result.summary["state"]
    profile = gap_profile(result.case, result.layers, state) if result.layers else None
    return bench.grid.agreed(profile)


def _not_reached(
    result: UsadelResult, wanted: AccuracySettings, found: LargestError
) -> NotConverged:
    rounds = f"{wanted.rounds} round{'s' * (wanted.rounds != 1)}"
    message = (
        f"the accuracy {wanted.tolerance:g} was not reached in {rounds}: the error "
        f"of {found.name} is {found.relative:.1e} of its size. Try more [accuracy] rounds, a "
        "larger [accuracy] tolerance, or a better mesh"
    )
    note = f"{result.summary['note']} {message}.".strip()
    result.summary.update(converged=False, note=note)
    failure = NotConverged(message)
    failure.partial = result
    return failure
