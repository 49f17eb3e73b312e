"""The layout as a test: a floor imports only lower floors, kernels nothing, and nobody the command line."""

import ast
from pathlib import Path

import pytest

import textransfer

PACKAGE = Path(textransfer.__file__).parent
FLOORS = {
    "errors": 0,
    "extras": 0,
    "randomness": 0,
    "storage": 0,
    "checks": 0,
    "bundled": 0,
    "config": 1,
    "presets": 2,
    "text": 2,
    "embeddings": 3,
    "pretrain": 4,
    "sentiment": 4,
    "transfer": 5,
    "report": 6,
    "serve": 6,
    "cli": 7,
    "__main__": 8,
}
STRANGERS = [("pretrain", "sentiment"), ("sentiment", "pretrain"), ("transfer", "pretrain")]
LONGEST_ROOM = 400
ROOMS = sorted(path for path in PACKAGE.rglob("*.py") if "corpora" not in path.parts)


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> list[str]:
    """Return the full names of the modules that a room imports, anywhere in it."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


def floor_of(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("path", ROOMS, ids=name_of)
def test_a_floor_imports_only_lower_floors(path: Path) -> None:
    own = floor_of(name_of(path))
    if not own:
        return  # the package itself resolves public names lazily
    for module in imports_of(path):
        if not module.startswith("textransfer.") or module == "textransfer.__version__":
            continue
        other = floor_of(module)
        assert other in FLOORS, f"{other} has no floor yet: give it one in this test"
        is_below = FLOORS[other] < FLOORS[own] or FLOORS[other] == 0
        assert other == own or is_below, f"{name_of(path)} imports {module}, upwards"
        assert (own, other) not in STRANGERS, f"{own} and {other} meet in WordVectors only"


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*/kernels/*.py")), ids=name_of)
def test_kernels_import_numpy_and_their_compiler_alone(path: Path) -> None:
    for module in imports_of(path):
        own = name_of(path).partition(".kernels")[0] + ".kernels"
        allowed = ("numpy", "numba", "llvmlite", own, "typing", "collections", "operator")
        assert module.startswith(allowed), f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", sorted((PACKAGE / "pretrain/triton_kernels").glob("*.py")), ids=name_of)
def test_triton_kernels_import_their_compiler_alone(path: Path) -> None:
    for module in imports_of(path):
        allowed = ("triton", "textransfer.pretrain.triton_kernels")
        assert module.startswith(allowed), f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", ROOMS, ids=name_of)
def test_every_room_says_what_it_is_for_and_stays_small(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(source))
    assert docstring, f"{name_of(path)} has no docstring"
    assert len(source.splitlines()) <= LONGEST_ROOM
    assert path.stem not in ("utils", "common", "helpers", "misc")


@pytest.mark.parametrize("path", ROOMS, ids=name_of)
def test_only_the_command_line_prints_and_nothing_is_pickled(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    if floor_of(name_of(path)) != "cli":
        assert "print" not in calls
    assert not calls & {"eval", "exec"}
    assert not any(module.split(".")[0] in ("pickle", "dill", "joblib.dump") for module in imports_of(path))
