# SPDX-License-Identifier: MIT
"""Meshes whose layers and interfaces have names."""
