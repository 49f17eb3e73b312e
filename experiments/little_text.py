r"""Measure from how much text on pretraining helps, and whether the attested share foretells it.

    python -m experiments.little_text en ja imdb sst2 ag_news jrte_ja khate_ko germeval_de clinc150 \
        --data DATA > docs/benchmarks/little_text.jsonl

The sets are those of `benchmarks/sets.py`, and the bundled reviews, en and ja. Of the unlabelled texts of a
set, in an order drawn at random, the first 50, 100, 200, ... are learned with the defaults; then `compare`,
with its defaults, sets the pretrained classifier against the one without pretraining on the same draws of 32
labels (of 2 a class where there are 150 classes; of the bundled reviews all 8) and 1,000 test texts at most.
"""

from pathlib import Path

import numpy as np

from benchmarks.arguments import make_parser
from benchmarks.records import print_line, print_setting
from benchmarks.sets import SETS
from textransfer import SkipGram, compare
from textransfer.bundled import HELD_OUT, LANGUAGES, bundled_corpora
from textransfer.embeddings.attested import attested_by
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import LabelledTexts, read_labelled

SIZES = (50, 100, 200, 500, 1000, 2000, 4000)
N_LABELS = 32
N_TEST = 1000


def main() -> None:
    """Run the experiment."""
    parser = make_parser(__doc__, "--draws", draws=10)
    parser.add_argument("sets", nargs="+", choices=[*LANGUAGES, *SETS])
    parser.add_argument("--data", type=Path, help="folder of the public data sets")
    arguments = parser.parse_args()
    print_setting(draws=arguments.draws, n_test=N_TEST)
    for name in arguments.sets:
        random = np.random.default_rng(0)
        texts, pool, test = _read(name, arguments.data)
        texts = [texts[i] for i in random.permutation(len(texts))]
        chosen = random.permutation(len(test))[:N_TEST]
        test = LabelledTexts([test.texts[i] for i in chosen], [test.labels[i] for i in chosen], "test")
        n_labels = len(pool) if name in LANGUAGES else max(N_LABELS, SETS[name].budgets[0])
        for size in sorted({min(size, len(texts)) for size in SIZES}):
            vectors = SkipGram(random_state=0).fit(texts[:size]).vectors_
            comparison = compare(
                vectors,
                pool,
                test,
                n_labels=None if name in LANGUAGES else n_labels,
                n_draws=arguments.draws,
                unlabelled=texts[:size],
            )
            gain = comparison.verdict.difference
            print_line(
                kind="result",
                set=name,
                n_labels=n_labels,
                n_documents=size,
                n_tokens=vectors.n_tokens,
                attested=round(attested_by(vectors) or 0.0, 3),
                accuracies={arm.name: round(arm.accuracy.estimate, 4) for arm in comparison.arms},
                gain=[round(end, 4) for end in (gain.estimate, gain.low, gain.high)],
                outcome=comparison.verdict.outcome,
            )


def _read(name: str, data: Path) -> tuple[list[str], LabelledTexts, LabelledTexts]:
    """Return the unlabelled texts of a set, the pool of labelled ones, and those to test on."""
    if name in LANGUAGES:
        folder = bundled_corpora(name)
        texts = list(Corpus(folder / "unlabeled.txt"))
        return texts, read_labelled(folder / "few.csv"), read_labelled(folder / HELD_OUT)
    data_set = SETS[name]
    texts = [text for part in data_set.corpus for text in part.documents(data)]
    return texts, data_set.pool.labelled(data), data_set.tested(data, is_official=False)


if __name__ == "__main__":
    main()
