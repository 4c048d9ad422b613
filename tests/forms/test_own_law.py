# SPDX-License-Identifier: MIT
"""A law of one's own: the one class of docs/developing.md, in every parametrisation."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

import numpy as np
import pytest

from fem_sf import load_case, run_case
from fem_sf.errors import CaseError
from fem_sf.interfaces import LAWS, KupriyanovLukichev, Law
from fem_sf.materials import Ferromagnet, Superconductor
from fem_sf.settings import SolverSettings
from fem_sf.solve.blocks import BlockMatrix
from fem_sf.stack import Interface, Layer, Stack
from fem_sf.usadel.matsubara import frequency_sum
from fem_sf.usadel.observables import IntegralForms, Integrals
from fem_sf.usadel.solution import solve
from fem_sf.usadel.system import UsadelSystem
from support import (
    assembled,
    assert_derivative,
    complex_numbers,
    interval,
    layered,
    product,
    uniform,
)

PAGE = Path(__file__).parents[2] / "docs" / "developing.md"
EXCHANGE = {
    "collinear": [(0.0, 0.0, 2.0)],
    "coplanar": [(0.0, 0.0, 2.0), (1.6, 0.0, 1.2)],
}
PHASES = {"real": (None, None), "phases": (0.2, 1.3)}


@pytest.fixture(scope="module")
def transmission() -> Iterator[type[Any]]:
    """The class in the documentation."""
    known = dict(LAWS)
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    (code,) = (each for each in blocks if "class Transmission" in each)
    own = ModuleType("own_law")
    sys.modules[own.__name__] = own
    exec(compile(code, str(PAGE), "exec", dont_inherit=True), vars(own))
    yield own.Transmission
    del sys.modules[own.__name__]
    LAWS.clear()
    LAWS.update(known)


@pytest.fixture(scope="module")
def general() -> Iterator[type[Any]]:
    """Kupriyanov and Lukichev's law as any other one, from its scalar."""
    known = dict(LAWS)

    @dataclass(frozen=True)
    class General(KupriyanovLukichev):
        kind: ClassVar[str] = "general"

    yield General
    LAWS.clear()
    LAWS.update(known)


def stack(
    law: Law,
    exchange: str = "collinear",
    phases: tuple[float | None, float | None] = (None, None),
) -> Stack:
    """L|F|…|R with the law on the left and other barriers behind."""
    layers = [
        Layer("L", Superconductor(1.2, 0.8, phases[0])),
        *(
            Layer(f"F{k}", Ferromagnet(0.6 + 0.2 * k, 1.7, exchange=vector))
            for k, vector in enumerate(EXCHANGE[exchange])
        ),
        Layer("R", Superconductor(0.9, 1.1, phases[1])),
    ]
    pairs = list(pairwise(layer.name for layer in layers))
    first = Interface(*reversed(pairs[0]), law)
    behind = [Interface(*pair, KupriyanovLukichev(0.5, pair[1])) for pair in pairs[1:]]
    return Stack(layers, [first, *behind])


def system(of: Stack, cells: int = 2, degree: int = 2) -> UsadelSystem:
    sizes = {layer.name: uniform(0.8, cells) for layer in of.layers}
    found = UsadelSystem(of, layered(interval(*sizes.items())), degree)
    found.set_frequency(0.7 + 0.2j)
    random = np.random.default_rng(5)
    for each in (*(one.theta for one in found.conductors), *found.gaps.values()):
        each.x.array[:] = 0.3 * complex_numbers(random, len(each.x.array))
    return found


@pytest.mark.parametrize("phases", PHASES)
@pytest.mark.parametrize("exchange", EXCHANGE)
def test_the_scalar_gives_the_forms_that_are_written_out(
    general: type[Any], exchange: str, phases: str
):
    """Action, residual and Jacobian of Kupriyanov and Lukichev's law to rounding."""
    written, found = (
        system(stack(law(0.7, "L"), exchange, PHASES[phases]))
        for law in (KupriyanovLukichev, general)
    )
    action = IntegralForms(written).action()
    assert IntegralForms(found).action() == pytest.approx(action, rel=1e-12)
    residuals = [
        np.concatenate(assembled(each.layout, each.residual_forms)) for each in (written, found)
    ]
    assert residuals[1] == pytest.approx(residuals[0], abs=1e-13 * abs(residuals[0]).max())
    matrices = [BlockMatrix(each.jacobian_forms) for each in (written, found)]
    for each in matrices:
        each.assemble()
    difference = matrices[1].matrix.copy()
    difference.axpy(-1.0, matrices[0].matrix)
    assert difference.norm() < 1e-13 * matrices[0].matrix.norm()
    assert bool(found.parametrisation.turns(found.conductors[0].theta)) == (
        phases == "phases" or exchange == "coplanar"
    )


