# SPDX-License-Identifier: MIT
"""What the columns of a result are called, measured in and drawn as."""

from __future__ import annotations

from dataclasses import dataclass

from fem_sf.settings import PhysicalScales

SI_COLUMNS = ("x_nm", "y_nm", "delta_meV", "omega_meV")
"""The columns that a result carries beside the reduced ones where its units are known."""


@dataclass(frozen=True)
class Quantity:
    """One column of a result.

    Parameters
    ----------
    long_name
        What it is, in words.
    unit
        Its unit, in words; ``"1"`` for a pure number.
    """

    long_name: str
    unit: str

    @property
    def attributes(self) -> dict[str, str]:
        """The two as attributes of a labelled array."""
        return {"long_name": self.long_name, "units": self.unit}


@dataclass(frozen=True)
class SIColumn:
    """A column that repeats another one in an SI unit.

    Parameters
    ----------
    source
        The column in reduced units.
    name
        What the new column is called.
    factor
        New number over old number.
    quantity
        What it is and in which unit.
    """

    source: str
    name: str
    factor: float
    quantity: Quantity


def usadel_quantities(reference: str | None) -> dict[str, Quantity]:
    """Describe the coordinates and ``USADEL_COLUMNS`` of a result.

    Parameters
    ----------
    reference
        The layer whose 2ν|J| magnetizations are divided by; ``None`` without ferromagnets.
    """
    moment = f"2ν|J| of layer {reference}" if reference else "1"
    return {
        "x": Quantity("position along the stack", "ξ0"),
        "y": Quantity("position across the stack", "ξ0"),
        "delta": Quantity("order parameter Δ", "k_B Tc"),
        **{
            f"dM_{axis}": Quantity(
                f"change of the magnetization by superconductivity, δM, component along {axis}",
                moment,
            )
            for axis in "xyz"
        },
        **amplitude_quantities("at the first Matsubara frequency"),
    }


def amplitude_quantities(where: str) -> dict[str, Quantity]:
    """Describe ``AMPLITUDE_COLUMNS``.

    Parameters
    ----------
    where
        At which frequency, in words.
    """
    triplet = f"triplet pair amplitude {where}, component along"
    return {
        "singlet": Quantity(f"singlet pair amplitude {where}", "1"),
        **{f"triplet_{axis}": Quantity(f"{triplet} {axis}", "1") for axis in "xyz"},
    }


FREQUENCY = Quantity("frequency ω", "k_B Tc")
"""The chosen frequencies."""


def length_nm(scales: PhysicalScales) -> float:
    """ξ0 in nm."""
    return scales.length / 1e-9


def energy_mev(scales: PhysicalScales) -> float:
    """k_B Tc in meV."""
    from scipy.constants import electron_volt

    return scales.energy / (1e-3 * electron_volt)


def si_columns(scales: PhysicalScales) -> tuple[SIColumn, ...]:
    """``SI_COLUMNS`` and how they follow from the reduced ones."""
    along, across = (Quantity(f"position {where} the stack", "nm") for where in ("along", "across"))
    gap = Quantity("order parameter Δ", "meV")
    frequency = Quantity(FREQUENCY.long_name, "meV")
    return (
        SIColumn("x", "x_nm", length_nm(scales), along),
        SIColumn("y", "y_nm", length_nm(scales), across),
        SIColumn("delta", "delta_meV", energy_mev(scales), gap),
        SIColumn("omega", "omega_meV", energy_mev(scales), frequency),
    )
