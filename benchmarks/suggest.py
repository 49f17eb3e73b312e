"""Is a suggested label worth more than a random one? Accuracy after labels that were suggested, or drawn.

    python benchmarks/suggest.py embeddings train.csv.xz > docs/benchmarks/suggest.jsonl

The first half of the labelled file plays the unlabelled pile, whose labels are revealed on request; the
second half is tested on (5,000 of it at most). Each draw sees its own 2,000 documents of the pile. "first":
that many labels chosen at once, without a classifier. "then": from 16 random labels, as many again by the
classifier that they make. Random choices take what comes: they are not stratified.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from arguments import make_parser
from records import print_line, print_setting

from benchmarks.token_cache import EncodedTexts, TokenCache
from textransfer import SentimentClassifier, WordVectors
from textransfer.text.reading.labelled import read_labelled
from textransfer.transfer.suggestion import suggest_texts

PILE = 2000
N_TEST = 5000
FIRST = (8, 16, 32)
START = 16


def main() -> None:
    """Run the benchmark."""
    parser = make_parser(__doc__, "embeddings", "--draws")
    parser.add_argument("labeled", nargs="+")
    arguments = parser.parse_args()
    data = read_labelled(arguments.labeled)
    half = len(data) // 2
    vectors = WordVectors.load(arguments.embeddings)
    tokens = TokenCache(vectors.tokenizer())
    task = _Task(data.texts, np.array(data.labels), half, vectors, tokens)
    print_setting(pile=PILE, n_test=min(N_TEST, len(data) - half), draws=arguments.draws)
    found: dict[tuple[str, int, str], list[float]] = {}
    for draw in range(arguments.draws):
        for key, accuracy in task.run(draw):
            found.setdefault(key, []).append(accuracy)
    for (kind, n, how), values in found.items():
        other = found[kind, n, "random"]
        gain = np.array(values) - np.array(other)
        print_line(
            kind=kind,
            n_labels=n,
            how=how,
            accuracy=round(float(np.mean(values)), 4),
            deviation=round(float(np.std(values, ddof=1)), 4),
            gain=round(float(gain.mean()), 4),
            standard_error=round(float(gain.std(ddof=1) / len(gain) ** 0.5), 4),
        )


class _Task:
    def __init__(
        self, texts: list[str], labels: np.ndarray, half: int, vectors: WordVectors, tokens: TokenCache
    ) -> None:
        self.texts, self.labels, self.half, self.vectors, self.tokens = texts, labels, half, vectors, tokens
        self.test = list(range(half, min(half + N_TEST, len(texts))))
        self.tested = EncodedTexts([texts[i] for i in self.test])

    def run(self, draw: int) -> Iterator[tuple[tuple[str, int, str], float]]:
        """Yield the accuracy of each way to choose, for one pile."""
        random = np.random.default_rng(draw)
        pile = random.permutation(self.half)[:PILE]
        documents = [self.texts[i] for i in pile]
        for n in FIRST:
            how = {"vectors": self.vectors, "tokenizer": self.tokens, "random_state": draw}
            chosen = [suggestion.position for suggestion in suggest_texts(documents, n, **how)]
            yield ("first", n, "random"), self.score(pile[:n])[0]
            yield ("first", n, "suggested"), self.score(pile[chosen])[0]
        _, classifier = self.score(pile[:START])
        known = documents[:START]
        more = suggest_texts(documents, START, classifier=classifier, known=known, random_state=draw)
        yield ("then", 2 * START, "random"), self.score(pile[: 2 * START])[0]
        picked = [*range(START), *(one.position for one in more)]
        yield ("then", 2 * START, "suggested"), self.score(pile[picked])[0]

    def score(self, rows: Sequence[int]) -> tuple[float, SentimentClassifier | None]:
        """Train on some documents; return the accuracy on the test texts, and the classifier."""
        labels = self.labels[list(rows)].tolist()
        if len(set(labels)) < 2:
            return float((self.labels[self.test] == labels[0]).mean()), None
        classifier = SentimentClassifier(self.vectors, tokenizer=self.tokens)
        classifier.fit([self.texts[i] for i in rows], labels)
        return float(
            (classifier.predict(self.tested.of(classifier)) == self.labels[self.test]).mean()
        ), classifier


if __name__ == "__main__":
    main()
