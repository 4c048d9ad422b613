# SPDX-License-Identifier: MIT
"""An accuracy that is asked for is reached, with as much effort as it takes, or said not to be."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fem_sf import AccuracySettings, MeshSettings, SolverSettings, UsadelCase, run_case
from fem_sf.errors import NotConverged
from fem_sf.study.accuracy import SMALL, largest_error, largest_share
from fem_sf.study.results import UsadelResult
from fem_sf.study.usadel import run_usadel
from fem_sf.usadel.scales import Scale
from reference_cases import GAP_MODES, bilayer, ferromagnet, reference, spin_valve

FIG1 = reference("fig1")["runs"]
RUN = next(each for each in FIG1 if (each["T"], each["mode"]) == (0.1, "selfconsistent"))
STRIP = Path(__file__).parents[2] / "meshes" / "bilayer.msh"


def fig1_case(run: dict, tolerance: float | None, **changes: object) -> UsadelCase:
    return UsadelCase(
        stack=bilayer(10.0, ferromagnet(run["rD"], 0.5, 15.0), 1.0, 0.1),
        temperature=run["T"],
        gap=GAP_MODES[run["mode"]],
        accuracy=None if tolerance is None else AccuracySettings(tolerance),
        **changes,
    )


def name(run: dict) -> str:
    return f"{run['convention'][0]}-T{run['T']}-{run['mode']}"


@pytest.mark.parametrize("tolerance", [1e-2, 1e-4, 1e-5])
@pytest.mark.parametrize("run", FIG1, ids=name)
def test_fig1(run: dict, tolerance: float) -> None:
    """Both integrals and the free energy, each to its own size."""
    summary = run_case(fig1_case(run, tolerance)).summary
    accuracy = summary["accuracy"]
    assert accuracy["reached"]
    assert accuracy["largest_error"] <= tolerance == accuracy["tolerance"]
    for layer in ("S", "F"):
        found = summary["layers"][layer]["magnetization"]["integral"][2]
        assert found == pytest.approx(run[f"int_dM_{layer}"], rel=tolerance)
    assert summary["free_energy"] == pytest.approx(run["free_energy"], rel=tolerance)


def test_effort_grows_with_accuracy() -> None:
    unknowns = [
        run_case(fig1_case(RUN, tolerance)).summary["unknowns"] for tolerance in (1e-3, 1e-5)
    ]
    usual = run_case(replace(fig1_case(RUN, 1e-3), accuracy=None)).summary["unknowns"]
    assert unknowns[0] < unknowns[1]
    assert unknowns[0] < usual, "what asks for little has a coarser mesh than the default"


def test_what_is_not_reached_is_said_and_kept() -> None:
    case = replace(fig1_case(RUN, 1e-5), accuracy=AccuracySettings(1e-5, rounds=1))
    with pytest.raises(NotConverged) as caught:
        run_case(case)
    result = caught.value.partial
    assert isinstance(result, UsadelResult)
    assert not result.summary["converged"]
    assert not result.summary["accuracy"]["reached"]
    assert str(caught.value).startswith("the accuracy 1e-05 was not reached in 1 round")
    assert "Try more [accuracy] rounds" in str(caught.value)
    assert result.layers["S"].values["delta"].max() > 1


@pytest.mark.parametrize("fails_below", [1.0, np.inf])
def test_a_first_mesh_too_coarse_to_converge_is_not_the_end(
    fails_below: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual one is tried, once."""
    refinements = []

    def run(case: UsadelCase, *arguments: object) -> UsadelResult:
        refinements.append(case.mesh.refinement)
        if case.mesh.refinement < fails_below:
            raise NotConverged("on purpose")
        return run_usadel(case, *arguments)

    monkeypatch.setattr("fem_sf.study.accuracy.run_usadel", run)
    if fails_below > 1:
        with pytest.raises(NotConverged, match="on purpose"):
            run_case(fig1_case(RUN, 1e-2))
    else:
        accuracy = run_case(fig1_case(RUN, 1e-2)).summary["accuracy"]
        assert accuracy["reached"]
        assert accuracy["rounds"] == 2
    assert refinements[0] < 1
    assert refinements[1:] == [1]


