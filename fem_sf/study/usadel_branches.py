# SPDX-License-Identifier: MIT
"""Finds the states of a stack with other signs of Δ, and which has the lowest free energy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fem_sf.errors import NotConverged
from fem_sf.settings import UsadelCase
from fem_sf.signs import (
    NO_SIGNS,
    Signs,
    is_searched_through,
    same_pattern,
    search_patterns,
    signs_of,
    spell_signs,
    whole_pattern,
)
from fem_sf.study.usadel_measurement import Measurement
from fem_sf.usadel.growth import growth_of_changes
from fem_sf.usadel.solution import Solution, put_back

TIE = 1e-9
"""Of |F|: how much lower another pattern of signs must be than an earlier one."""

NOT_ALL = (
    "Of the patterns of signs that Δ may have in so many superconductors only {count} were looked "
    "for: from the left each was turned with all behind it, and left so where that has the lower "
    "free energy. Another pattern may be lower; ask for it by [usadel] signs."
)
"""Said of stacks of many superconductors."""

ASKED_FOR = (
    "Only the state with the signs of Δ that are asked for was looked for; another one may have a "
    "lower free energy."
)
"""Said where a case asks for signs."""

UNSTABLE = (
    "It is not even metastable but a pass on the way to another state: a small change of Δ would "
    "grow by {growth:.6g} in each turn of the gap equation."
)
"""Said of a solution of the gap equation in which nothing stays."""

UNSOLVED = "The state with signs {signs} could not be solved for, and may be lower: {failure}."
"""Said of a pattern whose search failed at a frequency."""

STRAYED = (
    "The second solve, for the errors, ended in another state: the errors are what both differ by."
)
"""Said where estimates compare what is not to be compared."""

UNDECIDED = (
    "The free energies of the states with signs {one} and {other} differ by less than their error: "
    "which of them is the ground state is not known."
)
"""Said of patterns between which the mesh does not decide."""


@dataclass(frozen=True, eq=False)
class FoundState:
    """A state that was found.

    Parameters
    ----------
    solution, measured
        The solved stack, and its numbers.
    signs
        Of Δ in each superconductor.
    growth
        By what a small change of Δ would grow in each turn of the gap equation; looked for only
        where the normal state has the lower free energy, else 0.
    """

    solution: Solution
    measured: Measurement
    signs: Signs
    growth: float = 0.0

    @property
    def free_energy(self) -> float:
        """F relative to the normal state."""
        return self.measured.integrals.free_energy

    def is_that_of(self, other: Measurement) -> bool:
        """Whether another solve ended with these signs of Δ."""
        stack = self.solution.sweep.system.stack
        return signs_of(stack, other.integrals.gap) == self.signs


@dataclass(frozen=True)
class Branch:
    """A pattern of signs that was looked for.

    Parameters
    ----------
    signs
        Of Δ by superconductor.
    free_energy, gap
        F and the mean of Δ by superconductor; ``None`` where there is no such state.
    """

    signs: Signs
    free_energy: float | None
    gap: Mapping[str, float] | None

    def summary(self) -> dict[str, Any]:
        """As plain data."""
        gap = None if self.gap is None else dict(self.gap)
        return {"signs": dict(self.signs), "free_energy": self.free_energy, "gap": gap}


@dataclass(frozen=True, eq=False)
class Branches:
    """What a search for the ground state found.

    Parameters
    ----------
    ground
        The state of lowest free energy; the normal one where no other was found.
    all
        Every pattern of signs that was looked for, in that order; empty where there is one state.
    notes, cautions
        What it is, and what may be wrong with the choice.
    """

    ground: FoundState
    all: tuple[Branch, ...]
    notes: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


def add_branches(summary: dict[str, Any], branches: Branches, compared: Measurement | None) -> None:
    """Put the patterns of signs into a summary, with what is to be said about them.

    Parameters
    ----------
    summary
        Of the ground state.
    branches
        As found.
    compared
        Measured on a second solve from the same state; ``None`` without one.
    """
    if compared is not None and not branches.ground.is_that_of(compared):
        summary["cautions"].append(STRAYED)
    ground, error = branches.ground.signs, summary["free_energy_error"]
    has_phases = bool(branches.ground.solution.sweep.system.stack.phases)
    summary["signs"] = {} if has_phases else dict(ground)
    summary["branches"] = [each.summary() for each in branches.all]
    summary["note"] = " ".join(filter(None, (summary["note"], *branches.notes)))
    summary["cautions"] += branches.cautions
    for each in branches.all:
        is_other = each.signs != ground and each.free_energy is not None
        if is_other and each.free_energy - summary["free_energy"] <= (error or 0.0):
            summary["cautions"].append(
                UNDECIDED.format(one=spell_signs(ground), other=spell_signs(each.signs))
            )


class _Search:
    """Solves for one pattern of signs after the other, each state once."""

    def __init__(self, case: UsadelCase, solve: Callable[[Signs], tuple[Solution, Measurement]]):
        self._stack, self._solve = case.stack, solve
        self.states: list[FoundState] = []
        self.normal: FoundState | None = None
        self.failures: list[tuple[Signs, NotConverged]] = []

    def free_energy(self, signs: Signs) -> float | None:
        """F of the state with these signs; ``None`` where the search for it ends elsewhere."""
        if self.found(signs) is None:
            try:
                self._keep(*self._solve(signs))
            except NotConverged as failure:
                self.failures.append((signs, failure))
        state = self.found(signs)
        return None if state is None else state.free_energy

    def found(self, signs: Signs) -> FoundState | None:
        """The state with these signs, if it is known."""
        for each in self.states:
            if same_pattern(self._stack, each.signs, signs):
                return each
        return None

    def _keep(self, solution: Solution, measured: Measurement) -> None:
        signs = signs_of(self._stack, measured.integrals.gap)
        state = FoundState(solution, measured, signs, _growth(solution, measured))
        if solution.report.state == "normal":
            self.normal = state
        elif self.found(signs) is None:
            self.states.append(state)


def find_branches(
    case: UsadelCase, solve: Callable[[Signs], tuple[Solution, Measurement]]
) -> Branches:
    """Find the state of lowest free energy, or that with the signs which the case asks for.

    Parameters
    ----------
    case
        What is solved; with phases, or above the bulk's Tc, there is one state.
    solve
        Solves and measures from a Δ with given signs; where it ends, they may be others.

    Returns
    -------
    Branches
        With the Δ of its ground state in the system's fields.

    Raises
    ------
    NotConverged
        If nothing is found; or not the state that is asked for, but another one.
    """
    search = _Search(case, solve)
    above = case.gap == "self-consistent" and case.temperature >= 1
    if case.stack.phases or above:
        search.free_energy(NO_SIGNS)
        looked_for = []
    elif case.signs:
        wanted = whole_pattern(case.stack, case.signs)
        looked_for = [(wanted, search.free_energy(wanted))]
    else:
        looked_for = list(search_patterns(case.stack, search.free_energy))
    branches = [_branch(signs, search.found(signs)) for signs, _ in looked_for]
    ground = _lowest(case, search, [signs for signs, _ in looked_for])
    put_back(ground.solution)
    notes = [ASKED_FOR] if case.signs and looked_for else []
    if ground.growth > 1:
        notes.append(UNSTABLE.format(growth=ground.growth))
    return Branches(
        ground, tuple(branches), tuple(notes), tuple(_cautions(case, search, len(branches)))
    )


def _growth(solution: Solution, measured: Measurement) -> float:
    """As of a state; without a free energy above the normal state's, or a gap equation, 0."""
    if measured.integrals.free_energy <= 0 or solution.equation is None:
        return 0.0
    return growth_of_changes(solution.equation)


