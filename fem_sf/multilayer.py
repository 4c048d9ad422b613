# SPDX-License-Identifier: MIT
"""What every stack of layers is, whatever its physics: names, and which pairs have a law."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from fem_sf.errors import Problem, StackError


class AnyLayer(Protocol):
    """A named layer."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def material(self) -> Any:
        """What it is made of."""

    @property
    def thickness(self) -> float | None:
        """Its extent across the stack; ``None`` where a mesh from a file gives the geometry."""


@dataclass(frozen=True)
class Joint:
    """The law that couples two layers wherever they touch.

    Parameters
    ----------
    left, right
        Names of the two layers.
    law
        The law.
    """

    left: str
    right: str
    law: Any

    @property
    def pair(self) -> frozenset[str]:
        """The two names, in no order."""
        return frozenset((self.left, self.right))

    @property
    def name(self) -> str:
        """``left|right``, as in the results."""
        return f"{self.left}|{self.right}"


LayerType = TypeVar("LayerType", bound=AnyLayer)
JointType = TypeVar("JointType", bound=Joint)


@dataclass(frozen=True)
class Multilayer(Generic[LayerType, JointType]):
    """Layers from left to right and the laws between them.

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

    layers: tuple[LayerType, ...]
    interfaces: tuple[JointType, ...] = ()

    example_law: ClassVar[str] = '"transparent"'
    """What messages show as the law of an interface, in the words of a case."""

    def __init__(self, layers: Sequence[LayerType], interfaces: Sequence[JointType] = ()):
        object.__setattr__(self, "layers", tuple(layers))
        object.__setattr__(self, "interfaces", tuple(interfaces))
        problems = [*_structural_problems(self), *self.find_problems()]
        if problems:
            raise StackError(problems)

    def find_problems(self) -> Iterator[Problem]:
        """Everything that the physics forbids, each problem with its dotted key."""
        yield from ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the layers, from left to right."""
        return tuple(layer.name for layer in self.layers)

    def layer(self, name: str) -> LayerType:
        """The layer of that name."""
        return self.layers[self.layer_index(name)]

    def layer_index(self, name: str) -> int:
        """Position of the layer of that name.

        Raises
        ------
        StackError
            If there is none.
        """
        if name not in self.names:
            raise StackError([unknown_layer("", name, self.names)])
        return self.names.index(name)

    def interface(self, first: str, second: str) -> JointType | None:
        """The interface between two layers, in either order; ``None`` where none is declared."""
        pair = frozenset((first, second))
        return next((each for each in self.interfaces if each.pair == pair), None)


def unknown_layer(key: str, name: str, names: Sequence[str]) -> Problem:
    """That no layer has this name."""
    return Problem(key, f"no layer is called {name!r}; the layers are {', '.join(names)}")


def not_positive(key: str, value: float | None, what: str) -> Iterator[Problem]:
    """That a number which has to be finite and positive is not; ``None`` passes."""
    if value is not None and not (math.isfinite(value) and value > 0):
        yield Problem(key, f"expected {what} > 0, got {value!r}")


def _structural_problems(stack: Multilayer) -> Iterator[Problem]:
    if not stack.layers:
        yield Problem("layers", "a stack needs at least one layer")
    names = stack.names
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem(f"layers.{name}", f"two layers are called {name!r}; names must be unique")
    seen: set[frozenset[str]] = set()
    for interface in stack.interfaces:
        key = f"interfaces.{interface.name}"
        for name in (interface.left, interface.right):
            if name not in names:
                yield unknown_layer(key, name, names)
        if interface.left == interface.right:
            yield Problem(key, "an interface joins two different layers")
        if interface.pair in seen:
            yield Problem(key, "this pair has a law already; every touching pair has just one")
        seen.add(interface.pair)
