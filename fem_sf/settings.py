# SPDX-License-Identifier: MIT
"""Describes a Usadel case as plain data: conditions, mesh, solver, output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar

from fem_sf.checked import (
    Checked,
    Expected,
    Read,
    at_least,
    finite,
    not_negative,
    number,
    positive,
    refuse,
)
from fem_sf.errors import Problem
from fem_sf.limits import MOST_ENERGIES, MOST_FREQUENCIES, MOST_REFINEMENT
from fem_sf.materials import Ferromagnet
from fem_sf.multilayer import Multilayer, unknown_layer
from fem_sf.setting_tables import read_group_names, read_options, read_probes
from fem_sf.signs import sign_problems
from fem_sf.stack import Layer, Stack
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


Residual = Expected("a number between 0 and 1", lambda value: 0 < value < 1)
Count = Annotated[int, at_least(1)]


def _whole_between(least: int, most: int) -> Expected:
    return Expected(f"a whole number from {least} to {most}", lambda value: least <= value <= most)


PetscOptions = Annotated[dict[str, str], Read(read_options)]


IN_THE_FILE = "a mesh file has this already; leave one of them out"
"""Said of settings for generated meshes beside a file."""


_DIMENSION = Expected(
    "1 or 2",
    lambda value: value in (1, 2),
    lambda value: "; more dimensions are not available in this version" if value > 2 else "",
)


_REFINEMENT = Expected(
    f"a number > 0, at most {MOST_REFINEMENT:g}", lambda value: 0 < value <= MOST_REFINEMENT
)


@dataclass(frozen=True)
class MeshSettings(Checked):
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
    names
        Of groups of cells, and of facets, for which the mesh file has only numbers.
    """

    dimension: Annotated[int, _DIMENSION] = 1
    width: Annotated[float | None, positive("a width")] = None
    file: Path | None = None
    unit: Annotated[float, positive("the length of one unit of the mesh file")] = 1.0
    degree: Annotated[int | None, _whole_between(1, 12)] = None
    refinement: Annotated[float, _REFINEMENT] = 1.0
    names: Annotated[dict[int, str], Read(read_group_names)] = field(default_factory=dict)

    table: ClassVar = "mesh"

    def find_problems(self) -> Iterator[Problem]:
        """What a mesh file says already, and what only a rectangle or a file has."""
        if self.file is not None:
            generated = {"dimension": 1, "width": None, "refinement": 1.0}
            for name, default in generated.items():
                if getattr(self, name) != default:
                    yield Problem(name, IN_THE_FILE)
        elif self.unit != 1.0:
            yield Problem("unit", "only a mesh from a file has a unit of its own")
        elif self.names:
            yield Problem("names", "only a mesh from a file has groups with numbers")
        elif self.dimension == 1 and self.width is not None:
            yield Problem("width", "only a rectangle has a width; add dimension = 2")
        elif self.dimension == 2 and self.width is None:
            yield Problem("width", "a rectangle (dimension = 2) needs a width")


@dataclass(frozen=True)
class SolverSettings(Checked):
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

    tolerance: Annotated[float, Residual] = 1e-10
    max_iterations: Count = 40
    max_sweeps: Count = 40
    frequencies: int | None = None
    tail: Annotated[int | None, _whole_between(4, 512)] = None
    error_estimate: bool = True
    groups: Annotated[int | None, at_least(1)] = None
    petsc: PetscOptions = field(default_factory=dict)

    table: ClassVar = "solver"


_ACCURACY = Expected(
    f"a number from {SMALLEST_ACCURACY:g} to {LARGEST_ACCURACY:g}",
    lambda value: SMALLEST_ACCURACY <= value <= LARGEST_ACCURACY,
)


@dataclass(frozen=True)
class AccuracySettings(Checked):
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

    tolerance: Annotated[float, _ACCURACY]
    rounds: Count = 8

    table: ClassVar = "accuracy"


@dataclass(frozen=True)
class OutputSettings(Checked):
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

    probes: Annotated[
        dict[str, tuple[float, ...] | tuple[tuple[float, float], ...]], Read(read_probes)
    ] = field(default_factory=dict)
    vtx: bool = False
    frequencies: Annotated[tuple[float, ...], Expected("ω > 0 in Tc", lambda value: value > 0)] = ()

    table: ClassVar = "output"


_INTERPOLATION = Expected(
    f"a number from {SMALLEST_INTERPOLATION_ERROR:g} to 1",
    lambda value: SMALLEST_INTERPOLATION_ERROR <= value < 1,
)


