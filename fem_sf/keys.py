# SPDX-License-Identifier: MIT
"""What a case file has to know of a parameter of a law."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """What a case has to know of a parameter, as ``Annotated[float, Key(…)]``.

    Parameters
    ----------
    expected
        What messages say that was expected.
    unit
        What its numbers are measured in, as "1", "ξ0" or "σ0/L0"; "" of a text.
    symbols
        Other names of it.
    least, most
        Bounds of a number; ``None`` for none.
    """

    expected: str
    unit: str = "1"
    symbols: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
