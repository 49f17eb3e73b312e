"""The layout as a test: layers import only lower layers, no module leads back to itself or keeps state."""

import ast
import re
import sys
import tomllib
from collections import Counter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from architecture import Module, circles, describe, import_graph, read_package, state_of

import textransfer

PACKAGE = Path(textransfer.__file__).parent
LAYERS = {
    "amounts": 0,
    "errors": 0,
    "extras": 0,
    "randomness": 0,
    "records": 0,
    "settings": 0,
    "storage": 0,
    "compiling": 0,
    "forking": 0,
    "caching": 0,
    "unfitted": 1,
    "documenting": 1,
    "peer_names": 0,
    "parallel": 1,
    "checks": 0,
    "bundled": 0,
    "version": 0,
    "config": 1,
    "formats": 0,
    "presets": 2,
    "text": 2,
    "embeddings": 3,
    "encoders": 3,
    "pretrain": 4,
    "sentiment": 4,
    "transfer": 5,
    "serving": 5,
    "skipgram": 5,
    "exchange": 5,
    "demo": 6,
    "report": 7,
    "cli": 8,
    "__main__": 9,
}
STRANGERS = [("pretrain", "sentiment"), ("sentiment", "pretrain"), ("transfer", "pretrain")]
LONGEST_MODULE = 400
STATE = {
    "textransfer.forking.spare_children_the_threads_of_torch": "Python keeps what is done after a fork",
    "textransfer.storage.writing._CLAIMS": "a save within a command works under the command's lock",
    "textransfer.text.encoding.compiled._function_words": "a table of a fixed list of words",
    "textransfer.text.encoding.letters.character_tables": "tables of Unicode, the same for every tokenizer",
    "textransfer.text.reading.plausibility._chances": "tables of fixed lists of characters",
    "textransfer.transfer.statistics.verdict.texts_needed": "a number that depends on its arguments alone",
}
"""What outlives a call, with the reason."""
MODULES = read_package(PACKAGE)
GRAPH = import_graph(MODULES)

every_module = pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)


def in_folder(pattern: str) -> list[str]:
    return [name for name, module in MODULES.items() if module.path.relative_to(PACKAGE).match(pattern)]


