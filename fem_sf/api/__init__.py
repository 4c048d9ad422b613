# SPDX-License-Identifier: MIT
"""What a Python session works with: problems, states, numbers, scans."""
