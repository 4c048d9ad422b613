# SPDX-License-Identifier: MIT
"""Mode matching against independent solvers, conservation laws, symmetries and hard limits."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest

from fem_sf.errors import InputError
from fem_sf.spin import exact, materials, model, modes
from fem_sf.spin import interfaces as laws
from spin_cases import LINEAR_CASES as CASES
from spin_cases import drive, stack

FINITE = [name for name, case in CASES.items() if "JM_outer_left" in case["result"]]
BALANCED = [name for name in FINITE if CASES[name]["result"]["power"]]


def solved(name: str) -> exact.Solution:
    data = CASES[name]["input"]
    return exact.solve(stack(data), drive(data), data.get("q") or 0.0)


def unit_vector(angle: float) -> tuple[float, float, float]:
    return math.sin(angle), 0.0, math.cos(angle)


def test_every_linear_case_is_here():
    assert len(CASES) == 51


@pytest.mark.parametrize("name", CASES)
def test_interfaces(name):
    for state, expected in zip(
        solved(name).interfaces, CASES[name]["result"]["interfaces"], strict=True
    ):
        found = {
            "J": state.left.current,
            "J_right": state.right.current,
            "JM_L": state.left.spin_current,
            "JM_R": state.right.spin_current,
            "muL": state.left.chemical_potential,
            "muR": state.right.chemical_potential,
            "muM_L": state.left.spin_potential,
            "muM_R": state.right.spin_potential,
            "V_L": state.left.potential,
            "V_R": state.right.potential,
            "Disp": state.left.displacement,
            "torque_total_R_minus_L": state.torque,
            "dissipation": state.dissipation,
        }
        if "J_B" in expected:
            found["J_B"] = state.barrier_current
            found["deposit_L"] = state.torque_left
            found["deposit_R"] = state.torque_right
        for key, value in found.items():
            assert value == pytest.approx(np.asarray(expected[key]), rel=0, abs=1e-12), key


@pytest.mark.parametrize("name", CASES)
def test_profiles(name):
    solution = solved(name)
    for i, expected in enumerate(CASES[name]["result"]["profiles"]):
        rows = np.array(expected["rows"])
        profile = solution.profile(str(i), rows[:, 0])
        found = np.column_stack(
            [
                profile.position,
                profile.potential,
                profile.charge,
                profile.magnetization,
                profile.current,
                profile.spin_current,
                profile.displacement,
            ]
        )
        assert found == pytest.approx(rows, rel=0, abs=1e-12)


@pytest.mark.parametrize("name", FINITE)
def test_outer_ends(name):
    solution, expected = solved(name), CASES[name]["result"]
    left, right = solution.left_end, solution.right_end
    assert left.spin_current == pytest.approx(np.array(expected["JM_outer_left"]), abs=1e-12)
    assert right.spin_current == pytest.approx(np.array(expected["JM_outer_right"]), abs=1e-12)
    assert left.potential - right.potential == pytest.approx(
        expected["resistance_area"] * left.current, rel=1e-12
    )


@pytest.mark.parametrize("name", [n for n in CASES if "intercept_drop" in CASES[n]["result"]])
def test_intercept_drop(name):
    drop = solved(name).intercept_drop
    assert drop == pytest.approx(CASES[name]["result"]["intercept_drop"], abs=1e-12)


# --- conservation ---


def gauss_points(thickness: float) -> tuple[np.ndarray, np.ndarray]:
    """Panels of 40 Gauss points, 20 of them a layer."""
    points, weights = np.polynomial.legendre.leggauss(40)
    edges = np.linspace(0, thickness, 21)
    half = np.diff(edges)[:, np.newaxis] / 2
    middle = (edges[:-1] + edges[1:])[:, np.newaxis] / 2
    return (middle + half * points).ravel(), (half * weights).ravel()


@pytest.mark.parametrize("name", FINITE)
def test_spin_balance_of_every_layer(name):
    """J_M in less J_M out is what relaxes and precesses, integrated from the profile."""
    solution = solved(name)
    losses = CASES[name]["result"]["bulk_spin_loss_per_layer"]
    for layer, expected in zip(solution.stack.layers, losses, strict=True):
        y, weights = gauss_points(layer.thickness)
        density = solution.profile(layer.name, y).magnetization
        material = layer.material
        lost = density / material.relaxation_time - np.cross(density, material.precession)
        assert weights @ lost == pytest.approx(np.array(expected), abs=1e-12)
        ends = solution.profile(layer.name, [0.0, layer.thickness]).spin_current
        assert ends[0] - ends[1] == pytest.approx(np.array(expected), abs=1e-12)


@pytest.mark.parametrize("name", BALANCED)
def test_power_balance(name):
    """V J is Joule heat and relaxation in the layers, and what interfaces dissipate."""
    solution = solved(name)
    bulk = sum(heat(solution, layer) for layer in solution.stack.layers)
    interfaces = sum(state.dissipation for state in solution.interfaces)
    left, right = solution.left_end, solution.right_end
    supplied = (left.potential - right.potential) * left.current
    expected = CASES[name]["result"]["power"]
    assert bulk == pytest.approx(expected["bulk"], abs=1e-12)
    assert interfaces == pytest.approx(expected["interfaces"], abs=1e-12)
    assert supplied == pytest.approx(bulk + interfaces, abs=1e-12)


def heat(solution: exact.Solution, layer: model.Layer) -> float:
    y, weights = gauss_points(layer.thickness)
    profile, material = solution.profile(layer.name, y), layer.material
    axis, beta = material.axis, material.spin_asymmetry
    mobility = np.eye(4)
    mobility[0, 1:] = mobility[1:, 0] = beta * axis
    fluxes = np.column_stack([profile.current, profile.spin_current])
    joule = np.einsum(
        "ni,ij,nj->n", fluxes, np.linalg.inv(material.conductivity * mobility), fluxes
    )
    relaxed = material.diffusivity / (material.conductivity * material.relaxation_time)
    return float(weights @ (joule + relaxed * (profile.magnetization**2).sum(axis=1)))


@pytest.mark.parametrize("name", FINITE)
def test_charge_current_is_constant(name):
    solution = solved(name)
    for layer in solution.stack.layers:
        current = solution.profile(layer.name, np.linspace(0, layer.thickness, 7)).current
        assert current == pytest.approx(solution.left_end.current, rel=1e-12)


# --- symmetries ---


def mirrored(law: laws.Law) -> laws.Law:
    """The same barrier seen from the other side."""
    return dataclasses.replace(
        law,
        polarisation_left=law.polarisation_right,
        polarisation_right=law.polarisation_left,
    )


def asymmetric(law: laws.Law | None = None) -> model.Stack:
    return model.Stack(
        [
            model.Layer(
                "L", materials.Ferromagnet(polarisation=0.5, precession=(1.0, 2.0, 3.0)), 2.0
            ),
            model.Layer(
                "R",
                materials.Ferromagnet(
                    1.6, 0.8, 2.0, 0.05, (0.0, 0.5, 0.0), 1.25, 1.25, 0.3, unit_vector(1.0)
                ),
                1.5,
            ),
        ],
        [model.Interface("L", "R", law or laws.TunnelVector(0.7, 0.4, 0.25), 0.5)],
    )


def test_mirror():
    junction = asymmetric()
    left, right = junction.layers
    law = mirrored(junction.interfaces[0].law)
    mirror = model.Stack([right, left], [model.Interface("R", "L", law, 0.5)])
    state = exact.solve(junction, model.Voltage(1.0)).interfaces[0]
    image = exact.solve(mirror, model.Voltage(-1.0)).interfaces[0]
    assert image.left.current == pytest.approx(-state.right.current, abs=1e-13)
    assert image.left.spin_current == pytest.approx(-state.right.spin_current, abs=1e-13)
    assert image.right.spin_potential == pytest.approx(state.left.spin_potential, abs=1e-13)


def test_rotation_of_all_spins():
    cosine, sine = 0.8, 0.6
    rotation = np.array([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])
    junction = asymmetric()
    turned = model.Stack(
        [
            dataclasses.replace(
                layer,
                material=dataclasses.replace(
                    layer.material,
                    direction=rotation @ layer.material.direction,
                    precession=rotation @ layer.material.precession,
                ),
            )
            for layer in junction.layers
        ],
        junction.interfaces,
    )
    state = exact.solve(junction, model.Voltage(1.0)).interfaces[0]
    other = exact.solve(turned, model.Voltage(1.0)).interfaces[0]
    assert other.left.spin_current == pytest.approx(rotation @ state.left.spin_current, abs=1e-13)


def test_current_and_voltage_drive_agree():
    by_voltage = exact.solve(asymmetric(), model.Voltage(2.0))
    by_current = exact.solve(asymmetric(), model.Current(by_voltage.left_end.current))
    assert by_current.right_end.potential == pytest.approx(-2.0, rel=1e-13)
    assert by_current.interfaces[0].torque == pytest.approx(
        by_voltage.interfaces[0].torque, abs=1e-13
    )


# --- hard limits ---


def test_a_thick_layer_is_semi_infinite():
    """Thousands of decay lengths: no exponential grows."""

    def junction(thickness: float) -> model.Stack:
        layers = [dataclasses.replace(each, thickness=thickness) for each in asymmetric().layers]
        return model.Stack(layers, asymmetric().interfaces)

    thick = exact.solve(junction(1e3), model.Current(1.0)).interfaces[0]
    endless = exact.solve(junction(math.inf), model.Current(1.0)).interfaces[0]
    assert thick.torque == pytest.approx(endless.torque, abs=1e-12)
    assert thick.right.spin_current == pytest.approx(endless.right.spin_current, abs=1e-12)
    assert thick.left.spin_potential == pytest.approx(endless.left.spin_potential, abs=1e-12)


def test_cutting_a_layer_changes_nothing():
    whole = asymmetric()
    left, right = whole.layers
    for first in (1e-9, 1e-4, 0.7):
        pieces = [
            model.Layer("L1", left.material, left.thickness - first),
            model.Layer("L2", left.material, first),
            right,
        ]
        cut = model.Stack(
            pieces,
            [
                model.Interface("L1", "L2", laws.Transparent()),
                model.Interface("L2", "R", whole.interfaces[0].law, 0.5),
            ],
        )
        found = exact.solve(cut, model.Voltage(1.0)).interface("L2", "R")
        expected = exact.solve(whole, model.Voltage(1.0)).interface("L", "R")
        assert found.left.spin_current == pytest.approx(expected.left.spin_current, abs=1e-12)
        assert found.left.potential == pytest.approx(expected.left.potential, abs=1e-12)


@pytest.mark.parametrize("permittivity", [1e-6, 1e-12])
def test_screening_leaves_currents_alone(permittivity):
    """For α1 = α2 linear currents do not know of ε, however short the screening length."""
    junction = asymmetric()
    screened = model.Stack(
        [
            dataclasses.replace(
                each, material=dataclasses.replace(each.material, permittivity=permittivity)
            )
            for each in junction.layers
        ],
        junction.interfaces,
    )
    expected = exact.solve(junction, model.Voltage(1.0)).interfaces[0]
    found = exact.solve(screened, model.Voltage(1.0)).interfaces[0]
    assert found.left.current == pytest.approx(expected.left.current, abs=1e-13)
    assert found.left.spin_current == pytest.approx(expected.left.spin_current, abs=1e-13)


MERGING = (0.5 * 0.5**2 / math.sqrt(0.75), 0.0, 0.0)
"""|w| normal to p at which two modes of β = 0.5, τ = 1 become one: β²/(2√(1 − β²) τ)."""


@pytest.mark.parametrize(
    "changes",
    [{"precession": MERGING}, {"permittivity": 0.75}],
    ids=["precession", "screening"],
)
@pytest.mark.parametrize("thickness", [2.0, math.inf])
def test_merging_modes(changes, thickness):
    """Where two modes become one the answer is the middle of its neighbours'."""
    merging = materials.Ferromagnet(polarisation=0.5, **changes)
    assert isinstance(modes.modes(merging), modes.MergingModes)
    step = 1e-3

    def junction(factor: float) -> np.ndarray:
        if "precession" in changes:
            near = dataclasses.replace(merging, precession=(factor * MERGING[0], 0.0, 0.0))
        else:
            near = dataclasses.replace(merging, permittivity=factor * 0.75)
        right = materials.Ferromagnet(polarisation=0.3, direction=unit_vector(1.0))
        pair = [model.Layer("L", near, thickness), model.Layer("R", right, 1.0)]
        law = laws.TunnelVector(0.7, 0.2, 0.1)
        solution = exact.solve(
            model.Stack(pair, [model.Interface("L", "R", law, 0.5)]), model.Current(1.0)
        )
        profile = solution.profile("L", [0.0] if math.isinf(thickness) else [0.0, 1.9])
        state = solution.interfaces[0].left
        return np.concatenate([state.spin_current, [state.potential], profile.charge])

    outer = [junction(1 + k * step) for k in (-2, -1, 1, 2)]
    smooth = (-outer[0] + 4 * outer[1] + 4 * outer[2] - outer[3]) / 6
    assert junction(1.0) == pytest.approx(smooth, abs=1e-11)


