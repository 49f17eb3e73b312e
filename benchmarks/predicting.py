"""A small installation that predicts: its size, one prediction from a cold start, and texts a second.

    python benchmarks/predicting.py --classifier imdb --classifier other > docs/benchmarks/predicting.jsonl
    python benchmarks/predicting.py --classifier imdb --texts test.csv > docs/benchmarks/answering.jsonl

Makes a virtual environment of its own with textransfer without its dependencies, and with
requirements/predict.txt. The first command lets it and the Python that runs this in turn run
`textransfer predict "..."`, start included; both must print the same. The second compares them from Python,
on labelled texts, with fastText's classifier, trained on these texts, and with model2vec over the vectors of
the same classifier (`textransfer export --to model2vec`), in environments of their own: it encodes and does
not classify. Counted is processor time, which other programs on the machine hardly change, and the largest
memory of a process. One thread each.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arguments import make_parser
from records import print_line, print_setting, spread

from textransfer.text.reading.labelled import LabelledTexts, read_labelled

ROOT = Path(__file__).resolve().parent.parent
TEXT = "A gripping drama with a wonderful cast, though not without dull moments."
COMMAND = ("-m", "textransfer", "predict", TEXT, "--explain", "3", "--classifier")
TOOLS = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "wheel")
"""Of a virtual environment, no part of the installation."""
MOST_TEXTS = 2000
LOADING = {
    "textransfer": "import textransfer\nanswer = textransfer.load_classifier(sys.argv[1]).predict",
    "fastText": "import fasttext\nanswer = fasttext.load_model(sys.argv[1]).predict",
    "model2vec": "import model2vec\nanswer = model2vec.StaticModel.from_pretrained(sys.argv[1]).encode",
}
ASKING = """
import json, sys, time
{loading}
texts = json.load(sys.stdin)
answer(texts)
started = time.process_time()
if len(texts) > 1:
    answer(texts)
