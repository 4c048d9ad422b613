# SPDX-License-Identifier: MIT
"""Writes tables, labelled arrays, ParaView files and pictures.

Nothing here needs dolfinx.
"""
