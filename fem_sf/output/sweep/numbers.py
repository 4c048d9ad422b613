# SPDX-License-Identifier: MIT
"""Flattens a summary into variables: numbers, vectors, words, lists over energies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

COMPONENTS = ("x", "y", "z")

_CONDITIONS = (
    *("temperature", "reference", "mode", "drive", "unknowns", "units", "cautions", "converged"),
    *("energies", "broadening", "material", "law", "direction"),
    *("reason", "gap_residuals", "loads"),
)
"""Keys that say what was asked for, or how it was done, and no result."""


@dataclass(frozen=True)
class Variable:
    """One value of a summary.

    Parameters
    ----------
    name
        Its dotted path, as in ``layers.S.gap.mean``.
    value
        A number, a vector, a text, or an array.
    dimensions
        Of its value.
    """

    name: str
    value: Any
    dimensions: tuple[str, ...] = ()


def variables(summary: Mapping[str, Any]) -> dict[str, Variable]:
    """All results of a summary, as of plain data, by their dotted path.

    Returns
    -------
    dict
        Numbers, NaN where one is not known, vectors, texts, and arrays over the energies of
        spectra; other lists are left out.
    """
    found = list(_inside({**summary, "spectra": []}, ""))
    for i, spectrum in enumerate(summary.get("spectra", [])):
        name = f"spectra[{i}]"
        energies = spectrum["energies"]
        found.append(Variable(f"{name}.energies", energies, (energy_dimension(i),)))
        found += _of_spectrum(spectrum, name, energy_dimension(i))
    return {each.name: each for each in found}


def energy_dimension(number: int) -> str:
    """What the energies of a spectrum, counted from 0, are called as a dimension."""
    return f"spectra[{number}].energy"


def _inside(value: Any, name: str) -> Iterator[Variable]:
    match value:
        case dict():
            for key, each in value.items():
                if key not in _CONDITIONS:
                    yield from _inside(each, f"{name}.{key}" if name else key)
        case bool() | int() | float():
            yield Variable(name, float(value))
        case None:
            yield Variable(name, np.nan)
        case str():
            yield Variable(name, value)
        case [int() | float(), int() | float(), int() | float()]:
            yield Variable(name, np.array(value, dtype=float), ("component",))


def _of_spectrum(spectrum: Mapping[str, Any], name: str, dimension: str) -> Iterator[Variable]:
    """Densities of states by layer, place and spin, and their mean over the spins, N."""
    for layer, places in spectrum["layers"].items():
        by_place = {place: places[place] for place in ("mean", "left", "right")}
        by_place |= {f"probes[{i}]": each for i, each in enumerate(places["probes"])}
        for place, by_spin in by_place.items():
            owner = f"{name}.layers.{layer}.{place}"
            for spin, values in by_spin.items():
                yield Variable(f"{owner}.N_{spin}", np.array(values), (dimension,))
            mean = np.mean(list(by_spin.values()), axis=0)
            yield Variable(f"{owner}.N", mean, (dimension,))
        yield from _inside(places.get("error", {}), f"{name}.layers.{layer}.error")
