# SPDX-License-Identifier: MIT
"""The program ``fem-sf``, also as ``python3 -m fem_sf`` from a tree that is not installed."""

from __future__ import annotations

import sys

from fem_sf.stopping import answer_signals


def main() -> int:
    """Run the command line of this process; its exit status."""
    # before the imports, which take a while themselves
    answer_signals()
    from fem_sf.cli import main as run_command_line

    return run_command_line()


if __name__ == "__main__":
    sys.exit(main())
