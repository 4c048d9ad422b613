# SPDX-License-Identifier: MIT
"""Solves many cases on a grid of parameters, in chains, and keeps each point."""
