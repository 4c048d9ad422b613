# SPDX-License-Identifier: MIT
"""A run that was interrupted gives what it would have given, whatever interrupted it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

import ranks
from fem_sf.errors import InputError
from fem_sf.settings import MeshSettings, OutputSettings
from fem_sf.spin import model
from fem_sf.spin.checkpoint import Checkpoints, case_parts
from fem_sf.spin.interfaces import BarrierShape, Tunnel
from fem_sf.spin.observables import Faces
from fem_sf.spin.settings import CHECKPOINT, SpinCase, TimeSettings, Waveform
from fem_sf.spin.steady import uniform
from fem_sf.spin.transient import TransientSolver
from fem_sf.spin.transport import SIZE
from spin_runs import fields, junction, new_run

SCRIPT = Path(__file__).parent / "interrupted.py"
PARTS = {"case": "a junction"}
PULSE = Waveform("pulse", start=0.05, duration=0.1)
RUNS = {
    "controlled": TimeSettings(end=0.3, waveform=PULSE, tolerance=1e-4),
    "fixed": TimeSettings(end=0.3, waveform=PULSE, step=0.01),
    "midpoint": TimeSettings(end=0.3, scheme="crank-nicolson", waveform=PULSE, step=0.01),
    "from_rest": TimeSettings(end=0.3, initial="steady", tolerance=1e-4),
}


def at_finite_bias() -> model.Stack:
    barrier = BarrierShape("fermi-level", height=2.0, decay=5.0)
    linear = junction()
    return model.Stack(
        linear.layers, [replace(linear.interfaces[0], law=Tunnel(0.7, 0.3, 0.2, barrier=barrier))]
    )


def everything(run: TransientSolver, faces: Faces) -> np.ndarray:
    """All numbers of a state, with the currents that its time derivative is needed for."""
    assert run.state is not None
    states = faces.measure()
    numbers = [run.state.time, run.state.size, run.state.wanted, run.state.error]
    currents = [states.left_end.current, states.right_end.current, faces.total_current()]
    return np.concatenate([numbers, currents, fields(run).ravel()])


def past(run: TransientSolver) -> np.ndarray:
    return np.concatenate(
        [each.x.array.real.reshape(-1, SIZE) for each in run.system.past.values()]
    )


@pytest.mark.parametrize("nonlinear", [False, True], ids=["linear", "finite_bias"])
@pytest.mark.parametrize("settings", RUNS.values(), ids=RUNS)
def test_a_run_goes_on_to_the_letter(
    settings: TimeSettings, nonlinear: bool, tmp_path: Path
) -> None:
    stack = at_finite_bias() if nonlinear else junction()

    def start() -> tuple[TransientSolver, Faces, Checkpoints]:
        run = new_run(stack, model.Voltage(1.0), settings)
        faces = Faces(run.system, run.steady.nodes, uniform)
        return run, faces, Checkpoints(tmp_path / CHECKPOINT, PARTS, run)

    run, faces, checkpoints = start()
    at = (0, 1, 7, 20)
    files, expected = {}, []
    for number, _ in enumerate(run.steps()):
        if number in at:
            checkpoints.write({"number": np.array(number)})
            files[number] = checkpoints.path.rename(tmp_path / f"{number}.npz")
        expected.append(everything(run, faces))
    assert len(expected) > at[-1] + 5
    for number, file in files.items():
        file.rename(checkpoints.path)
        run, faces, checkpoints = start()
        history = checkpoints.restore()
        assert history == {"number": number}
        assert np.array_equal(everything(run, faces), expected[number])
        for _ in run.steps():
            number += 1
            assert np.array_equal(everything(run, faces), expected[number])
        assert number == len(expected) - 1


def test_a_checkpoint_keeps_the_whole_state_and_past(tmp_path: Path) -> None:
    """Every entry of the state, and the past, which differs from the fields."""
    run = new_run(junction(), model.Voltage(1.0), RUNS["controlled"])
    checkpoints = Checkpoints(tmp_path / CHECKPOINT, PARTS, run)
    steps = run.steps()
    for _ in range(6):
        next(steps)
    state = replace(run.state, rejected=3)
    run.state = state
    expected = fields(run), past(run)
    assert not np.array_equal(*expected)
    checkpoints.write({})
    other = new_run(junction(), model.Voltage(1.0), RUNS["controlled"])
    assert Checkpoints(checkpoints.path, PARTS, other).restore() == {}
    assert other.state == state
    default = type(state)(0.0, 0.0)
    for name, value in asdict(state).items():
        assert value != getattr(default, name), f"{name} does not tell"
    for found, each in zip((fields(other), past(other)), expected, strict=True):
        np.testing.assert_array_equal(found, each)


# --- whatever interrupts it ---


def load(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / "end.npz") as file:
        return {name: file[name] for name in file.files}


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    folder = tmp_path_factory.mktemp("uninterrupted")
    subprocess.run([sys.executable, SCRIPT, folder], env=environment(), check=True)
    return load(folder)


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": ranks.ENVIRONMENT["PYTHONPATH"]}


@pytest.mark.slow
def test_a_killed_run_goes_on(tmp_path: Path, uninterrupted: dict[str, np.ndarray]) -> None:
    file = tmp_path / CHECKPOINT
    begun: list[int] = []
    # later ones are killed soon after they went on, at moments that are not chosen
    for delay in (0.1, 0.04, 0.0, 0.07):
        last = file.stat().st_mtime_ns if file.exists() else 0
        process = subprocess.Popen([sys.executable, SCRIPT, tmp_path], env=environment())
        while (not file.exists() or file.stat().st_mtime_ns == last) and process.poll() is None:
            time.sleep(0.001)
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "the run was over before it was killed"
        with np.load(file) as checkpoint:
            begun.append(len(checkpoint["history/rows"]))
    assert begun == sorted(set(begun)), "every run went on"
    subprocess.run([sys.executable, SCRIPT, tmp_path], env=environment(), check=True)
    found = load(tmp_path)
    assert begun[-1] < len(found["rows"])
    for name, expected in uninterrupted.items():
        assert np.array_equal(found[name], expected), name


@pytest.mark.slow
@pytest.mark.ranks
@pytest.mark.parametrize(("first", "second"), [(2, 1), (1, 2), (3, 2)])
def test_a_run_goes_on_on_other_ranks(
    first: int, second: int, tmp_path: Path, uninterrupted: dict[str, np.ndarray]
) -> None:
    for number, steps in ((first, ["40"]), (second, [])):
        done = ranks.launch(SCRIPT, number, str(tmp_path), *steps)
        assert done.returncode == 0, done.stderr
    found = load(tmp_path)
    for name, expected in uninterrupted.items():
        assert found[name].shape == expected.shape, name
        np.testing.assert_allclose(found[name], expected, rtol=1e-9, atol=1e-9)


# --- what is refused ---


def case(**changes: object) -> SpinCase:
    time = TimeSettings(end=0.1, step=0.05)
    return replace(SpinCase(stack=junction(), drive=model.Voltage(1.0), time=time), **changes)


def kept(case: SpinCase, file: Path, mesh: MeshSettings | None = None) -> Checkpoints:
    assert case.time is not None
    run = new_run(case.stack, case.drive, case.time, mesh=mesh)
    return Checkpoints(file, case_parts(case), run)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The end of a run."""
    checkpoints = kept(case(), tmp_path / CHECKPOINT)
    for _ in checkpoints.run.steps():
        pass
    checkpoints.write({})
    return checkpoints.path


