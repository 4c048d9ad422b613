# SPDX-License-Identifier: MIT
"""What all interface laws have in common, and the names by which cases know them.

A law says what flows, F_L = (J, J_M) on the left and F_R on the right, both along the normal from
left to right (`Conducting`), or which potentials agree (`WithoutResistance`). It is one formula
for numbers and for UFL: finite elements and the exact solver use the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import cache
from typing import Annotated, Any, ClassVar, get_args, get_type_hints

import numpy as np

from fem_sf.checked import Checked, positive
from fem_sf.errors import Problem, StackError
from fem_sf.keys import Key
from fem_sf.multilayer import unknown_law
from fem_sf.spin.algebra import Algebra
from fem_sf.spin.materials import FloatArray, Material, is_magnet, wall_of

CONDUCTANCE = "σ0/L0"
"""Unit of a conductance per area."""

LAWS: dict[str, type[Law]] = {}
"""The laws by the name that a case gives them: all classes that have a ``kind`` of their own."""


Conductance = Annotated[
    float,
    positive("g"),
    Key("the conductance g per area, in σ0/L0, a number > 0", CONDUCTANCE, ("g",)),
]
"""G > 0."""


@dataclass(frozen=True)
class Side:
    """What a law sees on one side.

    Parameters
    ----------
    mu, m, V
        Potentials; V only of laws that are not linear.
    p
        Unit vector along the magnetization, zero in a normal metal.
    is_magnet
        Whether there is a magnetization.
    """

    mu: Any
    m: Any
    V: Any
    p: Any
    is_magnet: bool

    def of_spins(self, ops: Algebra) -> dict[int, Any]:
        """μ_s = μ + s p·m of both spins s = ±1 along p."""
        along = ops.dot(self.m, self.p)
        return {s: self.mu + s * along for s in (1, -1)}


@dataclass(frozen=True)
class Flux:
    """What flows through an interface from left to right.

    Parameters
    ----------
    charge
        J, the same on both sides.
    left, right
        J_M on the two sides, vectors.
    inside
        J_B, the spin current in the middle, which shares the torque between the sides; where it is
        that of a side, the same object as that. ``None`` where the law does not say.
    """

    charge: Any
    left: Any
    right: Any
    inside: Any | None = None


@dataclass(frozen=True)
class Law(Checked):
    """What all interface laws have in common.

    Attributes
    ----------
    kind
        Its name in a case; a class without one of its own is no law yet.
    joins
        Whether the fields of both layers are one; those of spin transport never are.
    may_turn
        Whether it holds at a magnetization that turns, whose torque it then has to say by J_B; else
        directions have to be given.
    """

    kind: ClassVar[str] = "law"
    error: ClassVar = StackError
    joins: ClassVar[bool] = False
    may_turn: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        kind = vars(cls).get("kind")
        if kind is None:
            return
        known = LAWS.setdefault(kind, cls)
        if (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise TypeError(f"two laws are called {kind!r}: {known} and {cls}")
        LAWS[kind] = cls

    @classmethod
    @cache
    def keys(cls) -> dict[str, Key]:
        """What a case has to know of its parameters, by name."""
        hints = get_type_hints(cls, include_extras=True)
        said = {each.name: get_args(hints[each.name])[1:] for each in fields(cls)}
        return {
            name: next((each for each in all_ if isinstance(each, Key)), Key(f"{name}, a number"))
            for name, all_ in said.items()
        }

    @property
    def numbers(self) -> dict[str, float | tuple[float, ...]]:
        """Parameters by the names that `flux` asks for: those that are numbers, or several."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: each for name, each in values.items() if isinstance(each, float | tuple)}

    @property
    def nonlinearity(self) -> str:
        """What makes it more than linear response, as in "a barrier at finite bias"; else empty."""
        return ""

    @property
    def structure(self) -> tuple[Any, ...]:
        """What its formula depends on beyond numbers: parameters that are none."""
        names = (each.name for each in fields(self) if each.name not in self.numbers)
        return tuple((name, getattr(self, name)) for name in names)

    @property
    def linear(self) -> Law:
        """The law in linear response."""
        return self

    @property
    def largest_conductance(self) -> float:
        """Of all that it says; 0 without resistance."""
        own = [name for name, key in self.keys().items() if key.unit == CONDUCTANCE]
        return max((float(np.abs(self.numbers[name]).max()) for name in own), default=0.0)

    def flux(self, k: Any, left: Side, right: Side, ops: Algebra) -> Flux | None:
        """What flows, by a law with a conductance; ``None`` for a law without resistance.

        Parameters
        ----------
        k
            Its parameters, ``k.conductance`` and so on: numbers or UFL constants.
        left, right
            The two sides.
        ops
            What formulas need beyond operators.
        """
        raise unknown_law(self)

    def agreement(self, left: Material, right: Material) -> FloatArray:
        """Conditions E (ψ_L, ψ_R) = 0 of a law without resistance, ψ = (μ, m); shape (k, 8)."""
        raise unknown_law(self)

    def clamps(self, left: Material, right: Material) -> tuple[bool, bool]:
        """Sides that take of J_B, and show of m, what is along their magnetization alone."""
        return False, False

    def common_spin(self, left: Material, right: Material) -> FloatArray:
        """P with P m what the law sees of an m that both sides share; shape (3, 3)."""
        return np.eye(3)

    def problems_between(self, left: Material, right: Material) -> Iterator[Problem]:
        """Why the law cannot join two materials; keys are ``law`` or its parameters."""
        clamped = zip(self.clamps(left, right), (left, right), strict=True)
        if any(clamps and not is_magnet(material) for clamps, material in clamped):
            yield Problem(
                "law",
                f"{self.kind!r} projects on the magnetizations of both sides; next to a normal "
                'layer use "circuit", "tunnel-vector" or "transparent"',
            )
            return
        if not self.may_turn and (wall_of(left) or wall_of(right)):
            yield Problem(
                "law",
                f"{self.kind!r} needs magnetizations of known direction, but a layer here has a "
                'wall; use "tunnel", "tunnel-vector" or "transparent"',
            )
        yield from self.find_misfits(left, right)

    def find_misfits(self, left: Material, right: Material) -> Iterator[Problem]:
        """What else keeps the law from joining two materials."""
        yield from ()

    def find_cautions(self) -> Iterator[Problem]:
        """What can be computed but is hardly meant."""
        yield from ()

    def find_excess(self, difference: float) -> Iterator[Problem]:
        """Where a solution with such differences of potentials is beyond what the law holds for."""
        yield from ()


class Conducting(Law):
    """A law that says what flows, by its `flux`."""

    def agreement(self, left: Material, right: Material) -> FloatArray:
        """With a conductance nothing has to agree."""
        return np.empty((0, 8))


class WithoutResistance(Law):
    """A law by which μ agrees, and parts of m; reactions flow, F_L = Σ ν a and F_R = Σ ν b."""

    def links(self, left: Material, right: Material) -> FloatArray:
        """Pairs (a, b) with a·m_L = b·m_R, shape (k, 2, 3).

        The reaction ν of each does no work on changes that it allows.
        """
        raise unknown_law(self)

    def flux(self, k: Any, left: Side, right: Side, ops: Algebra) -> None:
        """Whatever keeps the potentials equal."""

    def agreement(self, left: Material, right: Material) -> FloatArray:
        """Equal μ, and a·m_L − b·m_R = 0."""
        links = np.asarray(self.links(left, right), dtype=float).reshape(-1, 2, 3)
        rows = np.zeros((1 + len(links), 8))
        rows[0, [0, 4]] = 1, -1
        rows[1:, 1:4], rows[1:, 5:] = links[:, 0], -links[:, 1]
        return rows