@pytest.mark.parametrize("q", [1e-7, 1e-4])
def test_long_waves_are_uniform(q):
    expected = exact.solve(asymmetric(), model.Voltage(1.0)).interfaces[0]
    found = exact.solve(asymmetric(), model.Voltage(1.0), q).interfaces[0]
    assert found.left.current == pytest.approx(expected.left.current, abs=10 * q**2 + 1e-13)
    assert found.torque == pytest.approx(expected.torque, abs=10 * q**2 + 1e-13)


# --- what cannot be asked ---


def test_drives_that_cannot_be():
    endless = model.Stack(
        [model.Layer("L", materials.Normal()), *asymmetric().layers[1:]],
        [model.Interface("L", "R", laws.Transparent())],
    )
    with pytest.raises(InputError, match="drive by a current"):
        exact.solve(endless, model.Voltage(1.0))
    with pytest.raises(InputError, match="does not come from infinity"):
        exact.solve(endless, model.Current(1.0), 0.5)
    with pytest.raises(InputError, match="finite number"):
        exact.solve(endless, model.Current(math.nan))


def test_names_and_positions_are_checked():
    solution = exact.solve(asymmetric(), model.Voltage(1.0))
    with pytest.raises(InputError, match="no layer is called 'X'"):
        solution.profile("X", 0.0)
    with pytest.raises(InputError, match="from 0 to 2"):
        solution.profile("L", 2.1)
    with pytest.raises(InputError, match="no interface"):
        solution.interface("R", "L")


