"""A small installation that predicts: its size, and what one prediction costs from a cold start.

    python benchmarks/predicting.py --classifier imdb --classifier other > docs/benchmarks/predicting.jsonl

Makes a virtual environment of its own, installs textransfer without its dependencies and
requirements/predict.txt, and lets it and the Python that runs this in turn predict one text: `textransfer
predict "..."`, start included. Both must print the same. Counted is processor time, which other programs on
the machine hardly change, and the largest memory of the process.
"""

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from arguments import make_parser
from records import print_line, print_setting, spread

ROOT = Path(__file__).resolve().parent.parent
TEXT = "A gripping drama with a wonderful cast, though not without dull moments."
ARGUMENTS = ("-m", "textransfer", "predict", TEXT, "--explain", "3", "--classifier")
TOOLS = ("pip", "setuptools", "pkg_resources", "_distutils_hack", "wheel")
"""Of a virtual environment, no part of the installation."""


def main() -> None:
    """Install, measure and print."""
    parser = make_parser(__doc__, "--repeats", repeats=7)
    parser.add_argument("--classifier", action="append", type=Path, required=True, help="saved classifier")
    parser.add_argument("--constraints", type=Path, default=ROOT / "constraints.txt")
    arguments = parser.parse_args()
    print_setting(repeats=arguments.repeats)
    with tempfile.TemporaryDirectory() as folder:
        small = installed(Path(folder) / "small", arguments.constraints)
        print_line(kind="size", **sizes(small))
        for classifier in arguments.classifier:
            pythons = {"small": [str(small), "-I"], "whole": [sys.executable]}
            figures = compared(classifier, pythons, arguments.repeats)
            for name, numbers in figures.items():
                print_line(kind="start", classifier=classifier.name, installation=name, **numbers)


def installed(place: Path, constraints: Path) -> Path:
    """Make an environment that can predict, and return its Python."""
    venv.create(place, with_pip=True)
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run([*install, "--no-deps", ROOT])
    run([*install, "--constraint", constraints, "--requirement", ROOT / "requirements" / "predict.txt"])
    return python


def sizes(python: Path) -> dict[str, object]:
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


def compared(classifier: Path, pythons: dict[str, list[str]], n: int) -> dict[str, dict[str, object]]:
    """Predict with each Python in turn, n times after one that warms the file cache; all must agree."""
    seconds: dict[str, list[float]] = {name: [] for name in pythons}
    memory: dict[str, int] = {}
    answers = {name: predicted(python, classifier)[0] for name, python in pythons.items()}
    if len(set(answers.values())) > 1:
        raise SystemExit(f"the installations answer differently: {answers}")
    for _ in range(n):
        for name, python in pythons.items():
            _, processor, largest = predicted(python, classifier)
            seconds[name].append(processor)
            memory[name] = max(memory.get(name, 0), largest)
    return {
        name: {"processor_seconds": spread(seconds[name], 2), "megabytes_in_memory": memory[name]}
        for name in pythons
    }


def predicted(python: list[str], classifier: Path) -> tuple[str, float, int]:
    """Return what a fresh process prints, its processor time, and its largest memory in megabytes."""
    command = [*python, *ARGUMENTS, str(classifier.resolve())]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tempfile.gettempdir())
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{python[0]} ended with {process.returncode}")
    return printed, usage.ru_utime + usage.ru_stime, round(usage.ru_maxrss / 1e3)


def run(command: list[object]) -> None:
    """Run a command, its output to the standard error."""
    subprocess.run([str(part) for part in command], check=True, stdout=sys.stderr)


if __name__ == "__main__":
    main()
