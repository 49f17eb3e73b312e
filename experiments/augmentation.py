r"""Does augmentation help? Each kind alone and all together against none, on the same draws.

    python -m experiments.augmentation embeddings --labeled train.csv --test dev.csv
    python -m experiments.augmentation embeddings --labeled train.csv.xz --rows 0:12500 \
        --test train.csv.xz --test-rows 12500:14500
    python -m experiments.augmentation embeddings --labeled train.csv --test dev.csv --flips

Accuracy of frozen pretrained vectors and of random ones trained from scratch; "gain" is the paired
difference to none, in points, with a 95% interval over draws and test texts. The penalty stays that of the
labels alone, and nothing stops early. Choose on development texts only. With `--flips` nothing is trained:
of the neighbours that may stand for the words of a draw, how many prefer another class than the word does, by
all labels of the pool? `flipped_mutual` is their share, in per cent, if labels play no part, `flipped_safe`
after those of the draw had their say, and `kept` is what that left of the neighbours.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import sqrt

import numpy as np

from benchmarks.arguments import TASK, make_parser, read_task
from benchmarks.records import print_line, print_setting
from textransfer import WordVectors
from textransfer.config import N_VARIANTS, ClassifierConfig
from textransfer.transfer.augmenting.augmentation import AUGMENTATIONS, augment
from textransfer.transfer.augmenting.substitutes import Substitutes
from textransfer.transfer.comparing.arms import pretrained_arm, untrained_arm
from textransfer.transfer.comparing.rounds import Round, plan_rounds
from textransfer.transfer.comparing.task import Task, prepare_task
from textransfer.transfer.statistics.intervals import accuracy_difference_interval

BUDGETS = (8, 16, 32, 128)
KINDS: dict[str, tuple[str, ...]] = {
    "none": (),
    **{name: (name,) for name in AUGMENTATIONS},
    "all": AUGMENTATIONS,
}
ARMS = ("frozen", "from scratch")
LEAST_TEXTS = 20
LEAST_LIFT = 1.25


def main() -> None:
    """Run the experiment."""
    parser = make_parser(__doc__, "embeddings", *TASK, "--budgets", draws=10, budgets=BUDGETS)
    parser.add_argument("--name", default="", help="what the table shall call it")
    parser.add_argument("--flips", action="store_true", help="look at neighbours only, train nothing")
    arguments = parser.parse_args()
    pool, test = read_task(arguments)
    vectors = WordVectors.load(arguments.embeddings)
    print_setting(
        data=arguments.name, n_pool=len(pool), n_test=len(test), draws=arguments.draws, n_variants=N_VARIANTS
    )
    substitutes = Substitutes(vectors)
    task = replace(prepare_task(vectors, pool, test, None, 0)[0], watched=np.zeros(0, np.int64))
    for n_labels in arguments.budgets:
        plan = plan_rounds(
            pool.labels, len(test), n_labels=n_labels, n_draws=arguments.draws, n_folds=0, random_state=0
        )
        if arguments.flips:
            measure_flips(substitutes, task, plan.rounds, n_labels)
        else:
            measure(vectors, substitutes, task, plan.rounds, n_labels)


def measure(
    vectors: WordVectors,
    substitutes: Substitutes,
    task: Task,
    rounds: Sequence[Round],
    n_labels: int,
) -> None:
    """Print a line for each arm and kind of augmentation at a budget."""
    plain: dict[str, np.ndarray] = {}
    for kind, names in KINDS.items():
        grown, own, n_missing = task, rounds, 0
        if names:
            made = augment(task, rounds, vectors, names, substitutes=substitutes)
            grown, own, n_missing = made.task, made.rounds, made.n_missing
        for name, correct in answers(vectors, grown, own, is_grown=bool(names)):
            plain.setdefault(name, correct)
            gain = accuracy_difference_interval(correct, plain[name])
            print_line(
                n_labels=n_labels,
                arm=name,
                augmentation=kind,
                accuracy=round(100 * float(correct.mean()), 1),
                gain=round(100 * gain.estimate, 1),
                low=round(100 * gain.low, 1),
                high=round(100 * gain.high, 1),
                missing=n_missing,
            )


def answers(
    vectors: WordVectors, task: Task, rounds: Sequence[Round], *, is_grown: bool
) -> Iterator[tuple[str, np.ndarray]]:
    """Train both arms in all rounds; yield what each got right, shape (draws, texts)."""
    config = ClassifierConfig(early_stopping=False)
    if is_grown:
        config = replace(config, l2=config.l2 * sqrt(1 + N_VARIANTS))
    frozen = pretrained_arm(ARMS[0], vectors, task, config)
    scratch = untrained_arm(ARMS[1], vectors.vector_size, task, replace(config, fine_tune=True))
    for arm in (frozen, scratch):
        yield arm.name, np.array([fit.predicted == task.truth for fit in arm.fit_rounds(rounds)])


def measure_flips(substitutes: Substitutes, task: Task, rounds: Sequence[Round], n_labels: int) -> None:
    """Print how often a neighbour speaks for another class than the word, by the labels of the whole pool."""
    class_of = decided_words(task.labelled, task.codes)
    shares = []
    for round_ in rounds:
        lists = [task.labelled[i] for i in round_.train]
        mutual = substitutes.mutual({word for words in lists for word in words})
        safe = substitutes.safe(lists, task.codes[round_.train])
        n_all, n_safe = (sum(map(len, found.values())) for found in (mutual, safe))
        shares.append((flipped(mutual, class_of), flipped(safe, class_of), n_safe / max(n_all, 1)))
    before, after, kept = np.mean(shares, axis=0)
    print_line(
        n_labels=n_labels,
        decided_words=len(class_of),
        flipped_mutual=round(100 * float(before), 2),
        flipped_safe=round(100 * float(after), 2),
        kept=round(100 * float(kept), 1),
    )


def decided_words(token_lists: Sequence[Sequence[str]], codes: np.ndarray) -> dict[str, int]:
    """Return the class of each word that clearly prefers one.

    In `LEAST_TEXTS` texts at least, and `LEAST_LIFT` times as often in that class as over all.
    """
    counts: dict[str, np.ndarray] = {}
    sizes = np.bincount(codes)
    for words, code in zip(token_lists, codes, strict=True):
        for word in set(words):
            counts.setdefault(word, np.zeros(len(sizes)))[code] += 1
    found = {}
    for word, count in counts.items():
        lift = count / count.sum() / (sizes / sizes.sum())
        if count.sum() >= LEAST_TEXTS and lift.max() >= LEAST_LIFT:
            found[word] = int(lift.argmax())
    return found


def flipped(neighbours: Mapping[str, Sequence[str]], class_of: Mapping[str, int]) -> float:
    """Return the share of neighbours of another class, among those where word and neighbour have one."""
    pairs = [
        class_of[word] != class_of[other]
        for word, others in neighbours.items()
        for other in others
        if word in class_of and other in class_of
    ]
    return float(np.mean(pairs)) if pairs else 0.0


if __name__ == "__main__":
    main()
