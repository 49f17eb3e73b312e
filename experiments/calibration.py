"""Do probabilities mean what they say? Log loss and calibration error before and after `calibrate`.

    python -m experiments.calibration embeddings --labeled train.csv --test dev.csv

Mean over nested, stratified draws of labels, with the defaults. "without caution" takes the temperature that
cross-validation likes best, not held near 1. Choose on development texts only.
"""

import warnings

import numpy as np

from benchmarks.arguments import TASK, make_parser, read_task
from benchmarks.records import print_line, print_setting
from benchmarks.token_cache import TokenCache
from textransfer import SentimentClassifier, WordVectors
from textransfer.errors import TextransferWarning
from textransfer.sentiment.judging.calibration import best_temperature, calibration_error, log_loss, tempered
from textransfer.transfer.comparing.splits import few_shot_draws

BUDGETS = (8, 16, 32, 128, 512)


def main() -> None:
    """Run the experiment."""
    warnings.simplefilter("ignore", TextransferWarning)
    parser = make_parser(__doc__, "embeddings", *TASK, draws=10)
    arguments = parser.parse_args()
    pool, test = read_task(arguments)
    vectors = WordVectors.load(arguments.embeddings)
    tokens = TokenCache(vectors.tokenizer())
    print_setting(n_pool=len(pool), n_test=len(test), draws=arguments.draws)
    classes, truth = np.unique(test.labels, return_inverse=True)
    for n_labels in BUDGETS:
        found: dict[str, list[tuple[float, float]]] = {}
        temperatures = []
        for state, rows in enumerate(few_shot_draws(pool.labels, n_labels, arguments.draws)):
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
