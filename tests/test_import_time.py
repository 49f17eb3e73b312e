"""What ``import textransfer`` and ``--help`` load: neither torch nor numba, nor anything else heavy."""

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = (
    "torch",
    "numba",
    "triton",
    "sklearn",
    "scipy",
    "gensim",
    "matplotlib",
    "numpy",
    "pyarrow",
    "sudachipy",
    "starlette",
    "uvicorn",
)
COMMANDS = [
    "pretrain",
    "classify",
    "curve",
    "experiment",
    "predict",
    "suggest",
    "fit-check",
    "advise",
    "neighbors",
    "update",
    "serve",
    "demo",
]


def modules_after(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n' + ' '.join(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.splitlines()[-1].split())


def test_import_loads_nothing_heavy() -> None:
    assert not modules_after("import textransfer").intersection(HEAVY)


@pytest.mark.parametrize("arguments", [["--help"], *([command, "--help"] for command in COMMANDS)])
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "from textransfer.cli.app import main\n"
        f"sys.argv = ['textransfer', *{arguments!r}]\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert not done.code"
    )
    assert not modules_after(code).intersection(HEAVY)


def test_pretraining_loads_neither_torch_nor_scikit_learn(tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("a warm and funny film\na dull film\n" * 5)
    code = (
        "from textransfer.cli.app import main\n"
        f"sys.argv = ['textransfer', 'pretrain', {str(text)!r}, '-o', {str(tmp_path / 'vectors')!r}, '-q']\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert not done.code"
    )
    loaded = modules_after(code)
    assert "numba" in loaded
    assert not loaded.intersection(("torch", "sklearn", "scipy.special", "scipy.stats", "gensim"))


@pytest.mark.parametrize("command", ["classify", "advise"])
def test_few_labels_are_learned_without_torch(tmp_path: Path, command: str) -> None:
    reviews = Path(__file__).parent.parent / "corpora"
    vectors = tmp_path / "vectors.txt"
    words = ["film", "cast", "story", "music", "wonderful", "superb", "dull", "wooden", "predictable"]
    vectors.write_text("".join(f"{word} {place} {place % 3} 1\n" for place, word in enumerate(words)))
    options = ["--labeled", str(reviews / "few.csv"), "--embeddings", str(vectors), "--draws", "2"]
    if command == "classify":
        options += ["-o", str(tmp_path / "classifier")]
    code = (
        "from textransfer.cli.app import main\n"
        f"sys.argv = ['textransfer', {command!r}, *{options!r}]\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert not done.code"
    )
    assert not modules_after(code).intersection(("torch", "numba", "matplotlib", "pyarrow"))


@pytest.mark.parametrize("kind", ["classifier", "combined"])
def test_predicting_loads_numpy_alone(kind: str) -> None:
    folder = Path(__file__).parent / "golden" / "v1" / kind
    code = (
        "from textransfer.cli.app import main\n"
        f"sys.argv = ['textransfer', 'predict', 'a fine film', '--classifier', {str(folder)!r}]\n"
        "try:\n    main()\nexcept SystemExit as done:\n    assert not done.code"
    )
    loaded = modules_after(code)
    assert "numpy" in loaded
    assert not loaded.intersection(HEAVY) - {"numpy"}


def test_every_public_name_resolves() -> None:
    import textransfer

    for name in textransfer.__all__:
        assert getattr(textransfer, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = textransfer.nonsense
