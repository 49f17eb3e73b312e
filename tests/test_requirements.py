"""The small installation is what the documents say, with the bounds of the whole one."""

import re
import tomllib
from pathlib import Path

from textransfer.extras import WHOLE

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MODULES = {"scikit_learn": "sklearn"}


def small() -> list[str]:
    lines = (ROOT / "requirements" / "predict.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def test_the_bounds_are_those_of_the_whole_installation() -> None:
    assert set(small()) <= set(PROJECT["dependencies"])


def test_the_document_has_the_same_line() -> None:
    text = (ROOT / "docs" / "predicting.md").read_text(encoding="utf-8")
    assert re.findall(r'"([\w-]+>=[\d.]+)"', text) == small()


def test_what_is_left_out_is_known_by_name() -> None:
    """So that a command which needs it can say so."""
    left_out = set(PROJECT["dependencies"]) - set(small())
    names = {re.match(r"[\w-]+", line)[0].replace("-", "_") for line in left_out}
    assert {MODULES.get(name, name) for name in names} == set(WHOLE)
