r"""Ours against everything else one would try, on the sets of `sets.py`: the records of docs/results.md.

    python benchmarks/results.py imdb --data DATA --folder WORK/imdb \
        --output docs/benchmarks/results_imdb.jsonl

All systems learn from the same unlabelled text and the same nested, stratified draws of labels, and predict
the same texts. "textransfer" is what `pretrain` and `classify` do without any option. What stands in the
output already is not measured again, so that a run can be stopped and gone on with; the folder keeps text and
vectors for that.
"""

import argparse
import json
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from records import setting
from rivals import (
    Draws,
    FastText,
    Majority,
    System,
    Task,
    TfidfOfLabels,
    gensim_means,
    lsa,
    tfidf_of_corpus,
)
from sets import SETS
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from benchmarks.token_cache import TokenCache
from textransfer import SentimentClassifier, WordVectors
from textransfer.config import ClassifierConfig, TokenizerConfig
from textransfer.pretrain.pretraining import pretrain_vectors
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.text.tokenize import build_tokenizer
from textransfer.transfer.comparing.fits import fit_arms
from textransfer.transfer.comparing.results import PRETRAINED
from textransfer.transfer.comparing.rounds import Round, Rounds
from textransfer.transfer.comparing.splits import few_shot_draws
from textransfer.transfer.comparison import Entrants, prepare_contest

OURS = "textransfer"
MANY_LABELS, FEW_DRAWS = 5000, 5
"""From so many labels on draws hardly differ, and there are fewer of them."""
ALL_LABELS_DRAWS = 2
"""Where a draw is the whole pool, only the order and the random state differ."""


class Ours:
    """What `pretrain` and `classify` do without any option: the pretrained arm of `compare`."""

    def __init__(
        self, vectors: WordVectors, pool: LabelledTexts, test: LabelledTexts, corpus: list[str]
    ) -> None:
        # Vectors of a list of texts do not say where these lie, as those of a file do for `classify`.
        entrants = Entrants(ClassifierConfig(), False, True, None, unlabelled=corpus)
        self.contest = prepare_contest(vectors, pool, test, None, {}, entrants, 0)

    def predictions(self, draws: Draws) -> list[np.ndarray]:
        """Fit each draw."""
        task = self.contest.task
        tested = np.arange(len(task.test))
        rounds = [Round(draw, 0, rows, tested, draw) for draw, rows in enumerate(draws)]
        arm = next(arm for arm in self.contest.arms() if arm.name == PRETRAINED)
        fits = fit_arms([(arm, Rounds("draws", tuple(rounds), len(draws)))], task)[PRETRAINED]
        return list(np.array(task.classes)[fits.predicted])


class OursAsEncoder:
    """Our sentence vectors under the head of MTEB's protocol: logistic regression, 100 steps at most."""

    def __init__(self, vectors: WordVectors, task: Task) -> None:
        self.vectors, self.task = vectors, task

    def predictions(self, draws: Draws) -> list[np.ndarray]:
        """Fit each draw."""
        task, found = self.task, []
        for state, rows in enumerate(draws):
            texts, labels = [task.pool[i] for i in rows], task.labels[rows].tolist()
            encoder = SentimentClassifier(self.vectors, random_state=state).fit(texts, labels)
            head = LogisticRegression(max_iter=100).fit(encoder.document_vectors(texts), labels)
            found.append(head.predict(encoder.document_vectors(task.test)))
        return found


def main() -> None:
    """Measure what is missing."""
    arguments = make_parser().parse_args()
    data_set = SETS[arguments.set]
    data, folder, output = arguments.data, arguments.folder, arguments.output
    folder.mkdir(parents=True, exist_ok=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    corpus = [text for part in data_set.corpus for text in part.documents(data)]
    pool = data_set.pool.labelled(data)
    test = data_set.tested(data, is_official=arguments.official)
    truth = np.array(test.labels)
    plain = build_tokenizer(TokenizerConfig(tokenizer=data_set.words, negation="none"), corpus)
    task = Task(corpus, pool.texts, test.texts, np.array(pool.labels), TokenCache(plain))
    ours = partial(our_vectors, arguments.embeddings or folder / "embeddings", corpus)
    makers: dict[str, Callable[[], System]] = {
        OURS: lambda: Ours(ours(), pool, test, corpus),
        "majority": lambda: Majority(task),
        "TF-IDF of the labels + LR": lambda: TfidfOfLabels(task),
        "TF-IDF of the corpus + LR": lambda: tfidf_of_corpus(task),
        "LSA + LR": lambda: lsa(task),
        "gensim means + LR": lambda: gensim_means(task, folder),
        "gensim means + LR, C=0.1": lambda: gensim_means(task, folder, 0.1),
        "fastText, pretrained vectors": lambda: FastText(task, folder),
    }
    if arguments.as_encoder:
        makers["vectors of textransfer + LR"] = lambda: OursAsEncoder(ours(), task)
    write = partial(append, output)
    if not output.exists():
        write(
            **setting(
                set=arguments.set,
                n_corpus=len(corpus),
                n_pool=len(pool),
                n_test=len(test),
                classes=len(set(pool.labels)),
                tested_on="official test" if arguments.official else "development",
            )
        )
    done = {(line["system"], line["n_labels"]) for line in read(output) if line["kind"] == "result"}
    for name, make in makers.items():
        missing = [n for n in arguments.budgets or data_set.budgets if (name, n) not in done]
        if not missing or (arguments.only and not any(part in name for part in arguments.only)):
            continue
        started = time.perf_counter()
        system = make()
        preparing = time.perf_counter() - started
        for budget in missing:
            n_draws = draws_of(budget, len(pool), arguments.draws)
            started = time.perf_counter()
            predicted = system.predictions(few_shot_draws(pool.labels, budget, n_draws))
            seconds = time.perf_counter() - started
            write(
                kind="result",
                system=name,
                n_labels=budget,
                draws=n_draws,
                accuracies=[round(float((one == truth).mean()), 5) for one in predicted],
                macro_f1s=[round(float(f1_score(truth, one, average="macro")), 5) for one in predicted],
                seconds=round(seconds, 1),
                preparing_seconds=round(preparing, 1),
            )


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data sets")
    parser.add_argument("--folder", type=Path, required=True, help="where vectors are kept for another run")
    parser.add_argument("--output", type=Path, required=True, help="JSON lines, appended to")
    parser.add_argument("--official", action="store_true", help="test on the official test part")
    parser.add_argument("--embeddings", type=Path, help="our vectors; by default pretrained into the folder")
    parser.add_argument(
        "--as-encoder", action="store_true", help="our sentence vectors, with regression, too"
    )
    parser.add_argument("--only", nargs="+", help="parts of names of systems")
    parser.add_argument(
        "--budgets", type=int, nargs="+", help="numbers of labels; by default those of the set"
    )
    parser.add_argument("--draws", type=int, default=20)
    return parser


def draws_of(n_labels: int, n_pool: int, n_draws: int) -> int:
    """Return how many draws are made with so many labels."""
    if n_labels == n_pool:
        return min(n_draws, ALL_LABELS_DRAWS)
    return n_draws if n_labels < MANY_LABELS else min(n_draws, FEW_DRAWS)


def our_vectors(folder: Path, corpus: list[str]) -> WordVectors:
    """Read vectors, or pretrain them with all defaults."""
    return WordVectors.load(folder) if folder.exists() else pretrain_vectors(corpus, folder)


def append(path: Path, **values: object) -> None:
    """Write one JSON line behind the others."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(values) + "\n")


def read(path: Path) -> list[dict[str, object]]:
    """Return the lines of an output."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    main()
