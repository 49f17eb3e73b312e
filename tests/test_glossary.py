"""One name for one thing: words that tell nothing are no names, and parts of the package have one name."""

import ast
import io
import re
import tokenize
from collections import Counter
from pathlib import Path

import pytest

import textransfer

PACKAGE = Path(textransfer.__file__).parent
ROOT = PACKAGE.parent
EMPTY_NAMES = {"found", "one", "given", "others"}
"""English words that hold a place; a noun tells more: predictions, interval, arguments, rivals."""
OTHER_WORDS = re.compile(r"\b(rooms?|floors?)\b", re.IGNORECASE)
"""Not said of the package: module, layer."""
LAYERS = ["ground", *sorted(path.name for path in PACKAGE.iterdir() if list(path.glob("*.py")))]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*/README.md")]


def sources(layer: str) -> list[Path]:
    return sorted(PACKAGE.glob("*.py") if layer == "ground" else (PACKAGE / layer).rglob("*.py"))


def names_in(tree: ast.AST) -> list[str]:
    """Return the names that are given to variables, parameters, functions and classes."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.append(node.id)
        elif isinstance(node, ast.arg):
            names.append(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
    return names


def words_for_readers(source: str) -> str:
    """Return the docstrings and comments of a module."""
    texts = [
        token.string
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            texts.append(str(node.value.value))
    return "\n".join(texts)


@pytest.mark.parametrize("layer", LAYERS)
def test_names_tell_what_they_hold(layer: str) -> None:
    uses = Counter(
        (path.relative_to(PACKAGE).as_posix(), name)
        for path in sources(layer)
        for name in names_in(ast.parse(path.read_text(encoding="utf-8")))
        if name in EMPTY_NAMES
    )
    assert not uses, uses.most_common()


@pytest.mark.parametrize("layer", LAYERS)
def test_docstrings_and_comments_say_module_and_layer(layer: str) -> None:
    for path in sources(layer):
        words = OTHER_WORDS.findall(words_for_readers(path.read_text(encoding="utf-8")))
        assert not words, f"{path.relative_to(PACKAGE)} says {', '.join(words)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_documents_say_module_and_layer(page: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    assert not OTHER_WORDS.findall(prose)
