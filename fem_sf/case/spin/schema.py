# SPDX-License-Identifier: MIT
"""Declares the tables and keys that only spin-transport cases have."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Any, ClassVar, get_args, get_origin, get_type_hints

from pydantic import Field, create_model

from fem_sf.case import schema
from fem_sf.case.fields import Diffusivity, Length
from fem_sf.case.schema import (
    Bound,
    Pair,
    PetscOptions,
    Schemas,
    Switch,
    Table,
    Tolerance,
)
from fem_sf.case.source import OtherNames
from fem_sf.case.spin.fields import (
    Anisotropy,
    BarrierEnergy,
    BarrierHeight,
    BarrierModel,
    Capacitance,
    Checkpoint,
    Conductivity,
    ConductivityScale,
    CurrentDensity,
    Direction,
    Frequency,
    InitialState,
    LengthScale,
    MaterialWord,
    Method,
    ModeWord,
    Permittivity,
    Precession,
    Rate,
    Scheme,
    Shape,
    Stiffness,
    Thickness,
    Time,
    TimeInList,
    TimeScale,
    Voltage,
    VoltageScale,
    WaveNumber,
    numbers_in,
    one_of,
)
from fem_sf.keys import Key
from fem_sf.limits import MOST_TIMES
from fem_sf.spin.interfaces import BARRIER_MODELS, LAWS, Law
from fem_sf.spin.settings import SpinSolverSettings, TimeSettings, Waveform
from fem_sf.words import any_of


class CaseTable(schema.CaseTable):
    """The whole file; its tables are read one by one."""

    required: ClassVar = ("kind", "drive", "layers")
    refused: ClassVar = {
        "spectra": "a case of spin transport has no density of states; leave it out",
        "critical_temperature": "a case of spin transport has none; leave it out",
        "usadel": 'these are the conditions of kind = "usadel"; spin transport has [drive] instead',
        "reference": "a case of spin transport has none; leave it out",
    }

    kind: Any = Field(None, description='kind = "spin" in the first line')
    spin: Any = None
    drive: Any = Field(None, description="a table [drive] with voltage = … or current = …")
    time: Any = Field(None, description="a table [time] with end = …")


class SpinTable(Table):
    """What is computed."""

    mode: ModeWord = "steady"


class DriveTable(Table):
    """What drives the current."""

    measured_in: ClassVar = {"voltage": "V0", "current": "σ0 V0/L0", "wave_number": "1/L0"}

    voltage: Voltage | None = Field(
        None, description="V of the left end minus V of the right end, in V0, a number"
    )
    current: CurrentDensity | None = Field(
        None, description="the current density J from left to right, in σ0 V0/L0, a number"
    )
    wave_number: WaveNumber = Field(
        0.0, ge=0, description="q of a drive cos(qy), in 1/L0, a number ≥ 0"
    )
    contacts: Pair | None = Field(
        None,
        description="the groups of facets that are the left and the right reservoir, as in "
        '["left", "right"]',
    )
    waveform: dict[str, Any] | None = Field(
        None, description='a table, as in { shape = "pulse", start = 0.0, duration = 1.0 }'
    )


class WaveformTable(Table):
    """How the drive depends on time."""

    required: ClassVar = ("shape",)
    measured_in: ClassVar = {"start": "t0", "duration": "t0", "frequency": "1/t0"}

    shape: Shape | None = Field(None, description='"step", "pulse" or "sine"')
    start: Time = Field(Waveform.start, description="a time in t0, a number ≥ 0")
    duration: Time | None = Field(None, description="how long the pulse lasts, in t0, a number > 0")
    frequency: Frequency | None = Field(
        None, description="the frequency of the sine in 1/t0, a number > 0"
    )


class TimeTable(Table):
    """How a run in time goes."""

    required: ClassVar = ("end",)
    measured_in: ClassVar = {"end": "t0", "step": "t0"}

    end: Time | None = Field(None, description="the time at the end in t0, a number > 0")
    tolerance: float = Field(
        TimeSettings.tolerance, description="an error of one step between 0 and 1"
    )
    step: Time | None = Field(None, description="a time step in t0, a number > 0")
    scheme: Scheme = TimeSettings.scheme
    initial: InitialState = TimeSettings.initial
    times: list[TimeInList] = Field(
        [],
        max_length=MOST_TIMES,
        description=f"a list of at most {MOST_TIMES} times in t0, as in [0.5, 1.0]",
    )
    checkpoint: Checkpoint = TimeSettings.checkpoint


_ALPHA = "a coefficient α of ∇δn, a number"


class LayerTable(schema.LayerTable):
    """One layer; which keys it may have depends on its material."""

    other_names: ClassVar = {"alpha": ("alpha1", "alpha2")}
    measured_in: ClassVar = {
        "thickness": "L0",
        "conductivity": "σ0",
        "diffusivity": "L0²/t0",
        "relaxation_time": "t0",
        "permittivity": "σ0 t0",
        "angle": "degrees",
        "precession": "1/t0",
        "exchange_precession": "1/t0",
    }

    material: MaterialWord | None = Field(None, description='"ferromagnet" or "normal"')
    thickness: Thickness | None = Field(
        None, description='a thickness in L0, a number > 0, or "semi-infinite"'
    )
    conductivity: Conductivity | None = Field(
        None, description="the conductivity σ in σ0, a number > 0"
    )
    diffusivity: Diffusivity | None = Field(
        None, description="the diffusivity D in L0²/t0, a number > 0"
    )
    polarisation: float | None = Field(
        None, description="the polarisation β of the conductivity, a number between −1 and 1"
    )
    alpha1: float | None = Field(None, description=_ALPHA)
    alpha2: float | None = Field(None, description=_ALPHA)
    relaxation_time: Time | None = Field(
        None, description="the relaxation time τ in t0, a number > 0"
    )
    permittivity: Permittivity | None = Field(
        None, description="the permittivity ε in σ0 t0, a number > 0"
    )
    direction: Direction | None = None
    angle: float | None = Field(
        None, description="the angle of p from +z towards +x in degrees, a number"
    )
    precession: Precession | None = None
    exchange_precession: Rate | None = Field(
        None, description="γH0 of the exchange field in 1/t0, a number"
    )
    wall: dict[str, Any] | None = Field(
        None, description="a table, as in { stiffness = 1.0, anisotropy = 0.5 }"
    )


class WallTable(Table):
    """What holds a magnetization that may turn."""

    required: ClassVar = ("stiffness", "anisotropy")
    measured_in: ClassVar = {
        "stiffness": "σ0 V0",
        "anisotropy": "σ0 V0/L0²",
        "hard_axis_anisotropy": "σ0 V0/L0²",
    }

    stiffness: Stiffness | None = Field(
        None, description="the stiffness A_ex in σ0 V0, a number > 0"
    )
    anisotropy: Anisotropy | None = Field(
        None, description="the anisotropy K of the easy axis in σ0 V0/L0², a number > 0"
    )
    hard_axis_anisotropy: Anisotropy | None = Field(
        None, description="the anisotropy K_d of the hard axis in σ0 V0/L0², a number ≥ 0"
    )
    hard_axis: Direction | None = None


class InterfaceTable(schema.InterfaceTable):
    """One interface; the keys of laws are added by `interface_table`."""

    other_names: ClassVar = {"Cb": ("capacitance",)}
    measured_in: ClassVar = {"capacitance": "σ0 t0/L0"}

    between: Pair | None = Field(
        None, description='the names of two layers that touch, as in ["FL", "FR"]'
    )
    capacitance: Capacitance | None = Field(
        None, description="C_b per area, in σ0 t0/L0, a number > 0"
    )


def interface_table() -> type[InterfaceTable]:
    """What reads an interface: which keys it may have depends on its law."""
    return _interface_table(tuple(LAWS.values()))


@lru_cache(maxsize=1)
def _interface_table(laws: tuple[type[Law], ...]) -> type[InterfaceTable]:
    names = [law.kind for law in laws]
    fields: dict[str, Any] = {
        "law": (Annotated[str, one_of("law", names)] | None, Field(None, description=any_of(names)))
    }
    keys = _keys(laws)
    # numbers before lists of them
    for name, (key, count) in sorted(keys.items(), key=lambda each: each[1][1] > 1):
        read = numbers_in(count, key.unit, key.expected) if count else dict[str, Any]
        bounded = Field(None, description=key.expected, ge=key.least, le=key.most)
        fields[name] = (read | None, bounded)
    table = create_model("InterfaceTable", __base__=InterfaceTable, **fields)
    symbols = {symbol: (name,) for name, (key, _) in keys.items() for symbol in key.symbols}
    table.other_names = {**InterfaceTable.other_names, **symbols}
    units = {name: key.unit for name, (key, count) in keys.items() if count == 1}
    units = {name: unit for name, unit in units.items() if unit != "1"}
    table.measured_in = {**InterfaceTable.measured_in, **units}
    return table


def _keys(laws: tuple[type[Law], ...]) -> dict[str, tuple[Key, int]]:
    """The keys of all laws, each with how many numbers it has; 0 for a table.

    Raises
    ------
    TypeError
        If two laws mean different things by a key or a symbol, or one what interfaces mean.
    """
    keys: dict[str, tuple[Key, int]] = {}
    meanings: dict[str, Any] = dict.fromkeys(InterfaceTable.model_fields)
    for law in laws:
        types = get_type_hints(law)
        for name, key in law.keys().items():
            count = _count(types[name])
            keys.setdefault(name, (key, count))
            meant = [(name, (count, key.unit)), *((symbol, name) for symbol in key.symbols)]
            for word, meaning in meant:
                if meanings.setdefault(word, meaning) != meaning:
                    raise TypeError(f"{law} means something else by {word!r} than other laws")
    return keys


def _count(hint: Any) -> int:
    parts = get_args(hint)
    if get_origin(hint) is tuple:
        return len(parts)
    return int(float in (hint, *parts))


class BarrierTable(Table):
    """The shape of a tunnel barrier at finite bias."""

    required: ClassVar = ("height",)
    other_names: ClassVar = {"U0": ("height",), "lam": ("decay",), "lambda": ("decay",)}
    measured_in: ClassVar = {
        "height": "V0",
        "asymmetry": "V0",
        "thickness": "L0",
        "mass": "m_e",
    }

    model: BarrierModel = BARRIER_MODELS[0]
    height: BarrierHeight | None = Field(
        None,
        description="the height U0 above the Fermi level in V0, a number > 0, or one for either "
        "spin, [up, down]",
    )
    asymmetry: BarrierEnergy = Field(
        0.0, description="the height on the right minus that on the left in V0, a number"
    )
    decay: float | None = Field(None, description="λ = 2√(2mU0)d/ħ, a number > 0")
    thickness: Length | None = Field(
        None, gt=0, description="the thickness d of the barrier in L0, a number > 0"
    )
    mass: float | None = Field(
        None, gt=0, description="the mass of an electron in the barrier in m_e, a number > 0"
    )


class UnitsTable(Table):
    """The units in SI."""

    length: LengthScale | None = None
    time: TimeScale | None = None
    conductivity: ConductivityScale | None = None
    voltage: VoltageScale | None = None


class SolverTable(Table):
    """How the equations are solved."""

    method: Method = SpinSolverSettings.method
    tolerance: Tolerance = SpinSolverSettings.tolerance
    max_iterations: Bound = SpinSolverSettings.max_iterations
    first_load: float = Field(
        SpinSolverSettings.first_load, gt=0, le=1, description="a part of the drive, from 0 to 1"
    )
    error_estimate: Switch = SpinSolverSettings.error_estimate
    petsc: PetscOptions = Field({})


def other_names() -> OtherNames:
    """Other people's cases use the symbols of the equations."""
    return {where: schemas()[where].other_names for where in _WITH_SYMBOLS}


_WITH_SYMBOLS = (("layers",), ("interfaces",), ("interfaces", "barrier"))


def schemas() -> Schemas:
    """The tables whose keys may be swept."""
    return {
        (): CaseTable,
        ("spin",): SpinTable,
        ("drive",): DriveTable,
        ("drive", "waveform"): WaveformTable,
        ("time",): TimeTable,
        ("layers",): LayerTable,
        ("layers", "wall"): WallTable,
        ("interfaces",): interface_table(),
        ("interfaces", "barrier"): BarrierTable,
        ("mesh",): schema.MeshTable,
        ("solver",): SolverTable,
    }
