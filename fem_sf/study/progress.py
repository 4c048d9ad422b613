# SPDX-License-Identifier: MIT
"""Reports how far a solve is, to a person, a log or nobody, and times its parts."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_SECONDS_BETWEEN_LINES = 10.0


class Progress(Protocol):
    """Told about the stages of a solve, in order: one start, many updates, one finish."""

    def start(self, title: str) -> None:
        """Say what begins."""

    def update(self, done: int, total: int, note: str = "") -> None:
        """Say how many steps of the present stage, which ``note`` names, are done."""

    def finish(self, note: str = "") -> None:
        """Say how it ended; nothing happens where nothing was started."""


class Silent:
    """Tells nobody."""

    def start(self, title: str) -> None:
        """Do nothing."""

    def update(self, done: int, total: int, note: str = "") -> None:
        """Do nothing."""

    def finish(self, note: str = "") -> None:
        """Do nothing."""


class Lines:
    """Plain lines on stderr: the end of every stage, and a sign of life in long ones."""

    def __init__(self) -> None:
        self.title = ""
        self._last_line = 0.0

    def start(self, title: str) -> None:
        """Begin with a line of the title."""
        self.title = title
        self._say("start")

    def update(self, done: int, total: int, note: str = "") -> None:
        """Write a line where a stage ends or the last line is long ago."""
        if done >= total or time.monotonic() - self._last_line > _SECONDS_BETWEEN_LINES:
            self._say(f"{note} {done}/{total}".strip())

    def finish(self, note: str = "") -> None:
        """Close with a line."""
        if self.title:
            self._say(note or "done")
        self.title = ""

    def _say(self, text: str) -> None:
        self._last_line = time.monotonic()
        print(f"{self.title}: {text}", file=sys.stderr, flush=True)


class Bar:
    """A moving bar on the terminal, gone when the work is done."""

    def __init__(self) -> None:
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None

    def start(self, title: str) -> None:
        """Show the bar."""
        from rich.console import Console
        from rich.markup import escape
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
        )
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task(escape(title), total=None, note="")
        self._bar.start()

    def update(self, done: int, total: int, note: str = "") -> None:
        """Move the bar."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=done, total=total, note=note)

    def finish(self, note: str = "") -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
        self._bar = None


def choose_progress(*, first_rank: bool) -> Progress:
    """Choose a bar on a terminal, lines elsewhere; only the first rank tells anything."""
    if not first_rank:
        return Silent()
    return Bar() if sys.stderr.isatty() else Lines()


class Clock:
    """Seconds spent between calls of `lap`, by name."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._laps: dict[str, float] = {}

    def lap(self, name: str) -> None:
        """Close the stretch since the last lap under this name."""
        now = time.perf_counter()
        self._laps[name] = now - self._last
        self._last = now

    def seconds(self) -> dict[str, Any]:
        """The laps and their ``total``."""
        return {**self._laps, "total": time.perf_counter() - self._start}
