r"""Are defaults that look at the length of documents better than those that go by size? One text a run.

    python -m experiments.short_documents intents.txt --labeled train.csv --test dev.csv --budgets 300,750
    python -m experiments.short_documents reviews.txt --pieces 8 --labeled sst2.csv --test sst2-dev.csv

The corpus is learned with the settings that its size gives, and with those that `choose_settings` gives, as
often as there are `--states`; then the classifier, with its defaults, learns from the same draws. `--pieces`
cuts documents into pieces of so many words. Accuracy and macro-F1 are means over draws and states, `spread`
the standard deviation of accuracy over states.
"""

import numpy as np

from benchmarks.arguments import TASK, make_parser, read_task
from benchmarks.records import print_line, print_setting
from experiments.pretraining import BUDGETS, scores_of
from textransfer import SkipGram
from textransfer.config import PretrainConfig
from textransfer.text.reading.corpus import Corpus

CHOSEN = ("sample", "epochs")


def main() -> None:
    """Run the experiment."""
    parser = make_parser(__doc__, "corpus", *TASK, "--budgets", "--states", budgets=BUDGETS, states=2)
    parser.add_argument("--pieces", type=int, help="words of a piece; whole documents by default")
    parser.add_argument("--name", default="", help="of the text, for the table")
    arguments = parser.parse_args()
    pool, test = read_task(arguments)
    documents = list(Corpus(arguments.corpus))
    if arguments.pieces:
        documents = [piece for text in documents for piece in pieces(text, arguments.pieces)]
    first = SkipGram(random_state=0, n_jobs=1).fit(documents)
    by_size = PretrainConfig().resolve(first.vectors_.n_tokens or 0)
    print_setting(states=arguments.states)
    print_line(
        kind="text",
        text=arguments.name,
        n_documents=len(documents),
        n_tokens=first.vectors_.n_tokens,
        n_words=len(first.vectors_),
        n_pool=len(pool),
        n_test=len(test),
        draws=arguments.draws,
        reasons=first.vectors_.metadata["reasons"],
    )
    for rule, config in (("size", by_size), ("documents too", first.config_)):
        settings = {name: getattr(config, name) for name in CHOSEN}
        scores, seconds = [], []
        for state in range(arguments.states):
            fitted = SkipGram(random_state=state, n_jobs=1, **settings).fit(documents)
            seconds.append(fitted.history_[-1].seconds)
            scores.append(scores_of(fitted.vectors_, pool, test, arguments.budgets, arguments.draws))
        for place, n_labels in enumerate(arguments.budgets):
            values = 100 * np.array(scores)[:, place]
            print_line(
                kind="result",
                text=arguments.name,
                rule=rule,
                **settings,
                n_labels=n_labels,
                accuracy=round(float(values[:, 0].mean()), 1),
                macro_f1=round(float(values[:, 1].mean()), 1),
                spread=round(float(values[:, 0].std(ddof=1)) if len(values) > 1 else 0.0, 2),
                seconds=round(float(np.mean(seconds)), 1),
            )


def pieces(text: str, n_words: int) -> list[str]:
    """Cut a text at spaces into pieces of so many words."""
    words = text.split()
    return [" ".join(words[place : place + n_words]) for place in range(0, len(words), n_words)]


if __name__ == "__main__":
    main()
