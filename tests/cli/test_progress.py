# SPDX-License-Identifier: MIT
from __future__ import annotations

import pytest

from fem_sf.study.progress import Bar, Lines, Progress, Silent, choose_progress


def use(progress: Progress) -> None:
    """Go once through everything a solve may say."""
    progress.start("A [bold] title")
    for sweep in (1, 2):
        for done in range(1, 4):
            progress.update(done, 3, f"sweep {sweep}")
    progress.finish("superconducting")


def test_lines(capsys: pytest.CaptureFixture[str]) -> None:
    use(Lines())
    assert capsys.readouterr() == (
        "",
        "A [bold] title: start\n"
        "A [bold] title: sweep 1 3/3\n"
        "A [bold] title: sweep 2 3/3\n"
        "A [bold] title: superconducting\n",
    )


def test_lines_give_a_sign_of_life(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter([0.0, 1.0, 11.0, 11.0, 12.0])
    monkeypatch.setattr("time.monotonic", lambda: next(times))
    progress = Lines()
    progress.start("title")
    for done in (1, 2, 3):
        progress.update(done, 100, "sweep 1")
    assert capsys.readouterr().err == "title: start\ntitle: sweep 1 2/100\n"


@pytest.mark.parametrize("kind", [Lines, Bar, Silent])
def test_finish_twice_or_without_a_start(
    kind: type[Progress], capsys: pytest.CaptureFixture[str]
) -> None:
    progress = kind()
    progress.finish("stopped")
    use(progress)
    progress.finish("stopped")
    out, err = capsys.readouterr()
    assert out == ""
    assert "stopped" not in err


def test_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    assert isinstance(choose_progress(first_rank=True), Bar)
    assert isinstance(choose_progress(first_rank=False), Silent)
    monkeypatch.setattr("sys.stderr.isatty", lambda: False, raising=False)
    assert isinstance(choose_progress(first_rank=True), Lines)
