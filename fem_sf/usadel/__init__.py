# SPDX-License-Identifier: MIT
"""The diffusive S/F problem of Bergeret, Volkov and Efetov."""
