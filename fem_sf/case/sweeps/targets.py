# SPDX-License-Identifier: MIT
"""Finds the key of a case that a dotted path of ``[sweep]`` means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fem_sf.case.fields import Context
from fem_sf.case.positions import KeyPath
from fem_sf.case.schema import Schemas, Table
from fem_sf.words import did_you_mean, nearest, spell

_REFUSED = {
    "kind": "a sweep is over cases of one kind",
    "title": "a sweep has one title",
    "sweep": "a sweep cannot be swept",
    "units": "the units are the same at all points; give values with their units instead",
    "reference": "what magnetizations are divided by is the same at all points",
    "output": "what is written is the same at all points",
    "critical_temperature": "the table has no keys; where it is, every point has the number",
    "mesh.file": "a sweep is on one mesh file; make a case for each",
}
"""By their beginning, paths that have no values, each with the reason."""

_NAMES = {("layers", "name"), ("interfaces", "between")}
"""Keys that paths are made of themselves."""

_NAMED = {"layers": "layer", "interfaces": "interface"}
_OF_TABLES = ("layers", "interfaces", "spectra")


@dataclass(frozen=True)
class Target:
    """A key whose value may be swept.

    Parameters
    ----------
    places
        Where it is in the data of a case; more than one for a key that stands for several.
    schema, key
        What reads it.
    """

    places: tuple[KeyPath, ...]
    schema: type[Table]
    key: str

    def unit(self, context: Context) -> str:
        """What its numbers are measured in."""
        return self.schema.measured_in.get(self.key, "1").replace("{length}", context.length)


class UnknownTarget(ValueError):
    """A path names nothing that may be swept; the message says why."""


def split_paths(written: str, targets: Mapping[str, Target]) -> list[str]:
    """The paths of a key, which commas part; names of layers may have commas too.

    Parameters
    ----------
    written
        The key.
    targets
        Every key that may be swept, by its path.
    """
    parts = written.split(",")
    known = _known_paths(parts, targets)
    if known is not None:
        return known
    # a path begins where its first word is almost that of a table
    tables = {path.partition(".")[0].partition("[")[0] for path in targets} | _REFUSED.keys()
    paths: list[str] = []
    for part in parts:
        word = part.strip().partition(".")[0].partition("[")[0]
        if paths and "." in part and nearest(word, tables) is None:
            paths[-1] += f",{part}"
        else:
            paths.append(part)
    return [path.strip() for path in paths]


def _known_paths(parts: list[str], targets: Mapping[str, Target]) -> list[str] | None:
    """Join parts to paths that are all known, each as short as can be; ``None`` if some are not."""
    most = 1 + max((path.count(",") for path in targets), default=0)
    paths: list[str] = []
    start = 0
    while start < len(parts):
        joined = (",".join(parts[start : start + count]).strip() for count in range(1, most + 1))
        path = next((each for each in joined if each in targets), None)
        if path is None:
            return None
        paths.append(path)
        start += 1 + path.count(",")
    return paths


def find_target(path: str, targets: Mapping[str, Target]) -> Target:
    """Look up a path.

    Raises
    ------
    UnknownTarget
        Saying what is known instead.
    """
    for beginning, reason in _REFUSED.items():
        if path == beginning or path.startswith((f"{beginning}.", f"{beginning}[")):
            raise UnknownTarget(reason)
    if path in targets:
        return targets[path]
    inside = [each.removeprefix(f"{path}.") for each in targets if each.startswith(f"{path}.")]
    if inside:
        raise UnknownTarget(f"this is a table; sweep one of its keys, {', '.join(inside)}")
    owner, _, key = path.rpartition(".")
    siblings = [each for each in targets if each.rpartition(".")[0] == owner]
    if siblings:
        keys = [each.rpartition(".")[2] for each in siblings]
        near = nearest(key, keys)
        hint = f'; did you mean "{owner}.{near}"?' if near else f"; there are {', '.join(keys)}"
        raise UnknownTarget(f"no key of this name may be swept{hint}")
    for table, what in _NAMED.items():
        if path.startswith(f"{table}."):
            name = spell(owner.removeprefix(f"{table}."))
            raise UnknownTarget(f"no {what} is called {name}{did_you_mean(path, targets)}")
    # a key alone may be one of several tables
    endings = [each for each in targets if each.endswith(f".{path}")]
    hint = f'; did you mean "{endings[0]}"?' if endings else did_you_mean(path, targets)
    expected = '; expected a path as in "layers.F.thickness" or "interfaces.S|F.gamma"'
    raise UnknownTarget(f"names no key of this case{hint or expected}")


def all_targets(data: Mapping[str, Any], schemas: Schemas) -> dict[str, Target]:
    """Every key that may be swept, by its dotted path.

    Parameters
    ----------
    data
        The case, with the usual names of keys.
    schemas
        The tables of its kind.
    """
    targets: dict[str, Target] = {}
    for where, schema in schemas.items():
        for prefix, place in _tables(data, where):
            for key, names in _keys(where, schema).items():
                places = tuple((*place, name) for name in names)
                targets[f"{prefix}.{key}"] = Target(places, schema, names[0])
    return targets


def _keys(where: tuple[str, ...], schema: type[Table]) -> dict[str, tuple[str, ...]]:
    """Keys of a table as they may be written, each with the usual ones that it gives."""
    usual = {key: (key,) for key in schema.model_fields if (*where, key) not in _NAMES}
    return usual | dict(schema.other_names)


def _tables(data: Mapping[str, Any], where: tuple[str, ...]) -> Iterator[tuple[str, KeyPath]]:
    """The dotted path and the place of each table that a schema reads."""
    if not where:
        return
    name, *inner = where
    if name not in _OF_TABLES:
        yield ".".join(where), where
        return
    entries = data.get(name)
    for i, entry in enumerate(entries if isinstance(entries, list) else []):
        for owner in _owners(name, i, entry if isinstance(entry, dict) else {}):
            yield ".".join((owner, *inner)), (name, i, *inner)


def _owners(name: str, number: int, entry: Mapping[str, Any]) -> Iterator[str]:
    match name, entry:
        case "layers", {"name": str(layer)}:
            yield f"layers.{layer}"
        case "interfaces", {"between": [str(left), str(right)]}:
            yield f"interfaces.{left}|{right}"
            yield f"interfaces.{right}|{left}"
        case "spectra", _:
            yield f"spectra[{number}]"
