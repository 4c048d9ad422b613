# SPDX-License-Identifier: MIT
"""Reads cases of ``kind = "usadel"``."""
