# SPDX-License-Identifier: MIT
"""The door for ``kind = "spin"``."""
