"""Benchmarks and experiments are run by hand and seldom: what they import of the package must be there."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPTS = sorted([*(ROOT / "benchmarks").glob("*.py"), *(ROOT / "experiments").glob("*.py")])
OWN = ("textransfer", "benchmarks", "experiments")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_what_a_script_imports_is_there(path: Path) -> None:
    if path.stem.startswith("gpu"):
        pytest.importorskip("triton")
    sys.path.insert(0, str(ROOT))
    try:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] in OWN:
                module = import_module(node.module)
                for alias in node.names:
                    is_there = hasattr(module, alias.name) or is_module(f"{node.module}.{alias.name}")
                    assert is_there, f"{node.module} has no {alias.name}"
    finally:
        sys.path.remove(str(ROOT))


def is_module(name: str) -> bool:
    try:
        import_module(name)
    except ModuleNotFoundError:
        return False
    return True


def test_tables_in_the_documents_are_those_of_the_records() -> None:
    command = [sys.executable, ROOT / "benchmarks/tables.py", "--check"]
    assert subprocess.run(command, check=False).returncode == 0


def test_what_clusters_need_is_computed_from_the_records(tmp_path: Path) -> None:
    pytest.importorskip("gensim")
    document, page = ROOT / "docs/clusters.md", tmp_path / "clusters.md"
    page.write_text(document.read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, ROOT / "benchmarks/scaling.py", "--into", page]
    subprocess.run([*command, "--table", ROOT / "docs/benchmarks/scaling.jsonl"], check=True)
    assert page.read_text(encoding="utf-8") == document.read_text(encoding="utf-8")
