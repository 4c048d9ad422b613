# SPDX-License-Identifier: MIT
"""What a case asks for, as plain data: conditions, mesh, solver, output."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from fem_sf.errors import InputError, Problem
from fem_sf.materials import Ferromagnet
from fem_sf.stack import Stack
from fem_sf.words import any_of

GAPS = ("self-consistent", "bulk")
"""What the gap can be besides a number."""

SMALLEST_ACCURACY, LARGEST_ACCURACY = 1e-5, 0.1
"""Between which an accuracy may be asked for; below, Δ at planes converges too slowly."""

LOWEST_TEMPERATURE = 1e-300
"""In Tc, besides zero; doubles lose digits below."""

TOO_COLD = f"expected 0, or at least {LOWEST_TEMPERATURE:g} Tc, got {{!r}}; try 0"
"""Said of a temperature that is smaller."""

NO_ESTIMATE = "an accuracy can only be reached with estimates of errors; leave this out or true"
"""Said of a case that wants the one without the other."""

SMALLEST_INTERPOLATION_ERROR = 1e-5
"""Below it a density of states would need steps in energy of a hundredth of its broadening."""


@dataclass(frozen=True)
class MeshSettings:
    """How the stack is meshed.

    Parameters
    ----------
    dimension
        1, or 2 for a rectangle of the given ``width``.
    width
        Extent along y in ξ0, for ``dimension = 2`` without a file.
    file
        A mesh file whose physical names are the layers; excludes ``dimension`` and ``width``.
    unit
        Length of one mesh-file unit in ξ0.
    degree
        Polynomial degree of the elements; ``None`` chooses 4 on generated meshes, 2 on files.
    refinement
        Divides every cell size of a generated mesh (2.0: twice as many cells).
    """

    dimension: int = 1
    width: float | None = None
    file: Path | None = None
    unit: float = 1.0
    degree: int | None = None
    refinement: float = 1.0


@dataclass(frozen=True)
class SolverSettings:
    """How the equations are solved.

    Parameters
    ----------
    tolerance
        Relative residual at which the Newton solve of one frequency and the gap stop.
    max_iterations
        Bound on the Newton iterations of one frequency.
    max_sweeps
        Bound on the steps of the gap iteration, each a sweep over all frequencies.
    frequencies, tail
        N frequencies summed one by one and K nodes of the tail rule; ``None`` chooses by T.
    error_estimate
        Whether the solve is repeated with other elements and more frequencies, for the errors.
    groups
        How many groups of ranks share the frequencies; ``None`` chooses as many as there can be.
    petsc
        PETSc options of the linear and nonlinear solver of one frequency, without prefix.
    """

    tolerance: float = 1e-10
    max_iterations: int = 40
    max_sweeps: int = 40
    frequencies: int | None = None
    tail: int | None = None
    error_estimate: bool = True
    groups: int | None = None
    petsc: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AccuracySettings:
    """How accurate a result has to be.

    Parameters
    ----------
    tolerance
        Bound on the estimated error of every number over its size.
    rounds
        How often a case is solved at most, each time on a finer mesh or with more frequencies.

    Raises
    ------
    InputError
        If the tolerance is out of reach, or there is no round.
    """

    tolerance: float
    rounds: int = 8

    def __post_init__(self) -> None:
        problems = []
        if not SMALLEST_ACCURACY <= self.tolerance <= LARGEST_ACCURACY:
            expected = f"expected a number from {SMALLEST_ACCURACY:g} to {LARGEST_ACCURACY:g}"
            problems.append(Problem("accuracy.tolerance", f"{expected}, got {self.tolerance!r}"))
        if self.rounds < 1:
            message = f"expected a whole number ≥ 1, got {self.rounds!r}"
            problems.append(Problem("accuracy.rounds", message))
        if problems:
            raise InputError(problems)


@dataclass(frozen=True)
class OutputSettings:
    """What is written besides the standard files.

    Parameters
    ----------
    probes
        By layer: distances from its left end in ξ0 (in 2D halfway up), or (x, y) points.
    vtx
        Whether ``fields.bp`` is written too, for large parallel runs.
    frequencies
        ω > 0 in Tc at which the pair amplitudes are given besides; any, in any order.
    """

    probes: dict[str, tuple[float, ...] | tuple[tuple[float, float], ...]] = field(
        default_factory=dict
    )
    vtx: bool = False
    frequencies: tuple[float, ...] = ()


@dataclass(frozen=True)
class SpectrumSettings:
    """Where a density of states is wanted.

    Parameters
    ----------
    energies
        E in Tc from the Fermi level, of either sign, in any order.
    broadening
        η > 0 in Tc, the imaginary part of the energy.
    interpolation_error
        How far N may be from straight lines between neighbouring energies, over its normal value
        or N, whatever is larger; energies are added where it is further off. ``None`` adds none.
    """

    energies: tuple[float, ...]
    broadening: float
    interpolation_error: float | None = None


@dataclass(frozen=True)
class PhysicalScales:
    """SI values of the reduced units.

    Parameters
    ----------
    critical_temperature
        Tc of the bulk superconductor in K.
    diffusivity
        D_S in m²/s.
    conductivity
        σ_S in S/m, where it is known.
    """

    critical_temperature: float
    diffusivity: float
    conductivity: float | None = None

    @property
    def length(self) -> float:
        """ξ0 = √(ħ D_S / 2 k_B Tc) in m."""
        from scipy.constants import Boltzmann, hbar

        return (hbar * self.diffusivity / (2 * Boltzmann * self.critical_temperature)) ** 0.5

    @property
    def energy(self) -> float:
        """k_B Tc in J."""
        from scipy.constants import Boltzmann

        return Boltzmann * self.critical_temperature

    @property
    def current_density(self) -> float | None:
        """σ_S k_B Tc/(e ξ0) in A/m²; ``None`` where σ_S is not known."""
        from scipy.constants import elementary_charge

        if self.conductivity is None:
            return None
        return self.conductivity * self.energy / (elementary_charge * self.length)


@dataclass(frozen=True, kw_only=True)
class UsadelCase:
    """A complete Usadel problem.

    Parameters
    ----------
    stack
        Layers and interfaces.
    temperature
        T in Tc of the bulk superconductor; 0 is allowed.
    gap
        ``"self-consistent"``, ``"bulk"`` (BCS Δ(T), uniform) or a uniform Δ in Tc.
    reference
        The layer whose 2ν|J|, the largest where J varies, is the unit of magnetization; by default
        the first ferromagnet whose exchange field is not zero, ``None`` where there is none.
    spectra
        Densities of states that are wanted, at the Δ of the solution.
    critical_temperature
        Whether the critical temperature of the stack is wanted.
    mesh, solver, output
        Settings.
    accuracy
        How accurate the result has to be; ``None`` takes it as it comes out.
    scales
        SI values of the units, where the case has a ``[units]`` table.
    name
        File name without ending; the results go to ``results/<name>`` by default.
    title
        What pictures and tables are headed with.
    text
        The case file as it was read, kept with the results.

    Raises
    ------
    InputError
        If the temperature, the gap, the reference, a phase, a chosen frequency or a spectrum makes
        no sense.
    """

    stack: Stack
    temperature: float
    gap: str | float = "self-consistent"
    reference: str | None = None
    spectra: tuple[SpectrumSettings, ...] = ()
    critical_temperature: bool = False
    mesh: MeshSettings = field(default_factory=MeshSettings)
    solver: SolverSettings = field(default_factory=SolverSettings)
    output: OutputSettings = field(default_factory=OutputSettings)
    accuracy: AccuracySettings | None = None
    scales: PhysicalScales | None = None
    name: str = "case"
    title: str = ""
    text: str = ""

    kind: ClassVar[str] = "usadel"

    @property
    def refines_locally(self) -> bool:
        """Whether some cells of its mesh may have to be split."""
        return self.accuracy is not None and self.mesh.file is not None

    def __post_init__(self) -> None:
        ferromagnets = [layer.name for layer in self.stack.ferromagnets]
        problems = []
        if not (math.isfinite(self.temperature) and self.temperature >= 0):
            problems.append(
                Problem("temperature", f"expected T ≥ 0 in Tc, got {self.temperature!r}")
            )
        elif 0 < self.temperature < LOWEST_TEMPERATURE:
            problems.append(Problem("temperature", TOO_COLD.format(self.temperature)))
        if isinstance(self.gap, str):
            if self.gap not in GAPS:
                expected = '"self-consistent", "bulk" or a number in Tc'
                problems.append(Problem("gap", f"expected {expected}, got {self.gap!r}"))
        elif not (math.isfinite(self.gap) and self.gap >= 0):
            problems.append(Problem("gap", f"expected Δ ≥ 0 in Tc, got {self.gap!r}"))
        for i, omega in enumerate(self.output.frequencies):
            if not (math.isfinite(omega) and omega > 0):
                message = f"expected ω > 0 in Tc, got {omega!r}"
                problems.append(Problem(f"output.frequencies[{i}]", message))
        problems += [
            problem
            for i, each in enumerate(self.spectra)
            for problem in _spectrum_problems(i, each)
        ]
        problems += misplaced_phases(self.stack, self.gap)
        if self.accuracy is not None and not self.solver.error_estimate:
            problems.append(Problem("solver.error_estimate", NO_ESTIMATE))
        if self.reference is None:
            object.__setattr__(self, "reference", _first_moment(self.stack))
        elif self.reference is not None and self.reference not in ferromagnets:
            message = f"expected a ferromagnetic layer, got {self.reference!r}"
            problems.append(Problem("reference", message))
        if problems:
            raise InputError(problems)


def misplaced_phases(stack: Stack, gap: str | float) -> Iterator[Problem]:
    """Phases that cannot be held: of a self-consistent gap only outer faces are."""
    if gap != "self-consistent":
        return
    outermost = (stack.names[0], stack.names[-1])
    for name in stack.phases:
        if name not in outermost:
            yield Problem(
                f"layers.{name}.phase",
                "with a self-consistent gap a phase is held at the outer face of the first or the "
                f"last layer, here {any_of(dict.fromkeys(outermost))}; leave it out, or give Δ: "
                'gap = "bulk" or a number',
            )


def _spectrum_problems(number: int, spectrum: SpectrumSettings) -> Iterator[Problem]:
    """What makes no sense in a spectrum."""
    if not spectrum.energies:
        yield Problem(f"spectra[{number}].energies", "expected at least one energy in Tc, got none")
    for i, energy in enumerate(spectrum.energies):
        if not math.isfinite(energy):
            yield Problem(f"spectra[{number}].energies[{i}]", f"expected E in Tc, got {energy!r}")
    if not (math.isfinite(spectrum.broadening) and spectrum.broadening > 0):
        message = f"expected η > 0 in Tc, got {spectrum.broadening!r}"
        yield Problem(f"spectra[{number}].broadening", message)
    error = spectrum.interpolation_error
    if error is not None and not SMALLEST_INTERPOLATION_ERROR <= error < 1:
        message = f"expected a number from {SMALLEST_INTERPOLATION_ERROR:g} to 1, got {error!r}"
        yield Problem(f"spectra[{number}].interpolation_error", message)


def _first_moment(stack: Stack) -> str | None:
    """Choose the first ferromagnet that has a moment to measure others with."""
    for layer in stack.ferromagnets:
        if isinstance(layer.material, Ferromagnet) and layer.material.is_magnetic:
            return layer.name
    return None
