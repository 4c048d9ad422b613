# SPDX-License-Identifier: MIT
"""What is written of a sweep: labelled arrays, a table, a picture."""
