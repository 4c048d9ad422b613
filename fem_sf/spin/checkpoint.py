# SPDX-License-Identifier: MIT
"""Saves a run in time as one file, and resumes from it on any number of ranks.

Nodes are told apart by layer and place, not by number, which depends on the ranks. What the file
holds is what a run needs: a resumed one gives what the uninterrupted one would have given, to the
letter where the linear solver does.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
from mpi4py import MPI
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from fem_sf.errors import InputError, Problem, reason_of
from fem_sf.files import replacing
from fem_sf.parallel import only_first_rank
from fem_sf.spin.settings import SpinCase
from fem_sf.spin.system import SpinSystem
from fem_sf.spin.transient import TransientSolver, TransientState
from fem_sf.spin.transport import SIZE

_FORMAT = 1
_SAME_PLACE = 1e-9
"""Of the extent of a layer: how far a node may be from the one that it is."""

History = dict[str, NDArray]
"""What was recorded so far, any arrays by name; on rank 0."""


def case_parts(case: SpinCase) -> dict[str, str]:
    """What has to be the same for a run to go on, by the name of the table.

    When it ends, how often it is kept, how exactly it is solved and what it is called may change.
    """
    assert case.time is not None
    return {
        "layers": repr(case.stack.layers),
        "interfaces": repr(case.stack.interfaces),
        "drive": repr((case.drive, case.wave_number, case.contacts, case.time.waveform)),
        "time": repr((case.time.initial, case.time.scheme, case.time.step, case.time.times)),
        "mesh": repr(case.mesh),
        "output": repr(case.output.probes),
    }


class Checkpoints:
    """Keeps a run in a file; all methods are collective.

    Parameters
    ----------
    path
        The file; its folder exists.
    parts
        What is run, by name: a run goes on only where all of it is the same. See `case_parts`.
    run
        The run.
    interval
        Seconds between two checkpoints; ``None`` for none.
    """

    def __init__(
        self,
        path: Path,
        parts: Mapping[str, str],
        run: TransientSolver,
        interval: float | None = None,
    ):
        self.path, self.run, self._parts = path, run, dict(parts)
        self._interval = interval
        self._comm = run.system.mesh.comm
        self._last = time.monotonic()

    def is_due(self) -> bool:
        """Whether the last checkpoint is longer ago than the interval."""
        if self._interval is None:
            return False
        return self._comm.bcast(time.monotonic() - self._last >= self._interval)

    def write(self, history: Mapping[str, NDArray]) -> None:
        """Put the state of the run, and what was recorded, in the place of the last checkpoint.

        Parameters
        ----------
        history
            On rank 0; of other ranks it is not read.
        """
        run = self.run
        assert run.state is not None
        header = {
            "format": _FORMAT,
            "parts": self._parts,
            "state": asdict(run.state),
        }
        arrays = {"header": np.array(json.dumps(header))}
        for name in run.system.fields:
            for key, values in _gather_layer(run.system, name).items():
                arrays[f"{key}/{name}"] = values
        arrays |= {f"history/{name}": values for name, values in history.items()}
        only_first_rank(self._comm, lambda: _save(self.path, arrays))
        self._last = time.monotonic()

    def restore(self) -> History | None:
        """Let the run go on from the file.

        Returns
        -------
        dict
            What was recorded; empty but on rank 0. ``None`` where there is no file.

        Raises
        ------
        InputError
            If the file is of another case or another mesh, or no checkpoint at all.
        """
        loaded = only_first_rank(self._comm, lambda: _load(self.path, self._parts))
        history = {}
        if loaded is not None:
            names = [name for name in loaded if name.startswith("history/")]
            history = {name.partition("/")[2]: loaded.pop(name) for name in names}
        arrays: History | None = self._comm.bcast(loaded)
        if arrays is None:
            return None
        system = self.run.system
        found = all([_put_layer(system, name, arrays) for name in system.fields])
        if not self._comm.allreduce(int(found), op=MPI.MIN):
            raise _refusal(self.path, "it was made on another mesh")
        try:
            state = json.loads(str(arrays["header"]))["state"]
            resumed = TransientState(**{**state, "largest": tuple(state["largest"])})
        except (KeyError, TypeError):
            raise _refusal(self.path, "it does not say where the run was") from None
        self.run.resume(resumed)
        return history


def _gather_layer(system: SpinSystem, name: str) -> History:
    """Places and values of the nodes of a layer on rank 0, in an order that has no ranks."""
    u, past = system.fields[name], system.past[name]
    own = u.function_space.dofmap.index_map.size_local
    share = (
        u.function_space.tabulate_dof_coordinates()[:own],
        u.x.array.real.reshape(-1, SIZE)[:own],
        past.x.array.real.reshape(-1, SIZE)[:own],
    )
    shares = system.mesh.comm.gather(share)
    if shares is None:
        return {}
    points, values, past_values = (np.concatenate(each) for each in zip(*shares, strict=True))
    order = np.lexsort(points.T[::-1])
    return {"points": points[order], "fields": values[order], "past": past_values[order]}


def _put_layer(system: SpinSystem, name: str, arrays: Mapping[str, NDArray]) -> bool:
    """Put values into a layer by the places of its nodes; false if these are not the same."""
    u, past = system.fields[name], system.past[name]
    points = arrays.get(f"points/{name}")
    if points is None or len(points) != u.function_space.dofmap.index_map.size_global:
        return False
    places = u.function_space.tabulate_dof_coordinates()
    distance, node = cKDTree(points).query(places)
    if distance.max(initial=0.0) > _SAME_PLACE * np.ptp(points, axis=0).max():
        return False
    for function, key in ((u, "fields"), (past, "past")):
        function.x.array[:] = arrays[f"{key}/{name}"][node].ravel()
    return True


def _save(path: Path, arrays: Mapping[str, NDArray]) -> None:
    with replacing(path) as draft:
        np.savez(draft, allow_pickle=False, **arrays)


def _load(path: Path, parts: Mapping[str, str]) -> History | None:
    """All arrays of a checkpoint of the same parts; ``None`` if there is none."""
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        header = json.loads(str(arrays["header"]))
        version, kept = header["format"], dict(header["parts"])
    except Exception as error:
        # there is no end to what damaged archives raise
        raise _refusal(path, f"it cannot be read ({reason_of(error)})") from None
    if version != _FORMAT:
        raise _refusal(path, "it was made by another version")
    others = [name for name, part in parts.items() if kept.get(name) != part]
    if others:
        raise _refusal(path, f"it is of another case, which differs in {', '.join(others)}")
    return arrays


def _refusal(path: Path, reason: str) -> InputError:
    message = f"the run cannot go on from {path}: {reason}. Remove it to begin anew"
    return InputError([Problem("", message)])
