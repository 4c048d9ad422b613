# SPDX-License-Identifier: MIT
"""The Python that README and docs/python.md show runs, block after block, and so do their cases."""

from __future__ import annotations

import re
from pathlib import Path

import matplotlib as mpl
import pytest

from fem_sf.case import load_case

ROOT = Path(__file__).parents[2]


def blocks(document: str, language: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.slow
@pytest.mark.parametrize("document", ["README.md", "docs/python.md"])
def test_python(document: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demos").symlink_to(ROOT / "demos")
    mpl.use("Agg")
    shown = blocks(document, "python")
    assert shown
    session: dict[str, object] = {}
    for block in shown:
        exec(block, session)


def test_cases_of_readme(tmp_path: Path) -> None:
    for text in blocks("README.md", "toml"):
        if text.startswith("kind"):
            path = tmp_path / "case.toml"
            path.write_text(text, encoding="utf-8")
            assert len(load_case(path).stack.layers) == 2
