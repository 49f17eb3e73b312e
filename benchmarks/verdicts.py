r"""Does the verdict keep its word? How often it is positive, where there is nothing to transfer.

    python benchmarks/verdicts.py embeddings --labeled train.csv --shuffled-text vectors-of-shuffled-words \
        --foreign vectors-of-another-language

Each repetition draws 32 labelled texts (and 300 test texts) anew and compares as `classify` does, once by
cross-validation and once with the test texts. "labels shuffled": labels are dealt out at random, so that no
arm can be better than chance. "text shuffled": the vectors were pretrained on words in random order.
"foreign language": vectors that know none of the words. "nothing wrong": as it is, to see that the verdict
does find what is there.
"""

from collections import Counter

import numpy as np
from arguments import make_parser
from records import print_line, print_setting

from textransfer import WordVectors
from textransfer.text.reading.labelled import LabelledTexts, read_labelled
from textransfer.transfer.comparison import compare

N_LABELS, N_TEST = 32, 300


def main() -> None:
    """Run the benchmark."""
    parser = make_parser(__doc__, "embeddings", "--labeled")
    parser.add_argument("--shuffled-text", help="vectors that were pretrained on words in random order")
    parser.add_argument("--foreign", help="vectors that know none of the words")
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--skip", nargs="*", default=[], help="cases, or designs (cv, test), to leave out")
    arguments = parser.parse_args()
    data = read_labelled(arguments.labeled)
    print_setting(n_labels=N_LABELS, n_test=N_TEST, repetitions=arguments.repetitions)
    vectors = WordVectors.load(arguments.embeddings)
    cases = [("labels shuffled", vectors, True), ("nothing wrong", vectors, False)]
    if arguments.shuffled_text:
        cases.insert(1, ("text shuffled", WordVectors.load(arguments.shuffled_text), False))
    if arguments.foreign:
        cases.insert(2, ("foreign language", WordVectors.load(arguments.foreign), False))
    for case, used, is_dealt in cases:
        for has_test in (False, True):
            if case in arguments.skip or ("test" if has_test else "cv") in arguments.skip:
                continue
            n = arguments.repetitions if "shuffled" in case else arguments.repetitions // 4
            outcomes = Counter(
                verdict(used, data, repetition, is_dealt=is_dealt, has_test=has_test)
                for repetition in range(n)
            )
            print_line(
                kind="result",
                case=case,
                design="32 labels and 300 test texts" if has_test else "32 labels, cross-validated",
                repetitions=n,
                **{name: outcomes[name] for name in ("positive", "inconclusive", "negative")},
                share_positive=round(outcomes["positive"] / n, 3),
            )


def verdict(
    vectors: WordVectors, data: LabelledTexts, repetition: int, *, is_dealt: bool, has_test: bool
) -> str:
    """Compare on a fresh draw of texts; return the verdict's outcome."""
    random = np.random.default_rng(repetition)
    labels = np.array(data.labels)
    names = sorted(set(data.labels))
    each = N_LABELS // len(names)
    rows = np.concatenate([random.permutation(np.flatnonzero(labels == name))[:each] for name in names])
    rest = np.setdiff1d(np.arange(len(labels)), rows)
    tested = random.permutation(rest)[:N_TEST]
    few, test = labels[rows], labels[tested]
    if is_dealt:
        few, test = random.permutation(few), random.permutation(test)
    found = compare(
        vectors,
        LabelledTexts([data.texts[i] for i in rows], few.tolist(), "drawn"),
        LabelledTexts([data.texts[i] for i in tested], test.tolist(), "drawn") if has_test else None,
        random_state=repetition,
    )
    return found.verdict.outcome


if __name__ == "__main__":
    main()
