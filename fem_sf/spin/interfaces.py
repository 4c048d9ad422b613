# SPDX-License-Identifier: MIT
"""Laws of the interface between two layers; units as in `fem_sf.spin.model`."""

from fem_sf.keys import Key as Key
from fem_sf.spin.barriers import BARRIER_MODELS as BARRIER_MODELS
from fem_sf.spin.barriers import BarrierShape as BarrierShape
from fem_sf.spin.laws.circuit import Circuit as Circuit
from fem_sf.spin.laws.general import General as General
from fem_sf.spin.laws.law import CONDUCTANCE as CONDUCTANCE
from fem_sf.spin.laws.law import LAWS as LAWS
from fem_sf.spin.laws.law import Conductance as Conductance
from fem_sf.spin.laws.law import Conducting as Conducting
from fem_sf.spin.laws.law import Flux as Flux
from fem_sf.spin.laws.law import Law as Law
from fem_sf.spin.laws.law import Side as Side
from fem_sf.spin.laws.law import WithoutResistance as WithoutResistance
from fem_sf.spin.laws.metallic import Metallic as Metallic
from fem_sf.spin.laws.metallic import MetallicReversed as MetallicReversed
from fem_sf.spin.laws.no_accumulation import MetallicNoAccumulation as MetallicNoAccumulation
from fem_sf.spin.laws.transparent import Transparent as Transparent
from fem_sf.spin.laws.tunnel import Tunnel as Tunnel
from fem_sf.spin.laws.tunnel_vector import TunnelVector as TunnelVector
