# SPDX-License-Identifier: MIT
"""A solved state: its fields, its numbers, its picture, as a table and as files."""

from __future__ import annotations

import base64
import contextlib
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fem_sf.api.number import Number, find_number
from fem_sf.errors import FemSFError, InputError, Problem
from fem_sf.words import did_you_mean

if TYPE_CHECKING:
    import xarray as xr
    from mpi4py import MPI

    from fem_sf.study.results import SpinResult, UsadelResult

NAMES = {
    "usadel": {"gap": "delta", "magnetization": "dM"},
    "spin": {
        "potential": "V",
        "charge": "dn",
        "spin_accumulation": "dM",
        "current": "J",
        "spin_current": "JM",
        "direction": "p",
    },
}
"""Names of observables, and what their columns begin with in tables and files."""


class State:
    """A solved state, from `Usadel.solve`, `SpinTransport.solve` or `load_state`.

    On several ranks fields are on rank 0, the summary is on all.

    Parameters
    ----------
    summary
        The numbers of ``summary.json``.
    dataset
        All fields as labelled arrays, as ``result.nc`` holds them; ``None`` on ranks but the first.
    result
        The result behind it; ``None`` for a state from a folder.
    solve_again
        Solves another case from this state; ``None`` for a state from a folder.
    """

    def __init__(
        self,
        summary: dict[str, Any],
        dataset: xr.Dataset | None,
        result: UsadelResult | SpinResult | None = None,
        solve_again: Callable[[Any], UsadelResult] | None = None,
    ):
        self.summary, self.result = summary, result
        self._dataset, self._solve_again = dataset, solve_again

    @classmethod
    def of(
        cls,
        result: UsadelResult | SpinResult,
        comm: MPI.Comm,
        solve_again: Callable[[Any], UsadelResult] | None = None,
    ) -> State:
        """The state that a result describes; its fields are kept on the first rank alone."""
        from fem_sf.output.dataset import to_dataset

        if comm.rank:
            result = replace(result, layers={}, probes={})
        dataset = to_dataset(result) if result.layers else None
        return cls(result.summary, dataset, result, solve_again)

    @property
    def dataset(self) -> xr.Dataset:
        """All fields as labelled arrays (`fem_sf.output.dataset.to_dataset`).

        Raises
        ------
        FemSFError
            On ranks but the first.
        """
        if self._dataset is None:
            raise FemSFError("the fields of a state are on rank 0; ask there")
        return self._dataset

    @property
    def kind(self) -> str:
        """``"usadel"`` or ``"spin"``."""
        return str(self.summary["kind"])

    def __getitem__(self, name: str) -> xr.DataArray:
        """Give an observable at all nodes.

        Parameters
        ----------
        name
            ``"gap"``, ``"magnetization"``, ``"spin_accumulation"`` and the like, or a column of
            the tables, as ``"dM_z"``.

        Returns
        -------
        xarray.DataArray
            On a line along ``x``, both sides of each interface in turn; else along ``node``.
            Vectors have a dimension ``component``. ``layer`` tells which node is whose, the
            attribute ``units`` the unit. ``.plot()`` draws it.

        Raises
        ------
        InputError
            If there is no such observable, with those that there are.
        """
        import xarray as xr

        column = NAMES[self.kind].get(name, name)
        parts = [f"{column}_{axis}" for axis in "xyz"]
        if column in self.dataset:
            array = self.dataset[column]
        elif all(part in self.dataset for part in parts):
            axes = xr.DataArray(list("xyz"), dims="component", name="component")
            array = xr.concat([self.dataset[part] for part in parts], axes)
            array.attrs = self.dataset[parts[0]].attrs
        else:
            raise InputError([Problem("name", self._unknown(name))])
        on_a_line = "y" not in self.dataset.coords and "node" in array.dims
        return array.swap_dims(node="x").rename(name) if on_a_line else array.rename(name)

    def _unknown(self, name: str) -> str:
        columns = [str(each) for each in self.dataset.data_vars]
        known = [each for each in NAMES[self.kind] if self._has(each)] + columns
        return f"there is no {name!r}{did_you_mean(name, known)}; there are {', '.join(known)}"

    def _has(self, name: str) -> bool:
        column = NAMES[self.kind][name]
        return column in self.dataset or f"{column}_z" in self.dataset

    def number(self, name: str, owner: str | None = None) -> Number:
        """Give a number with its error and unit; see `fem_sf.api.number.find_number`."""
        case = None if self.result is None else self.result.case
        return find_number(self.summary, case, name, owner)

    def density_of_states(
        self, energies: Sequence[float], broadening: float = 0.01
    ) -> xr.DataArray:
        """Compute densities of states; collective.

        Parameters
        ----------
        energies
            E in Tc from the Fermi level, shape (n,).
        broadening
            η in Tc.

        Returns
        -------
        xarray.DataArray
            N over that of the normal state, dimensions ``layer``, ``place`` (``mean`` over the
            layer, ``left`` and ``right`` end), ``energy`` and ``spin``.

        Raises
        ------
        FemSFError
            For spin transport, for a state from a folder, and on ranks but the first after all
            have computed it.
        """
        import xarray as xr

        from fem_sf.settings import SpectrumSettings

        if self.kind != "usadel" or self.result is None or self._solve_again is None:
            raise FemSFError("densities of states are computed from a state that Usadel solved")
        case: Any = self.result.case
        asked = SpectrumSettings(tuple(map(float, energies)), broadening)
        found = self._solve_again(replace(case, spectra=(asked,))).spectra
        if not found:
            raise FemSFError("densities of states are on rank 0; ask there")
        spectrum, layers = found[0], found[0].layers
        values = np.array([[each.mean, each.left, each.right] for each in layers.values()])
        coordinates = {
            "layer": list(layers),
            "place": ["mean", "left", "right"],
            "energy": ("energy", spectrum.energies, {"units": "Tc"}),
            "spin": list(spectrum.spins),
        }
        attributes = {"long_name": "N/N_normal", "units": "1", "broadening": broadening}
        dimensions = ("layer", "place", "energy", "spin")
        return xr.DataArray(values, coordinates, dimensions, "density_of_states", attributes)

    def save(self, folder: Path | str) -> None:
        """Write everything that ``fem-sf run`` leaves, and read it by `load_state`.

        Raises
        ------
        FemSFError
            If this state is from a folder already, or the folder cannot be written.
        """
        from fem_sf.output.write import write_result

        if self.result is None:
            raise FemSFError("this state is from a folder already; copy that")
        write_result(self.result, folder)

    def __repr__(self) -> str:
        """Give the table of the main numbers."""
        from fem_sf.output.console import print_summary

        text = io.StringIO()
        scales = None if self.result is None else self.result.case.scales
        dimension = 1 if self._dataset is None else sum(axis in self.dataset for axis in "xyz")
        with contextlib.redirect_stdout(text):
            print_summary(self.summary, scales, dimension)
        return text.getvalue().rstrip()

    def _repr_html_(self) -> str:
        """Give the table and the first picture, for notebooks."""
        from html import escape

        from fem_sf.output.plots import draw

        figures = [] if self._dataset is None else list(draw(self.dataset).values())
        picture = f'<img src="data:image/png;base64,{_png(figures[0])}">' if figures else ""
        return f"<pre>{escape(repr(self))}</pre>{picture}"


def _png(figure: Any) -> str:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    file = io.BytesIO()
    FigureCanvasAgg(figure).print_png(file)
    return base64.b64encode(file.getvalue()).decode()


def load_state(folder: Path | str) -> State:
    """Read a state that `State.save` or ``fem-sf run`` has written.

    Units of its numbers are not known.

    Raises
    ------
    FemSFError
        If there is no result in the folder, or a damaged one.
    """
    from fem_sf.output.dataset import load_dataset

    dataset = load_dataset(folder)
    return State(json.loads(dataset.attrs["summary"]), dataset)
