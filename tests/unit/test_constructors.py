# SPDX-License-Identifier: MIT
"""What is wrong is refused where it is said, whatever it is; what is right becomes plain data."""

from __future__ import annotations

import dataclasses
import math
from fractions import Fraction
from typing import Any, get_type_hints

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fem_sf as sf
from fem_sf.errors import InputError, StackError
from fem_sf.settings import PhysicalScales
from fem_sf.spin import interfaces as spin_laws
from fem_sf.spin import materials as spin_materials
from fem_sf.spin import model as spin
from fem_sf.spin import settings as spin_settings
from fem_sf.spin.coupling import coupling
from fem_sf.sweeps import Axis

STACK = sf.Stack(
    [sf.Layer("S", sf.Superconductor(), 2), sf.Layer("F", sf.Ferromagnet(exchange=3), 1)],
    [sf.Interface("S", "F", sf.Transparent())],
)
SPIN_STACK = spin.Stack([spin.Layer("N", spin_materials.Normal(), 1.0)])
RIGHT: list[tuple[type[Any], dict[str, Any]]] = [
    (sf.Superconductor, {"diffusivity": 0.5, "density_of_states": 2, "phase": 0.1}),
    (sf.Normal, {"diffusivity": 0.5}),
    (sf.Ferromagnet, {"exchange": (1, 0, 2), "localized_moment": 0.5}),
    (sf.KupriyanovLukichev, {"gamma": 0.3, "gamma_of": "F"}),
    (sf.Layer, {"name": "S", "material": sf.Superconductor(), "thickness": 1}),
    (sf.Interface, {"left": "S", "right": "F", "law": sf.Insulating()}),
    (sf.MeshSettings, {"dimension": 2, "width": 1.0, "degree": 2, "refinement": 2}),
    (sf.SolverSettings, {"tail": 8, "frequencies": 3, "groups": 1, "petsc": {"ksp_rtol": 1e-8}}),
    (sf.AccuracySettings, {"tolerance": 1e-3, "rounds": 2}),
    (sf.OutputSettings, {"probes": {"S": [0.0, 1]}, "vtx": True, "frequencies": [0.5]}),
    (sf.SpectrumSettings, {"energies": [0.0, 1], "broadening": 0.1, "interpolation_error": 0.1}),
    (PhysicalScales, {"critical_temperature": 9.2, "diffusivity": 4e-4, "conductivity": 1e7}),
    (
        sf.UsadelCase,
        {
            "stack": STACK,
            "temperature": 0.5,
            "gap": 1.0,
            "spectra": [sf.SpectrumSettings([0.0], 0.1)],
            "accuracy": sf.AccuracySettings(0.01),
            "scales": PhysicalScales(9.2, 4e-4),
            "reference": "F",
        },
    ),
    (spin_materials.Normal, {"conductivity": 2, "precession": [0, 0, 1]}),
    (spin_materials.Ferromagnet, {"polarisation": 0.5, "direction": (0, 1, 1)}),
    (spin_materials.Wall, {"stiffness": 1.0, "anisotropy": 2.0}),
    (spin_laws.Tunnel, {"conductance": 1.0, "polarisation_left": 0.5, "polarisation_right": 0.1}),
    (spin_laws.TunnelVector, {"conductance": 1.0, "polarisation_product": 0.0}),
    (
        spin_laws.General,
        {
            "charge_left": (1, 1),
            "charge_right": (1, 1),
            "spin_left_left": (1, -1),
            "spin_left_right": (1, -1),
            "spin_right_left": (1, -1),
            "spin_right_right": (1, -1),
        },
    ),
    (spin_laws.Circuit, {"conductance": 1.0, "polarisation": 0.5, "mixing_real": 1.0}),
    (spin.Layer, {"name": "N", "material": spin_materials.Normal(), "thickness": 1.0}),
    (spin.Interface, {"left": "A", "right": "B", "law": spin_laws.Transparent()}),
    (spin.Voltage, {"value": 1.0}),
    (spin.Current, {"value": 1.0}),
    (spin_settings.Waveform, {"shape": "pulse", "start": 0.5, "duration": 1.0}),
    (spin_settings.TimeSettings, {"end": 2.0, "step": 0.1, "times": [0.5, 1.0]}),
    (spin_settings.SpinSolverSettings, {"method": "exact", "petsc": {"pc_type": "lu"}}),
    (spin_settings.SpinScales, {"length": 1e-9}),
    (
        sf.SpinCase,
        {
            "stack": SPIN_STACK,
            "drive": spin.Voltage(1.0),
            "time": spin_settings.TimeSettings(1.0),
            "scales": spin_settings.SpinScales(),
        },
    ),
    (Axis, {"name": "temperature", "values": (0.1, 0.2), "unit": "Tc"}),
]
FIELDS = [(kind, right, field.name) for kind, right in RIGHT for field in dataclasses.fields(kind)]


