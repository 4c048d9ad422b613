# SPDX-License-Identifier: MIT
"""The program ``fem-sf``, also as ``python3 -m fem_sf`` from a tree that is not installed."""

from __future__ import annotations

import os
import sys

from fem_sf import terminal
from fem_sf.stopping import answer_signals, ignore_signals


def main() -> int:
    """Run the command line of this process; its exit status."""
    # before the imports, which take a while themselves
    answer_signals()
    # Open MPI does not start without
    os.environ.setdefault("HOME", os.path.expanduser("~"))
    terminal.forgive()
    from fem_sf.cli import main as run_command_line

    status = run_command_line()
    trouble = terminal.trouble()
    if trouble:
        print(trouble, file=sys.stderr)
    ignore_signals()
    return status or int(bool(trouble))


if __name__ == "__main__":
    sys.exit(main())
