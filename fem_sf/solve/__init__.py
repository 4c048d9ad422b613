# SPDX-License-Identifier: MIT
"""PETSc Newton solvers on blocks."""
