"""Many texts labelled from a file to a file, beside fastText, model2vec and TF-IDF with logistic regression.

    python benchmarks/streaming.py --classifier imdb --labeled train.csv --texts reviews.txt > streaming.jsonl

Each program reads a file of a text a line as a stream, and writes a label and its probability for each, in
a process of its own, in turn. textransfer is the command `predict`. The others are trained on the labelled
texts before: fastText with words and pairs; logistic regression of scikit-learn over words and pairs, or over
what model2vec makes of the same classifier's vectors (`textransfer export --to model2vec`). With --python
they run in another Python, which has fasttext-wheel, model2vec and scikit-learn, 16,000 texts at a time. Long
texts are all of --texts, over and over; short ones are pieces of a dozen words. What one text takes is the
start, and the rate is that of the rest. Memory is the largest of the process.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import Any

from arguments import make_parser
from commands import lines, pieces
from records import print_line, print_setting, spread

from textransfer.text.reading.labelled import read_labelled

OURS = "textransfer predict"
TRAINING = {
    "fastText": """
import fasttext
fasttext.train_supervised(labelled, lr=0.5, epoch=10, dim=100, wordNgrams=2, verbose=0).save_model(model)
""",
    "TF-IDF + LR": """
import joblib
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
features = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
joblib.dump(make_pipeline(features, LogisticRegression(max_iter=1000)).fit(texts, labels), model)
""",
    "model2vec + LR": """
import joblib, model2vec
from sklearn.linear_model import LogisticRegression
encode = model2vec.StaticModel.from_pretrained(vectors).encode
joblib.dump(LogisticRegression(max_iter=1000).fit(encode(texts), labels), model)
""",
}
READING = """
import sys
labelled, model, vectors = sys.argv[1:4]
pairs = [line.rstrip("\\n").split(" ", 1) for line in open(labelled, encoding="utf-8")]
texts, labels = [text for _, text in pairs], [label for label, _ in pairs]
"""
ANSWERING = {
    "fastText": """
import fasttext
answer = fasttext.load_model(model)
def answers(texts):
    labels, p = answer.predict(texts)
    return zip((own[0] for own in labels), (own[0] for own in p))
""",
    "TF-IDF + LR": """
import joblib
answer = joblib.load(model)
def answers(texts):
    p = answer.predict_proba(texts)
    return zip(answer.classes_[p.argmax(1)], p.max(1))
""",
    "model2vec + LR": """
import joblib, model2vec
answer, encode = joblib.load(model), model2vec.StaticModel.from_pretrained(vectors).encode
def answers(texts):
    p = answer.predict_proba(encode(texts))
    return zip(answer.classes_[p.argmax(1)], p.max(1))
""",
}
STREAMING = """
import sys
from itertools import islice
_, model, vectors, source, target = sys.argv[1:6]
{loading}
with open(source, encoding="utf-8") as file, open(target, "w", encoding="utf-8") as out:
    while texts := [line.rstrip("\\n") for line in islice(file, 16000)]:
        out.writelines(f"{{label}},{{p:.4f}}\\n" for label, p in answers(texts))
"""
MOST_LABELLED = 25_000


def main() -> None:
    """Train, measure and print."""
    parser = make_parser(__doc__, "--labeled", "--repeats")
    parser.add_argument("--classifier", type=Path, required=True, help="saved classifier")
    parser.add_argument("--texts", type=Path, required=True, help="texts to label, a line each")
    parser.add_argument("--python", default=sys.executable, help="the Python that has the other programs")
    parser.add_argument("--n-texts", type=int, default=500_000, help="short texts; of long ones a tenth")
    arguments = parser.parse_args()
    texts = arguments.texts.read_text(encoding="utf-8").splitlines()
    print_setting(
        n_texts=arguments.n_texts, words_a_text=round(sum(len(text.split()) for text in texts) / len(texts))
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs = {
            "one": lines(texts[:1], folder / "one.txt"),
            "short": lines(repeated(pieces(texts), arguments.n_texts), folder / "short.txt"),
            "long": lines(repeated(texts, arguments.n_texts // 10), folder / "long.txt"),
        }
        commands = trained(arguments, folder)
        commands[OURS] = lambda source, target: [
            *(sys.executable, "-m", "textransfer", "predict", "--classifier", arguments.classifier),
            *("-i", source, "-o", target, "--force"),
        ]
        runs: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for number in range(arguments.repeats + 1):
            for system, command in commands.items():
                for kind, source in inputs.items():
                    if number or kind == "one":  # the first ones compile, and warm the file cache
                        figures = measured(command(source, folder / "answers.csv"))
                        if number:
                            runs.setdefault((system, kind), []).append(figures)
        for system in commands:
            start = median(run["seconds"] for run in runs[system, "one"])
            for kind in ("short", "long"):
                n = inputs[kind].read_bytes().count(b"\n")
                print_line(kind="stream", system=system, texts=kind, **summary(runs[system, kind], n, start))


def repeated(texts: list[str], n: int) -> list[str]:
    """Return n texts, some again and again."""
    return (texts * (n // len(texts) + 1))[:n]


def trained(arguments: Any, folder: Path) -> dict[str, Any]:  # noqa: ANN401 - of argparse
    """Train the other programs; return the command of each, of a file to read and one to write."""
    labelled, vectors = read_labelled(arguments.labeled), folder / "model2vec"
    pairs = list(zip(labelled.labels, labelled.texts, strict=True))[:: -(-len(labelled) // MOST_LABELLED)]
    examples = lines(
        [f"__label__{label} {' '.join(text.split())}" for label, text in pairs], folder / "labelled.txt"
    )
    export = ["-m", "textransfer", "export", arguments.classifier, "--to", "model2vec", "-o", vectors, "-q"]
    subprocess.run([sys.executable, *map(str, export)], check=True, stdout=sys.stderr)
    commands = {}
    for system, loading in ANSWERING.items():
        own = [examples, folder / system.replace(" ", ""), vectors]
        training = [arguments.python, "-c", READING + TRAINING[system], *map(str, own)]
        subprocess.run(training, check=True, stdout=sys.stderr)
        code = STREAMING.format(loading=loading)
        commands[system] = lambda source, target, code=code, own=own: [
            *(arguments.python, "-c", code, *own, source, target)
        ]
    return commands


def measured(command: list[object]) -> dict[str, Any]:
    """Run a command to its end; return its seconds, those of processors, and the megabytes it took."""
    started = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    processor = usage.ru_utime + usage.ru_stime
    return {"seconds": seconds, "processor_seconds": processor, "megabytes": memory(usage)}


def memory(usage: resource.struct_rusage) -> int:
    """Return the largest memory of a process, in millions of bytes."""
    return round(usage.ru_maxrss / (1e3 if sys.platform == "linux" else 1e6))


def summary(runs: list[dict[str, Any]], n: int, start: float) -> dict[str, Any]:
    """Return median and spread of some runs over n texts."""
    return {
        "n_texts": n,
        "seconds": spread((run["seconds"] for run in runs), 2),
        "processor_seconds": spread((run["processor_seconds"] for run in runs), 2),
        "start_seconds": round(start, 2),
        "texts_a_second": spread((n / max(run["seconds"] - start, 1e-3) for run in runs), 0),
        "megabytes_in_memory": max(run["megabytes"] for run in runs),
    }


if __name__ == "__main__":
    main()