@dataclass(frozen=True)
class SpectrumSettings(Checked):
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

    energies: Annotated[tuple[float, ...], finite("E in Tc")]
    broadening: Annotated[float, Expected("η > 0 in Tc", lambda value: value > 0)]
    interpolation_error: Annotated[float | None, _INTERPOLATION] = None

    def find_problems(self) -> Iterator[Problem]:
        """No energies at all."""
        if not self.energies:
            yield Problem("energies", "expected at least one energy in Tc, got none")


@dataclass(frozen=True)
class PhysicalScales(Checked):
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

    critical_temperature: Annotated[float, positive("Tc in K")]
    diffusivity: Annotated[float, positive("D_S in m²/s")]
    conductivity: Annotated[float | None, positive("σ_S in S/m")] = None

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


def _read_gap(value: Any) -> str | float:
    expected = f"{', '.join(map(repr, GAPS))} or Δ ≥ 0 in Tc"
    if isinstance(value, str):
        if value not in GAPS:
            raise refuse(expected, value)
        return str(value)
    return number(not_negative(expected.removesuffix(" ≥ 0 in Tc")))(value)


@dataclass(frozen=True, kw_only=True)
class UsadelCase(Checked):
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
    signs
        Of Δ by superconductor, 1 or −1, where one state is wanted; + where there is none. By
        default all patterns of signs are looked for, and that of lowest free energy is taken.
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
        If the temperature, the gap, the reference, a phase, a sign, a chosen frequency or a
        spectrum makes no sense.
    """

    stack: Stack
    temperature: Annotated[float, Expected("T ≥ 0 in Tc", lambda value: value >= 0)]
    gap: Annotated[str | float, Read(_read_gap)] = "self-consistent"
    reference: str | None = None
    spectra: tuple[SpectrumSettings, ...] = ()
    critical_temperature: bool = False
    signs: Annotated[dict[str, int], Expected("1 or -1", lambda sign: abs(sign) == 1)] = field(
        default_factory=dict
    )
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
        """Choose the reference where none is given."""
        super().__post_init__()
        if self.reference is None:
            object.__setattr__(self, "reference", _first_moment(self.stack))

    def find_problems(self) -> Iterator[Problem]:
        """What cannot be reached, and what does not fit the stack."""
        if 0 < self.temperature < LOWEST_TEMPERATURE:
            yield Problem("temperature", TOO_COLD.format(self.temperature))
        yield from misplaced_phases(self.stack, self.gap)
        for name, message in sign_problems(self.stack, self.signs):
            yield Problem(f"signs.{name}", message)
        yield from probe_problems(self.stack, self.output)
        for key, number_of in (
            ("output.frequencies", len(self.output.frequencies)),
            ("solver.frequencies", self.solver.frequencies or 0),
        ):
            if number_of > MOST_FREQUENCIES:
                yield Problem(key, f"expected at most {MOST_FREQUENCIES}, got {number_of}")
        for i, each in enumerate(self.spectra):
            if len(each.energies) > MOST_ENERGIES:
                message = f"expected at most {MOST_ENERGIES} energies, got {len(each.energies)}"
                yield Problem(f"spectra[{i}].energies", message)
        if self.accuracy is not None and not self.solver.error_estimate:
            yield Problem("solver.error_estimate", NO_ESTIMATE)
        ferromagnets = [layer.name for layer in self.stack.ferromagnets]
        if self.reference is not None and self.reference not in ferromagnets:
            message = f"expected a ferromagnetic layer, got {self.reference!r}"
            yield Problem("reference", message)
        elif self.reference is not None and not _has_moment(self.stack.layer(self.reference)):
            message = f"the layer {self.reference!r} has exchange = 0, and 2ν|J| = 0 is no unit"
            yield Problem("reference", message)


def probe_problems(stack: Multilayer[Any, Any], output: OutputSettings) -> Iterator[Problem]:
    """Probes in layers that there are not."""
    for name in output.probes:
        if name not in stack.names:
            yield unknown_layer(f"output.probes.{name}", name, stack.names)


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


def _has_moment(layer: Layer) -> bool:
    return isinstance(layer.material, Ferromagnet) and layer.material.is_magnetic


def _first_moment(stack: Stack) -> str | None:
    """Choose the first ferromagnet that has a moment to measure others with."""
    return next((layer.name for layer in stack.layers if _has_moment(layer)), None)
