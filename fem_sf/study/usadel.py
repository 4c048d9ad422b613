# SPDX-License-Identifier: MIT
"""Solves a Usadel case: mesh, solution, measurement, error estimate."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from dolfinx.fem import Function

from fem_sf.errors import NotConverged
from fem_sf.mesh.ends import Ends, ends_of_layer
from fem_sf.mesh.geometry import Geometry
from fem_sf.mesh.layers import LayeredMesh
from fem_sf.mesh.sampling import (
    Sampling,
    node_cells,
    node_sampling,
    point_sampling,
)
from fem_sf.settings import SpectrumSettings, UsadelCase
from fem_sf.signs import NO_SIGNS, Signs
from fem_sf.solve.process_grid import ProcessGrid
from fem_sf.study.checks import concluded
from fem_sf.study.comparison import comparison
from fem_sf.study.frequencies import rule_of
from fem_sf.study.gap_profile import GapProfile
from fem_sf.study.local_fields import local_fields
from fem_sf.study.nodes import element_degree, probe_points, sorted_fields
from fem_sf.study.progress import Clock, Progress
from fem_sf.study.results import (
    LayerFields,
    LayerSpectrum,
    Spectrum,
    UsadelResult,
)
from fem_sf.study.usadel_bench import UsadelBench
from fem_sf.study.usadel_branches import add_branches, find_branches
from fem_sf.study.usadel_columns import amplitude_columns, columns, current_column
from fem_sf.study.usadel_critical import critical_summary, find_critical_temperature, mesh_error
from fem_sf.study.usadel_measurement import EndValues, Measurement
from fem_sf.study.usadel_start import gap_start
from fem_sf.study.usadel_summary import spectra_summary, summarise
from fem_sf.study.vtx import write_vtx
from fem_sf.usadel.coarser import ROUGHLY, Discretisation, coarser
from fem_sf.usadel.copies import Copies
from fem_sf.usadel.indicator import cell_indicators
from fem_sf.usadel.matsubara import FrequencySum
from fem_sf.usadel.observables import (
    IntegralForms,
    PairAmplitudes,
    action_at_zero,
    pair_amplitudes,
    sample,
)
from fem_sf.usadel.resolution import resolution_cautions
from fem_sf.usadel.solution import (
    GapValues,
    Solution,
    copies_to_solve,
    is_self_consistent,
    solve,
    solve_at,
)
from fem_sf.usadel.spectra import densities_of_states, spins
from fem_sf.usadel.supercurrent import supercurrent_density
from fem_sf.usadel.sweep import FrequencySweep
from fem_sf.usadel.system import UsadelSystem
from fem_sf.usadel.transition import CriticalTemperature


def run_usadel(
    case: UsadelCase,
    bench: UsadelBench,
    progress: Progress,
    folder: Path | None = None,
    near: GapProfile | None = None,
    refined: Geometry | None = None,
) -> UsadelResult:
    """Solve a case; collective over the ranks of the bench.

    Parameters
    ----------
    case
        What to solve.
    bench
        Where it is set up.
    progress
        Told how far the work is.
    folder
        Where ``fields.bp`` goes, if the case asks for it; all other files are made of the result.
    near
        The gap of a similar case, on every rank. It only saves steps: an answer that would not
        surely be the same without it is found without it.
    refined
        The mesh of the case's file as it has been refined, on rank 0 of those that share it; by
        default it is as in the file.

    Returns
    -------
    UsadelResult
        Complete on rank 0; the summary is on every rank.

    Raises
    ------
    MeshError
        If the mesh does not fit the stack.
    NotConverged
        If a frequency or the gap does not converge; or a spectrum or the critical temperature,
        with the rest as ``partial``; or if a balance is broken, with all of it.
    """
    clock = Clock()
    progress.start(case.title or case.name)
    mesh, degree = bench.mesh(case, refined), element_degree(case.mesh)
    rule = rule_of(case)
    run = Run(case, mesh, rule, progress, bench.grid)
    system, forms = bench.system(case, mesh, degree)
    cautions = resolution_cautions(system)
    copies = copies_to_solve(system, rule, case.gap, bench.grid)
    clock.lap("setup")

    def solve_from(signs: Signs) -> tuple[Solution, Measurement]:
        solution = run.solve(system, "", run.start(bench, system, near, signs), copies, signs)
        measured = run.measure(solution, forms)
        if near is not None and measured.integrals.free_energy >= 0:
            solution = run.solve(system, "", None, copies, signs)
            measured = run.measure(solution, forms)
        return solution, measured

    branches = find_branches(case, solve_from)
    solution, measurement = branches.ground.solution, branches.ground.measured
    chosen = run.solve_chosen(solution)
    indicators = cell_indicators(solution.sweep) if case.refines_locally else None
    clock.lap("solve")
    layers, probes = run.sample(solution, chosen)
    if case.output.vtx and folder is not None and bench.grid.is_first:
        write_vtx(mesh, degree, local_fields(solution, case.reference), folder / "fields.bp")
    clock.lap("output")
    try:
        spectra = run.spectra(solution, layers, case.spectra, "")
        if case.spectra:
            clock.lap("spectra")
        plain = run.without_phases(system) if case.critical_temperature else system
        critical = run.critical_temperature(plain, solution, measurement)
        if critical is not None:
            clock.lap("critical_temperature")
    except NotConverged as failure:
        summary = summarise(case, solution.report, measurement, None, system.layout.global_size)
        add_branches(summary, branches, None)
        summary |= {"converged": False, "note": f"{summary['note']} {failure}".strip()}
        failure.partial = UsadelResult(case, layers, probes, bench.grid.space.bcast(summary))
        raise
    second = comparison(case, rule, degree, mesh.dimension)
    compared, compared_spectra, critical_error = None, None, None
    if case.solver.error_estimate:
        other_system, other_forms = bench.system(case, mesh, second.degree)
        solver = replace(case.solver, tolerance=second.tolerance)
        again = replace(run, case=replace(case, solver=solver), rule=second.rule)
        copies = None
        if bench.lasting:
            copies = copies_to_solve(other_system, second.rule, case.gap, bench.grid)
        other = again.solve(other_system, "error, ", solution, copies, branches.ground.signs)
        compared = again.measure(other, other_forms)
        energies = run.at_energies_of(spectra)
        compared_spectra = again.spectra(other, layers, energies, "error, ")
        if critical is not None:
            other_system = run.without_phases(other.sweep.system)
            critical_error = mesh_error(case, critical, plain, other_system, second.factor)
        clock.lap("estimate")
    unknowns = system.layout.global_size
    summary = summarise(
        case, solution.report, measurement, compared, unknowns, factor=second.factor
    )
    add_branches(summary, branches, compared)
    if case.spectra:
        summary["spectra"] = spectra_summary(spectra, compared_spectra, second.factor)
    if critical is not None:
        summary |= critical_summary(case, summary, critical, critical_error)
    summary["cautions"] = cautions + summary["cautions"]
    summary["iterations"]["newton"] = solution.sweep.all_newton_iterations()
    summary["seconds"] = clock.seconds()
    progress.finish(solution.report.state)
    summary = bench.grid.space.bcast(summary)
    return concluded(UsadelResult(case, layers, probes, summary, spectra, indicators))


@dataclass(frozen=True)
class Run:
    """A case on its mesh, ready to be solved at several polynomial degrees.

    Parameters
    ----------
    case, mesh, rule, progress, grid
        What is solved, where, at which frequencies, who is told, and which ranks do it.
    last_step
        Step of Δ, relative, after which it is near enough; by default only its residual counts.
    """

    case: UsadelCase
    mesh: LayeredMesh
    rule: FrequencySum
    progress: Progress
    grid: ProcessGrid
    last_step: float = 0.0

    def solve(
        self,
        system: UsadelSystem,
        purpose: str,
        start: GapValues | Solution | None = None,
        copies: Copies | None = None,
        signs: Signs = NO_SIGNS,
    ) -> Solution:
        """Solve on one system of fields; ``purpose`` heads what progress is told."""

        def update(done: int, total: int, note: str) -> None:
            self.progress.update(done, total, purpose + note)

        case = self.case
        return solve(
            system,
            self.rule,
            case.gap,
            case.solver,
            update,
            start,
            self.grid,
            copies,
            self.last_step,
            signs,
        )

    def start(
        self, bench: UsadelBench, system: UsadelSystem, near: GapProfile | None, signs: Signs
    ) -> GapValues | Solution | None:
        """Where `solve` starts: from a rougher problem, solved for that, or the gap that is near.

        A gap that is near does as well as fewer frequencies; elements of lower degree start from
        it too.
        """
        case = self.case
        beside = gap_start(near, system, case.temperature, signs)
        if not is_self_consistent(system, case.gap) or case.temperature >= 1:
            return beside
        own, unknowns = Discretisation(system.degree, self.rule), system.layout.global_size
        rough = coarser(own, self.mesh.dimension, unknowns, self.grid.groups)
        if rough is None or (rough.degree == own.degree and beside is not None):
            return beside
        lower = system
        if rough.degree != own.degree:
            lower, _ = bench.system(case, self.mesh, rough.degree)
        roughly = replace(self, rule=rough.rule, last_step=ROUGHLY)
        first = roughly.start(bench, lower, near, signs)
        try:
            found = roughly.solve(lower, f"start of degree {rough.degree}, ", first, None, signs)
        except NotConverged:
            return beside
        # what is linearised and factorised there is not needed any more
        return replace(found, equation=None)

    def solve_chosen(self, solution: Solution) -> FrequencySweep:
        """Solve at the frequencies that the output is to have, ascending, each once."""
        return solve_at(solution, np.unique(self.case.output.frequencies), self.progress.update)

    def sample(
        self, solution: Solution, chosen: FrequencySweep
    ) -> tuple[dict[str, LayerFields], dict[str, LayerFields]]:
        """Observables at all nodes and at the probes, by layer; empty but on rank 0."""
        system = solution.sweep.system
        spaces = {name: system.layer_space(name) for name in self.case.stack.names}
        nodes = {name: node_sampling(space) for name, space in spaces.items()}
        currents = supercurrent_density(solution.sweep)
        values = sample(solution.sweep, self.case.reference, nodes)
        pairs = pair_amplitudes(chosen, nodes)
        layers = {}
        for name, space in spaces.items():
            count = nodes[name].weights.shape[0]
            positions = space.tabulate_dof_coordinates()[:count, : self.mesh.mesh.geometry.dim]
            points = nodes[name].gather(self.mesh.comm, positions)
            cells = node_cells(space)
            named = columns(values[name], system.frame)
            named |= current_column(currents, name, nodes[name])
            fields = self._gather(nodes[name], named)
            amplitudes = self._gather_amplitudes(nodes[name], pairs[name])
            if points is not None:
                layers[name] = sorted_fields(LayerFields(points, cells, fields, amplitudes))
        return layers, self._sample_probes(solution, layers, currents)

    def measure(self, solution: Solution, forms: IntegralForms) -> Measurement:
        """Integrals and end values, on every rank."""
        system, sweep, reference = solution.sweep.system, solution.sweep, self.case.reference
        integrals = forms.evaluate(sweep, reference)
        ends = self._end_values(solution)
        at_zero = self.case.temperature == 0 and system.one_spin
        zero = action_at_zero(sweep, forms) if at_zero else None
        strengths = system.exchange.strengths
        return Measurement(system.frame, strengths, integrals, ends, zero)

    def at_energies_of(self, spectra: tuple[Spectrum, ...]) -> tuple[SpectrumSettings, ...]:
        """Ask for the same spectra at all energies that rank 0 has of them, and at no more."""
        energies = self.mesh.comm.bcast([each.energies.tolist() for each in spectra])
        return tuple(
            replace(asked, energies=tuple(each), interpolation_error=None)
            for asked, each in zip(self.case.spectra, energies, strict=True)
        )

    def spectra(
        self,
        solution: Solution,
        layers: dict[str, LayerFields],
        wanted: tuple[SpectrumSettings, ...],
        purpose: str,
    ) -> tuple[Spectrum, ...]:
        """Densities of states; empty but on rank 0."""

        def update(done: int, total: int, note: str) -> None:
            self.progress.update(done, total, purpose + note)

        if not wanted:
            return ()
        system, comm = solution.sweep.system, self.mesh.comm
        ends = self._ends(system)
        points = self._probe_points(layers)
        samplings = {name: [each.points] for name, each in ends.items()}
        for name, where in points.items():
            samplings[name].append(point_sampling(system.layer_space(name), where))
        spectra = []
        for asked in wanted:
            energies, found = densities_of_states(solution, asked, samplings, update)
            by_layer = {}
            for name, each in found.items():
                left, right = ends[name].means(self.mesh, each.points[0])
                where = points.get(name, np.empty((0, self.mesh.mesh.geometry.dim)))
                at_probes = self._gather_probes(samplings[name][1:], each.points[1:], left.shape)
                by_layer[name] = LayerSpectrum(each.mean, left, right, at_probes, where)
            spectra.append(Spectrum(energies, asked.broadening, spins(system.frame), by_layer))
        return tuple(spectra) if comm.rank == 0 else ()

    def critical_temperature(
        self, system: UsadelSystem, solution: Solution, measurement: Measurement
    ) -> CriticalTemperature | None:
        """The critical temperature, where the case asks for it; uses the system's fields."""
        if not self.case.critical_temperature:
            return None
        self.progress.update(0, 1, "critical temperature")
        energy = measurement.integrals.free_energy
        found = find_critical_temperature(self.case, system, solution.report.state, energy)
        self.progress.update(1, 1, "critical temperature")
        return found

    def without_phases(self, system: UsadelSystem) -> UsadelSystem:
        """Fields of the same stack with a real Δ, for what depends on no phase."""
        if not system.stack.phases:
            return system
        return UsadelSystem(system.stack.without_phases(), self.mesh, system.degree)

    def _gather_probes(self, samplings: list, values: tuple, shape: tuple[int, ...]) -> np.ndarray:
        """Values at the points of at most one sampling on rank 0, (energies, points, spins)."""
        gathered = np.empty((0, *shape))
        for sampling, each in zip(samplings, values, strict=True):
            gathered = sampling.gather(self.mesh.comm, each)
        return gathered if gathered is None else np.swapaxes(gathered, 0, 1)

    def _end_values(self, solution: Solution) -> EndValues:
        """Means of δM and Δ over the left and the right end of each layer."""
        ends = self._ends(solution.sweep.system)
        samplings = {name: each.points for name, each in ends.items()}
        values = sample(solution.sweep, self.case.reference, samplings)
        return {
            name: {
                key: tuple(ends[name].means(self.mesh, each).tolist())
                for key, each in (
                    ("magnetization", values[name].magnetization),
                    ("gap", values[name].delta),
                )
            }
            for name in samplings
        }

    def _ends(self, system: UsadelSystem) -> dict[str, Ends]:
        """The ends of all layers."""
        return {
            name: ends_of_layer(self.mesh, name, system.layer_space(name))
            for name in self.case.stack.names
        }

    def _sample_probes(
        self,
        solution: Solution,
        layers: dict[str, LayerFields],
        currents: dict[str, Function],
    ) -> dict[str, LayerFields]:
        system, points = solution.sweep.system, self._probe_points(layers)
        samplings = {
            name: point_sampling(system.layer_space(name), where) for name, where in points.items()
        }
        values = sample(solution.sweep, self.case.reference, samplings)
        probes = {}
        for name, sampling in samplings.items():
            named = columns(values[name], system.frame)
            named |= current_column(currents, name, sampling)
            fields = self._gather(sampling, named)
            if fields:
                probes[name] = LayerFields(points[name], np.empty((0, 0), dtype=np.int64), fields)
        return probes

    def _probe_points(self, layers: dict[str, LayerFields]) -> dict[str, np.ndarray]:
        """Coordinates of the probes by layer, on every rank from the layers that rank 0 has."""
        return self.mesh.comm.bcast(
            {
                name: probe_points(asked, layers[name].points)
                for name, asked in self.case.output.probes.items()
            }
            if layers
            else None
        )

    def _gather(self, sampling: Sampling, values: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        gathered = {key: sampling.gather(self.mesh.comm, each) for key, each in values.items()}
        return {key: each for key, each in gathered.items() if each is not None}

    def _gather_amplitudes(
        self, sampling: Sampling, pairs: PairAmplitudes
    ) -> dict[str, np.ndarray]:
        """Amplitudes at the chosen frequencies as the case lists them; empty but on rank 0."""
        asked = self.case.output.frequencies
        if not asked:
            return {}
        gathered = self._gather(sampling, amplitude_columns(pairs, pairs.triplet))
        listed = np.searchsorted(np.unique(asked), asked)
        return {key: each.T[listed] for key, each in gathered.items()}
