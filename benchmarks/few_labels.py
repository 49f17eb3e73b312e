r"""Few labels: ours against everything else one would try, on the same draws and test texts.

    python benchmarks/few_labels.py embeddings --corpus pre.txt --labeled train.csv.xz --rows 0:12500 \
        --test train.csv.xz --test-rows 12500:17500 --seed-words pos="good great" --seed-words neg="bad awful"

`embeddings` were pretrained on `--corpus`, a document a line, with the defaults; the rivals learn from that
file too. Means over nested, stratified draws; "ahead" is the mean paired difference of ours to a system, with
its standard error over draws.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from arguments import TASK, make_parser, read_task
from records import print_line, print_setting
from rivals import (
    FastText,
    MiniLM,
    Ours,
    System,
    Task,
    TfidfOfLabels,
    WithWords,
    gensim_means,
    lsa,
    tfidf_of_corpus,
)
from sklearn.metrics import f1_score

from benchmarks.token_cache import TokenCache
from textransfer import WordVectors
from textransfer.sentiment.sentences.seeds import read_seed_words
from textransfer.text.reading.corpus import Corpus
from textransfer.text.tokenize import without_negation
from textransfer.transfer.comparing.splits import few_shot_draws

OURS, SEEDED, WITH_WORDS = "textransfer", "textransfer, seed words", "textransfer, text features"
BALANCED = "textransfer, class weights"
BUDGETS = (8, 16, 32, 64, 128, 512)


def main() -> None:
    """Run the benchmark."""
    parser = make_parser(__doc__, "embeddings", "--corpus", *TASK, "--budgets", "--folder", budgets=BUDGETS)
    parser.add_argument("--seed-words", nargs="+")
    parser.add_argument("--balanced", action="store_true", help="ours with class weights too")
    parser.add_argument("--minilm", type=Path, help="folder of the model")
    parser.add_argument("--only", nargs="+", help="names of systems, besides ours")
    arguments = parser.parse_args()
    pool, test = read_task(arguments)
    vectors = WordVectors.load(arguments.embeddings)
    tokens = TokenCache(vectors.tokenizer())
    corpus = list(Corpus([arguments.corpus]))
    plain = TokenCache(without_negation(vectors.tokenizer()))
    task = Task(corpus, pool.texts, test.texts, np.array(pool.labels), vectors, tokens, plain)
    truth = np.array(test.labels)
    seeds = read_seed_words(arguments.seed_words) if arguments.seed_words else None
    print_setting(
        n_corpus=len(corpus),
        n_pool=len(pool),
        n_test=len(test),
        classes=len(set(pool.labels)),
        draws=arguments.draws,
        tokenizer=vectors.tokenizer().name,
        vector_size=vectors.vector_size,
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        makers: dict[str, Callable[[], System]] = {OURS: lambda: Ours(task)}
        if seeds is not None:
            makers[SEEDED] = lambda: Ours(task, seeds)
        if arguments.balanced:
            makers[BALANCED] = lambda: Ours(task, class_weight="balanced")
        makers[WITH_WORDS] = lambda: WithWords(task)
        makers["TF-IDF of the labels + LR"] = lambda: TfidfOfLabels(task)
        makers["TF-IDF of the corpus + LR"] = lambda: tfidf_of_corpus(task)
        makers["LSA + LR"] = lambda: lsa(task)
        makers["gensim means + LR"] = lambda: gensim_means(task, folder)
        makers["fastText, pretrained vectors"] = lambda: FastText(task, folder)
        if arguments.minilm:
            makers["all-MiniLM-L6-v2 + LR"] = lambda: MiniLM(task, arguments.minilm)
        if arguments.only:
            makers = {name: make for name, make in makers.items() if name == OURS or name in arguments.only}
        ours: dict[int, np.ndarray] = {}
        for name, make in makers.items():
            started = time.perf_counter()
            system = make()
            prepared = time.perf_counter() - started
            for budget in ([0] if name == SEEDED else []) + list(arguments.budgets):
                draws = few_shot_draws(pool.labels, budget, arguments.draws) if budget else [np.arange(0)]
                predicted = system.predictions(draws)
                scores = np.array([(one == truth).mean() for one in predicted])
                f1 = np.array([f1_score(truth, one, average="macro") for one in predicted])
                if name == OURS:
                    ours[budget] = np.array([scores, f1])
                print_line(
                    kind="result",
                    system=name,
                    n_labels=budget,
                    **_means(scores, f1),
                    **_ahead(ours.get(budget), scores, f1),
                )
            print_line(kind="time", system=name, preparing_seconds=round(prepared, 1))


def _means(scores: np.ndarray, f1: np.ndarray) -> dict[str, float]:
    deviation = scores.std(ddof=1) if len(scores) > 1 else 0.0
    return {
        "accuracy": round(100 * float(scores.mean()), 1),
        "deviation": round(100 * float(deviation), 1),
        "macro_f1": round(100 * float(f1.mean()), 1),
    }


def _ahead(ours: np.ndarray | None, scores: np.ndarray, f1: np.ndarray) -> dict[str, float]:
    """Return by how much ours is ahead, draw by draw."""
    if ours is None or len(scores) < 2:
        return {}
    gain, f1_gain = ours[0] - scores, ours[1] - f1
    return {
        "ahead": round(100 * float(gain.mean()), 1),
        "standard_error": round(100 * float(gain.std(ddof=1) / len(gain) ** 0.5), 2),
        "macro_f1_ahead": round(100 * float(f1_gain.mean()), 1),
    }


if __name__ == "__main__":
    main()
