# SPDX-License-Identifier: MIT
"""Reads formulas of the position from text: arithmetic and some functions, nothing else.

The text is parsed by Python and every part of it held against lists of what is allowed, so that it
can do nothing but compute numbers.
"""

from __future__ import annotations

import ast
import math
import operator
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fem_sf.words import did_you_mean, spell

COORDINATES = ("x", "y", "z")
"""Names that formulas know besides functions and constants."""

_CONSTANTS = {"pi": math.pi}
_FUNCTIONS = {
    **dict.fromkeys(("sin", "cos", "tan", "arcsin", "arccos", "arctan"), 1),
    **dict.fromkeys(("sinh", "cosh", "tanh", "exp", "log", "sqrt", "abs", "sign"), 1),
    **dict.fromkeys(("arctan2", "minimum", "maximum"), 2),
}
"""NumPy's functions that may be called, each with how many arguments it has."""

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


class FormulaError(ValueError):
    """A text is no formula; the message says why."""


@dataclass(frozen=True)
class Formula:
    """A formula such as ``15*sin(pi*x/2)``.

    Parameters
    ----------
    text
        Numbers, ``x``, ``y``, ``z``, ``pi``, ``+ - * / **``, parentheses and functions.

    Raises
    ------
    FormulaError
        If it is anything else.
    """

    text: str

    def __post_init__(self) -> None:
        """Look at every part once."""
        try:
            _check(self._tree)
        except RecursionError:
            raise FormulaError("this formula is nested too deeply") from None

    @cached_property
    def _tree(self) -> ast.expr:
        try:
            return ast.parse(self.text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise FormulaError(
                'expected a formula in reduced units, as in "15*sin(pi*x/2)", '
                f"got {spell(self.text)}"
            ) from None

    @property
    def coordinates(self) -> frozenset[str]:
        """Those of x, y, z that it depends on."""
        names = {each.id for each in ast.walk(self._tree) if isinstance(each, ast.Name)}
        return frozenset(names & set(COORDINATES))

    def __call__(self, positions: Mapping[str, Any]) -> Any:
        """Evaluate.

        Parameters
        ----------
        positions
            An array for each of the coordinates that it depends on, all of one shape.

        Returns
        -------
        ndarray or float
            NaN or infinite where it has no value; a number where it depends on nothing.
        """
        import numpy as np

        with np.errstate(all="ignore"):
            return _evaluate(self._tree, positions)


def _check(node: ast.AST) -> None:
    """Refuse whatever is not in the lists."""
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            _check_number(value)
        case ast.Name(id=name):
            _check_name(name)
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            _check(operand)
        case ast.BinOp(op=ast.BitXor()):
            raise FormulaError("powers are written with **, as in x**2, not with ^")
        case ast.BinOp(op=op, left=left, right=right) if type(op) in _OPERATORS:
            _check(left)
            _check(right)
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
            _check_call(name, arguments)
        case _:
            raise _refused(node)


def _check_number(value: float) -> None:
    if not abs(value) <= sys.float_info.max:
        raise FormulaError("a number in this formula is too large")


def _check_name(name: str) -> None:
    if name in _FUNCTIONS:
        raise FormulaError(f"{name} is a function; write {name}(…)")
    if name not in (*COORDINATES, *_CONSTANTS):
        names = (*COORDINATES, *_CONSTANTS)
        hint = did_you_mean(name, (*names, *_FUNCTIONS))
        hint = hint or f"; a formula knows {', '.join(names)} and functions such as sin(…)"
        raise FormulaError(f"unknown name {spell(name)}{hint}")


def _check_call(name: str, arguments: list[ast.expr]) -> None:
    if name not in _FUNCTIONS:
        hint = did_you_mean(name, _FUNCTIONS) or f"; there are {', '.join(_FUNCTIONS)}"
        raise FormulaError(f"unknown function {spell(name)}{hint}")
    count = _FUNCTIONS[name]
    if len(arguments) != count:
        words = "one argument" if count == 1 else f"{count} arguments"
        raise FormulaError(f"{name} has {words}, got {len(arguments)}")
    for argument in arguments:
        _check(argument)


def _refused(node: ast.AST) -> FormulaError:
    return FormulaError(
        f"{spell(ast.unparse(node))} is no part of a formula; there are numbers, "
        f"{', '.join((*COORDINATES, *_CONSTANTS))}, + - * / **, parentheses and functions"
    )


def _evaluate(node: ast.AST, positions: Mapping[str, Any]) -> Any:
    """Compute a checked formula; numbers are floats, so that powers stay small and quick."""
    import numpy as np

    match node:
        case ast.Constant(value=value):
            return np.float64(value)
        case ast.Name(id=name):
            return np.float64(_CONSTANTS[name]) if name in _CONSTANTS else positions[name]
        case ast.UnaryOp(op=op, operand=operand):
            return _OPERATORS[type(op)](_evaluate(operand, positions))
        case ast.BinOp(op=op, left=left, right=right):
            return _OPERATORS[type(op)](_evaluate(left, positions), _evaluate(right, positions))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return getattr(np, name)(*(_evaluate(each, positions) for each in arguments))
    raise _refused(node)
