# SPDX-License-Identifier: MIT
from __future__ import annotations

import tomllib

from fem_sf.case.positions import KeyPath, find_lines

DOCUMENT = '''# a comment with [brackets] and key = 1
kind = "a # no comment" # one
"quoted.key".'b c'.d = 1
"tab\\tand \\u00e9" = 2
text = """
[not_a_table]
not_a_key = 1 \\""" ""\\"
"""""
literal = \'\'\'
x = ']' \'\'\'
[usadel] # the table
list = [ # of things
  1,
  [2, 3], "]",
  { a = 1, b.c = [1,
   2] },
]
date = 1979-05-27 07:32:00
[[layers]]
name="S"
sub.x = 1
[[layers]]
name = "F"
[layers.more]
y = 2
[[layers.deep]]
z = 1
[[layers.deep]]
z = 2
[ "q x" . y ]
empty = ""
nothing = { }
none = []
inline = { p = { q = "}" }, r = 1 }
'''

EXPECTED: dict[KeyPath, int] = {
    ("kind",): 2,
    ("quoted.key", "b c", "d"): 3,
    ("tab\tand é",): 4,
    ("text",): 5,
    ("literal",): 9,
    ("usadel",): 11,
    ("usadel", "list"): 12,
    ("usadel", "list", 0): 13,
    ("usadel", "list", 1): 14,
    ("usadel", "list", 1, 1): 14,
    ("usadel", "list", 2): 14,
    ("usadel", "list", 3, "a"): 15,
    ("usadel", "list", 3, "b", "c", 0): 15,
    ("usadel", "list", 3, "b", "c", 1): 16,
    ("usadel", "date"): 18,
    ("layers",): 19,
    ("layers", 0): 19,
    ("layers", 0, "name"): 20,
    ("layers", 0, "sub", "x"): 21,
    ("layers", 1): 22,
    ("layers", 1, "name"): 23,
    ("layers", 1, "more"): 24,
    ("layers", 1, "more", "y"): 25,
    ("layers", 1, "deep", 0, "z"): 27,
    ("layers", 1, "deep", 1): 28,
    ("layers", 1, "deep", 1, "z"): 29,
    ("q x", "y"): 30,
    ("q x", "y", "empty"): 31,
    ("q x", "y", "nothing"): 32,
    ("q x", "y", "none"): 33,
    ("q x", "y", "inline", "p", "q"): 34,
    ("q x", "y", "inline", "r"): 34,
}


def all_paths(value: object, path: KeyPath = ()) -> set[KeyPath]:
    """Paths of everything in a parsed document."""
    children: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        children = list(value.items())
    elif isinstance(value, list):
        children = list(enumerate(value))
    own = {path} if path else set()
    return own.union(*(all_paths(child, (*path, key)) for key, child in children))


def test_lines() -> None:
    lines = find_lines(DOCUMENT)
    assert {path: lines.get(path) for path in EXPECTED} == EXPECTED


def test_finds_just_what_the_parser_finds() -> None:
    assert set(find_lines(DOCUMENT)) == all_paths(tomllib.loads(DOCUMENT))


def test_windows_line_ends() -> None:
    assert find_lines(DOCUMENT.replace("\n", "\r\n")) == find_lines(DOCUMENT)


def test_strings_that_end_in_quotes() -> None:
    text = 'a = """x"""""\nb = \'\'\'x\'\'\'\'\'\nc = ""\nd = """"""\ne = 1\n'
    assert tomllib.loads(text)["a"] == 'x""'
    assert find_lines(text) == {("a",): 1, ("b",): 2, ("c",): 3, ("d",): 4, ("e",): 5}
