r"""How far to stretch components, how much frequent words count: few-label accuracy by both settings.

    python -m experiments.components embeddings --labeled train.csv --test dev.csv
    python -m experiments.components embeddings --labeled train.csv.xz --rows 0:12500 \
        --test train.csv.xz --test-rows 12500:17500

Logistic regression (C=3) on the vectors of `SIFEncoder`: mean accuracy and macro-F1 over the same nested,
stratified draws for every setting, the other one at its default. Choose on development texts only.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from benchmarks.arguments import TASK, make_parser, read_task
from benchmarks.records import print_line, print_setting
from benchmarks.token_cache import TokenCache
from textransfer import SIFEncoder, WordVectors
from textransfer.transfer.comparing.splits import few_shot_draws

POWERS = (0.0, 0.25, 0.375, 0.5)
SMOOTHINGS = (1e-3, 3e-3, 1e-2, None)
"""None is the default: a token of the corpus weighs one half on average."""
BUDGETS = (8, 16, 32, 64, 128, 512)


def main() -> None:
    """Run the experiment."""
    parser = make_parser(__doc__, "embeddings", *TASK)
    arguments = parser.parse_args()
    pool, test = read_task(arguments)
    vectors = WordVectors.load(arguments.embeddings)
    tokens = TokenCache(vectors.tokenizer())
    print_setting(n_pool=len(pool), n_test=len(test), vector_size=vectors.vector_size, draws=arguments.draws)
    labels, truth = np.array(pool.labels), np.array(test.labels)
    settings = [{"component_power": power} for power in POWERS]
    settings += [{"smoothing": smoothing} for smoothing in SMOOTHINGS]
    for setting in settings:
        encoder = SIFEncoder(vectors, tokenizer=tokens, **setting)
        texts, tested = encoder.transform(pool.texts), encoder.transform(test.texts)
        for n_labels in BUDGETS:
            scores, f1 = [], []
            for rows in few_shot_draws(pool.labels, n_labels, arguments.draws):
                model = LogisticRegression(C=3, max_iter=2000).fit(texts[rows], labels[rows])
                predicted = model.predict(tested)
                scores.append(float((predicted == truth).mean()))
                f1.append(float(f1_score(truth, predicted, average="macro")))
            print_line(
                kind="result",
                **setting,
                n_labels=n_labels,
                accuracy=round(100 * float(np.mean(scores)), 1),
                macro_f1=round(100 * float(np.mean(f1)), 1),
                deviation=round(100 * float(np.std(scores, ddof=1)), 1),
            )


if __name__ == "__main__":
    main()
