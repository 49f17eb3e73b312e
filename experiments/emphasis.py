r"""What emphasizing a polar direction of the corpus brings, where labels follow it and where they do not.

    python -m experiments.emphasis embeddings --labeled train.csv --test dev.csv
    python -m experiments.emphasis embeddings --labeled train.csv.xz --rows 0:12500 \
        --test train.csv.xz --test-rows 12500: --about "horror scary gore"

Area under the ROC curve of each direction's scores alone; accuracy of the classifier with and without an
emphasis, on the same nested, stratified draws; in how many of them labels spoke for it. With `--about` the
question is another one: does a text hold two of these words or more, or none? They are taken out of the
texts, and both answers are equally frequent.
"""

import re

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.arguments import TASK, make_parser, read_task
from benchmarks.records import print_line, print_setting
from benchmarks.token_cache import EncodedTexts, TokenCache
from experiments.draws import fit_all
from textransfer import SIFEncoder, WordVectors
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.transfer.comparing.splits import few_shot_draws

BUDGETS = (8, 16, 32, 128, 512)
MOST_A_CLASS = 1000


def main() -> None:
    """Run the experiment."""
    parser = make_parser(__doc__, "embeddings", *TASK)
    parser.add_argument("--about", help="words of another question")
    parser.add_argument("--classes", nargs="+", help="keep these classes only")
    parser.add_argument("--name", default="", help="what the table shall call it")
    arguments = parser.parse_args()
    pool, test = read_task(arguments)
    if arguments.classes:
        pool, test = (of_classes(texts, arguments.classes) for texts in (pool, test))
    if arguments.about:
        pool, test = (asked(texts, arguments.about.split()) for texts in (pool, test))
    vectors = WordVectors.load(arguments.embeddings)
    tokens = TokenCache(vectors.tokenizer())
    print_setting(
        name=arguments.name,
        n_pool=len(pool),
        n_test=len(test),
        draws=arguments.draws,
        areas=areas(vectors, tokens, test),
    )
    truth = np.array(test.labels)
    for n_labels in BUDGETS:
        if n_labels > len(pool):
            continue
        draws = few_shot_draws(pool.labels, n_labels, arguments.draws)
        scores = {}
        for emphasis in (False, True):
            fitted = fit_all(vectors, tokens, pool, draws, emphasis=emphasis)
            encoded = EncodedTexts(test.texts)
            scores[emphasis] = np.array([(one.predict(encoded.of(one)) == truth).mean() for one in fitted])
        gain = 100 * (scores[True] - scores[False])
        print_line(
            kind="result",
            name=arguments.name,
            n_labels=n_labels,
            without=round(100 * float(scores[False].mean()), 1),
            accuracy=round(100 * float(scores[True].mean()), 1),
            gain=round(float(gain.mean()), 1),
            standard_error=round(float(gain.std(ddof=1)) / len(gain) ** 0.5, 2),
            emphasized=sum(one.encoding_.emphasis is not None for one in fitted),
        )


def areas(vectors: WordVectors, tokens: TokenCache, test: LabelledTexts) -> list[float]:
    """Return the area under the ROC curve of the scores along each direction, if there are two classes."""
    classes = sorted(set(test.labels))
    if len(classes) != 2 or vectors.moments is None or vectors.moments.polar is None:
        return []
    plain = SIFEncoder(vectors, component_power=0, tokenizer=tokens).transform(test.texts)
    is_last = np.array(test.labels) == classes[1]
    found = [roc_auc_score(is_last, plain @ direction) for direction in vectors.moments.polar]
    return [round(max(area, 1 - area), 3) for area in found]


def of_classes(data: LabelledTexts, classes: list[str]) -> LabelledTexts:
    """Return the texts of some classes."""
    rows = [i for i, label in enumerate(data.labels) if label in classes]
    return LabelledTexts([data.texts[i] for i in rows], [data.labels[i] for i in rows], data.source)


def asked(data: LabelledTexts, words: list[str]) -> LabelledTexts:
    """Return texts that hold two of the words or more, and as many that hold none, without these words."""
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
    counts = np.array([len(pattern.findall(text)) for text in data.texts])
    random = np.random.default_rng(1)
    speaking, silent = (random.permutation(np.flatnonzero(rows)) for rows in (counts > 1, counts == 0))
    size = min(len(speaking), len(silent), MOST_A_CLASS)
    rows = np.concatenate([speaking[:size], silent[:size]])
    texts = [pattern.sub(" ", data.texts[i]) for i in rows]
    return LabelledTexts(texts, ["yes"] * size + ["no"] * size, data.source)


if __name__ == "__main__":
    main()
