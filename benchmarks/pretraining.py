r"""Are the defaults for a corpus of this size good? Few-label accuracy with one setting changed at a time.

    python benchmarks/pretraining.py corpus.txt --labeled train.csv --test dev.csv
    python benchmarks/pretraining.py reviews.txt --documents 10000 --labeled train.csv.xz --rows 0:12500 \
        --test train.csv.xz --test-rows 12500:15500

For each setting the corpus is learned anew, as often as there are `--states`; then the classifier, with its
defaults, learns from the same nested, stratified draws. Mean accuracy and macro-F1. Choose on development
texts only.
"""

import argparse
from collections.abc import Iterator

import numpy as np
from draws import fit_all
from records import print_line, print_setting
from sklearn.metrics import f1_score

from textransfer import SkipGram, WordVectors
from textransfer.config import PretrainConfig
from textransfer.text.corpus import Corpus, LabelledTexts, parse_rows, read_labelled
from textransfer.transfer.splits import few_shot_draws
from textransfer.transfer.token_cache import TokenCache

BUDGETS = (8, 32, 128, 512)
NAMES = ("vector_size", "window", "epochs", "min_count", "sample")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("--documents", type=int, help="take the first ones only")
    parser.add_argument("--labeled", nargs="+", required=True)
    parser.add_argument("--test", nargs="+", required=True)
    parser.add_argument("--rows", default="0:")
    parser.add_argument("--test-rows", default="0:")
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--states", type=int, default=1)
    given = parser.parse_args()
    pool = read_labelled(given.labeled, rows=parse_rows(given.rows))
    test = read_labelled(given.test, rows=parse_rows(given.test_rows))
    documents = list(Corpus([given.corpus]))[: given.documents]
    first = SkipGram(random_state=0).fit(documents)
    vectors, config = first.vectors_, first.config_
    defaults = {name: getattr(config, name) for name in NAMES}
    print_setting(
        n_documents=len(documents),
        n_tokens=vectors.n_tokens,
        tokenizer=vectors.tokenizer().name,
        n_pool=len(pool),
        n_test=len(test),
        draws=given.draws,
        states=given.states,
        **defaults,
    )
    for changed in [{}, *changes(config)]:
        scores = []
        for state in range(given.states):
            is_first = not changed and not state
            learned = vectors if is_first else SkipGram(random_state=state, **changed).fit(documents).vectors_
            scores.append(scores_of(learned, pool, test, given.draws))
        means = 100 * np.mean(scores, axis=0)
        for n_labels, (accuracy, macro_f1) in zip(BUDGETS, means, strict=True):
            print_line(
                kind="result",
                **(changed or {"defaults": True}),
                n_labels=n_labels,
                accuracy=round(float(accuracy), 1),
                macro_f1=round(float(macro_f1), 1),
            )


def changes(config: PretrainConfig) -> Iterator[dict[str, float]]:
    """Yield what is changed, one setting at a time."""
    size, window, epochs = config.vector_size or 1, config.window or 1, config.epochs or 1
    yield from ({"window": value} for value in (max(2, window // 3), 2 * window))
    yield from ({"epochs": value} for value in (max(1, epochs // 2), 2 * epochs))
    yield from ({"sample": value} for value in (1e-3, 1e-4, 1e-5) if value != config.sample)
    yield from ({"vector_size": value} for value in (size // 2, 2 * size))
    yield from ({"min_count": value} for value in (1, 2, 5) if value != config.min_count)


def scores_of(vectors: WordVectors, pool: LabelledTexts, test: LabelledTexts, n_draws: int) -> np.ndarray:
    """Return accuracy and macro-F1 for each budget, shape (budgets, 2)."""
    tokens = TokenCache(vectors.tokenizer())
    truth = np.array(test.labels)
    found = []
    for n_labels in BUDGETS:
        draws = few_shot_draws(pool.labels, n_labels, n_draws)
        fitted = fit_all(vectors, tokens, pool, draws)
        bags = fitted[0].encode(test.texts)
        predicted = [one.predict(bags) for one in fitted]
        measures = [((one == truth).mean(), f1_score(truth, one, average="macro")) for one in predicted]
        found.append(np.mean(measures, axis=0))
    return np.array(found)


if __name__ == "__main__":
    main()
