# SPDX-License-Identifier: MIT
"""``fem-sf``: checks, solves and plots cases from the command line.

Whatever is heavy is imported by the command that needs it, so that help and ``check`` are quick and
need neither dolfinx nor MPI.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fem_sf.errors import FemSFError, InputError, NotConverged, reason_of
from fem_sf.parallel import end_together, launched_rank, on_first_rank, only_first_rank, world
from fem_sf.stopping import answer_signals_still, last_words, status_of
from fem_sf.terminal import fitting_json
from fem_sf.version import __version__

if TYPE_CHECKING:
    from mpi4py import MPI

    from fem_sf.settings import UsadelCase
    from fem_sf.spin.settings import SpinCase
    from fem_sf.study.progress import Progress
    from fem_sf.study.results import SpinResult, UsadelResult
    from fem_sf.study.sweep.run import SweepReport
    from fem_sf.sweeps import Sweep

    Case = UsadelCase | SpinCase
    Result = UsadelResult | SpinResult

UNEXPECTED = 1
INTERRUPTED = status_of(signal.SIGINT)

DEBUG = "--debug"

_MOST_FAILURES = 10

CasePath = Annotated[Path, typer.Argument(metavar="CASE.toml", help="The case file.")]
OutFolder = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Where results go; results/<case name> if not given."
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Remove the results of another case or command from DIR first."),
]

_USAGE_ERROR: Any = typer.BadParameter.__bases__[0]
"""Any wrong command: a class of click, or of the copy of click within later versions of typer."""

app = typer.Typer(
    name="fem-sf",
    epilog=f"Exit status: 0 done; 2 the case or the command is wrong; 3 not converged; 1 anything "
    f"else; 129, 130, 143 stopped by SIGHUP, SIGINT (Ctrl-C), SIGTERM. {DEBUG} anywhere prints the "
    f"traceback of an unexpected error.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments
        As on the command line, without the program; by default those of this process.

    Returns
    -------
    int
        The exit status: 0 done, 2 the case or the command is wrong, 3 not converged, 130
        interrupted, 1 anything else. The program itself also ends with 129 and 143.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = DEBUG in words
    with _only_first_rank_prints():
        return _run_command([word for word in words if word != DEBUG], debug=debug)


def _run_command(words: list[str], *, debug: bool) -> int:
    command = typer.main.get_command(app)
    status = 0
    message: Callable[[], str] | None = None
    try:
        # commands return nothing: a number is the status of an early end, such as an interrupt
        status = command.main(words, "fem-sf", standalone_mode=False) or 0
    except (typer.Abort, KeyboardInterrupt):
        status = INTERRUPTED
    except _USAGE_ERROR as error:
        status, message = error.exit_code, partial(_usage_message, error)
    except FemSFError as error:
        status, message = error.exit_status, partial(str, error)
    except OSError as error:
        status, message = UNEXPECTED, partial(_file_message, error)
    except Exception as error:
        status, message = UNEXPECTED, partial(_unexpected_message, error, debug)
    if status == INTERRUPTED:
        print(last_words(signal.SIGINT), file=sys.stderr)
        return status
    return end_together(status, message)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"fem_sf {__version__}")
        raise typer.Exit


@app.callback()
def _program(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and stop.", callback=_print_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Superconductor/ferromagnet multilayers and spin transport by finite elements."""


@app.command()
def check(case: CasePath) -> None:
    """Tell every error of a case at once; nothing is computed."""
    comm = world()
    checked = _load(case, comm)
    on_first_rank(comm, lambda: _check_mesh(checked, case))
    for caution in _cautions(checked, case):
        print(f"{caution}")
    points = _count_points(case, comm) if _has_sweep(checked) else ""
    print(f"{case}: no errors ({' | '.join(checked.stack.names)}){points}")


@app.command()
def schema() -> None:
    """Print a JSON schema of case files, with which editors complete and check them."""
    from fem_sf.case.json_schema import schema_text

    print(schema_text())


