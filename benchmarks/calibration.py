"""Do probabilities mean what they say? Log loss and calibration error before and after `calibrate`.

    python benchmarks/calibration.py embeddings --labeled train.csv --test dev.csv

Mean over nested, stratified draws of labels, with the defaults. "without caution" takes the temperature that
cross-validation likes best, not held near 1. Choose on development texts only.
"""

import argparse
import warnings

import numpy as np
from records import print_line, print_setting

from textransfer import SentimentClassifier, WordVectors
from textransfer.errors import TextransferWarning
from textransfer.sentiment.calibration import best_temperature, calibration_error, log_loss, tempered
from textransfer.text.corpus import parse_rows, read_labelled
from textransfer.transfer.splits import few_shot_draws
from textransfer.transfer.token_cache import TokenCache

BUDGETS = (8, 16, 32, 128, 512)


def main() -> None:
    """Run the benchmark."""
    warnings.simplefilter("ignore", TextransferWarning)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("embeddings")
    parser.add_argument("--labeled", nargs="+", required=True)
    parser.add_argument("--test", nargs="+", required=True)
    parser.add_argument("--rows", default="0:")
    parser.add_argument("--test-rows", default="0:")
    parser.add_argument("--draws", type=int, default=10)
    given = parser.parse_args()
    pool = read_labelled(given.labeled, rows=parse_rows(given.rows))
    test = read_labelled(given.test, rows=parse_rows(given.test_rows))
    vectors = WordVectors.load(given.embeddings)
    tokens = TokenCache(vectors.tokenizer())
    print_setting(n_pool=len(pool), n_test=len(test), draws=given.draws)
    classes, truth = np.unique(test.labels, return_inverse=True)
    for n_labels in BUDGETS:
        found: dict[str, list[tuple[float, float]]] = {}
        temperatures = []
        for state, rows in enumerate(few_shot_draws(pool.labels, n_labels, given.draws)):
            labels = [pool.labels[i] for i in rows]
            model = SentimentClassifier(vectors, tokenizer=tokens, random_state=state)
            model.fit([pool.texts[i] for i in rows], labels)
            after = model.predict_proba(test.texts)
            before = tempered(after, 1 / model.temperature_)
            rash = before
            if model.out_of_fold_ is not None:
                held = model.out_of_fold_
                codes = np.searchsorted(classes, labels)[held.positions]
                rash = tempered(before, best_temperature(held.probabilities, codes))
            temperatures.append(model.temperature_)
            for name, p in (("before", before), ("after", after), ("without caution", rash)):
                found.setdefault(name, []).append((log_loss(p, truth), calibration_error(p, truth)))
        for name, values in found.items():
            loss, error = np.mean(values, axis=0)
            print_line(
                kind="result",
                n_labels=n_labels,
                what=name,
                log_loss=round(float(loss), 3),
                calibration_error=round(100 * float(error), 1),
                temperature=round(float(np.mean(temperatures)), 2),
            )


if __name__ == "__main__":
    main()
