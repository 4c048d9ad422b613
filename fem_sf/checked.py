# SPDX-License-Identifier: MIT
"""Checks plain data when they are made: types, finite numbers, ranges, kinds.

A frozen dataclass that derives from `Checked` says what its fields may be by their annotations.
Numbers become floats and sequences tuples, also those of NumPy. An annotation may say more:

    thickness: Annotated[float, positive("a thickness in ξ0")]
    method: Annotated[str, one_of(METHODS)]
    exchange: Annotated[float | Vector, Read(read_exchange)]
"""

from __future__ import annotations

import math
import numbers
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from os import PathLike, fspath
from pathlib import Path
from typing import Annotated, Any, ClassVar, Union, get_args, get_origin, get_type_hints

from fem_sf.errors import InputError, Problem
from fem_sf.limits import LARGEST
from fem_sf.words import any_of

Reader = Callable[[Any], Any]
"""From what is given to what is kept; raises `Unexpected`."""

_LARGEST_COUNT = 2**31 - 1
"""What the solvers can count to."""

_LONGEST = 60
"""Letters of a value that a message shows."""


class Unexpected(ValueError):
    """A value is not what was expected.

    Parameters
    ----------
    message
        What was expected and what was given.
    place
        Where within the value, as in ``[2]``.
    """

    def __init__(self, message: str, place: str = ""):
        super().__init__(message)
        self.place = place


def refuse(expected: str, value: Any, hint: str | None = None) -> Unexpected:
    """Make the error that says what was expected and what was given."""
    more = _hint(value) if hint is None else hint
    return Unexpected(f"expected {expected}, got {show(value)}{more}")


def a_(kind: type[Any]) -> str:
    """The name of a class with its article."""
    return f"{'an' if kind.__name__[0] in 'AEIOU' else 'a'} {kind.__name__}"


def show(value: Any) -> str:
    """Write a value for a message, however it is printed otherwise."""
    if isinstance(value, type):
        text = f"the class {value.__name__}"
    elif is_dataclass(value):
        text = f"{a_(type(value))} of {type(value).__module__}"
    elif getattr(value, "shape", ()):
        text = f"an array of shape {value.shape}"
    else:
        try:
            text = repr(value)
        except Exception:  # whatever the printing of a foreign object, or of a huge number, raises
            text = a_(type(value))
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _hint(value: Any) -> str:
    if isinstance(value, str) and value[:1].strip("+-.").isdigit():
        return (
            "; give a number in these units (PhysicalScales and SpinScales say what they are in "
            "SI), texts with units are for case files"
        )
    if isinstance(value, type):
        return f"; make one, as in {value.__name__}(…)"
    return ""


@dataclass(frozen=True)
class Expected:
    """What a number has to be besides finite.

    Parameters
    ----------
    words
        What messages say that was expected.
    holds
        Whether a number is.
    hint
        What messages add, from the number.
    infinite
        Whether ``math.inf`` is right too.
    """

    words: str
    holds: Callable[[float], bool] = lambda _: True
    hint: Callable[[float], str] = lambda _: ""
    infinite: bool = False


@dataclass(frozen=True)
class Words:
    """A text has to be one of some.

    Parameters
    ----------
    known
        The words.
    """

    known: tuple[str, ...]


@dataclass(frozen=True)
class Read:
    """A function that reads a value in its own way.

    Parameters
    ----------
    reader
        From what is given to what is kept; raises `Unexpected`.
    """

    reader: Reader


def finite(what: str) -> Expected:
    """A finite number of either sign."""
    return Expected(what)


def positive(what: str, hint: Callable[[float], str] = lambda _: "") -> Expected:
    """A finite number > 0."""
    return Expected(f"{what} > 0", lambda value: value > 0, hint)


def not_negative(what: str) -> Expected:
    """A finite number ≥ 0."""
    return Expected(f"{what} ≥ 0", lambda value: value >= 0)


def at_least(least: int) -> Expected:
    """A whole number from a least one on."""
    return Expected(f"a whole number ≥ {least}", lambda value: value >= least)


def one_of(known: Iterable[str]) -> Words:
    """One of some words."""
    return Words(tuple(known))


