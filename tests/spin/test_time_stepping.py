# SPDX-License-Identifier: MIT
"""What every run in time obeys: orders, damping, energy and charge, corners, linearity, limits."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from petsc4py import PETSc

from fem_sf.errors import NotConverged
from fem_sf.settings import MeshSettings
from fem_sf.spin import interfaces as laws
from fem_sf.spin import materials, model, transient
from fem_sf.spin.energy import ContactPower, Energies
from fem_sf.spin.observables import Faces
from fem_sf.spin.settings import SCHEMES, SpinSolverSettings, TimeSettings, Waveform
from fem_sf.spin.steady import SteadySolver, uniform
from fem_sf.spin.transient import TransientSolver
from fem_sf.spin.transport import SIZE
from spin_runs import end, fields, history, new_run

FloatArray = NDArray[np.float64]

MAGNET = materials.Ferromagnet(
    conductivity=1.7,
    diffusivity=0.6,
    relaxation_time=0.8,
    permittivity=0.05,
    precession=(0.4, -0.3, 5.0),
    alpha1=1.3,
    alpha2=1.3,
    polarisation=0.45,
    direction=(0, 0, 1),
)
METAL = materials.Normal(
    conductivity=2.3,
    diffusivity=1.4,
    relaxation_time=1.9,
    permittivity=0.1,
    precession=(0.0, 0.7, 0.2),
    alpha1=0.8,
    alpha2=0.8,
)
OTHER_MAGNET = materials.Ferromagnet(
    conductivity=0.8,
    diffusivity=0.9,
    relaxation_time=0.5,
    permittivity=0.03,
    precession=(3.0, 0.3, 0.0),
    alpha1=1.1,
    alpha2=1.1,
    polarisation=-0.3,
    direction=(math.sin(1.1), 0, math.cos(1.1)),
)
AT_FINITE_BIAS = laws.Tunnel(0.9, 0.3, 0.2, barrier=laws.BarrierShape("fermi-level", 2.0, 5.0))


def trilayer(screening: float = 1.0) -> model.Stack:
    """Three materials, one interface that charges and one at which V is continuous.

    ``screening`` multiplies all permittivities.
    """
    layers = [
        model.Layer(name, replace(each, permittivity=screening * each.permittivity), thickness)
        for name, each, thickness in (
            ("F", MAGNET, 0.7),
            ("N", METAL, 0.5),
            ("G", OTHER_MAGNET, 0.9),
        )
    ]
    interfaces = [
        model.Interface("F", "N", laws.Circuit(1.5, 0.3, 1.9, 0.4), capacitance=0.7),
        model.Interface("N", "G", laws.TunnelVector(1.1, 0.0, 0.4)),
    ]
    return model.Stack(layers, interfaces)


def bilayer(law: laws.Law, capacitance: float = 0.7) -> model.Stack:
    layers = [model.Layer("F", MAGNET, 0.7), model.Layer("G", OTHER_MAGNET, 0.9)]
    return model.Stack(layers, [model.Interface("F", "G", law, capacitance)])


VOLTAGE = model.Voltage(1.3)
SINE = Waveform("sine", frequency=1.1)

# --- accuracy ---


@pytest.mark.slow
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(
    "stack", [trilayer(), bilayer(AT_FINITE_BIAS)], ids=["linear", "finite_bias"]
)
def test_both_schemes_are_of_second_order(stack: model.Stack, scheme: str) -> None:
    def at_end(steps: int) -> FloatArray:
        # up to the crest: where the voltage changes sign, Simmons' barrier is not smooth
        rise = Waveform("sine", frequency=0.4)
        settings = TimeSettings(end=0.6, waveform=rise, scheme=scheme, step=0.6 / steps)
        return end(new_run(stack, VOLTAGE, settings, degree=2))

    exact = at_end(960)
    # the midpoint rule keeps what the start excites at a few nodes of the contacts: a mean, then
    errors = [np.sqrt(np.mean((at_end(steps) - exact) ** 2, axis=0)) for steps in (30, 60, 120)]
    for coarse, fine in itertools.pairwise(errors):
        # the reference has an error too, (120/960)² of the last one
        np.testing.assert_allclose(coarse / fine, 4, rtol=0.1)


@pytest.mark.slow
def test_errors_follow_the_tolerance() -> None:
    def at_end(tolerance: float) -> FloatArray:
        pulse = Waveform("pulse", start=0.1, duration=0.2)
        settings = TimeSettings(end=0.5, waveform=pulse, tolerance=tolerance)
        return end(new_run(trilayer(), VOLTAGE, settings, degree=2))

    exact, tolerances = at_end(1e-9), np.array([1e-4, 1e-6, 1e-8])
    errors = np.array([np.abs(at_end(each) - exact).max() for each in tolerances])
    # of a step the error is ~ h³, of all steps ~ h²
    rates = np.diff(np.log(errors)) / np.diff(np.log(tolerances))
    np.testing.assert_allclose(rates, 2 / 3, atol=0.1)
    assert errors[0] < VOLTAGE.value * tolerances[0]


def test_long_steps_after_a_jump_do_not_ring() -> None:
    stack = trilayer(screening=2e-3)
    shortest = min(
        layer.material.permittivity / layer.material.conductivity for layer in stack.layers
    )
    step = 0.1
    assert step > 1e3 * shortest
    times = tuple(step * np.arange(1, 6))
    settings = TimeSettings(end=times[-1], tolerance=1e-5, times=times)
    exact = [u for time, u in history(new_run(stack, VOLTAGE, settings)) if time in times]

    def errors(scheme: str) -> FloatArray:
        """Of δn over the largest δn, after each step."""
        settings = TimeSettings(end=times[-1], scheme=scheme, step=step)
        found = [u for time, u in history(new_run(stack, VOLTAGE, settings)) if time > step / 2]
        assert len(found) == len(exact)
        return np.array(
            [
                np.abs(charge(u) - charge(right)).max() / np.abs(charge(right)).max()
                for u, right in zip(found, exact, strict=True)
            ]
        )

    def charge(u: FloatArray) -> FloatArray:
        return u[:, 0] - u[:, 4]

    damped = errors("tr-bdf2")
    assert damped[0] < 0.1
    assert (damped[1:3] < damped[:2] / 5).all()
    assert (damped[3:] < 1e-3).all()
    # of the midpoint rule the same steps only change the sign of what should be gone
    assert (errors("crank-nicolson") > 0.4).all()


@pytest.mark.skipif(
    not np.issubdtype(PETSc.ScalarType, np.complexfloating), reason="amplitudes are complex"
)
def test_a_sine_ends_in_the_response_at_its_frequency() -> None:
    stack, late = trilayer(), 12.0
    settings = TimeSettings(end=late, waveform=SINE, step=1 / 440)
    found = end(new_run(stack, VOLTAGE, settings, degree=2))
    run = new_run(stack, VOLTAGE, settings, degree=2)
    assert SINE.frequency is not None
    omega = 2 * math.pi * SINE.frequency
    # with nothing in the past, rate × M u is the time derivative of e^{iωt} at rate = iω
    run.system.set_rate(1j * omega)
    run.steady.solve()
    amplitude = np.concatenate([u.x.array.reshape(-1, SIZE) for u in run.system.fields.values()])
    expected = np.imag(amplitude * np.exp(1j * omega * late))
    np.testing.assert_allclose(found, expected, atol=1e-4 * np.abs(amplitude).max())


# --- balances ---


class Midpoint:
    """Lets the fields of a run be the middle of its last step, and rate × (u − past) its slope."""

    def __init__(self, run: TransientSolver, before: FloatArray):
        self._run, self._before = run, before
        system = run.system
        self._functions = [*system.fields.values(), *system.past.values()]

    def __enter__(self) -> None:
        system = self._run.system
        assert self._run.state is not None
        self._kept = [each.x.array.copy() for each in self._functions]
        first = 0
        for name, u in system.fields.items():
            values = self._before[first : first + len(u.x.array) // SIZE].ravel()
            first += len(u.x.array) // SIZE
            u.x.array[:] = (u.x.array + values) / 2
            system.past[name].x.array[:] = values
        system.set_rate(2 / self._run.state.size)

    def __exit__(self, *error: object) -> None:
        for function, values in zip(self._functions, self._kept, strict=True):
            function.x.array[:] = values
        assert self._run.state is not None
        self._run.system.set_rate(self._run.state.rate)


@pytest.mark.slow
@pytest.mark.parametrize("drive", [VOLTAGE, model.Current(0.4)], ids=["voltage", "current"])
@pytest.mark.parametrize("waveform", [Waveform(), SINE], ids=["step", "sine"])
@pytest.mark.parametrize(
    "stack",
    [
        trilayer(),
        bilayer(AT_FINITE_BIAS),
        bilayer(laws.Metallic()),
        bilayer(laws.Transparent(), math.inf),
    ],
    ids=["trilayer", "finite_bias", "metallic", "transparent"],
)
def test_the_midpoint_rule_balances_energy(
    stack: model.Stack, waveform: Waveform, drive: model.Drive
) -> None:
    settings = TimeSettings(end=0.3, waveform=waveform, scheme="crank-nicolson", step=0.02)
    run = new_run(stack, drive, settings)
    energies, power = Energies(run.system), ContactPower(run.system, run.steady.nodes)
    # Newton's method leaves a residual
    rounding = 1e-8 if stack.interfaces[0].law is AT_FINITE_BIAS else 1e-10
    before, stored, checked = fields(run), 0.0, 0
    for state in run.steps():
        gained, stored = energies.free_energy() - stored, energies.free_energy()
        if state.size > 1e-3:
            with Midpoint(run, before):
                heat = energies.heat_in_layers() + energies.heat_at_interfaces()
                assert heat > 0
                balance = gained / state.size + heat - power()
                assert abs(balance) < rounding * max(heat, abs(power()))
            checked += 1
        before = fields(run)
    assert checked == 15


@pytest.mark.parametrize("scheme", SCHEMES)
def test_without_a_drive_energy_only_decreases(scheme: str) -> None:
    step = 0.02 if scheme == "crank-nicolson" else None
    settings = TimeSettings(end=1.0, initial="steady", scheme=scheme, step=step, tolerance=1e-5)
    run = new_run(trilayer(), VOLTAGE, settings)
    energies = Energies(run.system)
    stored = np.array([energies.free_energy() for _ in run.steps()])
    assert (np.diff(stored[1:]) < 0).all()
    assert stored[-1] < 0.01 * stored[0]


def total_currents(run: TransientSolver, faces: Faces) -> list[float]:
    """J + ∂_t(−εV') on both sides of everything, and J + C_b ∂_t(V_L − V_R) through what charges.

    Potentials and displacements are linear in the fields: of u̇ they are the time derivatives.
    """
    states = faces.measure()
    fields, past = run.system.fields, run.system.past
    kept = {name: u.x.array.copy() for name, u in fields.items()}
    assert run.state is not None
    for name, u in fields.items():
        u.x.array[:] = run.state.rate * (kept[name] - past[name].x.array)
    changes = faces.measure()
    for name, u in fields.items():
        u.x.array[:] = kept[name]
    totals = [
        state.current + change.displacement
        for state, change in zip(
            (states.left_end, states.right_end), (changes.left_end, changes.right_end), strict=True
        )
    ]
    for name, state in states.interfaces.items():
        change = changes.interfaces[name]
        totals += [
            state.left.current + change.left.displacement,
            state.right.current + change.right.displacement,
        ]
        capacitance = run.system.stack.interface(*name.split("|")).capacitance
        if math.isfinite(capacitance):
            drop = change.left.potential - change.right.potential
            totals.append(state.left.current + capacitance * drop)
    return totals


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("drive", [VOLTAGE, model.Current(0.4)], ids=["voltage", "current"])
@pytest.mark.parametrize(
    "stack", [trilayer(), bilayer(AT_FINITE_BIAS)], ids=["linear", "finite_bias"]
)
def test_the_total_current_is_the_same_everywhere(
    stack: model.Stack, drive: model.Drive, scheme: str
) -> None:
    step = 0.02 if scheme == "crank-nicolson" else None
    settings = TimeSettings(end=0.3, scheme=scheme, step=step, tolerance=1e-4)
    run = new_run(stack, drive, settings)
    faces = Faces(run.system, run.steady.nodes, uniform)
    largest = 0.0
    for state in run.steps():
        totals = total_currents(run, faces)
        largest = max(largest, *map(abs, totals))
        # the slope that the midpoint rule goes on with is that of the equations, if they are linear
        if scheme == "tr-bdf2" or stack.interfaces[0].law is not AT_FINITE_BIAS:
            assert np.ptp(totals) <= 1e-7 * largest, state
        faces.measure()
        assert totals[0] == pytest.approx(faces.total_current(), abs=1e-7)
    assert largest > 0.1


# --- the drive ---


def test_steps_end_at_every_corner_and_at_the_times_asked_for() -> None:
    # 0.1 + 0.2 is not 0.3: the corner is there to rounding only
    pulse = Waveform("pulse", start=0.1, duration=0.2)
    settings = TimeSettings(end=1.0, waveform=pulse, times=(0.0, 0.2, 0.3, 0.7), step=0.03)
    run = new_run(trilayer(), VOLTAGE, settings, degree=1)
    states = list(run.steps())
    times = np.array([state.time for state in states])
    assert (np.diff(times) > 0).all()
    assert {0.0, 0.1, 0.2, 0.3, 0.7, 1.0} <= set(times.tolist())
    for state in states:
        inside = 0.1 < state.time <= 0.3
        assert state.load == (1.0 if inside else 0.0), state
    assert max(state.size for state in states) <= 0.03 * (1 + 1e-9)
    assert sum(state.size < 1e-6 for state in states[1:]) == 2


def test_a_pulse_is_a_step_less_a_later_one() -> None:
    times = (0.1, 0.15, 0.3, 0.31, 0.6)

    def responses(waveform: Waveform, initial: str = "equilibrium") -> list[FloatArray]:
        settings = TimeSettings(
            end=0.6, waveform=waveform, initial=initial, times=times, tolerance=1e-7
        )
        run = new_run(trilayer(), VOLTAGE, settings, degree=2)
        return [u for time, u in history(run) if time in times]

    first = responses(Waveform("step", start=0.1))
    later = responses(Waveform("step", start=0.3))
    pulse = responses(Waveform("pulse", start=0.1, duration=0.2))
    for difference, both, expected in zip(first, later, pulse, strict=True):
        np.testing.assert_allclose(expected, difference - both, atol=3e-6)
    steady = new_run(trilayer(), VOLTAGE, TimeSettings(end=1.0), degree=2)
    steady.steady.solve()
    taken_away = responses(Waveform("step", start=0.1), initial="steady")
    for response, rest in zip(first, taken_away, strict=True):
        np.testing.assert_allclose(rest, fields(steady) - response, atol=3e-6)


EVERY_LAW = {
    "tunnel": laws.Tunnel(0.7, 0.3, 0.2),
    "tunnel_vector": laws.TunnelVector(0.7, 0.3, 0.2),
    "finite_bias": AT_FINITE_BIAS,
    "metallic": laws.Metallic(),
    "metallic_reversed": laws.MetallicReversed(),
    "metallic_no_accumulation": laws.MetallicNoAccumulation(),
    "transparent": laws.Transparent(),
}


@pytest.mark.slow
@pytest.mark.parametrize("drive", [VOLTAGE, model.Current(0.4)], ids=["voltage", "current"])
@pytest.mark.parametrize("capacitance", [0.7, math.inf], ids=["charging", "continuous"])
@pytest.mark.parametrize("law", EVERY_LAW.values(), ids=EVERY_LAW)
def test_every_law_comes_to_its_steady_state(
    law: laws.Law, capacitance: float, drive: model.Drive
) -> None:
    settings = TimeSettings(end=40.0, tolerance=1e-4)
    run = new_run(bilayer(law, capacitance), drive, settings, degree=2)
    found = end(run)
    run.system.set_rate(0.0)
    steady = SteadySolver(run.system, SpinSolverSettings())
    steady.solve()
    expected = fields(run)
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.abs(expected).max())


def test_a_source_gives_its_current_from_the_first_moment() -> None:
    settings = TimeSettings(end=0.5, waveform=Waveform("step", start=0.1), tolerance=1e-4)
    run = new_run(trilayer(), model.Current(0.4), settings)
    faces = Faces(run.system, run.steady.nodes, uniform)
    voltages = []
    for state in run.steps():
        expected = 0.4 if state.time > 0.1 else 0.0
        np.testing.assert_allclose(total_currents(run, faces), expected, atol=1e-5)
        voltages.append(faces.measure().right_end.potential)
    # the contacts have to be charged first
    assert np.abs(np.diff(voltages)).max() < 0.1 * abs(voltages[-1])


def test_without_a_drive_nothing_happens() -> None:
    at_rest = new_run(bilayer(AT_FINITE_BIAS), model.Voltage(0.0), TimeSettings(end=1.0), degree=1)
    assert not end(at_rest).any()
    at_rest.system.set_rate(0.0)
    at_rest.steady.solve()
    assert not fields(at_rest).any()


@pytest.mark.parametrize("drive", [VOLTAGE, model.Current(0.4)], ids=["voltage", "current"])
def test_a_rectangle_is_a_line(drive: model.Drive) -> None:
    settings = TimeSettings(end=0.2, tolerance=1e-3)
    plane = new_run(trilayer(), drive, settings, 1, MeshSettings(dimension=2, width=0.8))
    line = new_run(trilayer(), drive, settings, 1)
    end(plane)
    end(line)
    assert plane.state is not None and line.state is not None
    assert plane.state.step == line.state.step
    for name, u in plane.system.fields.items():
        reference = line.system.fields[name]
        x, on_line = (
            each.function_space.tabulate_dof_coordinates()[:, 0] for each in (u, reference)
        )
        nodes = np.abs(x[:, np.newaxis] - on_line).argmin(axis=1)
        expected = reference.x.array.reshape(-1, SIZE)[nodes]
        np.testing.assert_allclose(u.x.array.reshape(-1, SIZE), expected, atol=1e-11)


# --- cost and failure ---


@pytest.fixture
def factorisations(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The rates of all matrices that are assembled."""
    from fem_sf.solve.constraints import FreeMatrix

    rates: list[float] = []
    assemble = FreeMatrix.assemble

    def counting(matrix: FreeMatrix) -> None:
        rates.append(0.0)
        assemble(matrix)

    monkeypatch.setattr(FreeMatrix, "assemble", counting)
    return rates


def test_equal_steps_share_one_factorisation(factorisations: list[float]) -> None:
    settings = TimeSettings(end=1.0, step=0.01)
    end(new_run(trilayer(), VOLTAGE, settings, degree=1))
    # one for the jump, one for the slope after it, and one for all steps
    assert len(factorisations) == 3


def test_controlled_steps_keep_their_factorisation_while_they_can(
    factorisations: list[float],
) -> None:
    run = new_run(trilayer(), VOLTAGE, TimeSettings(end=1.0, tolerance=1e-6), degree=2)
    end(run)
    assert run.state is not None
    assert run.state.step > 300
    assert len(factorisations) < run.state.step / 6
    assert run.state.rejected < 10


@pytest.fixture
def hasty() -> TransientSolver:
    """A run whose Newton's method has one step only."""
    settings = TimeSettings(end=1.0, waveform=Waveform("step", start=0.25), step=0.1)
    run = new_run(bilayer(AT_FINITE_BIAS), model.Voltage(30.0), settings, degree=1)
    return TransientSolver(run.system, SpinSolverSettings(max_iterations=1), settings)


def test_a_step_that_fails_says_where(hasty: TransientSolver) -> None:
    with pytest.raises(NotConverged, match=r"from t = 0\.25 failed: Newton stopped after 1 steps"):
        end(hasty)
    assert hasty.state is not None
    assert hasty.state.time == pytest.approx(0.25)


def test_the_leading_error_of_a_step_is_that_of_exponential_decay() -> None:
    """(R(z) − eᶻ)/z³ as z → 0, where R(z) is what both stages make of u' = z u in a unit step."""
    z, part = Fraction(1, 10**6), Fraction(2) - Fraction(math.sqrt(2))
    stage = (1 + part * z / 2) / (1 - part * z / 2)
    # BDF2 over stages at 0, γ and 1
    end = (stage - (1 - part) ** 2) / (part * (2 - part)) / (1 - (1 - part) / (2 - part) * z)
    exact = sum(z**n / math.factorial(n) for n in range(8))
    constant = float(abs(end - exact) / z**3)
    assert constant == pytest.approx(transient._LEADING_ERROR, rel=1e-5)
