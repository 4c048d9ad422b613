# SPDX-License-Identifier: MIT
"""Right cases become the expected plain data."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest

from fem_sf.case import load_case
from fem_sf.errors import CaseError
from fem_sf.interfaces import Insulating, KupriyanovLukichev, Transparent
from fem_sf.materials import Ferromagnet, Normal, Superconductor
from fem_sf.settings import (
    MeshSettings,
    OutputSettings,
    PhysicalScales,
    SolverSettings,
    SpectrumSettings,
    UsadelCase,
)
from fem_sf.stack import Interface, Layer, Stack

from .conftest import environment

FULL = """kind = "usadel"
title = "Inverse proximity effect, Fig. 1"

[usadel]
temperature = 0.1             # Tc of the bulk superconductor; 0 is allowed
gap = "self-consistent"       # or "bulk" (BCS Δ(T), uniform), or a number in Tc

[[layers]]                    # left to right; x = 0 at the left end of the first
name = "S"
material = "superconductor"   # "superconductor", "ferromagnet", "normal"
thickness = 10.0              # ξ0 = sqrt(D_S/2Tc)
[[layers]]
name = "F"
material = "ferromagnet"
thickness = 1.0
exchange = 15.0               # Tc; sign matters
diffusivity = 0.5             # D / D_S, default 1
density_of_states = 1.0       # ν / ν_S, default 1

[[interfaces]]                # one for every touching pair; none has a default
between = ["S", "F"]
law = "kupriyanov-lukichev"
gamma = 0.1                   # R_b σ_i / ξ0 …
gamma_of = "F"                # … with the conductivity of this layer

[units]
critical_temperature = "9.2 K"
diffusivity = "4.6 cm^2/s"
[mesh]
dimension = 1
[reference]
layer = "F"
[output]
probes = { S = [0.0, 5.0, 10.0], F = [0.0, 0.4] }
"""

SHORT = """kind = "usadel"
[usadel]
temperature = 0
[[layers]]
name = "S"
material = "superconductor"
thickness = 2
"""

# h = 6.62607015e-34 J s and k_B = 1.380649e-23 J/K by definition; ξ0 = √(ħ D_S / 2 k_B Tc)
XI0 = (6.62607015e-34 / (2 * math.pi) * 4.6e-4 / (2 * 1.380649e-23 * 9.2)) ** 0.5
UNITS = '[units]\ncritical_temperature = "9.2 K"\ndiffusivity = "4.6 cm^2/s"\n'


@pytest.fixture
def load(tmp_path: Path):
    """Load a case from its text."""

    def load_text(text: str) -> UsadelCase:
        path = tmp_path / "some case.toml"
        path.write_text(text, encoding="utf-8")
        return load_case(path)

    return load_text


def bilayer(ferromagnet: str = "exchange = 15.0", law: str = 'law = "transparent"', **more: str):
    """Text of an S|F case with some lines of its own."""
    superconductor = more.get("superconductor", "")
    return (
        f'kind = "usadel"\n[usadel]\n{more.get("usadel", "temperature = 0.5")}\n'
        f'[[layers]]\nname = "S"\nmaterial = "superconductor"\nthickness = 10\n{superconductor}\n'
        f'[[layers]]\nname = "F"\nmaterial = "ferromagnet"\nthickness = 1\n{ferromagnet}\n'
        f'[[interfaces]]\nbetween = ["S", "F"]\n{law}\n{more.get("tables", "")}'
    )


def test_full_example(load) -> None:
    case = load(FULL)
    scales = case.scales
    assert scales is not None
    assert scales.critical_temperature == pytest.approx(9.2, rel=1e-14)
    assert scales.diffusivity == pytest.approx(4.6e-4, rel=1e-14)
    assert case == UsadelCase(
        name="some case",
        title="Inverse proximity effect, Fig. 1",
        stack=Stack(
            [
                Layer("S", Superconductor(), 10.0),
                Layer("F", Ferromagnet(diffusivity=0.5, exchange=15.0), 1.0),
            ],
            [Interface("S", "F", KupriyanovLukichev(0.1, "F"))],
        ),
        temperature=0.1,
        gap="self-consistent",
        reference="F",
        mesh=MeshSettings(dimension=1),
        output=OutputSettings(probes={"S": (0.0, 5.0, 10.0), "F": (0.0, 0.4)}),
        scales=scales,
        text=FULL,
    )


def test_shortest_case_has_the_defaults(load) -> None:
    assert load(SHORT) == UsadelCase(
        name="some case",
        title="some case",
        stack=Stack([Layer("S", Superconductor(), 2.0)]),
        temperature=0.0,
        text=SHORT,
    )


def test_every_setting(load, tmp_path: Path) -> None:
    (tmp_path / "meshes").mkdir()
    (tmp_path / "meshes" / "island.msh").write_text("")
    case = load(
        """kind = "usadel"
