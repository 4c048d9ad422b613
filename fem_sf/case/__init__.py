# SPDX-License-Identifier: MIT
"""Reading a case from TOML: every error with file, line and key."""