NEVER_RIGHT = st.one_of(
    st.sampled_from([math.nan, -math.inf, 1j, b"1", object(), {1: 2}, {3}, int]),
    st.sampled_from([np.nan, np.array([[math.nan]]), [[[1]]], 10**400, (None,)]),
    st.just([math.nan, 1.0, 2.0]),
    st.dictionaries(st.integers(), st.floats(), min_size=1),
)
NO_NUMBER = st.one_of(
    NEVER_RIGHT,
    st.just(np.array(["a"])),
    st.text(),
    st.booleans(),
    st.lists(st.floats(), max_size=2),
    st.just("2 K"),
)


def refused(kind: type[Any], right: dict[str, Any], name: str, value: Any) -> str:
    with pytest.raises(InputError) as caught:
        kind(**{**right, name: value})
    message = str(caught.value)
    assert name in message
    assert len(message) < 2000
    assert "[[layers" not in message
    assert "[[interfaces" not in message
    return message


@given(value=NEVER_RIGHT)
@settings(max_examples=30, derandomize=True, deadline=None)
def test_what_is_never_right(value):
    for kind, right, name in FIELDS:
        refused(kind, right, name, value)


def is_number(kind: type[Any], name: str) -> bool:
    return get_type_hints(kind)[name] in (float, int, float | None, int | None)


@given(value=NO_NUMBER)
@settings(max_examples=30, derandomize=True, deadline=None)
def test_what_is_no_number(value):
    for kind, right, name in FIELDS:
        if is_number(kind, name):
            refused(kind, right, name, value)


POSITIVE = {
    "Superconductor": (
        "diffusivity",
        "density_of_states",
    ),
    "KupriyanovLukichev": ("gamma",),
    "Layer": ("thickness",),
    "MeshSettings": (
        "width",
        "refinement",
        "degree",
    ),
    "SolverSettings": (
        "tolerance",
        "max_iterations",
        "max_sweeps",
        "groups",
        "tail",
    ),
    "AccuracySettings": (
        "tolerance",
        "rounds",
    ),
    "SpectrumSettings": (
        "broadening",
        "interpolation_error",
    ),
    "PhysicalScales": (
        "critical_temperature",
        "diffusivity",
        "conductivity",
    ),
    "Normal": (
        "conductivity",
        "diffusivity",
        "relaxation_time",
        "permittivity",
        "alpha1",
    ),
    "Wall": (
        "stiffness",
        "anisotropy",
    ),
    "Tunnel": ("conductance",),
    "TunnelVector": ("conductance",),
    "Circuit": ("conductance",),
    "Interface": ("capacitance",),
    "Waveform": ("duration",),
    "TimeSettings": (
        "end",
        "step",
        "tolerance",
        "checkpoint",
    ),
    "SpinSolverSettings": (
        "tolerance",
        "max_iterations",
        "first_load",
    ),
    "SpinScales": (
        "length",
        "time",
        "conductivity",
        "voltage",
    ),
}
NOT_NEGATIVE = {
    "UsadelCase": (
        "temperature",
        "gap",
    ),
    "SolverSettings": ("frequencies",),
    "Waveform": ("start",),
    "Wall": ("hard_axis_anisotropy",),
    "Circuit": ("mixing_real",),
    "SpinCase": ("wave_number",),
}


SIGNED = [
    (kind, name, zero)
    for zero, table in ((False, POSITIVE), (True, NOT_NEGATIVE))
    for kind, names in table.items()
    for name in names
]


@pytest.mark.parametrize(("class_name", "name", "zero"), SIGNED)
@given(size=st.floats(1e-12, 1e12), whole=st.integers(1, 10**9))
@settings(max_examples=8, derandomize=True, deadline=None)
def test_numbers_of_the_wrong_sign(class_name, name, zero, size, whole):
    kinds = [(kind, right) for kind, right in RIGHT if kind.__name__ == class_name]
    kinds = [(kind, right) for kind, right in kinds if name in get_type_hints(kind)]
    assert kinds
    for kind, right in kinds:
        for value in [-size, -whole, *([] if zero else [0])]:
            refused(kind, right, name, value)