# --- what the laws promise ---


def with_law(law: laws.Law) -> exact.InterfaceState:
    junction = model.Stack(asymmetric().layers, [model.Interface("L", "R", law)])
    return exact.solve(junction, model.Voltage(1.0)).interfaces[0]


def test_no_accumulation_is_the_limit_of_an_open_barrier():
    limit = with_law(laws.MetallicNoAccumulation())
    errors = [
        np.linalg.norm(with_law(laws.Tunnel(g)).torque - limit.torque) for g in (1e4, 1e5, 1e6)
    ]
    assert errors[2] < 1e-6
    assert errors[0] / errors[1] == pytest.approx(10, rel=1e-2)
    assert errors[1] / errors[2] == pytest.approx(10, rel=1e-2)


def test_metallic_is_the_limit_of_one_stiff_spin_channel():
    """K [[c², −c], [−c, 1]] on (m_L, m_R), and as much for charge."""
    c, limit = math.cos(1.0), with_law(laws.Metallic())

    def stiff(k: float) -> exact.InterfaceState:
        charge = (k, k)
        left, mixed, right = ((k * each, -k * each) for each in (c * c, c, 1.0))
        return with_law(laws.General(charge, charge, left, mixed, mixed, right))

    errors = [
        np.abs(stiff(k).right.spin_current - limit.right.spin_current).max() for k in (1e4, 1e5)
    ]
    assert errors[1] < 1e-5
    assert errors[0] / errors[1] == pytest.approx(10, rel=1e-2)