@app.command()
def run(
    case: CasePath,
    out: OutFolder = None,
    json: Annotated[
        bool, typer.Option("--json", help="Print summary.json instead of a table.")
    ] = False,
    plan: Annotated[
        bool,
        typer.Option(
            "--plan",
            help="Only tell how the ranks would share the work, and about what memory they need.",
        ),
    ] = False,
    force: Force = False,
) -> None:
    """Solve a case, store everything about it in a folder and print the main numbers."""
    comm = world()
    loaded = _load(case, comm)
    if plan:
        _print_plan(loaded, case)
        return
    if not json and _has_sweep(loaded):
        print(f"{case} is solved as it is written; fem-sf sweep {case} solves all its points")
    with _result_folder(out, "run", case, loaded, force=force) as folder:
        try:
            result = _solve(loaded, case, folder)
        except NotConverged as error:
            if error.partial is None:
                raise
            # what was found before is kept, marked as not converged
            if comm is None or comm.rank == 0:
                from fem_sf.output.write import write_result

                write_result(error.partial, folder)
            message = f"{error}. What was found up to there is in {folder}"
            raise NotConverged(message, error.history) from error
        if comm is None or comm.rank == 0:
            _store_and_print(result, folder, json)


@app.command()
def sweep(
    case: CasePath,
    out: OutFolder = None,
    groups: Annotated[
        int | None,
        typer.Option(
            "--groups",
            metavar="N",
            help="How many points are solved at a time, each by a group of ranks; by default as "
            "many as there are ranks and work for them.",
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Solve every point of the case's [sweep]; started again, go on where it was."""
    from fem_sf.case.sweeps import load_sweep

    comm = world()
    loaded = on_first_rank(comm, lambda: load_sweep(case))
    with _result_folder(out, "sweep", case, loaded, force=force) as folder:
        report = _solve_points(loaded, case, folder, groups)
        if comm is None or comm.rank == 0:
            _write_and_print(loaded, report, folder)


@app.command()
def plot(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder with results.")],
) -> None:
    """Draw the pictures of stored results again, without solving."""
    from fem_sf.output.write import plot_folder

    def draw() -> list[Path]:
        return plot_folder(folder)

    for picture in on_first_rank(world(), draw):
        print(picture)


@contextlib.contextmanager
def _result_folder(
    out: Path | None, command: str, path: Path, case: Case | Sweep, *, force: bool
) -> Iterator[Path]:
    """The folder that results go to, which is this command's as long as it works on them."""
    from fem_sf.output.folder import ResultFolder, Source
    from fem_sf.sweeps import Sweep

    mesh = (case.cases[0] if isinstance(case, Sweep) else case).mesh
    source = Source(case.text, mesh.file)
    folder = out or Path("results") / path.stem
    held = only_first_rank(
        world(), lambda: ResultFolder(folder, command, path, source, force=force)
    )
    try:
        yield folder
    finally:
        if held is not None:
            held.leave()


def _load(path: Path, comm: MPI.Comm | None) -> Case:
    from fem_sf.case import load_case

    return on_first_rank(comm, lambda: load_case(path))


def _has_sweep(case: Case) -> bool:
    from fem_sf.case import has_sweep

    return has_sweep(case.text)


def _count_points(path: Path, comm: MPI.Comm | None) -> str:
    """How many points the sweep of a case has, which are checked on the way."""
    from fem_sf.case.sweeps import check_sweep

    found = on_first_rank(comm, lambda: check_sweep(path))
    axes = " × ".join(f"{axis.name} ({len(axis)})" for axis in found.axes)
    some = f", of which {found.looked_at} were read" if found.looked_at < found.points else ""
    return f", {found.points} points of {axes}{some}"


def _check_mesh(case: Case, path: Path) -> None:
    """Whether a mesh from a file fits the stack."""
    if case.mesh.file is None:
        return
    from fem_sf.mesh.build import checked_geometry
    from fem_sf.study.physics import PHYSICS

    with _told_by_line(case, path):
        PHYSICS[case.kind].check_mesh(case, checked_geometry(case.stack, case.mesh))


def _cautions(case: Case, path: Path) -> list[str]:
    """What can be computed but is hardly meant, or impossible, with its lines in the case file.

    Raises
    ------
    InputError
        If the mesh would have too many cells.
    """
    from fem_sf.case import locate_error
    from fem_sf.study.cautions import doubts
    from fem_sf.study.physics import PHYSICS
    from fem_sf.study.size import memory_problems

    with _told_by_line(case, path):
        found = [*PHYSICS[case.kind].cautions(case), *doubts(case), *memory_problems(case)]
    if not found:
        return []
    problems = locate_error(InputError(found), path, case.text).problems
    return [f"caution: {each}" for each in problems]


@contextlib.contextmanager
def _told_by_line(case: Case, path: Path) -> Iterator[None]:
    """Give problems that are only found with the mesh their lines in the case file."""
    try:
        yield
    except InputError as error:
        from fem_sf.case import locate_error

        raise locate_error(error, path, case.text) from error


def _print_plan(case: Case, path: Path) -> None:
    from fem_sf.output.console import print_plan
    from fem_sf.study.physics import PHYSICS

    with _solving(case, path) as (comm, _):
        print_plan(case.title or case.name, PHYSICS[case.kind].plan(case, comm))


def _solve(case: Case, path: Path, folder: Path) -> Result:
    with _solving(case, path) as (comm, progress):
        from fem_sf.study.run import run_case

        return run_case(case, comm, progress, folder)


def _solve_points(sweep: Sweep, path: Path, folder: Path, groups: int | None) -> SweepReport:
    with _solving(sweep.cases[0], path) as (comm, progress):
        from fem_sf.study.sweep.run import run_sweep

        return run_sweep(sweep, folder, comm, progress, groups)


@contextlib.contextmanager
def _solving(case: Case, path: Path) -> Iterator[tuple[MPI.Comm, Progress]]:
    """All ranks, and whom to tell how far they are; problems with the case get their lines."""
    # the first import of what solving needs, because it says how to get what is missing
    from fem_sf.compat import require_complex
    from fem_sf.study.physics import PHYSICS
    from fem_sf.study.progress import choose_progress

    if PHYSICS[case.kind].needs_complex:
        require_complex()
    from mpi4py import MPI

    answer_signals_still()
    progress = choose_progress(first_rank=MPI.COMM_WORLD.rank == 0)
    try:
        with _told_by_line(case, path):
            yield MPI.COMM_WORLD, progress
    finally:
        progress.finish("stopped")


def _store_and_print(result: Result, folder: Path, json: bool) -> None:
    from fem_sf.output.console import print_summary
    from fem_sf.output.summary import summary_text
    from fem_sf.output.write import write_result

    summary = write_result(result, folder)
    if json:
        print(fitting_json(summary_text(summary)))
        return
    dimension = max((fields.points.shape[1] for fields in result.layers.values()), default=1)
    print_summary(summary, result.case.scales, dimension)
    print(f"everything is in {folder}")


def _write_and_print(sweep: Sweep, report: SweepReport, folder: Path) -> None:
    """Write and print a sweep.

    Raises
    ------
    NotConverged
        Naming the points that have no solution.
    """
    from fem_sf.output.sweep.console import print_sweep
    from fem_sf.output.sweep.write import write_sweep

    print_sweep(write_sweep(sweep, folder))
    print(f"everything is in {folder}")
    if report.failures:
        raise NotConverged(_failures(sweep, report, folder))


def _failures(sweep: Sweep, report: SweepReport, folder: Path) -> str:
    """Which points have no solution and why, in as many lines as one reads."""
    count, total = len(report.failures), len(sweep.cases)
    lines = [
        f"{sweep.describe(point)}: {message}"
        for point, message in itertools.islice(report.failures.items(), _MOST_FAILURES)
    ]
    if count > len(lines):
        lines.append(f"… and {count - len(lines)} more, with their messages in {folder}")
    heading = f"{count} of {total} points have no solution; the same command tries them again"
    return "\n".join([heading, *lines])


@contextlib.contextmanager
def _only_first_rank_prints() -> Iterator[None]:
    """Drop what other ranks print; errors do not go this way."""
    if launched_rank() == 0:
        yield
        return
    with contextlib.redirect_stdout(io.StringIO()):
        yield


def _usage_message(error: Any) -> str:
    message = f"fem-sf: {error.format_message()}"
    context = getattr(error, "ctx", None)
    if context is None:
        return message
    return f"{message}\n{context.get_usage()}\nMore: {context.command_path} --help"


def _file_message(error: OSError) -> str:
    """What the system says against a file, as any program repeats it."""
    file = "" if error.filename is None else f"{error.filename}: "
    return f"fem-sf: {file}{reason_of(error)}"


def _unexpected_message(error: Exception, debug: bool) -> str:
    what = f"fem-sf: unexpected error: {type(error).__name__}: {error}"
    details = "".join(traceback.format_exception(error))
    if debug:
        return f"{details}{what}"
    # the current folder, where it can be written: a container's temporary files go with it
    folder = os.curdir if os.access(os.curdir, os.W_OK) else None
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="fem-sf-", suffix=".txt", dir=folder, delete=False, encoding="utf-8"
        ) as file:
            file.write(details)
    except OSError:
        return f"{what}\n{DEBUG} prints its traceback."
    return f"{what}\nIts traceback is in {file.name}; {DEBUG} prints it."
