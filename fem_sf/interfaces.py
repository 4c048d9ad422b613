# SPDX-License-Identifier: MIT
"""Laws that couple two touching layers of a superconducting stack, by their public names."""

from fem_sf.usadel.laws import LAWS as LAWS
from fem_sf.usadel.laws import Law as Law
from fem_sf.usadel.laws import Resistive as Resistive
from fem_sf.usadel.laws.insulating import Insulating as Insulating
from fem_sf.usadel.laws.kupriyanov_lukichev import KupriyanovLukichev as KupriyanovLukichev
from fem_sf.usadel.laws.transparent import Transparent as Transparent
