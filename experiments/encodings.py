r"""What labels choose, and what each choice brings: few-label accuracy of the classifier by its settings.

    python -m experiments.encodings embeddings --labeled pool.csv --test dev.csv --budgets 8,32,128,512

Mean accuracy and macro-F1 over the same nested, stratified draws: the settings that were fixed before, each
of the choices alone, and all of them. Choose on development texts only.
"""

from collections import Counter
from typing import Any

import numpy as np
from sklearn.metrics import f1_score

from benchmarks.arguments import TASK, make_parser, read_task
from benchmarks.records import print_line, print_setting
from benchmarks.token_cache import EncodedTexts, TokenCache
from experiments.draws import fit_all
from textransfer import WordVectors
from textransfer.config import ClassifierConfig
from textransfer.sentiment.training.fitting import hidden_size_for
from textransfer.transfer.comparing.splits import few_shot_draws

BUDGETS = (8, 16, 32, 64, 128, 512)
UNITS_A_CLASS, FEWEST_UNITS = 3, 16
"""Of the hidden layer that was fixed before."""


def settings_of(n_classes: int) -> dict[str, dict[str, Any]]:
    """Return the settings to compare, by name; the last one is the default."""
    units = max(FEWEST_UNITS, UNITS_A_CLASS * n_classes)
    fixed = {"encoder": "sif", "component_power": 0.375}
    layers = {"hidden layer": fixed} if hidden_size_for(ClassifierConfig(), n_classes) != units else {}
    return {
        "fixed before": {**fixed, "hidden_size": units},
        **layers,
        "power": {"encoder": "sif", "hidden_size": units},
        "encoder": {"component_power": 0.375, "hidden_size": units},
        "centered": {"encoder": "centered"},
        "all": {},
    }


def main() -> None:
    """Run the experiment."""
    arguments = make_parser(__doc__, "embeddings", *TASK, "--budgets", budgets=BUDGETS).parse_args()
    pool, test = read_task(arguments)
    vectors = WordVectors.load(arguments.embeddings)
    tokens = TokenCache(vectors.tokenizer())
    print_setting(n_pool=len(pool), n_test=len(test), vector_size=vectors.vector_size, draws=arguments.draws)
    truth, encoded = np.array(test.labels), EncodedTexts(test.texts)
    for n_labels in arguments.budgets:
        draws = few_shot_draws(pool.labels, n_labels, arguments.draws)
        for name, settings in settings_of(len(set(pool.labels))).items():
            fitted = fit_all(vectors, tokens, pool, draws, **settings)
            predicted = [one.predict(encoded.of(one)) for one in fitted]
            f1 = [f1_score(truth, answers, average="macro") for answers in predicted]
            encodings = [one.encoding_ for one in fitted]
            print_line(
                kind="result",
                settings=name,
                n_labels=n_labels,
                accuracy=round(100 * float(np.mean([(answers == truth).mean() for answers in predicted])), 1),
                macro_f1=round(100 * float(np.mean(f1)), 1),
                chosen=dict(Counter(f"{own.encoder} {own.component_power:g}" for own in encodings)),
            )


if __name__ == "__main__":
    main()
