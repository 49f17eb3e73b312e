"""Let the program work for hours; look whether its memory grows.

    python benchmarks/endurance.py unlabeled.txt.xz > docs/benchmarks/endurance.jsonl

Four parts, each in a process of its own, one after the other; ``--parts`` chooses some. "pretrain" trains
word vectors of the texts until it is stopped after ``--minutes``, and replaces its checkpoint every
half minute. "checkpoints" pretrains on the bundled reviews and writes a checkpoint after each epoch.
"predict" classifies a file of texts as a stream, each text with a word that was never seen before, and
"calls" as many from Python, ten a call. The memory of each process (resident, without what it maps of
files) is read again and again. Prints a JSON line a part: the work done, memory early (after a tenth of
the time) and at the end (both medians over a tenth of the time), the most, and twenty values on the way.
"""

import csv
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from arguments import make_parser
from records import print_line, print_setting

from textransfer import SentimentClassifier, load_classifier, pretrain_vectors, read_labelled
from textransfer.bundled import bundled_corpora
from textransfer.embeddings.formats.files import read_record
from textransfer.pretrain.progress import read_progress

PARTS = ("pretrain", "checkpoints", "predict", "calls")
WITHOUT_END = 10_000_000
TEXTS_A_CALL = 10
REVIEWS = bundled_corpora("en")


def main() -> None:
    """Run the parts, or (with --child) predict from Python."""
    if sys.argv[1:2] == ["--child"]:
        return call_again_and_again(Path(sys.argv[2]), int(sys.argv[3]))
    parser = make_parser(__doc__, "corpus", "--vector-size")
    parser.add_argument("--minutes", type=float, default=60.0, help="of pretraining")
    parser.add_argument("--checkpoints", type=int, default=10_000)
    parser.add_argument("--predictions", type=int, default=1_000_000)
    parser.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    arguments = parser.parse_args()
    print_setting(vector_size=arguments.vector_size)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in arguments.parts:
            if part == "pretrain":
                pretrain(arguments.corpus, arguments.vector_size, arguments.minutes, folder)
            elif part == "checkpoints":
                write_checkpoints(arguments.checkpoints, folder)
            else:
                classify(part, arguments.predictions, folder)


def pretrain(corpus: list[str], vector_size: int, minutes: float, folder: Path) -> None:
    """Train until it is stopped, with a checkpoint every half minute."""
    paths = [str(Path(path).resolve()) for path in corpus]
    options = ["--vector-size", vector_size, "--epochs", WITHOUT_END, "--checkpoint-every", 0.5]
    run = Run(folder, "pretrain", *paths, *options, "--n-jobs", 1, "--quiet", stop_after=60 * minutes)
    assert run.code == 130, f"it ended with {run.code}"
    done = read_progress(folder / "embeddings/progress.jsonl")[-1]
    assert read_record(folder / "embeddings.checkpoint/checkpoint.json")["training"] == done.to_dict()
    print_line(part="pretrain", epochs=done.epoch, words=done.n_tokens, pairs=done.n_pairs, **run.memory())


def write_checkpoints(number: int, folder: Path) -> None:
    """Train so many epochs on little text, with a checkpoint after each."""
    options = ["--vector-size", 20, "--epochs", number, "--checkpoint-every", 0, "--checkpoint-tokens", 1]
    output = ["-o", folder / "checked", "--n-jobs", 1, "--quiet"]
    run = Run(folder, "pretrain", REVIEWS / "unlabeled.txt", *options, *output, interval=1.0)
    assert run.code == 0, f"it ended with {run.code}"
    blocks = len(read_progress(folder / "checked/progress.jsonl"))
    print_line(part="checkpoints", checkpoints=blocks, **run.memory())


def classify(part: str, number: int, folder: Path) -> None:
    """Classify so many texts, each with a new word."""
    classifier = folder / "classifier"
    if not classifier.exists():
        vectors = pretrain_vectors(REVIEWS / "unlabeled.txt", ngrams="all")
        few = read_labelled(REVIEWS / "few.csv")
        SentimentClassifier(vectors).fit(few.texts, few.labels).save(classifier)
    if part == "calls":
        run = Run(folder, "--child", classifier, number, program=Path(__file__).resolve(), interval=1.0)
    else:
        texts, output = folder / "texts.txt", folder / "labelled.csv"
        with texts.open("w", encoding="utf-8") as file:
            file.writelines(f"{text}\n" for text in new_texts(number))
        options = ["--classifier", classifier, "--input", texts, "--output", output, "--quiet"]
        run = Run(folder, "predict", *options, interval=1.0)
        with output.open(encoding="utf-8-sig", newline="") as lines:
            assert sum(1 for _ in csv.reader(lines)) == number + 1
    assert run.code == 0, f"it ended with {run.code}"
    print_line(part=part, predictions=number, **run.memory())


def call_again_and_again(folder: Path, number: int) -> None:
    """Predict so many texts with a saved classifier, a few a call."""
    classifier = load_classifier(folder)
    texts = new_texts(number)
    while call := list(islice(texts, TEXTS_A_CALL)):
        assert len(classifier.predict_proba(call)) == len(call)


def new_texts(number: int) -> Iterator[str]:
    """Yield the held-out reviews again and again, each time with another word."""
    reviews = read_labelled(REVIEWS / "heldout.csv").texts
    for place, text in enumerate(islice(cycle(reviews), number)):
        yield f"{text} w{place}"


class Run:
    """A process from start to end, and the megabytes that it held on the way."""

    def __init__(
        self,
        folder: Path,
        *command: object,
        program: object = None,
        interval: float = 10.0,
        stop_after: float = float("inf"),
    ) -> None:
        start = [program] if program else ["-m", "textransfer"]
        started = time.monotonic()
        process = subprocess.Popen(
            list(map(str, [sys.executable, *start, *command])), cwd=folder, stdout=subprocess.DEVNULL
        )
        self._samples: list[float] = []
        status = Path(f"/proc/{process.pid}/status")
        while process.poll() is None:
            self._samples.append(megabytes(status.read_text(encoding="ascii")))
            if time.monotonic() - started > stop_after:
                process.send_signal(signal.SIGINT)
                break
            time.sleep(interval)
        self.code = process.wait()
        self._seconds = time.monotonic() - started

    def memory(self) -> dict[str, object]:
        """Return the seconds it took, and what became of its memory."""
        samples = [value for value in self._samples if value]
        tenth = max(len(samples) // 10, 1)
        early, late = statistics.median(samples[tenth : 2 * tenth]), statistics.median(samples[-tenth:])
        return {
            "seconds": round(self._seconds),
            "samples": len(samples),
            "early_mb": round(early, 1),
            "late_mb": round(late, 1),
            "most_mb": round(max(samples), 1),
            "on_the_way_mb": [round(samples[place * len(samples) // 20], 1) for place in range(20)],
        }


def megabytes(status: str) -> float:
    """Return the memory that a process holds for itself alone, of its status in /proc; 0 once it ended."""
    kilobytes = [int(line.split()[1]) for line in status.splitlines() if line.startswith("RssAnon:")]
    return sum(kilobytes) / 1000


if __name__ == "__main__":
    main()
