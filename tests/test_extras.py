"""Optional modules that are absent, and those that are there but cannot be loaded."""

import sys

import pytest

from textransfer.errors import MissingExtraError
from textransfer.extras import require


def check_message(match: str) -> None:
    with pytest.raises(MissingExtraError, match=match):
        require("strange.inner", extra="strange", purpose="reading strange files")


def test_an_absent_module_gives_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    check_message(r"not installed; install it with: pip install .textransfer\[strange\]")
    monkeypatch.setitem(sys.modules, "strange", None)
    check_message("not installed")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (
            "raise ImportError('libx.so: failed to map segment from shared object')",
            "libx.so: failed to map segment",
        ),
        ("import another_strange_module", "No module named 'another_strange_module'"),
    ],
)
def test_a_module_that_cannot_be_loaded_is_not_called_absent(
    tmp_path, monkeypatch: pytest.MonkeyPatch, line: str, reason: str
) -> None:
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "__init__.py").write_text("")
    (tmp_path / "strange" / "inner.py").write_text(line)
    monkeypatch.syspath_prepend(tmp_path)
    try:
        check_message(rf"installed but cannot be loaded \({reason}")
    finally:
        sys.modules.pop("strange")
