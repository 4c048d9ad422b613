# SPDX-License-Identifier: MIT
"""Laws that couple two touching layers of a superconducting stack, one in each file of this folder.

A file that is here is read, and every law that it defines is known by its ``kind``: to case files,
to stacks, and to the equations.
"""

from importlib import import_module
from pkgutil import iter_modules

from fem_sf.usadel.laws.law import LAWS as LAWS
from fem_sf.usadel.laws.law import Law as Law
from fem_sf.usadel.laws.law import Resistive as Resistive

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
