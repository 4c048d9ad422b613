# SPDX-License-Identifier: MIT
"""Writes a sweep: labelled arrays, a table, a picture."""
