"""An option that a message or a document names is one of the command that the reader is at."""

import ast
import io
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from cli.conftest import Run
from test_docs import ROOT

import textransfer
from textransfer import SentimentClassifier, WordVectors, read_labelled
from textransfer.cli.app import app
from textransfer.cli.console import with_options

PACKAGE = Path(textransfer.__file__).parent
PROGRAM = typer.main.get_group(app)
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
FOREIGN = {
    "--nproc-per-node",
    "--max-restarts",
    "--nnodes",
    "--rdzv-backend",
    "--rdzv-endpoint",
    "--node-rank",
    "--build-arg",
    "--user",
    "--data-binary",
    "--logdir",
}
"""Those of torchrun, docker, curl and tensorboard."""
EVERYWHERE = {"--help", "--version", "--install-completion", "--show-completion"}
CALLS = {
    "text/encoding": "training.run_training",
    "pretrain": "training.run_training",
    "cli/training.py": "training.run_training",
    "text/reading": "takes_data",
    "cli/data.py": "takes_data",
    "sentiment/sentences/seeds.py": "read_seed_words",
    "transfer/classification.py": r"\bclassify\(",
}
"""What the commands call that may show a message of a part of the library."""


def options_of(command: str) -> set[str]:
    parameters = PROGRAM.commands[command].params
    options = [one for one in parameters if isinstance(one, typer.core.TyperOption)]
    return {name for option in options for name in (*option.opts, *option.secondary_opts)} | EVERYWHERE


ALL = set.union(EVERYWHERE, *map(options_of, PROGRAM.commands))


def file_of(command: str) -> Path:
    names = {"import": "import_vectors"}  # a word of Python
    return PACKAGE / "cli" / f"{names.get(command, command).replace('-', '_')}.py"


def advice_in(text: str) -> Iterator[tuple[str | None, str]]:
    """Yield each option that a text names, with the command that is named before it in the same sentence."""
    for sentence in re.split(r"(?<=[.;])\s", text):
        for match in OPTION.finditer(sentence):
            named = re.findall(
                rf"(?<![\w-])({'|'.join(PROGRAM.commands)})(?![\w-])", sentence[: match.start()]
            )
            yield (named[-1] if named else None), match[0]


