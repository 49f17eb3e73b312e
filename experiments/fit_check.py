"""Check the fit check: near vectors, foreign ones, shuffled ones, and whether its threats come true.

    python -m experiments.fit_check --case NAME EMBEDDINGS LABELED ... > docs/benchmarks/fit_check.jsonl

Each case is a name, word vectors and a labelled file; a name that ends in "shuffled" has its vectors dealt
to other words first. For each number of labels, stratified draws from the first half of the file are
checked. What the threat is worth: on the same draws a classifier on the vectors and TF-IDF with logistic
regression are trained and tested on 2,000 texts of the second half at most; "ahead" is the mean paired
difference of their accuracies, for all draws and for those of each threat.
"""

from collections import Counter

import numpy as np

from benchmarks.arguments import make_parser
from benchmarks.records import print_line, print_setting
from benchmarks.token_cache import TokenCache
from textransfer import SentimentClassifier, WordVectors
from textransfer.sentiment.tfidf import TfidfBaseline
from textransfer.text.reading.labelled import LabelledTexts, read_labelled
from textransfer.transfer.comparing.splits import few_shot_draws
from textransfer.transfer.fit_check import FitCheck, check_fit

BUDGETS = (8, 16, 64, 512)
N_TEST = 2000


def main() -> None:
    """Run the experiment."""
    parser = make_parser(__doc__, "--draws")
    parser.add_argument("--case", nargs=3, action="append", required=True)
    arguments = parser.parse_args()
    print_setting(draws=arguments.draws, n_test=N_TEST)
    for name, embeddings, labelled in arguments.case:
        vectors = WordVectors.load(embeddings)
        if name.endswith("shuffled"):
            vectors = _shuffled(vectors)
        task = _Task(vectors, read_labelled(labelled))
        for n_labels in [n for n in BUDGETS if n <= len(task.texts)]:
            print_line(case=name, n_labels=n_labels, **task.row(n_labels, arguments.draws))


class _Task:
    def __init__(self, vectors: WordVectors, data: LabelledTexts) -> None:
        half = len(data) // 2
        self.vectors, self.tokens = vectors, TokenCache(vectors.tokenizer())
        self.texts, self.labels = data.texts[:half], data.labels[:half]
        chosen = half + np.random.default_rng(0).permutation(len(data) - half)[:N_TEST]
        self.test = [data.texts[i] for i in chosen]
        self.truth = np.array(data.labels)[chosen]

    def row(self, n_labels: int, n_draws: int) -> dict[str, object]:
        """Check the draws of a size, and train on them."""
        found: list[FitCheck] = []
        ahead: list[float] = []
        for draw in few_shot_draws(self.labels, n_labels, n_draws, 1):
            few = LabelledTexts([self.texts[i] for i in draw], [self.labels[i] for i in draw], "draw")
            if min(Counter(few.labels).values()) < 2:
                continue
            found.append(check_fit(self.vectors, few, tokenizer=self.tokens))
            ours = SentimentClassifier(self.vectors, tokenizer=self.tokens)
            rival = TfidfBaseline(tokenizer=self.tokens)
            right = [self._accuracy(one.fit(few.texts, few.labels)) for one in (ours, rival)]
            ahead.append(right[0] - right[1])
        if not found:
            return {"draws": 0}
        threats = [one.threat for one in found]
        shifts = [one.distance.shift.size for one in found if one.distance.shift]
        return {
            "draws": len(found),
            "fit": dict(Counter(one.fit for one in found)),
            "threat": dict(Counter(threats)),
            "nearness": dict(Counter(one.distance.nearness for one in found)),
            "token_share": _mean([one.coverage.token_share for one in found]),
            "shift": _mean(shifts),
            "word_excess": _mean([one.distance.words.excess for one in found if one.distance.words]),
            "ridge_accuracy": _mean([one.separation.accuracy.estimate for one in found]),
            "ridge_accuracy_tfidf": _mean([one.separation.other.estimate for one in found]),
            "separated": _mean([one.separation.p_value < 0.05 for one in found]),
            "ahead": _mean(ahead),
            "ahead_by_threat": {
                threat: _mean([a for a, t in zip(ahead, threats, strict=True) if t == threat])
                for threat in sorted(set(threats))
            },
        }

    def _accuracy(self, estimator: SentimentClassifier | TfidfBaseline) -> float:
        return float((estimator.predict(self.test) == self.truth).mean())


def _shuffled(vectors: WordVectors) -> WordVectors:
    rows = np.random.default_rng(0).permutation(len(vectors))
    return WordVectors(
        vectors.words,
        vectors.matrix[rows],
        counts=vectors.counts,
        document_counts=vectors.document_counts,
        n_tokens=vectors.n_tokens,
        n_documents=vectors.n_documents,
        moments=vectors.moments,
        tokenizer_spec=vectors.tokenizer_spec,
    )


def _mean(values: list[float]) -> float | None:
    return round(float(np.mean(values)), 3) if values else None


if __name__ == "__main__":
    main()
