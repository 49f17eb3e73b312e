r"""Are the defaults for a corpus of this size good? Few-label accuracy with one setting changed at a time.

    python -m experiments.pretraining corpus.txt --labeled train.csv --test dev.csv
    python -m experiments.pretraining reviews.txt --documents 10000 --labeled train.csv.xz --rows 0:12500 \
        --test train.csv.xz --test-rows 12500:15500

For each setting the corpus is learned anew, as often as there are `--states`; then the classifier, with its
defaults, learns from the same nested, stratified draws. Mean accuracy and macro-F1. Choose on development
texts only.
"""

from collections.abc import Iterator, Sequence

import numpy as np
from sklearn.metrics import f1_score

from benchmarks.arguments import TASK, make_parser, read_task
from benchmarks.records import print_line, print_setting
from benchmarks.token_cache import EncodedTexts, TokenCache
from experiments.draws import fit_all
from textransfer import SkipGram, WordVectors
from textransfer.config import PretrainConfig
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.transfer.comparing.splits import few_shot_draws

BUDGETS = (8, 32, 128, 512)
NAMES = ("vector_size", "window", "epochs", "min_count", "sample")


def main() -> None:
    """Run the experiment."""
    parser = make_parser(__doc__, "corpus", *TASK, "--documents", "--states")
    arguments = parser.parse_args()
    pool, test = read_task(arguments)
    documents = list(Corpus(arguments.corpus))[: arguments.documents]
    first = SkipGram(random_state=0).fit(documents)
    vectors, config = first.vectors_, first.config_
    defaults = {name: getattr(config, name) for name in NAMES}
    print_setting(
        n_documents=len(documents),
        n_tokens=vectors.n_tokens,
        tokenizer=vectors.tokenizer().name,
        n_pool=len(pool),
        n_test=len(test),
        draws=arguments.draws,
        states=arguments.states,
        **defaults,
    )
    for changed in [{}, *changes(config)]:
        scores = []
        for state in range(arguments.states):
            is_first = not changed and not state
            learned = vectors if is_first else SkipGram(random_state=state, **changed).fit(documents).vectors_
            scores.append(scores_of(learned, pool, test, BUDGETS, arguments.draws))
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


def scores_of(
    vectors: WordVectors, pool: LabelledTexts, test: LabelledTexts, budgets: Sequence[int], n_draws: int
) -> np.ndarray:
    """Return accuracy and macro-F1 for each budget, shape (budgets, 2)."""
    tokens = TokenCache(vectors.tokenizer())
    truth = np.array(test.labels)
    found = []
    for n_labels in budgets:
        draws = few_shot_draws(pool.labels, n_labels, n_draws)
        fitted = fit_all(vectors, tokens, pool, draws)
        encoded = EncodedTexts(test.texts)
        predicted = [one.predict(encoded.of(one)) for one in fitted]
        measures = [((one == truth).mean(), f1_score(truth, one, average="macro")) for one in predicted]
        found.append(np.mean(measures, axis=0))
    return np.array(found)


if __name__ == "__main__":
    main()
