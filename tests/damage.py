# SPDX-License-Identifier: MIT
"""Damages files at random, in the ways in which people and disks do."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

DEMOS = sorted((Path(__file__).parents[1] / "demos").rglob("*.toml"))
MESHES = sorted((Path(__file__).parents[1] / "meshes").glob("*.msh"))

_EXTREME = (
    *("0", "-1", "1e300", "-1e300", "1e-300", "5e-324", "1e99", "1e-99", "inf", "-inf", "nan"),
    *("9223372036854775807", "1" * 400, "0x" + "f" * 5000, "1e9", "1000000000", "0.1", "-0.0"),
    *("true", "[]", "{}", "[[]]", "[1, 2]", "[1, [2, [3]]]", "{ a = 1 }", "1979-05-27", "07:32:00"),
    *('""', "'x'", '"1 nm"', '"-5 K"', '"1e400 K"', '"nan K"', '"4 degC"', '"3 m**m"', '"1 /0 m"'),
    *('"2 furlong/fortnight"', '"x**x**x"', '"1/0"', '"sin(x"', '"1(2)"', '"((((x"', '"x/0"'),
    *('"\\u0000"', '"\\u001b[2J"', '"\\u202eabc"', '"é"', '"日本"', '"' + "a" * 3000 + '"'),
    *('"self-consistent"', '"semi-infinite"', '"bulk"', '"S"', '"F"', '["S", "F"]', '["S", "S"]'),
    *("{ start = 0, stop = 1, count = 1000000000 }", "{ start = 1, stop = 0, count = 3 }"),
    *("{ start = -1e300, stop = 1e300, count = 3 }", '["1 K", 2, true]', '"../../etc/passwd"'),
)
_KEYS = (
    *("exchange", "angle", "phase", "conductivity", "gamma", "resistance", "spectra", "sweep"),
    *("width", "file", "unit", "wall", "barrier", "waveform", "times", "probes", "petsc", "units"),
    *("thickness", "temperature", "frequencies", "accuracy", "contacts", "step", "scheme"),
)
_TABLES = (
    "[sweep]\n'layers.F.thickness' = [1, 2]\n",
    '[sweep]\n"layers.F.thickness, layers.S.thickness" = { start = 1, stop = 2, count = 3 }\n',
    "[mesh]\ndimension = 2\nwidth = 3\n",
    '[mesh]\nfile = "no.msh"\n',
    '[units]\ncritical_temperature = "9 K"\ndiffusivity = "4 cm^2/s"\n',
    "[accuracy]\ntolerance = 1e-3\n",
    "[[spectra]]\nenergies = [0, 1]\nbroadening = 0.1\n",
    "[time]\nend = 3\n",
    "[[layers]]\n",
    "[layers.wall]\nstiffness = 1\nanisotropy = 1\n",
    "[[interfaces]]\n",
    "[reference]\nlayer = 'S'\n",
)


def damaged_case(seed: int) -> bytes:
    """A case of a demo with one to five things wrong with it, or not."""
    chance = random.Random(seed)
    lines = chance.choice(DEMOS).read_text(encoding="utf-8").splitlines(keepends=True)
    for _ in range(chance.randint(1, 5)):
        chance.choice(_TEXT_DAMAGES)(lines, chance)
    content = bytearray("".join(lines).encode())
    if chance.random() < 0.15:
        _damage_bytes(content, chance)
    return bytes(content)


def _place(lines: list[str], chance: random.Random) -> int:
    if not lines:
        lines.append("\n")
    return chance.randrange(len(lines))


def _delete(lines: list[str], chance: random.Random) -> None:
    del lines[_place(lines, chance)]


def _double(lines: list[str], chance: random.Random) -> None:
    i = _place(lines, chance)
    lines.insert(chance.randrange(len(lines)), lines[i])


def _swap(lines: list[str], chance: random.Random) -> None:
    i, j = _place(lines, chance), _place(lines, chance)
    lines[i], lines[j] = lines[j], lines[i]


def _cut(lines: list[str], chance: random.Random) -> None:
    del lines[_place(lines, chance) :]


def _replace_value(lines: list[str], chance: random.Random) -> None:
    keys = [i for i, line in enumerate(lines) if "=" in line]
    if keys:
        i = chance.choice(keys)
        lines[i] = f"{lines[i].partition('=')[0]}= {chance.choice(_EXTREME)}\n"


def _replace_number(lines: list[str], chance: random.Random) -> None:
    i = _place(lines, chance)
    numbers = list(re.finditer(r"-?\d+\.?\d*(e-?\d+)?", lines[i]))
    if numbers:
        found = chance.choice(numbers)
        lines[i] = lines[i][: found.start()] + chance.choice(_EXTREME) + lines[i][found.end() :]


def _misspell(lines: list[str], chance: random.Random) -> None:
    i = _place(lines, chance)
    if len(lines[i]) > 2:
        j = chance.randrange(len(lines[i]) - 1)
        letters = ("", "x", "é", '"', "[", "]", "{", "}", "=", ".", "#", "\t", "\0", "\x1b", "\x85")
        lines[i] = lines[i][:j] + chance.choice(letters) + lines[i][j + chance.randint(0, 1) :]


def _add_key(lines: list[str], chance: random.Random) -> None:
    line = f"{chance.choice(_KEYS)} = {chance.choice(_EXTREME)}\n"
    lines.insert(_place(lines, chance), line)


def _add_table(lines: list[str], chance: random.Random) -> None:
    lines.append(f"\n{chance.choice(_TABLES)}")


def _repeat(lines: list[str], chance: random.Random) -> None:
    i = _place(lines, chance)
    lines[i:i] = [lines[i]] * chance.choice((2, 50, 3000))


_TEXT_DAMAGES: tuple[Callable[[list[str], random.Random], None], ...] = (
    *(_replace_value, _replace_value, _replace_value, _replace_number, _replace_number),
    *(_delete, _double, _swap, _cut, _misspell, _misspell, _add_key, _add_key, _add_table, _repeat),
)


def damaged_mesh(seed: int) -> bytes:
    """A mesh of the repository with something wrong with it, or not."""
    chance = random.Random(seed)
    content = bytearray(chance.choice(MESHES).read_bytes())
    if chance.random() < 0.5:
        lines = content.decode("latin-1").splitlines(keepends=True)
        for _ in range(chance.randint(1, 3)):
            chance.choice(_MESH_DAMAGES)(lines, chance)
        content = bytearray("".join(lines).encode("latin-1", "replace"))
    else:
        _damage_bytes(content, chance)
    return bytes(content)


def _replace_word(lines: list[str], chance: random.Random) -> None:
    """One number or word of a line; half of the time of one of the headers that count."""
    counts = [i + 1 for i, line in enumerate(lines[:-1]) if line.startswith("$")]
    i = chance.choice(counts) if counts and chance.random() < 0.5 else _place(lines, chance)
    words = lines[i].split()
    if words:
        words[chance.randrange(len(words))] = chance.choice(
            ("0", "-1", "1", "7", "99999999", "1e300", "nan", "inf", "x", '"', "", "4294967296")
        )
        lines[i] = " ".join(words) + "\n"


def _other_digits(lines: list[str], chance: random.Random) -> None:
    """Some digits are others, which leaves a file whose numbers make no sense."""
    for _ in range(chance.choice((1, 5, 100))):
        i = _place(lines, chance)
        digits = [j for j, each in enumerate(lines[i]) if each.isdigit()]
        if digits and not lines[i].startswith("$"):
            j = chance.choice(digits)
            lines[i] = f"{lines[i][:j]}{chance.randrange(10)}{lines[i][j + 1 :]}"


_MESH_DAMAGES = (
    *(_delete, _double, _swap, _cut, _replace_word, _replace_word, _other_digits, _other_digits),
)


def _damage_bytes(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.choice((1, 3, 20))):
        if not content:
            return
        i = chance.randrange(len(content))
        match chance.randrange(4):
            case 0:
                content[i] ^= 1 << chance.randrange(8)
            case 1:
                content[i] = chance.randrange(256)
            case 2:
                del content[i : i + chance.choice((1, 10, 1000))]
            case 3:
                content[i:i] = bytes(chance.randrange(256) for _ in range(chance.choice((1, 8))))
