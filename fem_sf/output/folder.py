# SPDX-License-Identifier: MIT
"""Checks whether results may go into a folder, and who made what is there.

A record in the folder says by which command and case it was made. The case is known by its place
as seen from the folder, so that both may be moved together, and by its content, so that it may be
moved alone; whichever is the same, it is the same case.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from fem_sf.errors import InputError, Problem, reason_of
from fem_sf.files import remove_drafts, replacing

RECORD = "made-by.json"
"""Name of the record."""

RESULT_FILES = (
    *("summary.json", "result.nc"),
    *("profiles.csv", "probes.csv", "amplitudes.csv", "history.csv", "spectra.csv"),
    *("fields.pvd", "fields_*.vtu"),
    *("profiles.png", "maps.png", "history.png", "spectra.png"),
)
"""What a solved case may leave, all of which a new result replaces or removes."""

_LEFT_BY = {
    "run": ("summary.json", "result.nc", "checkpoint.npz"),
    "sweep": ("sweep.nc", "points"),
}
"""By command, files at which its results are known."""

# the points of a sweep cost the most, are found by their content, and are in nobody's way
_REMOVED_BY_FORCE = (
    *RESULT_FILES,
    *("checkpoint.npz", "fields.bp"),
    *("sweep.nc", "sweep.csv", "sweep.png"),
)


@dataclass(frozen=True)
class Source:
    """What a case file holds, and the mesh file that it names, if any."""

    text: str
    mesh: Path | None = None


@dataclass(frozen=True)
class Maker:
    """By what a folder was made.

    Parameters
    ----------
    command
        ``"run"`` or ``"sweep"``.
    case
        The case file as seen from the folder; empty where nothing says it.
    content
        A digest of the case and of its mesh file; empty where nothing says it.
    """

    command: str
    case: str = ""
    content: str = ""

    @classmethod
    def of(cls, command: str, path: Path, source: Source, folder: Path) -> Maker:
        """The one that works on a case file now."""
        place = Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
        mesh = b"" if source.mesh is None else source.mesh.read_bytes()
        digest = hashlib.sha256(source.text.encode() + b"\0" + mesh)
        return cls(command, place, digest.hexdigest()[:32])

    def may_go_on(self, there: Maker) -> bool:
        """Whether this one made what is there, which may be of an earlier version of its case."""
        same_case = self.case == there.case or self.content == there.content
        return self.command == there.command and (same_case or not (there.case or there.content))


class ResultFolder:
    """A folder that one process writes to.

    Parameters
    ----------
    folder
        Where to; made if needed. What a killed process left half written there is removed.
    command, path, source
        What makes it: ``"run"`` or ``"sweep"``, the case file and what it holds.
    force
        Whether the results of another case or command are removed instead of refused.

    Raises
    ------
    InputError
        If nothing can be written there, another process does at present, or what is there was
        made by something else.
    """

    def __init__(
        self, folder: Path, command: str, path: Path, source: Source, *, force: bool = False
    ):
        self.folder = folder
        self._was_there = os.path.exists(folder)
        with _told(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(folder)
        try:
            self._take(Maker.of(command, path, source, folder), path, force)
        except BaseException:
            self.leave()
            raise

    def _take(self, maker: Maker, path: Path, force: bool) -> None:
        there = _maker_of(self.folder)
        if there is not None and not maker.may_go_on(there):
            if not force:
                raise _problem(_refusal(self.folder, there, maker, path))
            _clear(self.folder)
        remove_drafts(self.folder)
        with _told(self.folder), tempfile.TemporaryFile(dir=self.folder) as file:
            file.write(b"a full disk shows up here")
        if there != maker:
            with replacing(self.folder / RECORD) as draft:
                draft.write_text(json.dumps(asdict(maker), indent=2) + "\n", encoding="utf-8")

    def leave(self) -> None:
        """Let others write there; without results the folder belongs to nobody, and goes if new."""
        if not _holds_results(self.folder):
            with suppress(OSError):
                (self.folder / RECORD).unlink(missing_ok=True)
                if not self._was_there:
                    self.folder.rmdir()
        os.close(self._lock)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Say why a folder cannot be made or written to, before anything is computed."""
    try:
        yield
    except (FileExistsError, NotADirectoryError):
        places = (folder, *folder.parents)
        other = next(each for each in places if os.path.lexists(each) and not each.is_dir())
        what = "a file" if other.exists() else "a link to nothing"
        raise _problem(f"{folder} cannot be a folder, because {other} is {what}") from None
    except (OSError, ValueError) as error:
        raise _problem(f"results cannot be written to {folder}: {reason_of(error)}") from None


def _lock(folder: Path) -> int:
    """A file descriptor that keeps other processes out until it is closed, however that happens."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        message = f"another process is writing to {folder}; wait for it, or give another folder"
        raise _problem(message) from None
    except OSError:
        # file systems that know no locks
        pass
    return descriptor


def _maker_of(folder: Path) -> Maker | None:
    """Who made what is in a folder; ``None`` where there are no results."""
    if not _holds_results(folder):
        return None
    try:
        return Maker(**json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        # none, or one that cannot be read: results from Python, or of an earlier version
        pass
    for command, names in _LEFT_BY.items():
        if any((folder / name).exists() for name in names):
            return Maker(command)
    return None


def _holds_results(folder: Path) -> bool:
    return any((folder / name).exists() for names in _LEFT_BY.values() for name in names)


def _refusal(folder: Path, there: Maker, here: Maker, path: Path) -> str:
    made = f"fem-sf {there.command}"
    if there.case:
        made += f" {os.path.relpath(folder.resolve() / there.case)}"
    return (
        f"{folder} holds the results of {made}, not of fem-sf {here.command} {path}; "
        "give another folder with --out, or --force to have these removed"
    )


def _clear(folder: Path) -> None:
    for pattern in _REMOVED_BY_FORCE:
        for path in folder.glob(pattern):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def _problem(message: str) -> InputError:
    return InputError([Problem("--out", message)])
