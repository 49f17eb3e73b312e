r"""Would words joined with the negation before them tell more? "not a good" becomes "not a notgood".

    python benchmarks/negation.py embeddings corpus.txt --labeled train.csv --test dev.csv

The corpus is learned anew with joined words; the classifier, with its defaults, then learns from the same
nested, stratified draws of plain texts on the embeddings given, and of joined texts on the new ones.
English only. Choose on development texts.
"""

import argparse
import re
from pathlib import Path

import numpy as np
from draws import fit_all
from records import print_line, print_setting

from textransfer import SkipGram, WordVectors
from textransfer.text.corpus import Corpus, LabelledTexts, parse_rows, read_labelled
from textransfer.transfer.splits import few_shot_draws
from textransfer.transfer.token_cache import TokenCache

BUDGETS = (8, 32, 128, 512)
BETWEEN = r"(?:(?:a|an|the|so|very|that|really|too|as|be|been|all)\s+)?"
NEGATED = re.compile(
    rf"(\b(?:not|no|never|cannot|without|nothing|hardly)\s+{BETWEEN}|\b\w+n['’]t\s+{BETWEEN})([a-z])"
)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("embeddings", help="of the same corpus, words as they are")
    parser.add_argument("corpus")
    parser.add_argument("--labeled", nargs="+", required=True)
    parser.add_argument("--test", nargs="+", required=True)
    parser.add_argument("--rows", default="0:")
    parser.add_argument("--test-rows", default="0:")
    parser.add_argument("--draws", type=int, default=20)
    parser.add_argument("--joined", type=Path, help="where the new embeddings are kept for another run")
    given = parser.parse_args()
    pool = read_labelled(given.labeled, rows=parse_rows(given.rows))
    test = read_labelled(given.test, rows=parse_rows(given.test_rows))
    if given.joined and given.joined.exists():
        learned = WordVectors.load(given.joined)
    else:
        texts = [joined(text) for text in Corpus([given.corpus])]
        learned = SkipGram(random_state=0).fit(texts).vectors_
        if given.joined:
            learned.save(given.joined)
    print_setting(n_pool=len(pool), n_test=len(test), draws=given.draws, n_words=len(learned))
    plain = accuracies(WordVectors.load(given.embeddings), pool, test, given.draws)
    after = accuracies(learned, all_joined(pool), all_joined(test), given.draws)
    for n_labels, one, other in zip(BUDGETS, plain, after, strict=True):
        gain = 100 * (other - one)
        print_line(
            kind="result",
            n_labels=n_labels,
            plain=round(100 * float(one.mean()), 1),
            joined=round(100 * float(other.mean()), 1),
            gain=round(float(gain.mean()), 1),
            standard_error=round(float(gain.std(ddof=1)) / len(gain) ** 0.5, 2),
        )


def joined(text: str) -> str:
    """Return the text in small letters, negated words marked."""
    return NEGATED.sub(r"\1not\2", text.lower())


def all_joined(given: LabelledTexts) -> LabelledTexts:
    """Return the same texts, joined."""
    return LabelledTexts([joined(text) for text in given.texts], given.labels, given.source)


def accuracies(
    vectors: WordVectors, pool: LabelledTexts, test: LabelledTexts, n_draws: int
) -> list[np.ndarray]:
    """Return the accuracy on the test texts for each budget and draw."""
    tokens = TokenCache(vectors.tokenizer())
    truth = np.array(test.labels)
    found = []
    for n_labels in BUDGETS:
        draws = few_shot_draws(pool.labels, n_labels, n_draws)
        fitted = fit_all(vectors, tokens, pool, draws)
        bags = fitted[0].encode(test.texts)
        found.append(np.array([(one.predict(bags) == truth).mean() for one in fitted]))
    return found


if __name__ == "__main__":
    main()
