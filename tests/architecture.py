"""Reads a package's imports and its state from its source, without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

AT_IMPORT, IN_FUNCTION, FOR_TYPES = "at import", "in a function", "for types"

CONTAINERS = {"ContextVar", "Counter", "WeakKeyDictionary", "WeakSet", "WeakValueDictionary", "defaultdict"}
CONTAINERS |= {"deque", "dict", "list", "local", "set"}
"""What is made to be filled, if a module holds one."""
CHANGES = {"add", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "remove"}
CHANGES |= {"setdefault", "update"}
"""Methods that change a container."""


class Import(NamedTuple):
    """A full name that a module imports, and when: `AT_IMPORT`, `IN_FUNCTION` or `FOR_TYPES`."""

    name: str
    when: str


@dataclass(frozen=True)
class Module:
    """A module of a package, by its full name."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        return self.path.stem == "__init__"

    def imports(self) -> list[Import]:
        return list(_imports(self.tree, AT_IMPORT))


def read_package(folder: Path) -> dict[str, Module]:
    """Return the modules of a package by name, its data folders left out."""
    modules = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        if "corpora" not in parts:
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            modules[name] = Module(name, path, ast.parse(path.read_text(encoding="utf-8")))
    return modules


def _imports(node: ast.AST, when: str) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, when) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, f"line {node.lineno} has a relative import"
        yield from (Import(f"{node.module}.{alias.name}", when) for alias in node.names)
    elif isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
        for child in node.body:
            yield from _imports(child, FOR_TYPES)
        for child in node.orelse:
            yield from _imports(child, when)
        return
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        when = IN_FUNCTION
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, when)


def import_graph(modules: dict[str, Module]) -> dict[str, dict[str, str]]:
    """Return, for each module, the others that it imports and when, at its earliest.

    The front door of the package (its `__init__`) is left out: it names what lies behind it. A sub-package's
    `__init__` counts for whoever imports anything of it from outside.
    """
    graph: dict[str, dict[str, str]] = {name: {} for name in modules if "." in name}
    for name, importer in modules.items():
        for target, when in importer.imports() if name in graph else ():
            for other in _ancestors(target):
                is_own_package = name.startswith(f"{other}.")
                if other in graph and other != name and not (is_own_package and other != target):
                    graph[name].setdefault(other, when)
                    if when == AT_IMPORT:
                        graph[name][other] = when
    return graph


def _ancestors(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]


def circles(graph: dict[str, dict[str, str]]) -> list[set[str]]:
    """Return the sets of two and more modules that all lead to each other."""
    reach = {name: _reachable(graph, name) for name in graph}
    found = []
    for name in graph:
        circle = {other for other in reach[name] if name in reach[other]}
        if circle and circle not in found:
            found.append(circle)
    return found


def _reachable(graph: dict[str, dict[str, str]], start: str) -> set[str]:
    seen: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += graph[name]
    return seen


def describe(circle: set[str], graph: dict[str, dict[str, str]]) -> str:
    """Return the imports that close a circle, a line each."""
    return "\n".join(
        f"  {name} imports {other} ({when})"
        for name in sorted(circle)
        for other, when in sorted(graph[name].items())
        if other in circle
    )


def state_of(module: Module) -> set[str]:
    """Return what outlives a call in a module: names of containers, cached functions, global variables.

    A container counts if it starts empty, or is changed anywhere in the module; tables that stay as they are
    written do not.
    """
    changed = set(_changed(module.tree))
    state = set()
    for name, value in _assignments(module.tree.body):
        is_table = isinstance(
            value, ast.Dict | ast.List | ast.Set | ast.DictComp | ast.ListComp | ast.SetComp
        )
        is_empty = isinstance(value, ast.Dict | ast.List) and not ast.unparse(value).strip("[]{}")
        is_made = isinstance(value, ast.Call) and _last_name(value.func) in CONTAINERS
        if is_empty or is_made or (is_table and name in changed):
            state.add(name)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Global):
            state.update(node.names)
        elif isinstance(node, ast.FunctionDef):
            decorators = [item.func if isinstance(item, ast.Call) else item for item in node.decorator_list]
            if {_last_name(decorator) for decorator in decorators} & {"cache", "lru_cache"}:
                state.add(node.name)
    return state


def _assignments(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that a module or a class in it assigns, with their values."""
    for node in body:
        if isinstance(node, ast.ClassDef | ast.If | ast.Try):
            yield from _assignments(node.body)
        elif isinstance(node, ast.Assign):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            yield node.target.id, node.value


def _changed(tree: ast.Module) -> Iterator[str]:
    """Yield the names of which an item is set or deleted, or a changing method is called."""
    for node in ast.walk(tree):
        is_item = isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load)
        if is_item or (isinstance(node, ast.Attribute) and node.attr in CHANGES):
            yield _last_name(node.value)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
