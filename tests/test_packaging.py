"""What is published is whole: imports declared, files in the archive, a description without dead links."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from textransfer.version import __version__

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]
BUILD = PYPROJECT["tool"]["hatch"]
MODULES = {
    "scikit-learn": "sklearn",
    "prometheus-client": "prometheus_client",
    "python-calamine": "python_calamine",
}
"""Modules by the packages that bring them, where their names differ."""
BROUGHT = {"huggingface_hub", "triton"}
"""What another package brings where it is of use: model2vec and sentence-transformers, and torch for CUDA."""
PARTS_OF_A_VERSION = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
"""Those of Keep a Changelog."""
DEVELOPERS = ("dev", "docs", "test")


def modules_of(requirements: list[str]) -> set[str]:
    names = {re.match(r"[\w-]+", line)[0] for line in requirements}
    return {MODULES.get(name, name).replace("-", "_") for name in names} - {"textransfer"}


def imports_of(source: str) -> set[str]:
    """Return the packages that a module imports, by a statement or by name."""
    names = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("require", "import_module", "find_spec", "is_installed"):
                names.append(node.args[0].value)
    return {name.partition(".")[0] for name in names} - set(sys.stdlib_module_names) - {"textransfer"}


def imported() -> set[str]:
    files = (ROOT / "textransfer").rglob("*.py")
    return set().union(*(imports_of(file.read_text(encoding="utf-8")) for file in files))


def extras() -> set[str]:
    extras = PROJECT["optional-dependencies"]
    return set().union(*(modules_of(lines) for name, lines in extras.items() if name not in DEVELOPERS))


def test_imports_are_seen_in_every_form() -> None:
    source = (
        'import a.b, os\nfrom c.d import e\nfrom . import f\nrequire("g.h", extra="x")\nimport_module("i")'
    )
    assert imports_of(source) == {"a", "c", "g", "i"}


def test_what_is_imported_is_declared() -> None:
    declared = modules_of(PROJECT["dependencies"]) | extras()
    assert imported() - declared == BROUGHT


def test_what_is_declared_is_imported() -> None:
    assert modules_of(PROJECT["dependencies"]) <= imported()


def test_the_changelog_has_a_heading_for_this_version() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## \[(.+?)\](?: - \d{4}-\d\d-\d\d)?$", changelog, re.MULTILINE)
    assert headings[:2] == ["Unreleased", __version__]
    parts = set(re.findall(r"^### (.+)$", changelog, re.MULTILINE))
    assert {part for part in parts if not part.startswith("From ")} <= PARTS_OF_A_VERSION


def test_files_checked_by_hash_are_of_the_versions_that_are_known_to_work() -> None:
    """All that the tests ask for but torch; `scripts/hashed --renew` writes the file."""
    text = (ROOT / ".ci" / "requirements.txt").read_text(encoding="utf-8")
    blocks = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert [block for block in blocks if "--hash=sha256:" not in block] == []
    hashed = dict(re.match(r"([\w.-]+)==(\S+)", block).groups() for block in blocks)
    pinned = re.findall(r"^([\w.-]+)==(\S+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)
    constraints = {name.lower().replace("_", "-"): version for name, version in pinned}
    assert {name: hashed[name] for name in constraints.keys() & hashed.keys()} == {
        name: version for name, version in constraints.items() if name in hashed
    }
    extras = PROJECT["optional-dependencies"]
    asked = {*PROJECT["dependencies"], *(line for name in ("test", "onnx", "dev") for line in extras[name])}
    names = {re.match(r"[\w-]+", line)[0].replace("_", "-") for line in asked} - {"textransfer", "torch"}
    assert names <= hashed.keys()


def test_every_dependency_has_a_lowest_version() -> None:
    """What is untested below it is not promised; only checkers of types come as they are."""
    optional = PROJECT["optional-dependencies"]
    lines = {*PROJECT["dependencies"], *(line for extra in optional.values() for line in extra)}
    assert {line for line in lines if ">=" not in line and "textransfer[" not in line} == {"scipy-stubs"}


def test_the_source_archive_holds_all_that_is_under_version_control() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    top = {name.partition("/")[0] for name in listed.decode().split("\0") if name}
    patterns = [pattern.removeprefix("/") for pattern in BUILD["build"]["targets"]["sdist"]["include"]]
    always = {"LICENSE", "pyproject.toml"}
    assert {
        name for name in top - always if not any(Path(name).match(pattern) for pattern in patterns)
    } == set()


def described() -> str:
    """Return the README as a package index shows it."""
    description = (ROOT / "README.md").read_text(encoding="utf-8")
    for change in BUILD["metadata"]["hooks"]["fancy-pypi-readme"]["substitutions"]:
        description = re.sub(change["pattern"], change["replacement"], description)
    return description


def test_the_description_tells_nobody_to_run_what_only_a_checkout_has() -> None:
    assert re.findall(r"\./scripts|checkout|pip install \"?\.", described()) == []
    commands = re.findall(r"^pip install (\S+)", described(), re.MULTILINE)
    assert commands == ["textransfer", '"textransfer[serve]"']


def test_versions_of_python_that_are_named_are_those_that_continuous_integration_runs() -> None:
    named = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    workflow = (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")
    assert re.search(r"^ +python: (\[.*\])$", workflow, re.MULTILINE)[1] == json.dumps(named)
    assert PROJECT["requires-python"] == f">={named[0]}"


def test_the_description_links_to_no_page_that_an_index_lacks() -> None:
    readme, description = (ROOT / "README.md").read_text(encoding="utf-8"), described()
    assert re.findall(r"\]\((?!https?:)[^)]*\)", description) == []
    assert "![" in readme, "the pictures stay where they can be seen"
    assert "docs/images/imdb_curves.png" in description
