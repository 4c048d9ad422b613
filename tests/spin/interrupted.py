# SPDX-License-Identifier: MIT
"""A run in time that keeps itself after every step: interrupted.py FOLDER [STEPS].

Goes on from where it was, for a number of steps at most; at its end it writes ``end.npz``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from mpi4py import MPI

from fem_sf.mesh.sampling import node_sampling
from fem_sf.spin import model
from fem_sf.spin.checkpoint import Checkpoints
from fem_sf.spin.settings import CHECKPOINT, TimeSettings, Waveform
from fem_sf.spin.transport import SIZE
from spin_runs import junction, new_run

TIME = TimeSettings(
    end=0.5, waveform=Waveform("pulse", start=0.05, duration=0.2), times=(0.1,), tolerance=1e-5
)


def main(folder: Path, steps: int | None) -> None:
    run = new_run(junction(), model.Voltage(1.0), TIME)
    checkpoints = Checkpoints(folder / CHECKPOINT, {"case": "a junction"}, run, interval=0.0)
    kept = checkpoints.restore()
    rows = [] if kept is None else kept.get("rows", np.empty((0, 4))).tolist()
    for taken, state in enumerate(run.steps(), start=1):
        rows.append([state.time, state.size, state.load, *state.largest])
        if checkpoints.is_due():
            checkpoints.write({"rows": np.array(rows)})
        if taken == steps:
            return
    layers = {}
    for name, u in run.system.fields.items():
        nodes = node_sampling(u.function_space)
        values = np.column_stack(
            [u.function_space.tabulate_dof_coordinates()[:, 0], u.x.array.reshape(-1, SIZE)]
        )
        layers[name] = nodes.gather(MPI.COMM_WORLD, nodes.weights @ values)
    if MPI.COMM_WORLD.rank == 0:
        ordered = {name: each[np.argsort(each[:, 0].real)] for name, each in layers.items()}
        np.savez(folder / "end.npz", rows=np.array(rows), **ordered)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