def layer_of(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


@every_module
def test_a_layer_imports_only_lower_layers(module: Module) -> None:
    own = layer_of(module.name)
    if not own:
        return  # the package itself resolves public names lazily
    for name, when in module.imports():
        if not name.startswith("textransfer"):
            continue
        other = layer_of(name)
        assert other in LAYERS, f"{name} has no layer: give it one in this test, or import it from its module"
        is_below = LAYERS[other] < LAYERS[own] or LAYERS[other] == 0
        assert other == own or is_below, f"{module.name} imports {name} ({when}), upwards"
        assert (own, other) not in STRANGERS, f"{own} and {other} meet in WordVectors only"


def test_no_modules_import_each_other_in_a_circle() -> None:
    messages = [describe(circle, GRAPH) for circle in circles(GRAPH)]
    assert not messages, "modules import each other in a circle:\n" + "\n\n".join(messages)


def test_a_module_keeps_no_state_but_what_is_named() -> None:
    state = {f"{name}.{kept}" for name, module in MODULES.items() for kept in state_of(module)}
    assert not state - set(STATE), (
        "state that outlives a call: pass it on as a value, or name the reason above"
    )
    assert not set(STATE) - state, "no longer there: take it off the list"


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = project["dependencies"] + sum(project["optional-dependencies"].values(), [])
    declared = {re.split(r"[\[<>=; ]", line)[0].lower().replace("-", "_") for line in required}
    packages = packages_distributions()
    for name, module in MODULES.items():
        for target in {imported.name.split(".")[0] for imported in module.imports()}:
            if target == "textransfer" or target in sys.stdlib_module_names:
                continue
            bringing = {package.lower().replace("-", "_") for package in packages.get(target, [target])}
            assert bringing & declared, f"{name} imports {target}, which pyproject.toml does not name"


@pytest.mark.parametrize("name", in_folder("**/kernels/*.py"))
def test_kernels_import_numpy_and_their_compiler_alone(name: str) -> None:
    own = name.partition(".kernels")[0] + ".kernels"
    for target, _ in MODULES[name].imports():
        allowed = (
            "numpy",
            "numba",
            "llvmlite",
            "textransfer.compiling",
            own,
            "typing",
            "collections",
            "operator",
        )
        assert target.startswith(allowed), f"{name} imports {target}"


@pytest.mark.parametrize("name", in_folder("pretrain/triton_kernels/*.py"))
def test_triton_kernels_import_their_compiler_alone(name: str) -> None:
    for target, _ in MODULES[name].imports():
        allowed = ("triton", "textransfer.pretrain.triton_kernels")
        assert target.startswith(allowed), f"{name} imports {target}"


@every_module
def test_every_module_says_what_it_is_for_and_stays_small(module: Module) -> None:
    assert ast.get_docstring(module.tree), f"{module.name} has no docstring"
    assert len(module.path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    assert module.path.stem not in ("utils", "common", "helpers", "misc")


@every_module
def test_only_the_command_line_prints_and_nothing_is_pickled(module: Module) -> None:
    calls = {
        node.func.id
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    if layer_of(module.name) != "cli":
        assert "print" not in calls
    assert not calls & {"eval", "exec"}
    assert not any(name.split(".")[0] in ("pickle", "dill") for name, _ in module.imports())


class TestOnAPackageMadeUp:
    """The checks above can fail."""

    @pytest.fixture
    def modules(self, tmp_path: Path) -> dict[str, Module]:
        sources = {
            "__init__.py": "from made.one import One\n",
            "one.py": "import made.two\n",
            "two.py": "def late():\n    from made.one import One\n",
            "three.py": "import typing\nif typing.TYPE_CHECKING:\n    from made.four import Four\n",
            "four.py": "from made import three\n",
            "inner/__init__.py": "from made.inner.leaf import leaf\n",
            "inner/leaf.py": "from made.outer import outer\n",
            "inner/plain.py": "",
            "outer.py": "class Outer:\n    def late(self):\n        from made.inner.plain import plain\n",
            "alone.py": "import made.one, made.outer\nfrom made.inner import plain\n",
            "state.py": (
                "from functools import cache\nfrom weakref import WeakKeyDictionary\n"
                "TABLE = {1: 2}\nNAMES: list[str] = []\nSEEN = {0}\nKNOWN = WeakKeyDictionary()\nN = 0\n"
                "class Held:\n    all = []\n"
                "def see(i):\n    global N\n    N += 1\n    SEEN.add(TABLE[i])\n"
                "@cache\ndef twice(i):\n    return 2 * i\n"
            ),
        }
        for name, source in sources.items():
            path = tmp_path / "made" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source, encoding="utf-8")
        return read_package(tmp_path / "made")

    def test_every_kind_of_circle_is_found(self, modules: dict[str, Module]) -> None:
        graph = import_graph(modules)
        found = {tuple(sorted(circle)) for circle in circles(graph)}
        assert found == {
            ("made.one", "made.two"),
            ("made.four", "made.three"),
            ("made.inner", "made.inner.leaf", "made.outer"),
        }
        assert describe({"made.one", "made.two"}, graph) == (
            "  made.one imports made.two (at import)\n  made.two imports made.one (in a function)"
        )
        assert "made.three imports made.four (for types)" in describe({"made.three", "made.four"}, graph)

    def test_every_kind_of_state_is_found(self, modules: dict[str, Module]) -> None:
        assert state_of(modules["made.state"]) == {"NAMES", "SEEN", "KNOWN", "N", "all", "twice"}
        assert not state_of(modules["made.one"])


def test_no_two_test_files_have_one_name() -> None:
    """Without packages pytest takes the second for the first, and stops."""
    names = Counter(path.name for path in Path(__file__).parent.rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