def strings_of(tree: ast.AST) -> Iterator[str]:
    """Yield the strings that a user may come to see: all but docstrings and parts of patterns."""
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(part.value if isinstance(part, ast.Constant) else "..." for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_pattern = node.value.endswith("-")
            if not is_pattern and id(node) not in inner | docstrings:
                yield node.value


def callers_of(function: str) -> list[str]:
    """Return the commands that call a function, or whose texts hold a pattern."""
    return [
        command
        for command in PROGRAM.commands
        if re.search(function, file_of(command).read_text(encoding="utf-8"))
    ]


SOURCES = sorted(
    path for path in PACKAGE.rglob("*.py") if OPTION.search(with_options(path.read_text(encoding="utf-8")))
)
NO_CALLERS = ("cli/", "report/", "serving/")
"""What Python callers never see, or only as pages and answers."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_library_names_parameters_to_python_callers(path: Path) -> None:
    if path.relative_to(PACKAGE).as_posix().startswith(NO_CALLERS):
        return
    for text in strings_of(ast.parse(path.read_text(encoding="utf-8"))):
        if not text.startswith("$ "):  # a command to type
            prose = re.sub(r"`textransfer [^`]*`", "", text)  # and others
            assert set(OPTION.findall(prose)) <= FOREIGN, text


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_options_that_the_sources_name_exist_where_they_are_shown(path: Path) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    if place.startswith("report/") or place == "cli/arguments.py":
        return  # custom properties of style sheets, and what begins like an option
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = [command for command in PROGRAM.commands if file_of(command) == path]
    for part, call in CALLS.items():
        if place.startswith(part):
            own = callers_of(call)
            assert own, f"no command calls {call}"
    parts = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    for name, node in parts.items() if place == "cli/files.py" else [("", tree)]:
        for text in map(with_options, strings_of(node)):
            check_advice(text, callers_of(name) if name else own)


def check_advice(text: str, own: list[str]) -> None:
    """Assert that the options a text names are those of the commands that may show it."""
    for named, option in advice_in(text):
        if option in FOREIGN or (named is not None and option in options_of(named)):
            continue
        assert option in ALL, f"{option} in {text!r}"
        for command in own:
            if is_about_labels(option) and not is_about_labels(*options_of(command)):
                continue  # said only where labels are read
            assert option in options_of(command), f"{option}, which {command} has not, in {text!r}"


def is_about_labels(*options: str) -> bool:
    return "--label-column" in options or "--test" in options or "--test-rows" in options


DOCUMENTS = [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_commands_in_the_documents_have_the_options_they_are_shown_with(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in re.findall(r"textransfer (\w[\w-]*[^`|#\n]*)", text):
        command, *words = line.split()
        if command in PROGRAM.commands:
            used = set(OPTION.findall(" ".join(words))) - FOREIGN
            assert used <= options_of(command), line
    if path.name not in ("benchmarks.md", "reliability.md"):  # which tell of scripts, too
        assert set(re.findall(rf"`({OPTION.pattern})[ `=]", text)) <= ALL | FOREIGN


FILES: dict[str, bytes] = {
    "columns.csv": b"body,stars\na film,5\n",
    "keys.jsonl": b'{"body": "a film", "stars": 5}\n',
    "few.csv": b"text,label\na fine film,good\na dull film,bad\na warm film,good\na cold film,bad\n",
    "fields.csv": b"text,label\na fine film,good\na dull, film,bad\n",
    "blank.txt": b"\n\n",
    "bytes.txt": b"a film\xff\xfe\x00\x01\x02",
    "one.csv": b"text,label\na film,good\na story,good\n",
}
INPUTS = {
    "pretrain": ["FILE", "-o", "new"],
    "update": ["FILE", "--embeddings", "vectors"],
    "classify": ["-l", "FILE", "-o", "new"],
    "curve": ["-l", "few.csv", "-t", "FILE", "-o", "new", "--budgets", "4"],
    "experiment": ["-l", "FILE", "-o", "new"],
    "predict": ["-i", "FILE"],
    "evaluate": ["-l", "FILE"],
    "suggest": ["FILE"],
    "fit-check": ["-l", "FILE"],
    "advise": ["-l", "FILE"],
    "neighbors": ["film"],
    "demo": ["-o", "few.csv"],
    "serve": ["FILE", "--port", "0"],
    "export": ["FILE", "--to", "glove", "-o", "new"],
    "import": ["FILE", "-o", "new"],
    "info": ["FILE"],
}


@pytest.fixture
def folder(tmp_path: Path, embeddings: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    shutil.copytree(embeddings, tmp_path / "vectors")  # some of the commands update it in place
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/mine").touch()
    vectors = WordVectors.load(embeddings)
    vectors.save_word2vec(tmp_path / "v.txt", binary=False)
    few = read_labelled(tmp_path / "few.csv")
    SentimentClassifier(vectors, epochs=2).fit(few.texts, few.labels).save(tmp_path / "classifier")
    return tmp_path


def faults_of(command: str) -> Iterator[list[str]]:
    """Yield lines that fail, each in another way."""
    for name in (*FILES, "nowhere.csv", "taken", "-"):
        yield [command, *(name if word == "FILE" else word for word in INPUTS[command])]
    right = [command, *("few.csv" if word == "FILE" else word for word in INPUTS[command])]
    if "--embeddings" in options_of(command) and command != "update":
        right += ["--embeddings", "v.txt"]
    taken = [word if word != "new" else "taken" for word in right]
    if "new" in right:
        taken = [word if word != "new" else "taken" for word in right]
        yield from (taken, [*taken, "--force"])
    for option, value in FAULTS:
        if option in options_of(command) - set(right):
            yield [*right, option, value]


FAULTS = [
    ("--encoding", "klingon"),
    ("--encoding", "utf-16"),
    ("--tokenizer", "subword"),
    ("--tokenizer", "japanese"),
    ("--rows", "900:"),
    ("--test", "columns.csv"),
    ("--test", "one.csv"),
    ("--test-rows", "1:"),
    ("--report", "taken"),
    ("--report", "taken.doc"),
    ("--report", "few.csv/r.html"),
    ("--curves", "taken.doc"),
    ("--output", "taken"),
    ("--output", "few.csv"),
    ("--seed-words", "good"),
    ("--delimiter", "ab"),
    ("--input-format", "odt"),
    ("--bad-rows", "eat"),
    ("--stop-words", "nowhere.txt"),
    ("--config", "few.csv"),
    ("--n-labels", "1"),
    ("--classifier", "taken"),
    ("--classifier", "vectors"),
]


@pytest.mark.parametrize("command", PROGRAM.commands)
def test_an_advised_option_is_one_of_the_command_that_advises_it(
    run: Run, folder: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_refused = 0
    for words in faults_of(command):
        if "-" in words:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(FILES["bytes.txt"])))
        outcome = run(*words)
        assert outcome.code in (0, 2), (words, outcome)
        n_refused += outcome.code == 2
        for named, option in advice_in(outcome.err):
            assert option in options_of(named or command), (words, outcome.err)
    assert n_refused
