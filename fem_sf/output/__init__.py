# SPDX-License-Identifier: MIT
"""Tables, labelled arrays, ParaView files and pictures.

What a result becomes on disk. Nothing here needs dolfinx.
"""