def test_without_a_file_a_run_is_new(tmp_path: Path) -> None:
    checkpoints = kept(case(), tmp_path / CHECKPOINT)
    assert checkpoints.restore() is None
    assert checkpoints.run.state is None


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"drive": model.Voltage(2.0)}, "drive"),
        ({"stack": at_finite_bias()}, "interfaces"),
        ({"time": TimeSettings(end=0.1, step=0.05, waveform=PULSE)}, "drive"),
        ({"time": TimeSettings(end=0.1, step=0.02)}, "time"),
        ({"mesh": MeshSettings(refinement=2.0)}, "mesh"),
        ({"output": OutputSettings({"0": (0.5,)})}, "output"),
    ],
    ids=["voltage", "law", "waveform", "step", "mesh", "probes"],
)
def test_another_case_does_not_go_on(changes: dict, part: str, file: Path) -> None:
    with pytest.raises(InputError, match=rf"another case, which differs in {part}\. Remove it"):
        kept(case(**changes), file).restore()


def test_another_mesh_does_not_go_on(file: Path) -> None:
    with pytest.raises(InputError, match="it was made on another mesh"):
        kept(case(), file, MeshSettings(refinement=1.1)).restore()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 half of a file", b"no archive at all"])
def test_what_is_no_checkpoint_is_refused(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    with pytest.raises(InputError, match="it cannot be read"):
        kept(case(), file).restore()


def test_a_run_may_end_later_than_was_asked_for(file: Path) -> None:
    longer = case(title="longer", time=TimeSettings(end=0.2, step=0.05, checkpoint=1.0))
    checkpoints = kept(longer, file)
    assert checkpoints.restore() == {}
    times = [state.time for state in checkpoints.run.steps()]
    np.testing.assert_allclose(times, [0.15, 0.2])
    at_once = kept(longer, file)
    *_, last = at_once.run.steps()
    assert last.time == times[-1]
    np.testing.assert_allclose(fields(checkpoints.run), fields(at_once.run), atol=1e-12)


def test_damaged_checkpoints_are_refused(tmp_path: Path) -> None:
    run = new_run(junction(), model.Voltage(1.0), RUNS["fixed"])
    next(iter(run.steps()))
    checkpoints = Checkpoints(tmp_path / CHECKPOINT, PARTS, run)
    checkpoints.write({})
    whole, chance = checkpoints.path.read_bytes(), random.Random(2)
    with np.load(checkpoints.path) as file:
        header = file["header"]
    # whole archives that lack what a run needs
    for other in ({"header": header}, {"header": np.array("[]")}, {"header": np.array("{}")}, {}):
        np.savez(checkpoints.path, **other)
        with pytest.raises(InputError, match=r"cannot go on from .*Remove it to begin anew"):
            checkpoints.restore()
    for _ in range(60):
        content = bytearray(whole)
        for _ in range(3):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        checkpoints.path.write_bytes(content[: chance.choice((len(content), len(content) // 2))])
        try:
            checkpoints.restore()
        except InputError as error:
            assert "Remove it to begin anew" in str(error)
