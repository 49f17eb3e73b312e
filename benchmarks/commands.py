"""How long whole commands take, start included: classify with few labels, predict on many texts.

    python benchmarks/commands.py embeddings --labeled few.csv --texts reviews.txt

The texts are also read eight times over, in one larger file: the difference is the rate without the start.
"""

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from arguments import make_parser
from records import print_line, print_setting, spread

TIMES_OVER = 8


def main() -> None:
    """Run the benchmark."""
    parser = make_parser(__doc__, "embeddings", "--labeled", "--repeats", repeats=5)
    parser.add_argument("--texts", type=Path, required=True, help="texts to classify, a line each")
    arguments = parser.parse_args()
    texts = arguments.texts.read_text(encoding="utf-8").splitlines()
    print_setting(
        n_texts=len(texts), words_a_text=round(sum(len(text.split()) for text in texts) / len(texts))
    )
    with tempfile.TemporaryDirectory() as folder:
        classifier, large = f"{folder}/classifier", f"{folder}/large.txt"
        Path(large).write_text("".join(text + "\n" for text in texts * TIMES_OVER), encoding="utf-8")
        fit = [
            "classify",
            "--labeled",
            *arguments.labeled,
            "--embeddings",
            arguments.embeddings,
            "-o",
            classifier,
        ]
        answer = ["predict", "--classifier", classifier, "-o", f"{folder}/p.csv", "--input"]
        run([*fit, "--quiet"])  # the first one compiles
        run([*answer, arguments.texts])
        fits, small, whole, rates = [], [], [], []
        for _ in range(arguments.repeats):
            fits.append(run(fit))
            small.append(run([*answer, arguments.texts]))
            whole.append(run([*answer, large]))
            rates.append((TIMES_OVER - 1) * len(texts) / (whole[-1] - small[-1]))
            print_line(kind="run", classify=fits[-1], predict=small[-1], predict_large=whole[-1])
    n_large = TIMES_OVER * len(texts)
    print_line(kind="summary", command="classify", seconds=spread(fits, 2))
    print_line(kind="summary", command="predict", n_texts=len(texts), seconds=spread(small, 2))
    print_line(
        kind="summary",
        command="predict",
        n_texts=n_large,
        seconds=spread(whole, 2),
        texts_a_second=spread((n_large / seconds for seconds in whole), 0),
        texts_a_second_without_start=spread(rates, 0),
        most_megabytes_of_any_command=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    )


def run(arguments: list[object]) -> float:
    """Run a command to its end; return its seconds."""
    command = [sys.executable, "-m", "textransfer", *map(str, arguments), "--force"]
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return round(time.perf_counter() - started, 2)


if __name__ == "__main__":
    main()
