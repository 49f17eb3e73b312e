"""How long whole commands take, start included, and how much processor time: with few labels and little text.

    python benchmarks/commands.py embeddings --labeled train.csv --texts reviews.txt > commands.jsonl

Of the labelled texts 32 and 8 are drawn, as many of each class. Predicted are one text, all texts 32 times
over, and all pieces of a dozen words of the texts, eight times over: what takes longer than one text is the
rate without the start. With vectors of IMDb, its labelled reviews, and 4,000 reviews, a line each, it takes
three minutes.
"""

import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from arguments import make_parser
from records import print_line, print_setting, spread

from textransfer.bundled import bundled_corpora
from textransfer.text.reading.labelled import LabelledTexts, read_labelled
from textransfer.transfer.comparing.splits import few_shot_draws

TIMES_OVER, PIECES_TIMES_OVER = 32, 8
WORDS_OF_A_PIECE = 12


def main() -> None:
    """Run the benchmark."""
    parser = make_parser(__doc__, "embeddings", "--labeled", "--repeats", repeats=5)
    parser.add_argument("--texts", type=Path, required=True, help="texts to classify, a line each")
    arguments = parser.parse_args()
    texts = arguments.texts.read_text(encoding="utf-8").splitlines()
    print_setting(
        n_texts=len(texts), words_a_text=round(sum(len(text.split()) for text in texts) / len(texts))
    )
    labelled = read_labelled(arguments.labeled)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {n: few(labelled, n, folder / f"few{n}.csv") for n in (32, 8)}
        commands = with_few_labels(arguments.embeddings, files, arguments.texts, folder)
        inputs = {
            "one text": lines(texts[:1], folder / "one.txt"),
            "long texts": lines(texts * TIMES_OVER, folder / "long.txt"),
            "short texts": lines(pieces(texts) * PIECES_TIMES_OVER, folder / "short.txt"),
        }
        answer = ["predict", "--classifier", folder / "classifier32", "-o", folder / "p.csv", "--force", "-i"]
        commands |= {f"predict {name}": [*answer, path] for name, path in inputs.items()}
        runs: dict[str, list[tuple[float, float]]] = {command: [] for command in commands}
        for number in range(arguments.repeats + 1):
            for command, options in commands.items():
                seconds, processor = run(options)
                if number:  # the first ones compile, and warm the file cache
                    runs[command].append((seconds, processor))
                    print_line(kind="run", command=command, seconds=seconds, processor_seconds=processor)
        sizes = {f"predict {name}": path.read_bytes().count(b"\n") for name, path in inputs.items()}
    starts = [seconds for seconds, _ in runs["predict one text"]]
    for command, measured in runs.items():
        print_line(kind="summary", **summary(command, measured, sizes.get(command, 1), median(starts)))


def few(labelled: LabelledTexts, n: int, path: Path) -> Path:
    """Write n labelled texts, as many of each class."""
    chosen = labelled.take(few_shot_draws(labelled.labels, n, 1, 0)[0])
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *zip(chosen.texts, chosen.labels, strict=True)])
    return path


def lines(texts: list[str], path: Path) -> Path:
    """Write texts, a line each."""
    path.write_text("".join(text + "\n" for text in texts), encoding="utf-8")
    return path


def pieces(texts: list[str]) -> list[str]:
    """Cut texts into pieces of a dozen words."""
    cut = []
    for text in texts:
        words = text.split()
        cut += [" ".join(words[at : at + WORDS_OF_A_PIECE]) for at in range(0, len(words), WORDS_OF_A_PIECE)]
    return cut


def with_few_labels(
    embeddings: str, files: dict[int, Path], texts: Path, folder: Path
) -> dict[str, list[object]]:
    """Return the commands that someone with few labels gives, by name."""
    options = ["--embeddings", embeddings]
    commands: dict[str, list[object]] = {
        f"classify with {n} labels": [
            "classify", "--labeled", path, *options, "-o", folder / f"classifier{n}", "--force"
        ]
        for n, path in files.items()
    }  # fmt: skip
    bundled = bundled_corpora("en") / "unlabeled.txt"
    commands["pretrain on the bundled reviews"] = ["pretrain", bundled, "-o", folder / "vectors", "--force"]
    for name in ("fit-check", "advise"):
        commands[f"{name} with 32 labels"] = [name, "--labeled", files[32], *options]
    saved = ["-o", folder / "next.csv", "--force"]
    commands["suggest the first labels"] = ["suggest", texts, *options, *saved]
    beside = ["--classifier", folder / "classifier32", "--labeled", files[32]]
    commands["suggest further labels"] = ["suggest", texts, *beside, *saved]
    return commands


def summary(command: str, runs: list[tuple[float, float]], n_texts: int, start: float) -> dict[str, object]:
    """Return median and spread of a command, and the rates of one that predicts several texts."""
    seconds, processor = zip(*runs, strict=True)
    said = {"command": command, "seconds": spread(seconds, 2), "processor_seconds": spread(processor, 2)}
    if n_texts > 1:
        said |= {
            "n_texts": n_texts,
            "texts_a_second": spread((n_texts / own for own in seconds), 0),
            "texts_a_second_without_start": spread((n_texts / max(own - start, 1e-3) for own in seconds), 0),
            "most_megabytes_of_any_command": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        }
    return said


def run(arguments: list[object]) -> tuple[float, float]:
    """Run a command to its end; return its seconds, and those of processors."""
    command = [sys.executable, "-m", "textransfer", *map(str, arguments)]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return round(seconds, 2), round(usage.ru_utime + usage.ru_stime, 2)


if __name__ == "__main__":
    main()