print(len(texts) / max(time.process_time() - started, 1e-9))
"""


@dataclass(frozen=True)
class System:
    """A program that answers texts: its Python, what it loads, and the place of its packages."""

    name: str
    python: list[str]
    loading: str
    model: Path
    size: dict[str, Any]


def main() -> None:
    """Install, measure and print."""
    parser = make_parser(__doc__, "--repeats", repeats=7)
    parser.add_argument("--classifier", action="append", type=Path, required=True, help="saved classifier")
    parser.add_argument("--texts", nargs="+", help="labelled texts to answer, beside peers")
    parser.add_argument("--constraints", type=Path, default=ROOT / "constraints.txt")
    arguments = parser.parse_args()
    os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        small = environment(folder / "small", arguments.constraints, ROOT)
        if arguments.texts is None:
            print_setting(repeats=arguments.repeats)
            print_line(kind="size", **sizes(small))
            for classifier in arguments.classifier:
                compare_starts(classifier, small, arguments.repeats)
            return
        labelled = read_labelled(arguments.texts)
        texts = [" ".join(text.split()) for text in labelled.texts[:MOST_TEXTS]]
        print_setting(n_texts=len(texts), repeats=arguments.repeats)
        systems = with_peers(arguments.classifier[0], small, labelled, folder, arguments.constraints)
        compare_systems(systems, texts, arguments.repeats)


def environment(place: Path, constraints: Path, *needed: str | Path) -> Path:
    """Make an environment with some packages, textransfer for predicting alone, and return its Python."""
    venv.create(place, with_pip=True)
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    for package in needed:
        run([*install, "--no-deps" if package == ROOT else "--prefer-binary", "-c", constraints, package])
    if ROOT in needed:
        run([*install, "--constraint", constraints, "--requirement", ROOT / "requirements" / "predict.txt"])
    return python


def sizes(python: Path) -> dict[str, Any]:
    """Return what an environment takes on disk, in millions of bytes, and its packages."""
    packages = next((python.parent.parent / "lib").glob("python*/site-packages"))
    size: dict[str, int] = {}
    for path in packages.rglob("*"):
        name = path.relative_to(packages).parts[0]
        if path.is_file() and not name.startswith(TOOLS):
            size[name] = size.get(name, 0) + path.stat().st_size
    own = sum(size[name] for name in size if name.startswith("textransfer"))
    return {
        "megabytes": round(sum(size.values()) / 1e6),
        "megabytes_of_textransfer": round(own / 1e6, 1),
        "n_packages": len(list(packages.glob("*.dist-info"))) - 2,
    }


def compare_starts(classifier: Path, small: Path, n: int) -> None:
    """Predict by command with each installation in turn, n times after one that warms the file cache."""
    pythons = {"small": [str(small), "-I"], "whole": [sys.executable]}
    commands = {name: [*python, *COMMAND, str(classifier.resolve())] for name, python in pythons.items()}
    answers = {name: measured(command)[0] for name, command in commands.items()}
    if len(set(answers.values())) > 1:
        raise SystemExit(f"the installations answer differently: {answers}")
    runs = {name: [] for name in commands}
    for _ in range(n):
        for name, command in commands.items():
            runs[name].append(measured(command)[1:])
    for name, figures in runs.items():
        print_line(kind="start", classifier=classifier.name, installation=name, **summary(figures))


def with_peers(
    classifier: Path, small: Path, labelled: LabelledTexts, folder: Path, constraints: Path
) -> list[System]:
    """Return textransfer in both installations, and peers with models for the same texts."""
    own = "textransfer"
    export = ["export", classifier.resolve(), "--to", "model2vec", "--output", folder / "model2vec"]
    run([sys.executable, "-m", "textransfer", *export, "--quiet"])
    peers = {"fastText": "fasttext-wheel", "model2vec": "model2vec"}
    pythons = {
        name: environment(folder / f"{name}-env", constraints, *[package]) for name, package in peers.items()
    }
    lines = [
        f"__label__{label} {' '.join(text.split())}\n"
        for text, label in zip(labelled.texts, labelled.labels, strict=True)
    ]
    (folder / "labelled.txt").write_text("".join(lines), encoding="utf-8")
    code = (
        "import fasttext, sys\n"
        "fasttext.train_supervised(sys.argv[1], lr=1.0, epoch=25, dim=200, wordNgrams=2, thread=1, verbose=0)"
        ".save_model(sys.argv[2])"
    )
    run([pythons["fastText"], "-I", "-c", code, folder / "labelled.txt", folder / "fasttext.bin"])
    return [
        System("textransfer, small installation", [str(small), "-I"], LOADING[own], classifier, sizes(small)),
        System("textransfer, whole installation", [sys.executable], LOADING[own], classifier, {}),
        *(
            System(name, [str(python), "-I"], LOADING[name], folder / model, sizes(python))
            for (name, python), model in zip(pythons.items(), ("fasttext.bin", "model2vec"), strict=True)
        ),
    ]


def compare_systems(systems: list[System], texts: list[str], n: int) -> None:
    """Let all answer one text from a cold start, and all texts, in turn."""
    starts: dict[str, list[tuple[float, int]]] = {system.name: [] for system in systems}
    rates: dict[str, list[float]] = {system.name: [] for system in systems}
    for number in range(n + 1):
        for system in systems:
            code = ASKING.format(loading=system.loading)
            command = [*system.python, "-c", code, str(system.model.resolve())]
            start, rate = (measured(command, json.dumps(part)) for part in (texts[:1], texts))
            if number:  # the first ones warm the file cache, and compile
                starts[system.name].append(start[1:])
                rates[system.name].append(float(rate[0]))
    for system in systems:
        figures = {"texts_a_second": spread(rates[system.name], 0), **summary(starts[system.name])}
        print_line(kind="peer", system=system.name, megabytes=system.size.get("megabytes"), **figures)


def summary(figures: list[tuple[float, int]]) -> dict[str, Any]:
    """Return the processor time and the largest memory of some runs."""
    seconds, memory = zip(*figures, strict=True)
    return {"processor_seconds": spread(seconds, 2), "megabytes_in_memory": max(memory)}


def measured(command: list[str], said: str = "") -> tuple[str, float, int]:
    """Return what a fresh process prints, its processor time, and its largest memory in megabytes."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as file:
        file.write(said)
        file.seek(0)
        process = subprocess.Popen(
            command, stdin=file, stdout=subprocess.PIPE, text=True, cwd=tempfile.gettempdir()
        )
        assert process.stdout is not None
        printed = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command[0]} ended with {process.returncode}")
    return printed, usage.ru_utime + usage.ru_stime, round(usage.ru_maxrss / 1e3)


def run(command: list[Any]) -> None:
    """Run a command, its output to the standard error."""
    subprocess.run([str(part) for part in command], check=True, stdout=sys.stderr)


if __name__ == "__main__":
    main()
