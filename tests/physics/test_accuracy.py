# SPDX-License-Identifier: MIT
"""The default mesh and sum against much finer ones, away from the structures with references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from fem_sf import (
    Ferromagnet,
    Insulating,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    Normal,
    Stack,
    Superconductor,
)
from fem_sf.interfaces import Transparent
from fem_sf.study.results import UsadelResult
from reference_cases import bilayer, solved

FINE = MeshSettings(refinement=2.0, degree=6)
FINE_TAIL = 90
BARRIER, CONTACT = 1e-6, 1e-5
"""Wanted of ∫δM and the free energy, relative to the largest, with barriers alone and without."""
ROUNDING, SOLVER = 1e-10, 1e-9
"""Below which errors cannot be told apart: what both solvers leave, and what the usual one may."""


@dataclass(frozen=True)
class Bilayer:
    """Fig. 1 with a thinner S and a moderate temperature, unless said otherwise."""

    gamma: float = 0.1
    d_s: float = 5.0
    d_f: float = 1.0
    exchange: float = 15.0
    temperature: float = 0.3
    rD: float = 0.5
    nu: float = 1.0

    @property
    def stack(self) -> Stack:
        f = Ferromagnet(self.rD, self.nu, self.exchange)
        return bilayer(self.d_s, f, self.d_f, self.gamma)


BILAYERS = {
    "gamma0.001": Bilayer(gamma=0.001),
    "gamma100": Bilayer(gamma=100.0),
    "dF3e-4": Bilayer(d_f=3e-4),
    "dF5": Bilayer(d_f=5.0),
    "J0.1": Bilayer(exchange=0.1),
    "J200": Bilayer(exchange=200.0),
    "T0": Bilayer(temperature=0.0),
    "T0.001": Bilayer(temperature=0.001),
    "T0.9": Bilayer(temperature=0.9),
    "dS100": Bilayer(d_s=100.0),
    "DF0.01": Bilayer(rD=0.01, nu=50.0),
    "DF100": Bilayer(rD=100.0, nu=0.005),
    "ratio1e-3": Bilayer(nu=2e-3),
    "ratio1e3": Bilayer(nu=2e3),
}
QUICK = ("gamma0.001", "J200", "T0")


def bilayer_parameters() -> list:
    return [
        pytest.param(case, id=name, marks=[] if name in QUICK else [pytest.mark.slow])
        for name, case in BILAYERS.items()
    ]


def measured(result: UsadelResult) -> dict[str, tuple[float, float | None]]:
    """Free energy, δM and Δ of all layers with their stated errors, by dotted path."""
    summary = result.summary
    values = {"free_energy": (summary["free_energy"], summary["free_energy_error"])}
    for name, layer in summary["layers"].items():
        for quantity in ("magnetization", "gap"):
            numbers = layer.get(quantity, {})
            errors = numbers.get("error", {})
            for key in ("integral", "left", "right", "mean"):
                if key in numbers:
                    value = numbers[key][2] if quantity == "magnetization" else numbers[key]
                    values[f"{name}.{quantity}.{key}"] = value, errors.get(key)
    return values


@dataclass(frozen=True)
class Comparison:
    """Errors of the default answer, with its stated errors and scales, by quantity."""

    errors: dict[str, float]
    stated: dict[str, float]
    scales: dict[str, float]


def compare(stack: Stack, temperature: float, signs: Mapping[str, int] | None = None) -> Comparison:
    """The state with these signs of Δ, by default that of lowest free energy, on two meshes."""
    result = solved(stack, temperature, signs=signs, error_estimate=True)
    usual, found = measured(result), result.summary["signs"]
    same = {name: sign for name, sign in found.items() if sign}
    fine = measured(
        solved(stack, temperature, mesh=FINE, tail=FINE_TAIL, tolerance=1e-12, signs=same)
    )
    largest = max(abs(usual[f"{name}.magnetization.integral"][0]) for name in stack.names)
    return Comparison(
        {name: abs(value - fine[name][0]) for name, (value, _) in usual.items()},
        {name: stated for name, (_, stated) in usual.items()},
        {
            name: largest if name.endswith("magnetization.integral") else abs(value)
            for name, (value, _) in usual.items()
        },
    )


def check_accuracy(found: Comparison, tolerance: float) -> None:
    for name, error in found.errors.items():
        if name == "free_energy" or name.endswith("magnetization.integral"):
            assert error <= tolerance * found.scales[name], name


def check_estimate(found: Comparison, unknown: tuple[str, ...] = ()) -> None:
    """From both sides: true error ≤ 2 × estimate ≤ 20 × true error, down to the solver's.

    From above with the largest error of one kind of number, because a single one may be right by
    accident.
    """
    largest: dict[str, float] = {}
    for name, error in found.errors.items():
        largest[kind(name)] = max(error, largest.get(kind(name), 0.0))
    for name, error in found.errors.items():
        if not name.endswith(unknown):
            assert error <= 2 * found.stated[name] + ROUNDING, name
            assert found.stated[name] <= 10 * largest[kind(name)] + SOLVER, name


def kind(name: str) -> str:
    """``magnetization``, ``gap`` or ``free_energy``."""
    return name.split(".")[1] if "." in name else name


@pytest.mark.parametrize("case", bilayer_parameters())
def test_bilayer(case):
    found = compare(case.stack, case.temperature)
    check_accuracy(found, BARRIER)
    check_estimate(found)


def row_of(layers: list[tuple], laws: list) -> Stack:
    """Layers (name, material, thickness); a number is γ of the layer to the left of the plane."""
    row = [Layer(*each) for each in layers]
    interfaces = []
    for left, right, law in zip(row, row[1:], laws, strict=False):
        law = KupriyanovLukichev(law, left.name) if isinstance(law, float) else law
        interfaces.append(Interface(left.name, right.name, law))
    return Stack(row, interfaces)


JUNCTION = [
    ("A", Superconductor(), 3.0),
    ("F", Ferromagnet(0.5, 1.0, 15.0), 0.5),
    ("B", Superconductor(), 3.0),
]
FIVE = [
    ("F1", Ferromagnet(0.5, 1.0, 15.0), 0.3),
    ("S1", Superconductor(), 3.0),
    ("F2", Ferromagnet(0.8, 0.7, -5.0), 0.5),
    ("N", Normal(2.0, 1.5), 1.0),
    ("S2", Superconductor(0.7, 1.2), 2.0),
]
SUPERLATTICE = [
    (f"S{i}", Superconductor(), 2.0)
    if i % 2 == 0
    else (f"F{i}", Ferromagnet(0.5, 1.0, (-1) ** (i // 2) * 10.0), 0.2)
    for i in range(20)
]
T = Transparent()
SINGULAR = ("gap.left", "gap.right")
"""Δ has no limit at a transparent plane."""


@pytest.mark.slow
@pytest.mark.parametrize("temperature", (0.0, 0.1, 0.5))
@pytest.mark.parametrize(
    ("layers", "laws", "tolerance"),
    (
        pytest.param(JUNCTION, [0.2, 0.2], BARRIER, id="S/F/S"),
        pytest.param(FIVE, [0.1, 0.3, 0.05, 1.0], BARRIER, id="F/S/F/N/S"),
        pytest.param(FIVE, [T, T, T, T], CONTACT, id="F/S/F/N/S-transparent"),
        pytest.param(FIVE[:2], [T], CONTACT, id="F/S-transparent"),
        pytest.param(FIVE[:4], [0.1, T, Insulating()], CONTACT, id="F/S/F/N-mixed"),
    ),
)
def test_multilayer(layers, laws, tolerance, temperature):
    found = compare(row_of(layers, laws), temperature)
    check_accuracy(found, tolerance)
    check_estimate(found, SINGULAR if T in laws else ())


@pytest.mark.slow
def test_superlattice():
    found = compare(row_of(SUPERLATTICE, [0.3] * 19), 0.1, signs={"S2": 1})
    check_accuracy(found, BARRIER)
    check_estimate(found)


def test_order_of_layers_does_not_matter():
    """The mirror image has mirrored numbers."""
    there = measured(solved(row_of(FIVE, [0.1, 0.3, 0.05, 1.0]), 0.3, unit_of="F1"))
    named = [("F1", "S1", 0.1), ("S1", "F2", 0.3), ("F2", "N", 0.05), ("N", "S2", 1.0)]
    mirror = Stack(
        [Layer(*each) for each in reversed(FIVE)],
        [Interface(right, left, KupriyanovLukichev(g, left)) for left, right, g in named],
    )
    back = measured(solved(mirror, 0.3, unit_of="F1"))
    inside = (name for name in there if not name.endswith(("left", "right")))
    for name in inside:
        value, _ = there[name]
        assert back[name][0] == pytest.approx(value, rel=1e-7), name
