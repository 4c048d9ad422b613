# SPDX-License-Identifier: MIT
"""Solve many random stacks in one process: what converges, what is found wrong, what memory grows.

docker/run env PYTHONPATH=.:tests python3 tests/benchmarks/robustness.py [--count 500]
"""

from __future__ import annotations

import argparse
import math
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from fem_sf import run_case
from random_stacks import FORMS, spin_case, usadel_case

KINDS: dict[str, Callable[[np.random.Generator], Any]] = {
    **{form: lambda random, form=form: usadel_case(random, form) for form in FORMS},
    "spin": spin_case,
}


def not_finite(value: Any, path: str = "") -> Iterator[str]:
    """Where a summary has numbers that are none."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from not_finite(each, f"{path}.{key}")
    elif isinstance(value, list | tuple | np.ndarray):
        for number, each in enumerate(value):
            yield from not_finite(each, f"{path}[{number}]")
    elif isinstance(value, float) and not math.isfinite(value):
        yield path


def main() -> None:
    """Print a line for each that fails or cautions, and a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--kinds", nargs="+", default=list(KINDS))
    options = parser.parse_args()
    for kind in options.kinds:
        outcomes: Counter[str] = Counter()
        start, before = time.perf_counter(), _memory()
        for seed in range(options.first, options.first + options.count):
            case = KINDS[kind](np.random.default_rng(seed))
            try:
                summary = run_case(case).summary
            except Exception as error:
                outcomes[type(error).__name__] += 1
                print(f"{kind} {seed}: {type(error).__name__}: {str(error)[:300]}", flush=True)
                continue
            outcomes["converged"] += 1
            for path in not_finite(summary):
                outcomes["not finite"] += 1
                print(f"{kind} {seed}: {path} is not finite", flush=True)
            for caution in summary["cautions"]:
                outcomes["cautions"] += 1
                print(f"{kind} {seed}: {caution[:300]}", flush=True)
        seconds = time.perf_counter() - start
        grown = _memory() - before
        print(f"{kind}: {dict(outcomes)}, {seconds:.0f} s, {grown:+.0f} MB", flush=True)


def _memory() -> float:
    """Most that this process has held so far, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