@pytest.mark.parametrize(
    ("exchange", "phases"),
    [("collinear", "real"), ("coplanar", "real"), ("collinear", "phases")],
)
def test_residual_and_jacobian_are_derivatives(transmission: type[Any], exchange: str, phases: str):
    of = system(stack(transmission(0.7, "L", 0.8), exchange, PHASES[phases]))
    random, forms = np.random.default_rng(3), IntegralForms(of)
    for number, theta in enumerate(of.layout.functions):
        direction = 0.5 * complex_numbers(random, len(theta.x.array))
        residual = of.layout.vector()
        of.layout.assemble(of.residual_forms, residual)
        of.in_residual_order(residual)
        gradient = residual.getArray()[of.layout.slices[number]]
        slope = np.array(gradient @ direction)
        assert_derivative(lambda: np.array(forms.action()), theta.x.array, direction, slope)
        for row, block in enumerate(form[number] for form in of.jacobian_forms):
            if block is not None:
                assert_derivative(
                    lambda row=row: assembled(of.layout, of.residual_forms)[row],
                    theta.x.array,
                    direction,
                    product(block, direction),
                )


def solved(of: Stack) -> Integrals:
    sizes = {layer.name: uniform(0.8, 24) for layer in of.layers}
    settings = SolverSettings(tolerance=1e-12)
    found = system_of(of, sizes)
    solution = solve(found, frequency_sum(0.4, tail=8), 1.3, settings, lambda *_: None)
    return IntegralForms(found).evaluate(solution.sweep, "L")


def system_of(of: Stack, sizes: dict[str, Any]) -> UsadelSystem:
    return UsadelSystem(of, layered(interval(*sizes.items())), 3)


def test_current_is_the_derivative_of_the_free_energy(transmission: type[Any]):
    """j = ½ dF/dφ by central differences; F is lowest at equal phases."""
    step = 1e-3

    def at(phase: float) -> Integrals:
        layers = [
            Layer("L", Superconductor(1.2, 0.8, 0.0)),
            Layer("R", Superconductor(0.9, 1.1, phase)),
        ]
        law = Interface("R", "L", transmission(0.7, "L", 0.9))
        return solved(Stack(layers, [law]))

    before, here, after, equal = map(at, (0.9 - step, 0.9, 0.9 + step, 0.0))
    slope = (after.free_energy - before.free_energy) / (4 * step)
    (current,) = here.supercurrent.values()
    # the interface names R first, so that from R to L is positive
    assert slope == pytest.approx(-float(np.ravel(current)[0]), rel=1e-5)
    assert slope > 0.01
    assert equal.free_energy < here.free_energy


def test_it_is_kupriyanovs_at_small_transmission(transmission: type[Any]):
    limit = solved(stack(KupriyanovLukichev(0.7, "L"))).free_energy
    far, near = (
        abs(solved(stack(transmission(0.7, "L", each))).free_energy - limit)
        for each in (2e-3, 1e-3)
    )
    assert far / near == pytest.approx(2.0, rel=0.01)
    assert 0 < near < 1e-3 * abs(limit)


CASE = """kind = "usadel"

[usadel]
temperature = 0.5

[[layers]]
name = "S"
material = "superconductor"
thickness = 4.0

[[layers]]
name = "F"
material = "ferromagnet"
thickness = 0.5
exchange = 3.0

[[interfaces]]
between = ["S", "F"]
law = "transmission"
gamma = 0.4
gamma_of = "F"
transmission = 0.6
"""


def test_a_case_file_says_it(transmission: type[Any], tmp_path: Path):
    path = tmp_path / "own.toml"
    path.write_text(CASE)
    assert load_case(path).stack.interfaces[0].law == transmission(0.4, "F", 0.6)
    path.write_text(CASE.replace("transmission = 0.6", "transmission = 1.5"))
    with pytest.raises(CaseError, match=r"22.*expected τ, a number > 0 and at most 1, got 1\.5"):
        load_case(path)
    path.write_text(CASE.replace("transmission = 0.6", ""))
    with pytest.raises(CaseError, match='missing key "transmission"; expected τ, a number'):
        load_case(path)
    path.write_text(CASE.replace('"transmission"', '"kupriyanov-lukichev"'))
    with pytest.raises(CaseError, match='has no such parameter; only "transmission" has'):
        load_case(path)


def test_a_case_with_it_is_solved(transmission: type[Any], tmp_path: Path):
    """With its critical temperature, which depends on τ not at all in linear response."""
    path = tmp_path / "own.toml"
    path.write_text(CASE + "\n[critical_temperature]\n")
    case = load_case(path)
    law = KupriyanovLukichev(0.4, "F")
    plain = replace(case, stack=replace_law(case.stack, law))
    found, known = (run_case(each).summary for each in (case, plain))
    assert found["interfaces"]["S|F"]["gamma_F"] == pytest.approx(0.4)
    assert found["critical_temperature"] == pytest.approx(known["critical_temperature"], rel=1e-9)
    assert not math.isclose(found["free_energy"], known["free_energy"], rel_tol=1e-6)


def replace_law(of: Stack, law: Law) -> Stack:
    return Stack(of.layers, [replace(of.interfaces[0], law=law)])
