# SPDX-License-Identifier: MIT
"""Lets an object make something once and keep it, such as compiled forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

Made = TypeVar("Made")


def once(method: Callable[[Any], Made]) -> Callable[[Any], Made]:
    """Let a method that only takes its object work once for each; what it returns is kept there."""
    name = f"_{method.__name__}"

    @wraps(method)
    def call(owner: Any) -> Made:
        if name not in vars(owner):
            vars(owner)[name] = method(owner)
        made: Made = vars(owner)[name]
        return made

    return call
