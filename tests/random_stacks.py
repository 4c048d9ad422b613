# SPDX-License-Identifier: MIT
"""Stacks of both physics with every number drawn, within what samples have."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from fem_sf import (
    Ferromagnet,
    Insulating,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    Normal,
    SolverSettings,
    Stack,
    Superconductor,
    Transparent,
    UsadelCase,
)
from fem_sf.spin import interfaces as laws
from fem_sf.spin import model
from fem_sf.spin.settings import SpinCase, SpinSolverSettings
from spin_solves import random_direction, random_layer

MOST_LAYERS = 4
FORMS = ("collinear", "noncollinear", "phases")
"""What the exchange fields and order parameters of a stack of superconductors need."""


def between(random: np.random.Generator, low: float, high: float) -> float:
    """A number whose logarithm is uniform."""
    return float(np.exp(random.uniform(math.log(low), math.log(high))))


def usadel_case(random: np.random.Generator, form: str) -> UsadelCase:
    """A stack of superconductors, ferromagnets and normal metals at some temperature.

    Parameters
    ----------
    random
        Where numbers come from.
    form
        One of ``FORMS``.
    """
    count = int(random.integers(2, MOST_LAYERS + 1))
    kinds = random.choice(["S", "F", "N"], size=count, p=[0.45, 0.4, 0.15]).tolist()
    if form == "phases":
        kinds[0] = kinds[-1] = "S"
        kinds[1:-1] = [each if each != "S" else "F" for each in kinds[1:-1]]
    elif "S" not in kinds:
        kinds[int(random.integers(count))] = "S"
    layers = [_usadel_layer(random, form, kind, number) for number, kind in enumerate(kinds)]
    if form == "phases":
        layers = [
            Layer(each.name, Superconductor(phase=phase), each.thickness)
            if phase is not None
            else each
            for each, phase in zip(
                layers, [0.0, *[None] * (count - 2), random.uniform(0.1, 3.0)], strict=True
            )
        ]
    names = [layer.name for layer in layers]
    interfaces = [Interface(*pair, _usadel_law(random, *pair)) for pair in pairwise(names)]
    return UsadelCase(
        stack=Stack(layers, interfaces),
        temperature=0.0 if random.random() < 0.1 else random.uniform(0.03, 1.05),
        gap=random.choice(["self-consistent", "bulk"], p=[0.8, 0.2]).item(),
        mesh=MeshSettings(refinement=0.5),
        solver=SolverSettings(error_estimate=False),
    )


def _usadel_layer(random: np.random.Generator, form: str, kind: str, number: int) -> Layer:
    common = {"diffusivity": between(random, 0.2, 3), "density_of_states": between(random, 0.3, 3)}
    name = f"{kind}{number}"
    if kind == "S":
        return Layer(name, Superconductor(**common), between(random, 0.5, 8))
    if kind == "N":
        return Layer(name, Normal(**common), between(random, 0.1, 4))
    size = between(random, 0.2, 25)
    exchange = float(size * random.choice([-1, 1]))
    if form == "noncollinear":
        exchange = tuple((size * np.array(random_direction(random))).tolist())
    return Layer(name, Ferromagnet(**common, exchange=exchange), between(random, 0.05, 2))


def _usadel_law(random: np.random.Generator, left: str, right: str):
    draw = random.random()
    if draw < 0.2:
        return Transparent()
    if draw < 0.25:
        return Insulating()
    return KupriyanovLukichev(between(random, 0.02, 10), random.choice([left, right]).item())


def spin_case(random: np.random.Generator) -> SpinCase:
    """Two to four ferromagnets and normal metals with any linear law that fits its neighbours."""
    count = int(random.integers(2, MOST_LAYERS + 1))
    normal = random.random(count) < 0.35
    layers = [
        random_layer(random, f"{'N' if each else 'F'}{number}", bool(each), thickness=None)
        for number, each in enumerate(normal)
    ]
    interfaces = [
        model.Interface(
            a.name,
            b.name,
            _spin_law(random, a.name[0] + b.name[0]),
            capacitance=between(random, 0.01, 10),
        )
        for a, b in pairwise(layers)
    ]
    interfaces = [
        each
        if isinstance(each.law, laws.Tunnel | laws.TunnelVector | laws.Circuit)
        else model.Interface(each.left, each.right, each.law)
        for each in interfaces
    ]
    drives = (model.Voltage, model.Current)
    return SpinCase(
        stack=model.Stack(layers, interfaces),
        drive=drives[int(random.integers(2))](between(random, 0.1, 10)),
        solver=SpinSolverSettings(error_estimate=False),
    )


def _spin_law(random: np.random.Generator, pair: str) -> laws.Law:
    conductance = between(random, 1e-3, 1e3)
    polarisations = random.uniform(-0.8, 0.8, 2).tolist()
    if pair in ("FN", "NF"):
        mixing = conductance * between(random, 1, 5), conductance * random.uniform(-1, 1)
        choices: list[laws.Law] = [laws.Circuit(conductance, polarisations[0], *mixing)]
    elif pair == "FF":
        choices = [
            laws.Tunnel(conductance, *polarisations),
            laws.TunnelVector(conductance, *polarisations),
            laws.Metallic(),
            laws.MetallicReversed(),
            laws.MetallicNoAccumulation(),
        ]
    else:
        choices = [laws.TunnelVector(conductance)]
    return random.choice([*choices, laws.Transparent()])  # type: ignore[arg-type]
