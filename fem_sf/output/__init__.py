# SPDX-License-Identifier: MIT
"""Tables, labelled arrays, ParaView files and pictures."""
