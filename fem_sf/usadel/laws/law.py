# SPDX-License-Identifier: MIT
"""What an interface law of superconducting stacks has to say, and which there are.

A law is joined, an insulator, or a barrier. A barrier adds one scalar of the Green functions on its
two sides to the action; residual, Jacobian, free energy, currents, critical temperature and spectra
follow from it in every parametrisation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Annotated, Any, ClassVar, get_type_hints

from fem_sf.checked import Checked, Expected, positive
from fem_sf.errors import Problem, StackError
from fem_sf.keys import Key
from fem_sf.multilayer import unknown_law

LAWS: dict[str, type[Law]] = {}
"""The laws by the name that a case gives them: barriers, perfect contacts, insulators."""


def _no_action(*_: Any, **numbers: Any) -> Any:
    raise NotImplementedError("this law joins or blocks")


@dataclass(frozen=True)
class Law(Checked):
    """Base of all interface laws; a class of its own with a ``kind`` is known from then on.

    Its parameters are the fields of the dataclass. What a case file may say of them is in their
    annotations: the range (`fem_sf.checked.Expected`), the unit and words (`fem_sf.keys.Key`).

    Attributes
    ----------
    kind
        What a case calls it.
    joins
        Whether the Green function is continuous.
    blocks
        Whether nothing passes.
    """

    kind: ClassVar[str] = "law"
    joins: ClassVar[bool] = False
    blocks: ClassVar[bool] = False
    error: ClassVar = StackError

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "kind" not in vars(cls):
            return
        if cls.conducts() and cls.action is _no_action:
            raise TypeError(f"{cls.__name__} joins, blocks, or has an action")
        LAWS[cls.kind] = cls
        for law in sorted(LAWS.values(), key=lambda each: each.joins + 2 * each.blocks):
            LAWS[law.kind] = LAWS.pop(law.kind)

    @classmethod
    def conducts(cls) -> bool:
        """Whether it is a barrier with a conductance, which adds to the action."""
        return not (cls.joins or cls.blocks)

    def conductance(self, conductivities: Mapping[str, float]) -> float:
        """Conductance of a barrier per area in the normal state, c = ν_i a_i/γ_i.

        Parameters
        ----------
        conductivities
            ν_i a_i of the two layers, by name.
        """
        raise unknown_law(self)

    def numbers(self, conductivities: Mapping[str, float]) -> dict[str, float]:
        """The numbers that its action takes by name: the conductance and the law's own fields."""
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        own = {name: value for name, value in own.items() if isinstance(value, float)}
        return {"conductance": self.conductance(conductivities), **own}

    def find_misplaced(self, names: tuple[str, str]) -> Iterator[Problem]:
        """What is wrong with it between two layers of these names."""
        yield from ()

    action: ClassVar[Callable[..., Any]] = _no_action
    """Density of the action per spin: a holomorphic scalar of ĝ on the two sides.

    A static method ``action(left, right, **numbers)``, zero in the normal state. ``left`` and
    ``right`` are `Nambu` matrices on the side of either layer, in the order in which the interface
    names them; their `mean` is the trace, per spin, and 1 of the unit matrix. Numbers are what
    `numbers` says, as constants of the form.
    """


def case_keys(law: type[Law]) -> dict[str, Key]:
    """What a case may say of a law: its fields, in words those that their range has."""
    hints = get_type_hints(law, include_extras=True)
    return {each.name: _case_key(hints[each.name]) for each in fields(law)}


def _case_key(hint: Any) -> Key:
    said = getattr(hint, "__metadata__", ())
    key = next((each for each in said if isinstance(each, Key)), None)
    expected = next((each for each in said if isinstance(each, Expected)), None)
    return key or Key(expected.words if expected else "a number")


def required_keys(law: type[Law]) -> list[str]:
    """The fields that have no default."""
    return [each.name for each in fields(law) if each.default is MISSING]


def _perfect_contact(gamma: float) -> str:
    return "" if gamma else '; for a perfect contact take the law "transparent"'


@dataclass(frozen=True)
class Resistive(Law):
    """A barrier with a resistance R_b; a case may say ``resistance`` instead of γ.

    Parameters
    ----------
    gamma
        γ = R_b σ_i in units of ξ0, with σ_i the conductivity of the layer ``gamma_of``.
    gamma_of
        Name of the layer whose conductivity γ is stated with.
    """

    gamma: Annotated[
        float,
        positive("γ = R_b σ/ξ0", _perfect_contact),
        Key("γ = R_b σ/ξ0, a number > 0", "ξ0"),
    ]
    gamma_of: Annotated[str, Key("the name of the layer whose conductivity σ is in γ", "")]

    def conductance(self, conductivities: Mapping[str, float]) -> float:
        """Conductance c = ν_i a_i/γ_i in units of ν_S Tc ξ0, the same seen from both sides."""
        return conductivities[self.gamma_of] / self.gamma

    def numbers(self, conductivities: Mapping[str, float]) -> dict[str, float]:
        """The conductance, in which γ is, and what a law has besides."""
        numbers = super().numbers(conductivities)
        del numbers["gamma"]
        return numbers

    def find_misplaced(self, names: tuple[str, str]) -> Iterator[Problem]:
        """That γ is stated with the conductivity of a third layer."""
        if self.gamma_of not in names:
            yield Problem(
                "gamma_of",
                f"expected one of the two layers of this interface, {names[0]!r} or "
                f"{names[1]!r}, got {self.gamma_of!r}",
            )