def test_circuit_theory_contains_the_unclamped_barrier_with_one_side_clamped():
    """G_r = g, G_i = 0: what `TunnelVector` does, less the transverse part in the ferromagnet."""
    ferromagnet = materials.Ferromagnet(polarisation=0.5, precession=(0.0, 0.0, 1e12))
    normal = materials.Normal(3.0, 2.0, 6.0, precession=(0.3, 1.2, 0.5))
    collector = materials.Ferromagnet(polarisation=0.4, direction=unit_vector(2.0))

    def accumulation(law: laws.Law) -> np.ndarray:
        layers = [
            model.Layer("F", ferromagnet, 2.0),
            model.Layer("N", normal, 1.0),
            model.Layer("G", collector, 1.0),
        ]
        interfaces = [
            model.Interface("F", "N", law),
            model.Interface("N", "G", laws.Circuit(1.4, 0.5, 1.1, -0.1)),
        ]
        solution = exact.solve(model.Stack(layers, interfaces), model.Voltage(1.0))
        return solution.interfaces[0].right.spin_potential

    clamped = accumulation(laws.Circuit(0.7, 0.3, 0.7))
    assert accumulation(laws.TunnelVector(0.7, 0.3)) == pytest.approx(clamped, abs=1e-6)


@pytest.mark.parametrize("angle", [0.3, 1.5, 2.8])
def test_equal_sides_share_the_torque(angle):
    """J_B = j (p_L + p_R)/(1 + c), and each side takes j tan(Φ/2)."""
    sides = [
        materials.Ferromagnet(polarisation=0.5, direction=unit_vector(a)) for a in (0.0, angle)
    ]
    junction = model.Stack(
        [model.Layer("L", sides[0]), model.Layer("R", sides[1])],
        [model.Interface("L", "R", laws.Tunnel(0.7, 0.2, 0.2))],
    )
    state = exact.solve(junction, model.Current(1.0)).interfaces[0]
    along = state.left.spin_current @ sides[0].axis
    middle = along * (sides[0].axis + sides[1].axis) / (1 + math.cos(angle))
    assert state.barrier_current == pytest.approx(middle, abs=1e-13)
    for torque in (state.torque_left, state.torque_right):
        assert np.linalg.norm(torque) == pytest.approx(abs(along * math.tan(angle / 2)), rel=1e-12)


