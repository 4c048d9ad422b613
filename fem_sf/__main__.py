# SPDX-License-Identifier: MIT
"""``python3 -m fem_sf``: the command line from a working tree that is not installed."""

from __future__ import annotations

import sys

from fem_sf.cli import main

if __name__ == "__main__":
    sys.exit(main())
