# SPDX-License-Identifier: MIT
"""Finds what is doubtful about a case before it is solved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fem_sf.case.bare import bare_numbers
from fem_sf.errors import Problem
from fem_sf.plausible import implausible

if TYPE_CHECKING:
    from fem_sf.settings import UsadelCase
    from fem_sf.spin.settings import SpinCase


_MOST = 20
"""Sentences that one reads."""


def doubts(case: UsadelCase | SpinCase) -> Iterator[Problem]:
    """Numbers that are hardly meant, and bare numbers beside units, each with its key."""
    found = [*implausible(case), *bare_numbers(case)]
    yield from found[:_MOST]
    if len(found) > _MOST:
        yield Problem("", f"{len(found) - _MOST} more numbers are doubtful in the same way")


def cautions_before(case: UsadelCase | SpinCase) -> list[str]:
    """The same as sentences that begin with the key."""
    return [str(each) for each in doubts(case)]
