# SPDX-License-Identifier: MIT
"""Keeps the points of sweeps on disk, each in a file that is complete or not there.

A point is found by the content of its case, so that it is there for every sweep that has it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fem_sf import version
from fem_sf.errors import InputError, Problem
from fem_sf.files import remove_drafts, replacing
from fem_sf.plain import plain
from fem_sf.study.gap_profile import GapProfile

if TYPE_CHECKING:
    from fem_sf.study.results import LayerFields, SpinResult, UsadelResult
    from fem_sf.sweeps import Case

FOLDER = "points"
"""Where the points are, in the folder of a sweep."""

_FORMAT = 1
_DIGEST = "digest"
_FUNCTION = "<function "
_OF_THE_RUN = ("seconds", "versions", "title", "kind")
"""Parts of a summary that are of the sweep as a whole, or change from run to run."""


@dataclass(frozen=True)
class Point:
    """What is kept of one case.

    Parameters
    ----------
    converged
        Whether it has a solution.
    message
        Why not; else empty.
    summary
        As in ``summary.json``, without what is of the run and not of the case.
    probes
        By layer: ``positions`` as the case asks for them, and ``values`` by column.
    """

    converged: bool
    message: str = ""
    summary: dict[str, Any] = field(default_factory=dict)
    probes: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of_result(cls, result: UsadelResult | SpinResult) -> Point:
        """The numbers and probes of a solved case, on rank 0."""
        summary = {key: each for key, each in result.summary.items() if key not in _OF_THE_RUN}
        asked = result.case.output.probes
        probes = {name: _probe(asked[name], each) for name, each in result.probes.items()}
        return cls(True, summary=plain(summary), probes=plain(probes))


def _probe(positions: Any, fields: LayerFields) -> dict[str, Any]:
    return {"positions": positions, "values": fields.values}


def content(case: Case) -> str:
    """What a case is known by: all that its numbers follow from, and the version of fem_sf.

    Raises
    ------
    InputError
        If it holds a function, of which nothing tells what it computes.
    """
    bare = replace(case, name="", title="", text="")
    parts = [version.__version__.encode(), str(_FORMAT).encode()]
    if case.mesh.file is not None:
        bare = replace(bare, mesh=replace(case.mesh, file=None))
        parts.append(case.mesh.file.read_bytes())
    text = repr(bare)
    if _FUNCTION in text:
        message = "a case with a function in it cannot be kept; write formulas, or a class of data"
        raise InputError([Problem("sweep", message)])
    parts.append(text.encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]


class Points:
    """The points in a folder; for one process at a time.

    Parameters
    ----------
    folder
        Of the sweep.
    """

    def __init__(self, folder: Path):
        self.folder = folder / FOLDER

    def prepare(self) -> None:
        """Make the folder, without what a killed run left half written there and around it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.folder, self.folder.parent):
            remove_drafts(folder)

    def read(self, key: str) -> Point | None:
        """A point; ``None`` where it is not there, or not as it was written."""
        try:
            kept = json.loads(self._file(key).read_text(encoding="utf-8"))
            digest = kept.pop(_DIGEST)
            return Point(**kept) if digest == _digest(_written(kept)) else None
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return None

    def write(self, key: str, point: Point) -> None:
        """Keep a point in the place of what there was."""
        kept = asdict(point)
        text = _written({**kept, _DIGEST: _digest(_written(kept))})
        with replacing(self._file(key)) as draft:
            draft.write_text(text, encoding="utf-8")

    def read_start(self, key: str) -> GapProfile | None:
        """What a point left for the next one of its chain, if anything that can be read."""
        try:
            with np.load(self._start_file(key), allow_pickle=False) as file:
                return GapProfile.of_arrays({name: file[name] for name in file.files})
        except Exception:
            # there is no end to what damaged archives raise; without a start all is solved too
            return None

    def write_start(self, key: str, profile: GapProfile) -> None:
        """Keep what the next point of the chain starts from."""
        with replacing(self._start_file(key)) as draft:
            np.savez(draft, allow_pickle=False, **profile.arrays())

    def drop_start(self, key: str) -> None:
        """Forget it, when no point will start from there."""
        self._start_file(key).unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def drop_starts(self, keys: Iterable[str]) -> None:
        """Forget those of some points."""
        for key in keys:
            self.drop_start(key)

    def _start_file(self, key: str) -> Path:
        return self.folder / f"{key}.npz"


def _written(kept: dict[str, Any]) -> str:
    return json.dumps(kept, ensure_ascii=False, allow_nan=False)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