class Checked:
    """Base of frozen dataclasses whose fields are checked, and made plain, when one is made.

    Attributes
    ----------
    error
        What is raised, with every problem at once.
    table
        What the key of a problem begins with: where a case has these settings. Without it messages
        name the class instead.
    """

    error: ClassVar[type[InputError]] = InputError
    table: ClassVar[str] = ""

    def __post_init__(self) -> None:
        problems = []
        kind: Any = type(self)
        for name, read in _readers(kind).items():
            try:
                object.__setattr__(self, name, read(getattr(self, name)))
            except Unexpected as error:
                problems.append(Problem(f"{name}{error.place}", str(error)))
        problems = problems or list(self.find_problems())
        if problems:
            beginning = f"{self.table}." if self.table else ""
            told = [Problem(f"{beginning}{each.key}", each.message) for each in problems]
            raise self.error(told, "" if self.table else type(self).__name__)

    def find_problems(self) -> Iterator[Problem]:
        """What fields that are right one by one must agree on."""
        yield from ()


@cache
def _readers(checked: type[Any]) -> dict[str, Reader]:
    """How the fields of a class are read, by name."""
    hints = get_type_hints(checked, include_extras=True)
    return {field.name: reader_of(hints[field.name]) for field in fields(checked)}


def reader_of(hint: Any, said: tuple[Any, ...] = ()) -> Reader:
    """What reads values of an annotation.

    Parameters
    ----------
    hint
        The annotation.
    said
        What an ``Annotated`` around it says: `Expected`, `Words` or `Read`.

    Raises
    ------
    TypeError
        If values of it cannot be checked.
    """
    origin, inner = get_origin(hint), get_args(hint)
    own = next((each.reader for each in said if isinstance(each, Read)), None)
    if origin is Annotated:
        return reader_of(inner[0], hint.__metadata__)
    if origin in (Union, types.UnionType) and types.NoneType in inner:
        rest: Any = Union[tuple(each for each in inner if each is not types.NoneType)]  # noqa: UP007
        return _optional(reader_of(rest, said))
    if own is not None:
        return own
    if hint in (float, int):
        expected = next((each for each in said if isinstance(each, Expected)), None)
        return _whole(expected or at_least(0)) if hint is int else number(expected or _ANY_NUMBER)
    if hint is str:
        return _word(next((each.known for each in said if isinstance(each, Words)), ()))
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if origin is tuple:
        count = None if inner[-1] is ... else len(inner)
        return sequence(reader_of(inner[0], said), count, _words_of(said))
    if origin is dict:
        return _mapping(reader_of(inner[0]), reader_of(inner[1], said))
    if isinstance(hint, type):
        return instance((hint,))
    if origin in (Union, types.UnionType) and all(isinstance(each, type) for each in inner):
        return instance(inner)
    raise TypeError(f"values of {hint} cannot be checked; annotate it with Read(…)")


_ANY_NUMBER = Expected("a finite number")


def _words_of(said: tuple[Any, ...]) -> str:
    return next((each.words for each in said if isinstance(each, Expected)), "")


def _optional(read: Reader) -> Reader:
    return lambda value: None if value is None else read(value)


def number(expected: Expected = _ANY_NUMBER) -> Reader:
    """Read a finite number as a float."""

    def read(value: Any) -> float:
        # most are right already
        if type(value) is float and math.isfinite(value) and expected.holds(value):
            return value
        plain = _scalar(value)
        if isinstance(plain, bool) or not isinstance(plain, numbers.Real):
            raise refuse(expected.words, value)
        try:
            result = float(plain)
        except (OverflowError, ValueError):
            result = math.nan
        limited = math.isfinite(result) or (expected.infinite and result == math.inf)
        if not (limited and expected.holds(result)):
            raise refuse(expected.words, plain, expected.hint(result))
        if math.isfinite(result) and abs(result) > LARGEST:
            raise refuse(expected.words, plain, "; that is too large")
        return result

    return read


def _whole(expected: Expected) -> Reader:
    def read(value: Any) -> int:
        plain = _scalar(value)
        if isinstance(plain, bool) or not isinstance(plain, numbers.Integral):
            raise refuse(expected.words, value)
        count = int(plain)
        if abs(count) > _LARGEST_COUNT:
            raise refuse(expected.words, value, "; that is too large")
        if not expected.holds(count):
            raise refuse(expected.words, count, expected.hint(count))
        return count

    return read


