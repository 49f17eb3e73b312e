"""What an update with new text is worth, and where its learning rate should start.

    python benchmarks/update.py unlabeled.txt.xz --labeled train.csv.xz --states 3

The documents are shuffled; a share of them plays the new text, the rest the old one. Half of the words of
WordSim-353 and SimLex-999 (at random) are taken out of the old text: they join in the update. Four ways to
deal with the new text are compared with pretraining on both texts together: to leave it, and to update at
the default rate, at the full rate of pretraining, or at its last, tiny one. Scores are Spearman correlations
over both lists of word pairs, apart for pairs of old words and pairs with a new one; and, with a labelled
file, the accuracy of logistic regression on sentence vectors: labels are drawn from the first half of its
rows, ten times, and tested on the second. Prints JSON lines: one a run, and a summary over random states.
"""

import itertools
import statistics
import time
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from arguments import make_parser
from gensim.test.utils import datapath
from records import print_line, print_setting
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression

from textransfer import Corpus, SIFEncoder, SkipGram, WordVectors, update_vectors
from textransfer.config import PretrainConfig
from textransfer.text.reading.labelled import read_labelled
from textransfer.text.tokenizers.words import WordsTokenizer
from textransfer.transfer.comparing.splits import few_shot_draws
from textransfer.transfer.evaluating.word_pairs import read_word_pairs

Texts = list[str]
N_DRAWS = 10
N_FREQUENT = 3000


def main() -> None:
    """Run the benchmark."""
    parser = make_parser(
        __doc__,
        "corpus",
        "--documents",
        "--states",
        "--epochs",
        "--vector-size",
        "--window",
        "--sample",
        states=3,
        window=10,
        sample=1e-4,
        epochs=None,
    )
    parser.add_argument("--labeled", help="a table with the columns text and label")
    parser.add_argument("--n-labels", type=int, default=32)
    parser.add_argument("--shares", type=float, nargs="+", default=[0.5, 0.1, 0.01], help="of new documents")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--min-count", type=int, default=5)
    arguments = parser.parse_args()
    names = ("vector_size", "window", "sample", "epochs", "min_count")
    settings = {name: getattr(arguments, name) for name in names} | {"n_jobs": arguments.threads}
    print_setting(documents=arguments.documents, **settings)
    documents = [" ".join(words) for words in WordsTokenizer().tokenize_many(Corpus(arguments.corpus))]
    score_labels = label_scorer(arguments.labeled, arguments.n_labels)
    runs: list[dict[str, object]] = []
    for share, state in itertools.product(arguments.shares, range(arguments.states)):
        order = np.random.default_rng(state).permutation(len(documents))[: arguments.documents]
        n_new = max(round(order.size * share), 1)
        new = [documents[place] for place in order[:n_new]]
        hidden = hidden_words(state)
        old = [without(documents[place], hidden) for place in order[n_new:]]
        judge = SkipGram(**settings, random_state=state + 1000).fit(old + new).vectors_
        for arm, vectors, seconds in arms(old, new, settings, state):
            scores = agreement(vectors, judge, hidden) | score_words(vectors, hidden) | score_labels(vectors)
            print_line(kind="run", share=share, state=state, arm=arm, seconds=round(seconds, 1), **scores)
            runs.append({"share": share, "arm": arm, **scores})
    for (share, arm), group in grouped(runs).items():
        means = {
            name: round(statistics.mean(run[name] for run in group), 4)
            for name in group[0]
            if name not in ("share", "arm")
        }
        print_line(kind="summary", share=share, arm=arm, n_states=len(group), **means)


def arms(
    old: Texts, new: Texts, settings: dict[str, object], state: int
) -> Iterator[tuple[str, WordVectors, float]]:
    """Yield each way to deal with the new text: its name, its vectors, the seconds it took."""

    def timed(name: str, make: Callable[[], WordVectors]) -> tuple[str, WordVectors, float]:
        started = time.perf_counter()
        return name, make(), time.perf_counter() - started

    def pretrained(texts: Texts) -> WordVectors:
        return SkipGram(**settings, random_state=state).fit(texts).vectors_

    def updated(rate: float | None) -> WordVectors:
        return update_vectors(before, new, random_state=state, learning_rate=rate, n_jobs=settings["n_jobs"])

    rates = PretrainConfig()
    name, before, seconds = timed("old text alone", lambda: pretrained(old))
    yield name, before, seconds
    yield timed("update", lambda: updated(None))
    yield timed("update, full rate", lambda: updated(rates.learning_rate))
    yield timed("update, tiny rate", lambda: updated(rates.min_learning_rate))
    yield timed("both texts together", lambda: pretrained(old + new))


