# SPDX-License-Identifier: MIT
"""The code flows one way: which room imports which, no file in a circle, none too long."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "fem_sf"

ROOMS = {
    "base": "words errors limits version directions plain stopping parallel files formulas "
    "terminal kernels checked keys",
    "model": "multilayer interfaces materials stack textures signs setting_tables settings sweeps "
    "plausible spin.materials spin.interfaces spin.laws spin.algebra spin.barriers spin.model "
    "spin.settings usadel.laws usadel.nambu usadel.quaternion",
    "compat": "compat",
    "case": "case",
    "mesh": "mesh",
    "solve": "solve",
    "usadel": "usadel",
    "spin": "spin",
    "study": "study",
    "output": "output",
    "api": "api",
    "package": "",
    "command": "cli __main__",
}
"""Modules and packages of every room; the longest name decides."""

BELOW = {
    "base": "",
    "model": "base",
    "compat": "base",
    "case": "base model",
    "mesh": "base model compat",
    "solve": "base compat",
    "usadel": "base model compat mesh solve",
    "spin": "base model compat mesh solve",
    "study": "base model compat case mesh solve usadel spin",
    "output": "base model study",
    "api": "base model usadel spin solve study output",
    "package": "base model case study output api spin",
    "command": "base model compat case mesh study output spin package",
}
"""What each room may import besides itself."""


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def room_of(module: str) -> str:
    """The room that a module is in."""
    names = {name: room for room, some in ROOMS.items() for name in some.split() or [""]}
    within = [name for name in names if f"{module}.".startswith(f"{name}.") or name == module]
    assert within, f"fem_sf.{module} is in no room"
    return names[max(within, key=len)]


def imports_of(module: str) -> set[str]:
    """Modules of the package that one names in any import, those for types only included."""
    found = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{module}: relative import"
            names = [f"{node.module}.{each.name}" for each in node.names]
            homes = [name if name[7:] in MODULES else node.module for name in names]
        elif isinstance(node, ast.Import):
            homes = [each.name for each in node.names]
        else:
            continue
        found |= {home[7:] for home in homes if home.split(".")[0] == "fem_sf"}
    return found - {module}


GRAPH = {module: imports_of(module) for module in MODULES}


@pytest.mark.parametrize("module", MODULES)
def test_imports_follow_the_flow(module: str) -> None:
    room = room_of(module)
    allowed = {room, *BELOW[room].split()}
    against = {other for other in GRAPH[module] if room_of(other) not in allowed}
    assert not against, f"{module}, of the room {room!r}, imports {sorted(against)}"


@pytest.mark.parametrize("module", MODULES)
def test_files_are_short(module: str) -> None:
    assert len(MODULES[module].read_text(encoding="utf-8").splitlines()) <= 450


def test_no_circle() -> None:
    done: set[str] = set()

    def visit(module: str, way: tuple[str, ...]) -> None:
        assert module not in way, " → ".join((*way[way.index(module) :], module))
        if module not in done:
            for other in sorted(GRAPH[module]):
                visit(other, (*way, module))
            done.add(module)

    for module in MODULES:
        visit(module, ())
