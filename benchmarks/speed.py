"""Words a second, against gensim and others: same text, settings and threads, in turn, in one run.

    python benchmarks/speed.py reviews.txt.xz > docs/benchmarks/speed.jsonl

First the kernel must equal the specification on a stretch of the text, with every setting that is timed.
Then all systems train for one epoch, one after the other, several times. At last whole programs: from a text
file to saved vectors, five epochs, each in a process of its own (gensim's words are prepared beforehand).
"""

import sys
import tempfile
from pathlib import Path

from arguments import make_parser
from records import print_line, print_setting, spread
from systems import SYSTEMS, Text, check_against_specification, is_there, prepare, run_to_vectors

from textransfer.config import PretrainConfig

CASES = {
    "1 thread": {"n_jobs": 1},
    "2 threads": {"n_jobs": 2},
    "1 thread, 300 dimensions": {"n_jobs": 1, "vector_size": 300},
    "2 threads, 300 dimensions": {"n_jobs": 2, "vector_size": 300},
    "2 threads, NCE": {"n_jobs": 2, "objective": "nce"},
}
SLOW = ("fasttext", "word2vec")
"""These run once only: they take minutes."""

GENSIM_PROGRAM = """
import sys
from gensim.models import Word2Vec
words, threads, size, epochs, output = sys.argv[1:]
model = Word2Vec(corpus_file=words, sg=1, vector_size=int(size), window=5, negative=5, sample=1e-3,
                 min_count=5, epochs=int(epochs), workers=int(threads))
model.wv.save_word2vec_format(output, binary=True)
"""


def main() -> None:
    """Run the benchmark."""
    parser = make_parser(__doc__, "corpus", "--repeats")
    parser.add_argument("--whole-repeats", type=int, default=3, help="of whole programs; 0 leaves them out")
    parser.add_argument("--cases", nargs="*", default=list(CASES), choices=list(CASES), metavar="CASE")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = prepare(arguments.corpus, Path(folder))
        print_setting(
            n_words=text.n_words,
            vocabulary=len(text.encoded.vocabulary.words),
            window=5,
            negative=5,
            sample=1e-3,
        )
        for case in arguments.cases:
            compare(case, text, arguments.repeats)
        if arguments.whole_repeats:
            compare_whole(arguments.corpus, text, arguments.whole_repeats)


def settings(case: str) -> PretrainConfig:
    """Return the settings of a case; one epoch."""
    common = {"vector_size": 100, "window": 5, "negative": 5, "sample": 1e-3, "min_count": 5, "epochs": 1}
    common["noise_sharing"] = "neighbours"  # the default for a text of this size
    return PretrainConfig(**{**common, **CASES[case]})


def compare(case: str, text: Text, repeats: int) -> None:
    """Time all systems of a case in turn."""
    config = settings(case)
    steps = check_against_specification(text.encoded, config)
    print_line(kind="gate", case=case, steps_equal_to_the_specification=steps)
    names = [name for name in SYSTEMS if is_there(name)]
    rivals = {name: config for name in names}
    if config.objective == "nce":  # none of the others has it: our own SGNS is the measure
        rivals = {"textransfer": config}
        plain = PretrainConfig(**{**config.to_dict(), "objective": "sgns"})
    elif case != "2 threads":
        rivals = {name: config for name in ("textransfer", "gensim")}
    speeds: dict[str, list[float]] = {}
    for repeat in range(repeats):
        for name, own in list(rivals.items()):
            if name in SLOW and repeat:
                continue
            try:
                speeds.setdefault(name, []).append(timed(case, name, text, own, repeat))
            except RuntimeError as error:
                print_line(kind="failure", case=case, system=name, repeat=repeat, error=str(error))
                speeds.pop(name), rivals.pop(name)
        if config.objective == "nce":
            speeds.setdefault("sgns", []).append(timed(case, "textransfer", text, plain, repeat))
    for name in speeds:
        if name != "textransfer":
            pairs = zip(speeds["textransfer"], speeds[name], strict=False)
            print_line(kind="ratio", case=case, to=name, **spread((a / b for a, b in pairs), 2))


def timed(case: str, name: str, text: Text, config: PretrainConfig, repeat: int) -> float:
    """Return words a second, and print them."""
    seconds = SYSTEMS[name].train(text, config, repeat).seconds
    speed = text.n_words * (config.epochs or 1) / seconds
    label = name if config.objective == "sgns" or name != "textransfer" else "textransfer, NCE"
    print_line(
        kind="run",
        case=case,
        system=label,
        repeat=repeat,
        words_per_second=round(speed),
        seconds=round(seconds, 2),
    )
    return speed


def compare_whole(sources: list[str], text: Text, repeats: int) -> None:
    """Time whole programs, from the text to saved vectors, in turn."""
    case = "text to vectors, 5 epochs, 2 threads"
    options = "--vector-size 100 --window 5 --negative 5 --sample 1e-3 --min-count 5 --epochs 5 --n-jobs 2"
    ours = [
        sys.executable,
        "-m",
        "textransfer",
        "pretrain",
        *sources,
        *options.split(),
        "--quiet",
        "--output",
    ]
    gensim = [sys.executable, "-c", GENSIM_PROGRAM, str(text.plain), "2", "100", "5"]
    ratios = []
    for repeat in range(repeats):
        seconds = {"textransfer": run_to_vectors(ours), "gensim": run_to_vectors(gensim)}
        ratios.append(seconds["gensim"] / seconds["textransfer"])
        for name, value in seconds.items():
            print_line(kind="run", case=case, system=name, repeat=repeat, seconds=round(value, 2))
    print_line(kind="ratio", case=case, to="gensim", **spread(ratios, 2))


if __name__ == "__main__":
    main()