def word_pairs() -> list[tuple[str, str, float, str]]:
    """Return the pairs of both lists with what people said of them, and the list's name."""
    pairs = []
    for name, file in (("wordsim353", "wordsim353.tsv"), ("simlex999", "simlex999.txt")):
        test = read_word_pairs(datapath(file))
        for (a, b), score in zip(test.pairs, test.scores.tolist(), strict=True):
            pairs.append((a.lower(), b.lower(), score, name))
    return pairs


def hidden_words(state: int) -> set[str]:
    """Draw the words that the old text shall not know."""
    words = sorted({word for pair in word_pairs() for word in pair[:2]})
    return set(np.random.default_rng([state, 1]).choice(words, len(words) // 2, replace=False).tolist())


def without(text: str, hidden: set[str]) -> str:
    """Take words out of a text."""
    return " ".join(word for word in text.split() if word not in hidden)


def agreement(vectors: WordVectors, judge: WordVectors, hidden: set[str]) -> dict[str, float]:
    """Compare the surroundings of old and new words with those that the judge gives them."""
    words = sorted({word for pair in word_pairs() for word in pair[:2]})
    frequent = [word for word in judge.words[:N_FREQUENT] if word in vectors]
    scores = {}
    for kind, is_new in (("old", False), ("new", True)):
        known = [word for word in words if (word in hidden) == is_new and word in vectors and word in judge]
        surroundings = [
            one.unit_matrix[one.rows_of(known)] @ one.unit_matrix[one.rows_of(frequent)].T
            for one in (vectors, judge)
        ]
        pairs = zip(*surroundings, strict=True)
        found = [np.corrcoef(here, there)[0, 1] for here, there in pairs]
        scores[f"agreement_{kind}"] = round(float(np.mean(found)), 4) if found else 0.0
    return scores


def score_words(vectors: WordVectors, hidden: set[str]) -> dict[str, float]:
    """Score pairs of old words, and pairs with a new word; an unknown word has a cosine of zero."""
    scores: dict[str, float] = {}
    for kind, is_new in (("old", False), ("new", True)):
        for name in ("wordsim353", "simlex999"):
            chosen = [
                pair for pair in word_pairs() if pair[3] == name and is_new == bool(hidden & set(pair[:2]))
            ]
            cosines = [
                vectors.similarity(a, b) if a in vectors and b in vectors else 0.0 for a, b, _, _ in chosen
            ]
            people = [said for _, _, said, _ in chosen]
            rho = spearmanr(cosines, people).statistic if np.ptp(cosines) > 0 else 0.0
            scores[f"{name}_{kind}"] = round(float(rho), 4)
    scores["new_words_known"] = round(float(np.mean([word in vectors for word in hidden])), 3)
    return scores


def label_scorer(file: str | None, n_labels: int) -> Callable[[WordVectors], dict[str, float]]:
    """Return what scores vectors by few labels; nothing without a labelled file."""
    if file is None:
        return lambda vectors: {}
    labelled = read_labelled(file)
    half = len(labelled) // 2
    labels = np.array(labelled.labels)
    draws = few_shot_draws(labels[:half], n_labels, N_DRAWS, random_state=0)

    def score(vectors: WordVectors) -> dict[str, float]:
        features = SIFEncoder(vectors).fit(labelled.texts).transform(labelled.texts)
        found = [
            LogisticRegression(C=3.0, max_iter=500).fit(features[rows], labels[rows])
            .score(features[half:], labels[half:])
            for rows in draws
        ]  # fmt: skip
        return {"accuracy": round(float(np.mean(found)), 4)}

    return score


def grouped(runs: Sequence[dict[str, object]]) -> dict[tuple[object, object], list[dict[str, object]]]:
    """Put the runs of one share and arm together, in order."""
    groups: dict[tuple[object, object], list[dict[str, object]]] = {}
    for run in runs:
        groups.setdefault((run["share"], run["arm"]), []).append(run)
    return groups


if __name__ == "__main__":
    main()
