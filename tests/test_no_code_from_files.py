"""Nothing in the package opens what can run a program."""

import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "textransfer"
WAYS_IN = re.compile(
    r"^\s*(?:import|from)\s+(?:pickle|_pickle|cPickle|cloudpickle|dill|marshal|shelve|runpy|subprocess)\b"
    r"|(?<![\w.])(?:eval|exec|__import__)\(|\b(?:yaml|torch|joblib|jsonpickle)\.load\(|\bos\.(?:system|popen)\("
    r"|allow_pickle\s*=\s*True|trust_remote_code\s*=\s*True|weights_only\s*=\s*False",
    re.MULTILINE,
)
WRITES_PICKLES = {"embeddings/keyed.py"}
"""It writes what gensim opens; nothing reads it here."""


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_no_module_has_a_way_in(path: Path) -> None:
    ways = [match[0].strip() for match in WAYS_IN.finditer(path.read_text(encoding="utf-8"))]
    if str(path.relative_to(PACKAGE)) in WRITES_PICKLES:
        ways = [way for way in ways if "pickle" not in way]
    assert not ways


@pytest.mark.parametrize(
    "line", ["import pickle", "x = eval(y)", "torch.load(p)", "np.load(p, allow_pickle=True)"]
)
def test_the_search_finds_ways_in(line: str) -> None:
    assert WAYS_IN.search(line)
