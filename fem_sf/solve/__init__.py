# SPDX-License-Identifier: MIT
"""Newton solvers by PETSc for fields on several submeshes."""