def plain(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(plain, value))
    return type(value) in (float, int, bool, str, type(None)) or not isinstance(value, np.generic)


def as_numpy(value: Any) -> Any:
    """The same by NumPy's types."""
    if isinstance(value, bool):
        return np.bool_(value)
    if isinstance(value, float):
        return np.float64(value)
    if isinstance(value, int):
        return np.int64(value)
    if isinstance(value, tuple | list) and all(isinstance(each, int | float) for each in value):
        return np.array(value, dtype=float)
    return value


@pytest.mark.parametrize(("kind", "right"), RIGHT, ids=lambda each: getattr(each, "__name__", ""))
def test_what_is_right_becomes_plain(kind, right):
    made = kind(**right)
    assert kind(**{name: as_numpy(value) for name, value in right.items()}) == made
    assert all(plain(getattr(made, field.name)) for field in dataclasses.fields(kind))
    assert dataclasses.replace(made) == made


def test_numbers_of_every_type():
    for value in (2, np.float32(2), np.array(2), np.int8(2), Fraction(2)):
        layer = sf.Layer("S", sf.Superconductor(diffusivity=value), value)
        assert layer == sf.Layer("S", sf.Superconductor(diffusivity=2.0), 2.0)
        assert type(layer.thickness) is float


@pytest.mark.parametrize("exchange", ([1, 0, 2], np.array([1, 0, 2]), (1.0, 0.0, np.float64(2))))
def test_vectors_of_every_type(exchange):
    assert sf.Ferromagnet(exchange=exchange).exchange == (1.0, 0.0, 2.0)
    assert spin_materials.Ferromagnet(direction=exchange).direction == (1.0, 0.0, 2.0)
    assert hash(spin_materials.Normal(precession=exchange))


def test_text_with_a_unit_is_told_what_to_do():
    for make in (
        lambda: sf.UsadelCase(stack=STACK, temperature="2 K"),
        lambda: sf.Layer("S", sf.Superconductor(), "20 nm"),
        lambda: sf.Ferromagnet(exchange="150 K"),
        lambda: spin.Voltage("1 mV"),
    ):
        with pytest.raises(InputError, match="PhysicalScales and SpinScales say what they are"):
            make()


USADEL_LAWS = [sf.KupriyanovLukichev(0.3, "S"), sf.Transparent(), sf.Insulating()]
SPIN_LAWS = [
    spin_laws.Tunnel(0.7),
    spin_laws.TunnelVector(0.7),
    spin_laws.Metallic(),
    spin_laws.MetallicReversed(),
    spin_laws.MetallicNoAccumulation(),
    spin_laws.Transparent(),
    spin_laws.General((1, 1), (1, 1), (1, -1), (1, -1), (1, -1), (1, -1)),
    spin_laws.Circuit(1.0, 0.5, 1.0),
]


@pytest.mark.parametrize("law", SPIN_LAWS, ids=lambda law: law.kind)
def test_a_superconducting_stack_refuses_laws_of_spin_transport(law):
    with pytest.raises(
        StackError, match=rf"Interface\.law: .*{type(law).__name__} of fem_sf\.spin"
    ):
        sf.Interface("S", "F", law)


@pytest.mark.parametrize("law", USADEL_LAWS, ids=lambda law: law.kind)
def test_spin_transport_refuses_laws_of_superconducting_stacks(law):
    with pytest.raises(StackError, match=r"Interface\.law: expected a law of spin transport"):
        spin.Interface("S", "F", law)


def test_layers_know_their_physics():
    with pytest.raises(StackError, match=r"take Ferromagnet of fem_sf\.materials"):
        sf.Layer("F", spin_materials.Ferromagnet(), 1.0)
    with pytest.raises(StackError, match=r"take Normal of fem_sf\.spin\.materials"):
        spin.Layer("N", sf.Normal(), 1.0)
    with pytest.raises(StackError, match=r"layers\[0\]: expected a Layer of fem_sf\.stack"):
        sf.Stack([spin.Layer("N", spin_materials.Normal(), 1.0)])
    with pytest.raises(
        StackError, match=r"interfaces\[0\]: expected an Interface of fem_sf\.stack"
    ):
        sf.Stack(STACK.layers, [spin.Interface("S", "F", spin_laws.Transparent())])
    with pytest.raises(InputError, match=r"UsadelCase\.stack"):
        sf.UsadelCase(stack=SPIN_STACK, temperature=0.5)
    with pytest.raises(InputError, match=r"SpinCase\.stack"):
        sf.SpinCase(stack=STACK, drive=spin.Voltage(1.0))
    for wrong in (sf.Transparent, "transparent", None, spin_laws.Law()):
        with pytest.raises(StackError, match=r"Interface\.law"):
            sf.Interface("S", "F", wrong)


