"""The package root: every name is there, documented, listed, and all that the documents import."""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path

import pytest

import textransfer

ROOT = Path(__file__).parent.parent
NAMES = [name for name in textransfer.__all__ if name != "__version__"]
FUNCTIONS = [name for name in NAMES if inspect.isfunction(getattr(textransfer, name))]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_documented_and_stands_in_the_table_of_contents(name: str) -> None:
    value = getattr(textransfer, name)
    assert inspect.getdoc(value)
    assert re.search(rf"\b{name}\b", textransfer.__doc__ or "")
    assert value.__module__ == textransfer._MODULE_OF[name], "named where it is defined"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_tells_what_goes_in_and_comes_out(name: str) -> None:
    function = getattr(textransfer, name)
    text = inspect.getdoc(function) or ""
    sections = set(re.findall(r"^(\w+)\n---+$", text, re.M))
    assert {"Parameters", "Raises", "Examples"} <= sections
    assert sections & {"Returns", "Yields"}
    for parameter in inspect.signature(function).parameters:
        assert re.search(rf"^[\w*, ]*\b{parameter}\b[\w*, ]*( :|$)", text, re.M), (
            f"{parameter} is not documented"
        )


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse(Path(textransfer.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    assert {node.names[0].name: node.module for node in imports} == textransfer._MODULE_OF


def test_unknown_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = textransfer.nonsense


def test_the_documents_import_nothing_deeper() -> None:
    for page in [*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md")]:
        deeper = re.findall(r"from (textransfer\.[\w.]+) import", page.read_text(encoding="utf-8"))
        assert not deeper, f"{page.name} imports {deeper[0]}"


def test_every_command_has_its_function() -> None:
    app = import_module("textransfer.cli.app").app
    functions = {
        "pretrain": "pretrain_vectors",
        "update": "update_vectors",
        "classify": "classify",
        "curve": "learning_curve",
        "experiment": "experiment",
        "predict": "save_predictions",
        "evaluate": "evaluate_classifier",
        "suggest": "suggest_texts",
        "fit-check": "check_fit",
        "advise": "advise",
        "neighbors": "WordVectors",
        "serve": "serve",
        "export": "export_model",
        "import": "import_vectors",
        "info": "describe",
        "demo": "run_demo",
    }
    assert {command.name for command in app.registered_commands} == set(functions)
    assert set(functions.values()) <= set(NAMES)
