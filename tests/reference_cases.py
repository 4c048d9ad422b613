# SPDX-License-Identifier: MIT
"""Reference numbers, and the product's own way to them: from a case to a result."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from fem_sf import (
    Ferromagnet,
    Interface,
    KupriyanovLukichev,
    Layer,
    MeshSettings,
    OutputSettings,
    SolverSettings,
    Stack,
    Superconductor,
    UsadelCase,
    run_case,
)
from fem_sf.study.results import UsadelResult

FOLDER = Path(__file__).parent / "reference" / "usadel"
GAP_MODES = {"fixed": "bulk", "selfconsistent": "self-consistent"}
"""A case's word for the reference's."""


@lru_cache
def reference(name: str) -> Any:
    """One file of the independent multidomain Chebyshev collocation solver."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def ferromagnet(rD: float, ratio: float, exchange: float, localized_moment: float = 0.0):
    """A ferromagnet by D_F/D_S, σ_F/σ_S = γ_F/γ_S and J."""
    return Ferromagnet(rD, ratio / rD, exchange, localized_moment)


def bilayer(d_s: float, f: Ferromagnet, d_f: float, gamma_f: float) -> Stack:
    """S|F with a barrier of γ_F."""
    return Stack(
        [Layer("S", Superconductor(), d_s), Layer("F", f, d_f)],
        [Interface("S", "F", KupriyanovLukichev(gamma_f, "F"))],
    )


def spin_valve(left: Ferromagnet, right: Ferromagnet, d_f: float, d_s: float, gamma_f: float):
    """L|S|R, both F of one thickness behind equal barriers of γ_F."""
    return Stack(
        [Layer("L", left, d_f), Layer("S", Superconductor(), d_s), Layer("R", right, d_f)],
        [
            Interface("L", "S", KupriyanovLukichev(gamma_f, "L")),
            Interface("S", "R", KupriyanovLukichev(gamma_f, "R")),
        ],
    )


def solved(
    stack: Stack,
    temperature: float,
    gap: str | float = "self-consistent",
    probes: dict[str, Sequence[float]] | None = None,
    mesh: MeshSettings | None = None,
    unit_of: str | None = None,
    signs: Mapping[str, int] | None = None,
    **solver: Any,
) -> UsadelResult:
    """The result of a case, δM in units of a layer, without error estimate unless asked for."""
    return run_case(
        UsadelCase(
            stack=stack,
            temperature=temperature,
            gap=gap,
            signs=signs or {},
            reference=unit_of,
            mesh=mesh or MeshSettings(),
            solver=SolverSettings(**{"error_estimate": False, **solver}),
            output=OutputSettings(probes={k: tuple(v) for k, v in (probes or {}).items()}),
        )
    )


def magnetization(result: UsadelResult, layer: str, where: str) -> float:
    """δM_z of a summary: ``integral``, ``left``, ``right`` or ``mean``."""
    return result.summary["layers"][layer]["magnetization"][where][2]


def total_magnetization(result: UsadelResult) -> float:
    """Sum of ∫δM_z over all layers."""
    return result.summary["checks"]["total_magnetization"][2]


def worst(values: ArrayLike, expected: ArrayLike) -> float:
    """Largest deviation over the largest expected magnitude."""
    expected = np.asarray(expected)
    return float(np.abs(np.asarray(values) - expected).max() / np.abs(expected).max())
