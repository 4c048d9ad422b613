# SPDX-License-Identifier: MIT
"""Rebuild every mesh of this folder: ``python3 meshes/make.py [FOLDER]``. Needs Gmsh's Python API.

Physical names are names of layers and contacts. Cells are small at interfaces, smaller at the
corners of an island, and grow with the distance from there.
"""

from __future__ import annotations

import cmath
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import gmsh

Entity = tuple[int, int]
"""Dimension and number of a surface or a curve."""
Shapes = dict[str, list[Entity]]
"""Surfaces of each layer, and curves of each contact."""


@dataclass(frozen=True)
class Sizes:
    """Cell sizes, in the unit of the mesh.

    Parameters
    ----------
    interface, corner, largest
        At interfaces, at the ends and corners of an interface, and anywhere.
    growth
        Increase of the size per distance.
    """

    interface: float
    corner: float
    largest: float
    growth: float


def rectangle(left: float, bottom: float, width: float, height: float) -> Entity:
    """A surface."""
    return 2, gmsh.model.occ.addRectangle(left, bottom, 0, width, height)


def bilayer() -> Shapes:
    """S (10 × 1) beside F (1 × 1): the stack of Fig. 1 as a strip."""
    return {"S": [rectangle(0, 0, 10, 1)], "F": [rectangle(10, 0, 1, 1)]}


def island_on_film() -> Shapes:
    """F (2 × 0.5) on top of a film S (8 × 2)."""
    return {"S": [rectangle(-4, -2, 8, 2)], "F": [rectangle(-1, 0, 2, 0.5)]}


def island_in_film() -> Shapes:
    """F (2 × 1) in the upper face of a film S (8 × 3), flush with it."""
    island = rectangle(-1, -1, 2, 1)
    film, _ = gmsh.model.occ.cut([rectangle(-4, -3, 8, 3)], [island], removeTool=False)
    return {"S": film, "F": [island]}


NECK, REACH, OPENING = 0.4, 3.0, math.radians(60)
"""Of the point contact: width of its neck, distance to its contacts, and how far it opens."""


def point_contact() -> Shapes:
    """Two fans FL and FR joined at a neck, between hyperbolas that end at elliptic contacts.

    Where z = c sinh(u + iv), walls are lines of constant v, contacts and the neck of constant u.
    """
    occ = gmsh.model.occ
    focus = NECK / 2 / math.sin(OPENING)
    end = math.acosh(REACH / focus)

    def point(u: float, v: float) -> int:
        z = focus * cmath.sinh(complex(u, v))
        return occ.addPoint(z.real, z.imag, 0)

    steps = [i / 40 for i in range(1, 40)]
    lower, upper = point(0, -OPENING), point(0, OPENING)
    neck = occ.addLine(lower, upper)
    shapes: Shapes = {"FL": [], "FR": []}
    for layer, contact, far in (("FL", "left", -end), ("FR", "right", end)):
        below, above = point(far, -OPENING), point(far, OPENING)
        floor = occ.addSpline([lower, *(point(s * far, -OPENING) for s in steps), below])
        arc = occ.addSpline([below, *(point(far, (2 * s - 1) * OPENING) for s in steps), above])
        ceiling = occ.addSpline([upper, *(point(s * far, OPENING) for s in steps), above])
        loop = occ.addCurveLoop([floor, arc, -ceiling, -neck])
        shapes[layer].append((2, occ.addPlaneSurface([loop])))
        shapes[contact] = [(1, arc)]
    return shapes


MESHES: dict[str, tuple[Callable[[], Shapes], Sizes]] = {
    "bilayer": (bilayer, Sizes(interface=0.006, corner=0.006, largest=0.4, growth=0.3)),
    "island_on_film": (
        island_on_film,
        Sizes(interface=0.03, corner=0.004, largest=0.4, growth=0.25),
    ),
    "island_in_film": (
        island_in_film,
        Sizes(interface=0.05, corner=0.008, largest=0.5, growth=0.25),
    ),
    "point_contact": (
        point_contact,
        Sizes(interface=0.03, corner=0.004, largest=0.3, growth=0.15),
    ),
}
"""The meshes of this folder, by file name."""


def make(name: str, folder: Path) -> None:
    """Build one mesh and write it as MSH 4.1, in text."""
    shapes, sizes = MESHES[name]
    gmsh.clear()
    gmsh.model.add(name)
    parts = join(shapes())
    for part, entities in parts.items():
        gmsh.model.addPhysicalGroup(entities[0][0], [tag for _, tag in entities], name=part)
    grade(shared_curves(parts), sizes)
    gmsh.model.mesh.generate(2)
    gmsh.write(str(folder / f"{name}.msh"))


def join(shapes: Shapes) -> Shapes:
    """Make touching layers share their planes, so that they share the points on them."""
    objects = [entity for entities in shapes.values() for entity in entities]
    _, pieces = gmsh.model.occ.fragment(objects, [])
    gmsh.model.occ.synchronize()
    pieces_of = dict(zip(objects, pieces, strict=True))
    return {
        part: [piece for entity in entities for piece in pieces_of[entity]]
        for part, entities in shapes.items()
    }


def shared_curves(parts: Shapes) -> list[int]:
    """Curves that bound two layers."""
    bounds = [
        {abs(tag) for _, tag in gmsh.model.getBoundary(entities, oriented=False)}
        for entities in parts.values()
        if entities[0][0] == 2
    ]
    return sorted(set.intersection(*bounds))


def grade(curves: Sequence[int], sizes: Sizes) -> None:
    """Let cells grow from some curves and their ends."""
    ends = {
        tag for _, tag in gmsh.model.getBoundary([(1, curve) for curve in curves], combined=False)
    }
    fields = [
        growing("CurvesList", curves, sizes.interface, sizes),
        growing("PointsList", sorted(map(abs, ends)), sizes.corner, sizes),
    ]
    smallest = gmsh.model.mesh.field.add("Min")
    gmsh.model.mesh.field.setNumbers(smallest, "FieldsList", fields)
    gmsh.model.mesh.field.setAsBackgroundMesh(smallest)


def growing(key: str, tags: Sequence[int], start: float, sizes: Sizes) -> int:
    """A size that grows with the distance from some entities."""
    field = gmsh.model.mesh.field
    distance = field.add("Distance")
    field.setNumbers(distance, key, tags)
    field.setNumber(distance, "Sampling", 400)
    size = field.add("MathEval")
    field.setString(size, "F", f"Min({sizes.largest}, {start} + {sizes.growth} * F{distance})")
    return size


def main(folder: Path) -> None:
    """Build all meshes."""
    gmsh.initialize(["gmsh", "-v", "2"])
    # the same mesh every time
    for option, value in {
        "General.NumThreads": 1,
        "Mesh.Algorithm": 6,
        "Mesh.RandomSeed": 1,
        "Mesh.MeshSizeExtendFromBoundary": 0,
        "Mesh.MeshSizeFromPoints": 0,
        "Mesh.MshFileVersion": 4.1,
    }.items():
        gmsh.option.setNumber(option, value)
    for name in MESHES:
        make(name, folder)
    gmsh.finalize()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