def test_touching_layers_need_a_law_at_once():
    layers = [sf.Layer("S", sf.Superconductor(), 1.0), sf.Layer("F", sf.Ferromagnet(), 1.0)]
    with pytest.raises(StackError, match="touch") as caught:
        sf.Stack(layers, [])
    assert "[[" not in str(caught.value)


@pytest.mark.parametrize("name", ["", " ", "a|b", "a/b", ".a", "a\n", None, 3, ["S"]])
def test_names_of_layers(name):
    with pytest.raises(StackError, match="name"):
        sf.Layer(name, sf.Superconductor(), 1.0)


class Unprintable:
    """An object of somebody else that cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError("no")


def test_what_cannot_be_shown():
    with pytest.raises(StackError, match=r"Layer\.thickness: .*got an Unprintable"):
        sf.Layer("S", sf.Superconductor(), Unprintable())


class UnknownLaw(spin_laws.Law):
    """A law for which there are no equations."""


def test_forms_take_no_law_for_another():
    nothing: tuple[Any, ...] = (None, None, None, None)
    materials = spin_materials.Ferromagnet(), spin_materials.Ferromagnet(direction=(1, 0, 0))
    for law in SPIN_LAWS:
        law.agreement(*materials)
        others = materials if law.kind != "circuit" else (materials[0], spin_materials.Normal())
        assert np.linalg.matrix_rank(coupling(law, *others).constraints) == 8
    unknown = UnknownLaw()
    for ask in (
        lambda: unknown.flux(*nothing),
        lambda: unknown.agreement(*materials),
        lambda: coupling(unknown, *materials),
    ):
        with pytest.raises(StackError, match=r"no equations are known for .*UnknownLaw"):
            ask()


def test_forms_of_superconductors_take_no_law_for_another():
    from fem_sf.interfaces import Law

    with pytest.raises(StackError, match="no equations are known for"):
        Law().conductance({})


def test_probes_and_references_name_layers():
    with pytest.raises(InputError, match=r"output\.probes\.X: no layer is called 'X'"):
        sf.UsadelCase(stack=STACK, temperature=0.5, output=sf.OutputSettings({"X": [0.0]}))
    with pytest.raises(InputError, match="reference: expected a ferromagnetic layer, got ''"):
        sf.UsadelCase(stack=STACK, temperature=0.5, reference="")
    weak = sf.Stack([sf.Layer("F", sf.Ferromagnet(), 1.0)])
    with pytest.raises(InputError, match="reference: the layer 'F' has exchange = 0"):
        sf.UsadelCase(stack=weak, temperature=0.5, reference="F")


def test_an_empty_name_is_no_missing_one():
    law = sf.KupriyanovLukichev(0.3, gamma_of="")
    with pytest.raises(StackError, match=r"gamma_of: .*got ''"):
        sf.Stack(STACK.layers, [sf.Interface("S", "F", law)])


def test_sweeps():
    case = sf.UsadelCase(stack=STACK, temperature=0.5)
    for name, wrong in (
        ("axes", [Axis("T", (1.0,)), 3]),
        ("axes", 3),
        ("axes", []),
        ("cases", [case, None]),
        ("cases", None),
        ("name", 3),
    ):
        given = {"axes": [Axis("T", (1.0,))], "cases": [case], name: wrong}
        with pytest.raises(InputError, match=r"axes|axis|cases|name"):
            sf.Sweep(**given)
    made = sf.Sweep([Axis("T", np.array([1.0]))], [case])
    assert (made.axes, made.cases) == ((Axis("T", (1.0,)),), (case,))


@pytest.mark.parametrize("wrong", [3, "case.toml", None])
def test_only_cases_are_solved(wrong: object) -> None:
    with pytest.raises(InputError, match="case: expected a UsadelCase or a SpinCase, as load_case"):
        sf.run_case(wrong)
