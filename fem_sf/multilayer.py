# SPDX-License-Identifier: MIT
"""What stacks of both physics share: named layers, and which pairs have a law."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Generic, Protocol, TypeVar, overload

from fem_sf.checked import Checked, Read, Unexpected, a_, instance, refuse, sequence, show
from fem_sf.errors import MissingInterface, Problem, StackError
from fem_sf.words import missing_interface, missing_law, name_problem


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


def _read_layer_name(value: Any) -> str:
    if not isinstance(value, str):
        raise refuse("the name of a layer, text", value)
    if name_problem(value):
        raise Unexpected(name_problem(value))
    return str(value)


LayerName = Annotated[str, Read(_read_layer_name)]
"""What a layer may be called: its name is also that of groups in a mesh and of files."""


@dataclass(frozen=True)
class Joint(Checked):
    """The law that couples two layers wherever they touch.

    Parameters
    ----------
    left, right
        Names of the two layers.
    law
        The law.
    """

    left: LayerName
    right: LayerName
    law: Any

    error: ClassVar = StackError

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

    Instead of both, layers and laws may be given in turn, as in ``Stack(layer, law, layer)``; an
    interface may stand for a law.

    Raises
    ------
    StackError
        With every problem at once, each naming the layer or interface.
    """

    layers: tuple[LayerType, ...]
    interfaces: tuple[JointType, ...] = ()

    example_law: ClassVar[str] = '"transparent"'
    """What messages show as the law of an interface, in the words of a case."""

    parts: ClassVar[tuple[type[Any], type[Any]]] = (object, Joint)
    """Classes of its layers and its interfaces."""

    @overload
    def __init__(
        self, layers: Sequence[LayerType], interfaces: Sequence[JointType] = (), /
    ) -> None: ...

    @overload
    def __init__(
        self, *, layers: Sequence[LayerType], interfaces: Sequence[JointType] = ()
    ) -> None: ...

    @overload
    def __init__(self, *alternating: Any) -> None: ...

    def __init__(self, *given: Any, layers: Any = None, interfaces: Any = ()) -> None:
        if given and isinstance(given[0], self.parts[0]):
            layers, interfaces = _taken_apart(given, self.parts)
        elif given:
            layers, interfaces = (*given, interfaces)[:2]
        problems = []
        given = (("layers", layers), ("interfaces", interfaces))
        for (name, values), part in zip(given, self.parts, strict=True):
            expected = f"{a_(part)} of {part.__module__}"
            try:
                parts = sequence(instance((part,), expected), what=expected)(values)
                object.__setattr__(self, name, parts)
            except Unexpected as error:
                problems.append(Problem(f"{name}{error.place}", str(error)))
        problems = problems or [*_structural_problems(self), *self.find_problems()]
        if problems:
            raise StackError(problems)

    def find_problems(self) -> Iterator[Problem]:
        """Everything that the physics forbids, each problem with its dotted key."""
        yield from ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the layers, from left to right."""
        return tuple(layer.name for layer in self.layers)

    @property
    def has_thicknesses(self) -> bool:
        """Whether the stack says where its layers are, so that no mesh has to."""
        return all(layer.thickness is not None for layer in self.layers)

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


def _taken_apart(
    given: Sequence[Any], parts: tuple[type[Any], type[Any]]
) -> tuple[list[Any], list[Any]]:
    """Layers, and the interfaces between neighbours, of layers and laws in turn."""
    layer, interface = parts
    layers = [each for each in given if isinstance(each, layer)]
    in_turn = list(given[::2]) == layers and len(given) == 2 * len(layers) - 1
    if not in_turn:
        kinds = " ".join("layer" if isinstance(each, layer) else "law" for each in given)
        message = f"expected layers and laws in turn, layer law layer …; got {kinds}"
        raise StackError([Problem("layers", message)])
    interfaces = [
        law if isinstance(law, interface) else interface(left.name, right.name, law)
        for law, (left, right) in zip(given[1::2], pairwise(layers), strict=True)
    ]
    return layers, interfaces


def unknown_layer(key: str, name: str, names: Sequence[str]) -> Problem:
    """That no layer has this name."""
    return Problem(key, f"no layer is called {name!r}; the layers are {', '.join(names)}")


def without_law(stack: Multilayer[Any, Any], left: str, right: str) -> Problem:
    """That two touching layers have no law."""
    return MissingInterface(
        "interfaces",
        f"{missing_law(left, right)}; add an Interface({left!r}, {right!r}, …) with its law",
        missing_interface(left, right, stack.example_law),
    )


def unknown_law(law: Any) -> StackError:
    """That the equations do not know a law; none is taken for another."""
    return StackError([Problem("law", f"no equations are known for {show(law)}")])


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
    if stack.has_thicknesses and all(pair <= set(names) for pair in seen):
        yield from _neighbour_problems(stack, seen)


def _neighbour_problems(
    stack: Multilayer[Any, Any], declared: set[frozenset[str]]
) -> Iterator[Problem]:
    """Layers in a row touch their neighbours in the list and no others."""
    neighbours = {frozenset(pair): pair for pair in pairwise(stack.names)}
    for pair, (left, right) in neighbours.items():
        if pair not in declared:
            yield without_law(stack, left, right)
    for interface in stack.interfaces:
        if interface.pair not in neighbours and interface.left != interface.right:
            yield Problem(f"interfaces.{interface.name}", "these two layers do not touch")
