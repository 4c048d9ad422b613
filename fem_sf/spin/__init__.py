# SPDX-License-Identifier: MIT
"""Spin drift-diffusion through junctions with non-collinear magnetizations (Chui et al.)."""
