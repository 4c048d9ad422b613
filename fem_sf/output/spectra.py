# SPDX-License-Identifier: MIT
"""Turns densities of states into labelled arrays and tables, and back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from fem_sf.output.labels import Labels
from fem_sf.study.results import LayerFields, LayerSpectrum, Spectrum

DENSITY = "density_of_states"
"""The variable."""

_AVERAGES = ("mean", "left", "right")


def spectra_arrays(
    spectra: Sequence[Spectrum], layers: dict[str, LayerFields], labels: Labels
) -> xr.Dataset:
    """Label densities of states.

    Parameters
    ----------
    spectra
        At least one; all at the same places.
    layers
        Whose ends are the places ``left`` and ``right``.
    labels
        Of the quantities.

    Returns
    -------
    xarray.Dataset
        ``density_of_states`` (energy, place, spin), one spectrum after another along ``energy``.
        ``spectrum`` (from 1) and ``broadening`` tell whose an energy is. Places are labelled as
        ``S.mean``, ``S.left``, ``S.right``, ``S.probe1``, …; ``place_layer``, ``place_kind`` and
        ``place_x`` (NaN for no single point) say the same in parts.
    """
    energies = np.concatenate([each.energies for each in spectra])
    counts = [len(each.energies) for each in spectra]
    owners, kinds, points = _places(spectra[0], layers)
    values = np.concatenate([_stacked(each) for each in spectra])
    axes = "xyz"[: points.shape[1]]
    coordinates = {
        **labels.axis("energy", energies),
        **labels.variables(
            {"broadening": np.repeat([each.broadening for each in spectra], counts)}, ("energy",)
        ),
        "spectrum": ("energy", np.repeat(np.arange(1, len(spectra) + 1), counts)),
        "place": [f"{owner}.{kind}" for owner, kind in zip(owners, kinds, strict=True)],
        "place_layer": ("place", owners),
        "place_kind": ("place", [kind.rstrip("0123456789") for kind in kinds]),
        "spin": list(spectra[0].spins),
        **labels.variables(
            {axis: points[:, i] for i, axis in enumerate(axes)}, ("place",), "place_"
        ),
    }
    return xr.Dataset(labels.variables({DENSITY: values}, ("energy", "place", "spin")), coordinates)


def _places(
    spectrum: Spectrum, layers: dict[str, LayerFields]
) -> tuple[list[str], list[str], NDArray[np.float64]]:
    """Layer, kind and position of every place, in the order of `_stacked`."""
    owners, kinds, points = [], [], []
    for name, each in spectrum.layers.items():
        x = layers[name].points[:, 0]
        averages = np.full((len(_AVERAGES), layers[name].points.shape[1]), np.nan)
        averages[1:, 0] = x.min(), x.max()
        points += [averages, each.probe_points]
        kinds += [*_AVERAGES, *(f"probe{i + 1}" for i in range(len(each.probe_points)))]
        owners += [name] * (len(_AVERAGES) + len(each.probe_points))
    return owners, kinds, np.concatenate(points)


def _stacked(spectrum: Spectrum) -> NDArray[np.float64]:
    """All places of a spectrum, shape (energies, places, spins)."""
    parts = []
    for each in spectrum.layers.values():
        parts += [np.stack([each.mean, each.left, each.right], axis=1), each.probes]
    return np.concatenate(parts, axis=1)


def read_spectra(dataset: xr.Dataset) -> tuple[Spectrum, ...]:
    """What `spectra_arrays` labelled; empty where nothing was."""
    if DENSITY not in dataset:
        return ()
    numbers = dataset["spectrum"].values
    return tuple(
        _spectrum(dataset.isel(energy=np.flatnonzero(numbers == number)))
        for number in np.unique(numbers)
    )


def _spectrum(dataset: xr.Dataset) -> Spectrum:
    layers = {}
    owners, kinds = dataset["place_layer"].values, dataset["place_kind"].values
    axes = [f"place_{axis}" for axis in "xyz" if f"place_{axis}" in dataset]
    for name in dict.fromkeys(owners):
        own = np.flatnonzero(owners == name)
        values = dataset[DENSITY].values[:, own]
        mean, left, right = (values[:, i] for i in range(len(_AVERAGES)))
        probes = kinds[own] == "probe"
        points = np.column_stack([dataset[axis].values[own][probes] for axis in axes])
        layers[str(name)] = LayerSpectrum(mean, left, right, values[:, probes], points)
    spins = tuple(map(str, dataset["spin"].values))
    broadening = float(dataset["broadening"].values[0])
    return Spectrum(dataset["energy"].values, broadening, spins, layers)


def spectra_table(dataset: xr.Dataset) -> dict[str, np.ndarray]:
    """Columns ``spectrum, broadening, energy, layer, place, x[, y], N_up, N_down, N``.

    All energies at the first place, at the second, …; N is the mean of the spins.
    """
    density = dataset[DENSITY].transpose("place", "energy", "spin")
    shape = density.shape[:2]

    def along_energy(name: str) -> np.ndarray:
        return np.broadcast_to(dataset[name].values, shape).ravel()

    def along_place(name: str) -> np.ndarray:
        return np.broadcast_to(dataset[name].values[:, None], shape).ravel()

    columns = {name: along_energy(name) for name in ("spectrum", "broadening", "energy")}
    columns |= {"layer": along_place("place_layer"), "place": along_place("place_kind")}
    columns |= {axis: along_place(f"place_{axis}") for axis in "xyz" if f"place_{axis}" in dataset}
    spins = dataset["spin"].values
    columns |= {f"N_{spin}": density.sel(spin=spin).values.ravel() for spin in spins}
    columns["N"] = density.mean("spin").values.ravel()
    if "energy_meV" in dataset:
        columns["energy_meV"] = along_energy("energy_meV")
    return columns
