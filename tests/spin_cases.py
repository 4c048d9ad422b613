# SPDX-License-Identifier: MIT
"""Reference numbers of spin drift-diffusion, and from their inputs to a stack of the package."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from pathlib import Path
from typing import Any

from fem_sf.spin import interfaces as laws
from fem_sf.spin import materials, model

FOLDER = Path(__file__).parent / "reference" / "spin"

METALLIC = {"paper": laws.Metallic, "reversed": laws.MetallicReversed}
GENERAL_PAIRS = ("q1", "q2", "rL1", "rL2", "rR1", "rR2")


@lru_cache
def reference(name: str) -> Any:
    """One file of the independent solvers."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def _at_finite_bias(case: dict[str, Any]) -> bool:
    return any(each["type"] == "tunnel_finite_bias" for each in case["input"]["interfaces"])


CASES: dict[str, Any] = reference("ref_cases")["cases"]
FINITE_BIAS_CASES = {name: case for name, case in CASES.items() if _at_finite_bias(case)}
LINEAR_CASES = {name: case for name, case in CASES.items() if name not in FINITE_BIAS_CASES}
"""Without barriers at finite bias, which are not linear."""

WALL_CASES: dict[str, Any] = reference("ref_wall")["vector"]
"""Junctions of two ferromagnets whose magnetizations turn."""


def material(data: dict[str, Any], normal: bool) -> materials.Material:
    common = {
        "conductivity": data["sigma"],
        "diffusivity": data["D"],
        "relaxation_time": data["tau"],
        "permittivity": data["eps"],
        "precession": data["w"],
        "alpha1": data["a1"],
        "alpha2": data["a2"],
    }
    if normal:
        assert data["beta"] == 0
        return materials.Normal(**common)
    return materials.Ferromagnet(**common, polarisation=data["beta"], direction=data["p"])


def law(data: dict[str, Any]) -> laws.Law:
    match data["type"]:
        case "tunnel" | "tunnel_vector":
            kind = laws.Tunnel if data["type"] == "tunnel" else laws.TunnelVector
            return kind(data["g"], data["PL"], data["PR"], data.get("P12"))
        case "tunnel_finite_bias":
            # these data were made before Simmons' own formula, and call this one so
            model = {"simmons": "fermi-level"}.get(data["conv"], data["conv"])
            shape = laws.BarrierShape(model, data["U0"], data["lam"])
            return laws.Tunnel(data["g"], data["PL"], data["PR"], data.get("P12"), shape)
        case "metal_paper":
            return METALLIC[data["direction"]]()
        case "metal_noaccum":
            return laws.MetallicNoAccumulation()
        case "metal_vector":
            return laws.Transparent()
        case "general":
            return laws.General(*(tuple(data[key]) for key in GENERAL_PAIRS))
        case "circuit":
            return laws.Circuit(data["g"], data["P"], data["Gr"], data["Gi"])
        case other:
            raise ValueError(other)


def stack(data: dict[str, Any]) -> model.Stack:
    """Layers are called 0, 1, …; normal ones are those without polarisation."""
    layers = [
        model.Layer(str(i), material(each, each["beta"] == 0), _thickness(each["L"]))
        for i, each in enumerate(data["layers"])
    ]
    interfaces = [
        model.Interface(str(i), str(i + 1), law(each), _capacitance(each["Cb"]))
        for i, each in enumerate(data["interfaces"])
    ]
    return model.Stack(layers, interfaces)


def _thickness(value: float | str) -> float:
    return math.inf if value == "inf" else value


def _capacitance(value: float | None) -> float:
    return math.inf if value is None else value


def drive(data: dict[str, Any]) -> model.Drive:
    ((kind, value),) = data["drive"].items()
    return {"V": model.Voltage, "J": model.Current}[kind](value)


# --- walls ---


def wall_stack(data: dict[str, Any]) -> model.Stack:
    """Layers are called L and R; their easy axes are in the plane of x and z."""
    layers = []
    for name in "LR":
        of_layer, of_wall = data[name], data[f"wall{name}"]
        angle = of_wall["e"]
        ferromagnet = materials.Ferromagnet(
            conductivity=of_layer["sigma"],
            diffusivity=of_layer["D"],
            relaxation_time=of_layer["tau"],
            permittivity=of_layer["eps"],
            alpha1=of_layer["a1"],
            alpha2=of_layer["a2"],
            polarisation=of_layer["beta"],
            direction=(math.sin(angle), 0.0, math.cos(angle)),
            exchange_precession=of_layer["w0"],
            wall=materials.Wall(of_wall["Aex"], of_wall["K"], of_wall["Kd"]),
        )
        layers.append(model.Layer(name, ferromagnet, of_layer["L"]))
    interface = data["interface"]
    law_between, capacitance = law(interface), _capacitance(interface["Cb"])
    return model.Stack(layers, [model.Interface("L", "R", law_between, capacitance)])