def _scalar(value: Any) -> Any:
    """A number of NumPy, or its array without dimensions, as one of Python."""
    return value.item() if getattr(value, "shape", None) == () and hasattr(value, "item") else value


def _word(known: tuple[str, ...]) -> Reader:
    expected = any_of(known) if known else "text"

    def read(value: Any) -> str:
        if not isinstance(value, str) or (known and value not in known):
            raise refuse(expected, value, "")
        return str(value)

    return read


def _switch(value: Any) -> bool:
    plain = _scalar(value)
    if not isinstance(plain, bool):
        raise refuse("True or False", value)
    return plain


def _path(value: Any) -> Path:
    if not isinstance(value, str | PathLike) or not fspath(value):
        raise refuse("a path", value)
    return Path(value)


_SIMPLE: dict[Any, Reader] = {bool: _switch, Path: _path, Any: lambda value: value}


def items(value: Any, expected: str) -> list[Any]:
    """What is in a list, a tuple or an array, in order."""
    unordered = isinstance(value, str | bytes | bytearray | Mapping | Set)
    if unordered or not hasattr(value, "__len__") or not hasattr(value, "__iter__"):
        raise refuse(expected, value)
    return list(value)


def sequence(read: Reader, count: int | None = None, what: str = "") -> Reader:
    """Read a list, a tuple or an array as a tuple, each part by a reader.

    Parameters
    ----------
    read
        Of one part.
    count
        How many there have to be; ``None`` takes any.
    what
        What messages say that was expected.
    """
    many = f"a list of {count}" if count else "a list, a tuple or an array"
    expected = f"{many}, each {what}" if what else many

    def read_all(value: Any) -> tuple[Any, ...]:
        parts = items(value, expected)
        if count is not None and len(parts) != count:
            raise refuse(expected, value)
        result = []
        for i, part in enumerate(parts):
            try:
                result.append(read(part))
            except Unexpected as error:
                raise Unexpected(str(error), f"[{i}]{error.place}") from None
        return tuple(result)

    return read_all


def vector(what: str = "three finite numbers", *, is_zero: bool = True) -> Reader:
    """Read three finite numbers.

    Parameters
    ----------
    what
        What messages say that was expected.
    is_zero
        Whether all of them may be zero.
    """

    def read(value: Any) -> tuple[float, float, float]:
        try:
            x, y, z = map(number(), items(value, what))
        except ValueError:  # Unexpected among them
            raise refuse(what, value) from None
        if not is_zero and not (x or y or z):
            raise Unexpected("a direction must not be zero")
        return x, y, z

    return read


def _mapping(read_key: Reader, read_value: Reader) -> Reader:
    def read(value: Any) -> dict[Any, Any]:
        if not isinstance(value, Mapping):
            raise refuse("a dictionary", value)
        result = {}
        for key, each in value.items():
            try:
                result[read_key(key)] = read_value(each)
            except Unexpected as error:
                raise Unexpected(str(error), f".{show_key(key)}{error.place}") from None
        return result

    return read


def show_key(key: Any) -> str:
    """Write a key of a dictionary as part of a dotted path."""
    return key if isinstance(key, str) and len(key) <= _LONGEST else show(key)


def instance(kinds: tuple[type[Any], ...], expected: str = "") -> Reader:
    """Read an object of one of some classes, as it is."""
    words = expected or " or ".join(map(a_, kinds))

    def read(value: Any) -> Any:
        if not isinstance(value, kinds):
            raise refuse(words, value)
        return value

    return read


def known_kind(registry: Mapping[str, type[Any]], what: str) -> Reader:
    """Read an object of one of the classes of a registry, as it is.

    Parameters
    ----------
    registry
        By the name that a case gives them; read when a value is.
    what
        What messages call such an object, as in "a law of superconducting stacks".
    """

    def read(value: Any) -> Any:
        if isinstance(value, tuple(registry.values())):
            return value
        homes = {each.__name__: each.__module__ for each in registry.values()}
        twin = type(value).__name__
        hint = ""
        if isinstance(value, str) and value in registry:
            hint = f"; make one, as in {registry[value].__name__}(…)"
        elif twin in homes:
            hint = f"; take {twin} of {homes[twin]}"
        raise refuse(f"{what} ({', '.join(homes)})", value, hint)

    return read