[usadel]
temperature = 0.5
gap = 1.5
[[layers]]
name = "S"
material = "superconductor"
[[layers]]
name = "F"
material = "ferromagnet"
exchange = [0, 0.0, -3]
localized_moment = 2.5
[[layers]]
name = "N 2"
material = "normal"
conductivity = 3.0
diffusivity = 2.0
[[interfaces]]
between = ["S", "N 2"]
law = "insulating"
[mesh]
file = "meshes/island.msh"
unit = 0.5
degree = 3
[solver]
tolerance = 1e-8
max_iterations = 10
max_sweeps = 11
frequencies = 12
tail = 13
error_estimate = false
petsc = { pc_type = "lu", ksp_rtol = 1e-8, snes_monitor = true }
[output]
vtx = true
frequencies = [3, 0.5, 3.0]
probes = { F = [[0.5, 0.25]], "N 2" = [1] }
"""
    )
    assert case.gap == 1.5
    assert case.reference == "F"
    assert case.mesh == MeshSettings(file=tmp_path / "meshes/island.msh", unit=0.5, degree=3)
    assert case.solver == SolverSettings(
        tolerance=1e-8,
        max_iterations=10,
        max_sweeps=11,
        frequencies=12,
        tail=13,
        error_estimate=False,
        petsc={"pc_type": "lu", "ksp_rtol": "1e-08", "snes_monitor": "true"},
    )
    assert case.output == OutputSettings(
        {"F": ((0.5, 0.25),), "N 2": (1.0,)}, vtx=True, frequencies=(3.0, 0.5, 3.0)
    )
    assert case.stack.layers == (
        Layer("S", Superconductor()),
        Layer("F", Ferromagnet(exchange=-3.0, localized_moment=2.5)),
        Layer("N 2", Normal(diffusivity=2.0, density_of_states=1.5)),
    )
    assert case.stack.interfaces == (Interface("S", "N 2", Insulating()),)


def test_spectra_in_every_way_to_write_energies(load) -> None:
    case = load(
        bilayer(
            tables=UNITS + "[[spectra]]\nenergies = [1, -0.5, 1.0]\nbroadening = 0.01\n"
            "[[spectra]]\nbroadening = 1\nenergies = { start = -2, stop = 1.0, count = 7 }\n"
            '[[spectra]]\nenergies = { start = "4.6 K", stop = "9.2 K", count = 2 }\n'
            'broadening = "0.92 K"\n[[spectra]]\nenergies = [0.25, "4.6 K"]\nbroadening = 0.1\n'
        )
    )
    listed, ranged, in_kelvin, mixed = case.spectra
    assert listed == SpectrumSettings((1.0, -0.5, 1.0), 0.01)
    assert ranged == SpectrumSettings((-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0), 1.0)
    assert in_kelvin.energies == pytest.approx((0.5, 1.0), rel=1e-12)
    assert in_kelvin.broadening == pytest.approx(0.1, rel=1e-12)
    assert mixed.energies == pytest.approx((0.25, 0.5), rel=1e-12)


def test_an_empty_table_asks_for_the_critical_temperature(load) -> None:
    assert load(bilayer()).critical_temperature is False
    assert load(bilayer(tables="[critical_temperature]\n")).critical_temperature is True


def test_rectangle(load) -> None:
    case = load(SHORT + "[mesh]\ndimension = 2\nwidth = 3\nrefinement = 2\n")
    assert case.mesh == MeshSettings(dimension=2, width=3.0, refinement=2.0)


def test_exchange_zero_is_allowed_but_is_no_reference(load) -> None:
    case = load(bilayer("exchange = 0"))
    assert case.stack.layer("F").material == Ferromagnet(exchange=0.0)
    assert case.reference is None


def test_angle_of_an_exchange_field(load) -> None:
    material = (
        load(bilayer('exchange = "46 K"\nangle = 90', tables=UNITS)).stack.layer("F").material
    )
    assert material.exchange_vector == pytest.approx((5.0, 0.0, 0.0))
    assert material == Ferromagnet(exchange=material.exchange, angle=90.0)


@pytest.mark.parametrize(
    ("written", "components"),
    [
        ('"15*tanh(x)"', ("15*tanh(x)",)),
        ('"-x"', ("-x",)),
        ('["15*sin(x)", 0, "46 K"]', ("15*sin(x)", "0.0", "5.0")),
    ],
)
def test_exchange_as_formulas(load, written: str, components: tuple[str, ...]) -> None:
    exchange = (
        load(bilayer(f"exchange = {written}", tables=UNITS)).stack.layer("F").material.exchange
    )
    assert tuple(each.text for each in exchange.components) == components


@pytest.mark.parametrize(
    ("written", "expected"),
    (
        ("[4.5, 0, -2]", (4.5, 0.0, -2.0)),
        ("[0, 1, 0]", (0.0, 1.0, 0.0)),
        ("[0, 0, -2.5]", -2.5),
        ("[0, 0, 0]", 0.0),
    ),
)
def test_exchange_as_a_vector(load, written: str, expected: float | tuple[float, ...]) -> None:
    case = load(bilayer(f"exchange = {written}"))
    assert case.stack.layer("F").material == Ferromagnet(exchange=expected)
    assert case.reference == ("F" if expected else None)


def test_exchange_as_a_vector_with_units(load) -> None:
    case = load(bilayer('exchange = ["46 K", 0, "0.092 K"]', tables=UNITS))
    assert case.stack.layer("F").material.exchange == pytest.approx((5.0, 0.0, 0.01))


def test_order_of_a_pair_is_free(load) -> None:
    text = bilayer().replace('["S", "F"]', '["F", "S"]')
    assert load(text).stack.interfaces == (Interface("F", "S", Transparent()),)


def test_lengths_and_energies_with_units(load) -> None:
    case = load(
        bilayer(
            'exchange = "150 K"\ndiffusivity = "2.3 cm²/s"',
            'law = "kupriyanov-lukichev"\ngamma = "5 nm"\ngamma_of = "S"',
            usadel='temperature = "4.6 K"\ngap = "1.4 meV"',
            superconductor="",
            tables=UNITS + '[mesh]\ndimension = 2\nwidth = "1 µm"\n'
            '[output]\nprobes = { F = [0.1, "2 nm"], S = ["10 Å"] }\n'
            'frequencies = ["4.6 K", "1.4 meV", 2]\n',
        ).replace("thickness = 10\n", 'thickness = "20 nm"\n')
    )
    law = case.stack.interfaces[0].law
    ferromagnet = case.stack.layer("F").material
    assert isinstance(law, KupriyanovLukichev)
    assert isinstance(ferromagnet, Ferromagnet)
    assert case.scales is not None
    assert case.scales.length == pytest.approx(XI0, rel=1e-12)
    assert case.scales.length == pytest.approx(13.82e-9, rel=1e-3)
    assert case.stack.layer("S").thickness == pytest.approx(20e-9 / XI0, rel=1e-12)
    assert case.mesh.width == pytest.approx(1e-6 / XI0, rel=1e-12)
    assert law.gamma == pytest.approx(5e-9 / XI0, rel=1e-12)
    assert case.temperature == pytest.approx(0.5, rel=1e-12)
    # e = 1.602176634e-19 C
    assert case.gap == pytest.approx(1.4e-3 * 1.602176634e-19 / (1.380649e-23 * 9.2), rel=1e-9)
    assert ferromagnet.exchange == pytest.approx(150 / 9.2, rel=1e-12)
    assert ferromagnet.diffusivity == pytest.approx(0.5, rel=1e-12)
    assert case.output.frequencies == pytest.approx((0.5, case.gap, 2.0), rel=1e-12)
    assert case.output.probes["F"] == pytest.approx((0.1, 2e-9 / XI0), rel=1e-12)
    assert case.output.probes["S"] == pytest.approx((1e-9 / XI0,), rel=1e-12)


def test_exchange_as_energy_equals_exchange_as_temperature(load) -> None:
    energy = load(bilayer('exchange = "20 meV"', tables=UNITS)).stack.layer("F").material
    kelvin = 20e-3 * 1.602176634e-19 / 1.380649e-23
    assert isinstance(energy, Ferromagnet)
    assert energy.exchange == pytest.approx(kelvin / 9.2, rel=1e-9)


RESISTANCE = 'law = "kupriyanov-lukichev"\nresistance = "1e-15 ohm m^2"'


@pytest.mark.parametrize(
    ("ferromagnet", "superconductor", "conductivity", "gamma_of", "sigma"),
    [
        pytest.param("", "", "1e7 S/m", "", 1e7, id="left layer, reference from units"),
        pytest.param(
            "diffusivity = 0.5\ndensity_of_states = 0.4",
            "",
            "1e7 1/(ohm m)",
            "F",
            0.2e7,
            id="other layer, from its D and ν",
        ),
        pytest.param('conductivity = "3e6 S/m"', "", "1e7 S/m", "F", 3e6, id="its own"),
        pytest.param("conductivity = 0.3", "", "1e7 S/m", "F", 3e6, id="its own, relative"),
        pytest.param(
            "diffusivity = 0.5", 'conductivity = "2e7 S/m"', "", "F", 1e7, id="reference from S"
        ),
        pytest.param(
            'conductivity = "3e6 S/m"\ndensity_of_states = 0.5\ndiffusivity = 0.2',
            "",
            "",
            "",
            3e7,
            id="reference from a layer with σ, D and ν",
        ),
    ],
)
def test_resistance(
    load, ferromagnet: str, superconductor: str, conductivity: str, gamma_of: str, sigma: float
) -> None:
    case = load(
        bilayer(
            f"exchange = 1\n{ferromagnet}",
            RESISTANCE + (f'\ngamma_of = "{gamma_of}"' if gamma_of else ""),
            superconductor=superconductor,
            tables=UNITS + (f'conductivity = "{conductivity}"\n' if conductivity else ""),
        )
    )
    law = case.stack.interfaces[0].law
    assert isinstance(law, KupriyanovLukichev)
    assert law.gamma_of == (gamma_of or "S")
    assert law.gamma == pytest.approx(1e-15 * sigma / XI0, rel=1e-12)


def test_resistance_means_the_same_seen_from_both_sides(load) -> None:
    def coupling(gamma_of: str) -> float:
        case = load(
            bilayer(
                'exchange = 1\ndiffusivity = 0.5\nconductivity = "3e6 S/m"',
                f'{RESISTANCE}\ngamma_of = "{gamma_of}"',
                tables=UNITS + 'conductivity = "1e7 S/m"\n',
            )
        )
        return case.stack.coupling(case.stack.interfaces[0])

    assert coupling("S") == pytest.approx(coupling("F"), rel=1e-12)


def test_conductivity_fixes_the_density_of_states(load) -> None:
    case = load(
        bilayer(
            'exchange = 1\ndiffusivity = 0.5\nconductivity = "3e6 S/m"',
            tables=UNITS + 'conductivity = "1e7 S/m"\n',
        )
    )
    assert case.stack.layer("F").material.conductivity == pytest.approx(0.3, rel=1e-12)
    assert case.stack.layer("F").material.density_of_states == pytest.approx(0.6, rel=1e-12)


def test_without_units_nothing_heavy_is_imported(tmp_path: Path) -> None:
    path = tmp_path / "case.toml"
    path.write_text(SHORT)
    program = (
        "import sys; from pathlib import Path; from fem_sf.case import load_case; "
        f"load_case(Path({str(path)!r})); "
        "print([m for m in ('pint', 'numpy', 'scipy', 'mpi4py', 'dolfinx') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=environment(),
    )
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "value", ["true", "'0.5'", "nan", "inf", "[0.5]", "{ a = 1 }", "1979-05-27", "-0.5"]
)
def test_temperature_is_a_number(load, value: str) -> None:
    with pytest.raises(CaseError, match=r"some case\.toml:3: usadel\.temperature: expected"):
        load(bilayer(usadel=f"temperature = {value}"))


def test_scales() -> None:
    assert PhysicalScales(9.2, 4.6e-4).length == pytest.approx(XI0, rel=1e-9)
