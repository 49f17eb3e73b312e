"""What the documents say holds: examples in docstrings, reasons of dependencies, links and paths."""

import doctest
import re
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import textransfer

ROOT = Path(__file__).parent.parent
PACKAGE = Path(textransfer.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in PACKAGE.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name: str) -> None:
    module = import_module(name.removesuffix(".__init__"))
    assert doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE).failed == 0


def test_every_dependency_has_its_reason() -> None:
    reasons = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for needed in project["dependencies"]:
        name = re.match(r"[\w-]+", needed)[0]
        assert re.search(rf"^\|[^|]*\b{name}\b", reasons, re.M), f"no reason for {name}"


def headings(document: Path) -> set[str]:
    """Return the names by which a Markdown page's headings are linked to."""
    text = document.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.*)$", text, re.M)
    described = set(re.findall(r"^::: (\S+)$", text, re.M))  # docstrings of the reference
    return described | {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_links_and_paths_in_the_documents_exist() -> None:
    for document in [*ROOT.glob("*.md"), *ROOT.glob("*/README.md"), *(ROOT / "docs").rglob("*.md")]:
        text = document.read_text(encoding="utf-8")
        for target, heading in re.findall(r"\]\(([^)#:]*)(?:#([^)]+))?\)", text):
            other = document.parent / target if target else document
            assert other.exists(), f"{document.name} links to {target}"
            assert not heading or heading in headings(other), f"{document.name} links to {target}#{heading}"
        folders = "textransfer|scripts|benchmarks|experiments|tests|corpora"
        for path in re.findall(rf"`((?:{folders})/[\w./-]+)`", text):
            assert (ROOT / path).exists(), f"{document.name} names {path}"