def test_turned_valve_is_as_accurate_as_asked_for() -> None:
    """Vectors that vanish by symmetry are not waited for."""
    left, right = (ferromagnet(0.6, 0.6, 8.0) for _ in range(2))
    stack = spin_valve(left, replace(right, exchange=(8.0, 0.0, 0.0)), 0.7, 2.5, 0.4)
    case = UsadelCase(stack=stack, temperature=0.3, accuracy=AccuracySettings(1e-4))
    coarse = run_case(case).summary
    fine = run_case(replace(case, accuracy=None)).summary
    assert coarse["accuracy"]["reached"]
    assert coarse["free_energy"] == pytest.approx(fine["free_energy"], rel=1e-4)
    for name in ("L", "S", "R"):
        here, there = (
            np.array(each["layers"][name]["magnetization"]["integral"]) for each in (coarse, fine)
        )
        assert np.linalg.norm(here - there) <= 1e-4 * np.linalg.norm(there)


@pytest.mark.slow
def test_mesh_of_a_file_is_refined() -> None:
    """A strip of triangles, whose answer is that of the line, per unit of its height."""
    run = next(each for each in FIG1 if (each["T"], each["mode"]) == (0.5, "fixed"))
    file = MeshSettings(file=STRIP, degree=1)
    start = run_case(fig1_case(run, None, mesh=file, solver=SolverSettings(error_estimate=False)))
    summary = run_case(fig1_case(run, 5e-3, mesh=file)).summary
    assert summary["accuracy"]["reached"]
    assert summary["unknowns"] > start.summary["unknowns"]
    for layer in ("S", "F"):
        mean = summary["layers"][layer]["magnetization"]["mean"][2]
        thickness = {"S": 10.0, "F": 1.0}[layer]
        assert thickness * mean == pytest.approx(run[f"int_dM_{layer}"], rel=1e-2)


def test_error_estimates_cannot_be_left_out() -> None:
    with pytest.raises(
        ValueError, match=r"solver\.error_estimate: an accuracy can only be reached"
    ):
        fig1_case(RUN, 1e-4, solver=SolverSettings(error_estimate=False))


@pytest.mark.parametrize("tolerance", [1e-6, 0.2, float("nan")])
def test_impossible_tolerances(tolerance: float) -> None:
    with pytest.raises(
        ValueError, match=r"accuracy\.tolerance: expected a number from 1e-05 to 0\.1"
    ):
        AccuracySettings(tolerance)


def summary(energy: float, **errors: float) -> dict:
    """A summary of one layer whose numbers are 1 and have no error, unless said."""
    magnetization = {key: [0.0, 0.0, 1.0] for key in ("integral", "left", "right")}
    error = {key: errors.get(key, 0.0) for key in magnetization}
    return {
        "layers": {"F": {"magnetization": {**magnetization, "error": error}}},
        "interfaces": {},
        "free_energy": energy,
        "free_energy_error": errors.get("free_energy", 0.0),
    }


def test_the_largest_error_is_relative() -> None:
    found = largest_error(summary(-2.0, free_energy=1e-3, left=2e-4), {})
    assert (found.name, found.relative) == ("free energy", pytest.approx(5e-4))
    found = largest_error(summary(-2.0, free_energy=1e-4, left=2e-4), {})
    assert (found.name, found.relative) == ("δM of F, left", pytest.approx(2e-4))


def test_small_numbers_are_compared_with_large_ones_and_rounding_with_none() -> None:
    numbers = summary(1.0, left=1e-5)
    numbers["layers"]["F"]["magnetization"]["left"] = [0.0, 0.0, 0.0]
    assert largest_error(numbers, {}).relative == pytest.approx(1e-5 / SMALL)
    scales = {"δM": Scale(natural=0.0, rounding=2e-5)}
    assert largest_error(numbers, scales).relative == 0


def test_numbers_at_a_crossing_are_compared_with_what_is_natural() -> None:
    numbers = summary(1e-9, free_energy=1e-6)
    assert largest_error(numbers, {}).relative == pytest.approx(1e3)
    scales = {"free energy": Scale(natural=5.0, rounding=0.0)}
    assert largest_error(numbers, scales).relative == pytest.approx(1e-6 / (5 * SMALL))


def test_however_small_a_current_its_error_counts() -> None:
    """Of two weak links each is compared with itself."""
    numbers = summary(1.0)
    for name, size in (("A|N", 1e-12), ("N|B", 1.0)):
        numbers["interfaces"][name] = {"supercurrent": size, "supercurrent_error": 5e-13}
    found = largest_error(numbers, {"supercurrent A|N": Scale(1e-12, 0.0)})
    assert (found.name, found.relative) == ("supercurrent through A|N", pytest.approx(0.5))


def test_most_of_what_is_indicated_is_in_the_fewest_cells() -> None:
    indicators = np.array([1.0, 8.0, 0.0, 4.0, 2.0])
    marked = largest_share(indicators)
    assert marked.tolist() == [False, True, False, True, False]
    assert indicators[marked].sum() >= 0.7 * indicators.sum()
