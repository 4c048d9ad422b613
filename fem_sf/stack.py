# SPDX-License-Identifier: MIT
"""A multilayer as plain data: named layers, and one law for every pair that touches."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fem_sf.errors import Problem, StackError
from fem_sf.interfaces import KupriyanovLukichev, Law
from fem_sf.materials import Ferromagnet, Material


@dataclass(frozen=True)
class Layer:
    """One layer.

    Parameters
    ----------
    name
        What the layer is called everywhere: in the mesh, in messages, in the results.
    material
        What it is made of.
    thickness
        In ξ0; ``None`` where a mesh from a file gives the geometry.
    """

    name: str
    material: Material
    thickness: float | None = None


@dataclass(frozen=True)
class Interface:
    """The law that couples two layers wherever they touch.

    Parameters
    ----------
    left, right
        Names of the two layers; the order has no meaning for the laws of this package.
    law
        The law.
    """

    left: str
    right: str
    law: Law

    @property
    def pair(self) -> frozenset[str]:
        """The two names, in no order."""
        return frozenset((self.left, self.right))

    @property
    def name(self) -> str:
        """``left|right``, as in the results."""
        return f"{self.left}|{self.right}"


@dataclass(frozen=True)
class Stack:
    """Layers from left to right and the interfaces between them.

    Parameters
    ----------
    layers
        At least one; names are unique.
    interfaces
        One for every touching pair; there is no default law.

    Raises
    ------
    StackError
        With every problem at once, each naming the layer or interface.
    """

    layers: tuple[Layer, ...]
    interfaces: tuple[Interface, ...] = ()

    def __init__(self, layers: Sequence[Layer], interfaces: Sequence[Interface] = ()):
        object.__setattr__(self, "layers", tuple(layers))
        object.__setattr__(self, "interfaces", tuple(interfaces))
        problems = list(find_problems(self))
        if problems:
            raise StackError(problems)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the layers, from left to right."""
        return tuple(layer.name for layer in self.layers)

    def layer(self, name: str) -> Layer:
        """The layer of that name."""
        return next(layer for layer in self.layers if layer.name == name)

    def interface(self, first: str, second: str) -> Interface | None:
        """The interface between two layers, in either order; ``None`` where none is declared."""
        pair = frozenset((first, second))
        return next((each for each in self.interfaces if each.pair == pair), None)

    def coupling(self, interface: Interface) -> float:
        """Coupling c = ν_i a_i / γ_i in units of ν_S Tc ξ0, the same seen from both sides.

        Only for Kupriyanov-Lukichev interfaces; a_i = D_i/D_S (units of ξ0² Tc).
        """
        law = interface.law
        assert isinstance(law, KupriyanovLukichev)
        return self.layer(law.gamma_of).material.conductivity / law.gamma

    @property
    def ferromagnets(self) -> tuple[Layer, ...]:
        """The ferromagnetic layers, from left to right."""
        return tuple(each for each in self.layers if isinstance(each.material, Ferromagnet))


def find_problems(stack: Stack) -> Iterator[Problem]:
    """Everything that is wrong with a stack, each problem with its dotted key."""
    if not stack.layers:
        yield Problem("layers", "a stack needs at least one layer")
    names = stack.names
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem(f"layers.{name}", f"two layers are called {name!r}; names must be unique")
    for layer in stack.layers:
        yield from _layer_problems(layer)
    seen: set[frozenset[str]] = set()
    for interface in stack.interfaces:
        key = f"interfaces.{interface.name}"
        for name in (interface.left, interface.right):
            if name not in names:
                known = ", ".join(names)
                yield Problem(key, f"no layer is called {name!r}; the layers are {known}")
        if interface.left == interface.right:
            yield Problem(key, "an interface joins two different layers")
        if interface.pair in seen:
            yield Problem(key, "this pair has a law already; every touching pair has just one")
        seen.add(interface.pair)
        yield from _law_problems(key, interface)


def _positive(key: str, value: float | None, what: str) -> Iterator[Problem]:
    if value is not None and not (math.isfinite(value) and value > 0):
        yield Problem(key, f"expected {what} > 0, got {value!r}")


def _layer_problems(layer: Layer) -> Iterator[Problem]:
    key = f"layers.{layer.name}"
    material = layer.material
    yield from _positive(f"{key}.thickness", layer.thickness, "a thickness in ξ0")
    yield from _positive(f"{key}.diffusivity", material.diffusivity, "D/D_S")
    yield from _positive(f"{key}.density_of_states", material.density_of_states, "ν/ν_S")
    if isinstance(material, Ferromagnet):
        for quantity in ("exchange", "localized_moment"):
            value = getattr(material, quantity)
            if not math.isfinite(value):
                yield Problem(f"{key}.{quantity}", f"expected a finite number, got {value!r}")


def _law_problems(key: str, interface: Interface) -> Iterator[Problem]:
    law = interface.law
    if not isinstance(law, KupriyanovLukichev):
        return
    hint = "" if law.gamma else '; for a perfect contact write law = "transparent"'
    for problem in _positive(f"{key}.gamma", law.gamma, "γ = R_b σ/ξ0"):
        yield Problem(problem.key, problem.message + hint)
    if law.gamma_of not in (interface.left, interface.right):
        yield Problem(
            f"{key}.gamma_of",
            f"expected one of the two layers of this interface, {interface.left!r} or "
            f"{interface.right!r}, got {law.gamma_of!r}",
        )