def spin_valve(sign: float) -> model.Stack:
    """Three oblique precession vectors; all fields and magnetizations times a sign."""

    def times(*vector: float) -> tuple[float, ...]:
        return tuple(sign * each for each in vector)

    left = materials.Ferromagnet(
        polarisation=0.5, direction=times(0, 0, 1), precession=times(1, 2, 3)
    )
    normal = materials.Normal(3.0, 2.0, 6.0, precession=times(0.3, 1.2, 0.5))
    right = materials.Ferromagnet(
        1.6, 0.8, 2.0, polarisation=0.3, direction=times(1, 1, 0), precession=times(0, 2, -1)
    )
    return model.Stack(
        [model.Layer("L", left, 1.0), model.Layer("N", normal, 0.8), model.Layer("R", right, 1.0)],
        [
            model.Interface("L", "N", laws.Circuit(2.0, 0.6, 1.5, 0.4)),
            model.Interface("N", "R", laws.Circuit(1.4, 0.5, 1.1, -0.3)),
        ],
    )


def test_onsager_symmetry_of_the_resistance():
    """Turning round every magnetization and field leaves the conductance, but not the torques."""
    there, back = (exact.solve(spin_valve(sign), model.Voltage(1.0)) for sign in (1.0, -1.0))
    assert there.left_end.current == pytest.approx(back.left_end.current, rel=1e-13)
    difference = there.interfaces[0].torque + back.interfaces[0].torque
    assert np.abs(difference).max() > 1e-3


def test_si_units():
    """Metres, seconds and siemens: numbers from 1e-12 to 1e15 in one system of equations."""
    length, time, sigma = 1e-8, 1e-13, 1e7

    def in_si(layer: model.Layer) -> model.Layer:
        material = layer.material
        return model.Layer(
            layer.name,
            dataclasses.replace(
                material,
                conductivity=sigma * material.conductivity,
                diffusivity=length**2 / time * material.diffusivity,
                relaxation_time=time * material.relaxation_time,
                permittivity=sigma * time * material.permittivity,
                precession=tuple(each / time for each in material.precession),
            ),
            length * layer.thickness,
        )

    reduced = asymmetric()
    interface = reduced.interfaces[0]
    law = dataclasses.replace(interface.law, conductance=0.7 * sigma / length)
    si = model.Stack(
        [in_si(layer) for layer in reduced.layers],
        [model.Interface("L", "R", law, interface.capacitance * sigma * time / length)],
    )
    expected = exact.solve(reduced, model.Voltage(1.0)).interfaces[0]
    found = exact.solve(si, model.Voltage(1.0)).interfaces[0]
    unit = sigma / length
    assert found.left.spin_current / unit == pytest.approx(expected.left.spin_current, abs=1e-13)
    assert found.right.spin_potential == pytest.approx(expected.right.spin_potential, abs=1e-13)
    assert found.left.displacement / (sigma * time / length) == pytest.approx(
        expected.left.displacement, abs=1e-13
    )
