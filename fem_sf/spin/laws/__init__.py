# SPDX-License-Identifier: MIT
"""Laws of the interface between two layers: each is one class in one file of this folder.

A file that is put here is a law. `fem_sf.spin.interfaces` has all names that users need.
"""

from importlib import import_module
from pkgutil import iter_modules

_AS_TOLD = ("tunnel", "tunnel_vector", "metallic", "no_accumulation", "transparent", "general")
"""The order in which messages name them; others follow."""

for _name in dict.fromkeys((*_AS_TOLD, *(each.name for each in iter_modules(__path__)))):
    import_module(f"{__name__}.{_name}")