def _lowest(case: UsadelCase, search: _Search, patterns: list[Signs]) -> FoundState:
    found = map(search.found, patterns) if patterns else search.states
    known = [each for each in found if each is not None]
    if not known and search.states:
        (wanted,) = patterns
        raise NotConverged(
            f"there is no state with signs {spell_signs(wanted)} here: the search for it ends with "
            f"{spell_signs(search.states[0].signs)}. Leave [usadel] signs out to have the state of "
            "lowest free energy"
        )
    if not known:
        if search.normal is None:
            raise search.failures[0][1]
        return search.normal
    best = known[0]
    for each in known[1:]:
        if each.free_energy < best.free_energy - TIE * abs(best.free_energy):
            best = each
    return best


def _branch(signs: Signs, state: FoundState | None) -> Branch:
    if state is None:
        return Branch(signs, None, None)
    integrals = state.measured.integrals
    means = {name: gap / integrals.volume[name] for name, gap in integrals.gap.items()}
    return Branch(state.signs, state.free_energy, means)


def _cautions(case: UsadelCase, search: _Search, count: int) -> list[str]:
    cautions = [
        UNSOLVED.format(signs=spell_signs(signs), failure=failure)
        for signs, failure in search.failures
    ]
    if not case.signs and not is_searched_through(case.stack):
        cautions.append(NOT_ALL.format(count=count))
    return cautions
